// What is kept about a citizen as JSON, for their own eyes: what the portal shows and what an export holds are the
// same.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "domain/record.h"
#include "domain/rule_set.h"
#include "people/delegations.h"
#include "people/own_status.h"
#include "people/own_visits.h"
#include "service/certificate_rows.h"
#include "service/hand_rows.h"
#include "service/notices.h"
#include "service/person_rows.h"

namespace lindung::people {

[[nodiscard]] boost::json::object text_json(const domain::Text& text);
[[nodiscard]] boost::json::object record_json(const service::KnownRecord& known, std::string_view issuer_name);
[[nodiscard]] boost::json::object notice_json(const service::Notice& notice);
[[nodiscard]] boost::json::object dispute_json(const service::KeptHand& dispute);
[[nodiscard]] boost::json::object certificate_json(const service::KeptCertificate& certificate);
[[nodiscard]] boost::json::object venue_json(const OwnVenue& venue);
[[nodiscard]] boost::json::object visit_json(const OwnVisit& visit);
[[nodiscard]] boost::json::object delegation_json(const NamedDelegation& named);
[[nodiscard]] boost::json::object status_json(const OwnStatus& status);

}  // namespace lindung::people
