// Revocation lists of SMART Health Card issuers: {"kid", "method": "rid", "ctr", "rids": ["rid" or "rid.seconds", …]}.
#pragma once

#include <boost/json/object.hpp>

#include "base/result.h"
#include "cert/trust_store.h"

namespace lindung::cert {

// Errors: malformed with the rule that is broken: another method, no counter, a rid of other letters than base64url or
// of more than 24, one that stands twice.
[[nodiscard]] Result<CardRevocations> read_card_revocations(const boost::json::object& list);

// Whether a card of that rid, not valid before `issued`, has been revoked.
[[nodiscard]] bool revokes(const CardRevocations& list, std::string_view rid, Moment issued);

}  // namespace lindung::cert
