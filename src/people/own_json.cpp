#include "people/own_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/time.h"
#include "cert/verdict.h"
#include "codec/base_n.h"
#include "domain/category.h"
#include "domain/colour.h"
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

namespace {

namespace json = boost::json;

json::value moment_or_null(const std::optional<Moment>& at) {
  return at ? json::value(rfc3339(*at)) : json::value(nullptr);
}

// What a record says beside its kind and moment.
void tell_fact(const domain::Fact& fact, json::object& out) {
  if (const auto* vaccination = std::get_if<domain::Vaccination>(&fact)) {
    out["vaccine"] = vaccination->vaccine;
    out["series"] = vaccination->series;
    out["dose"] = vaccination->dose;
    out["lot"] = vaccination->lot;
  } else if (const auto* test = std::get_if<domain::Test>(&fact)) {
    out["test"] = domain::name_of(test->kind);
    out["result"] = domain::name_of(test->result);
  } else if (const auto* recovery = std::get_if<domain::Recovery>(&fact)) {
    out["until"] = moment_or_null(recovery->until);
  } else if (const auto* exemption = std::get_if<domain::Exemption>(&fact)) {
    out["until"] = moment_or_null(exemption->until);
  }
}

std::string_view dispute_state(service::HandState state) {
  switch (state) {
    case service::HandState::open: return "open";
    case service::HandState::expired: return "expired";
    case service::HandState::ended:
    case service::HandState::upheld:
    case service::HandState::rejected: break;
  }
  return service::name_of(state);
}

}  // namespace

json::object text_json(const domain::Text& text) { return {{"id", text.id}, {"en", text.en}}; }

json::object record_json(const service::KnownRecord& known, std::string_view issuer_name) {
  const auto& record = known.record;
  json::object out{{"id", codec::hex(record.id.bytes())},
                   {"kind", domain::name_of(domain::kind_of(record.fact))},
                   {"at", rfc3339(domain::moment_of(record.fact))},
                   {"entered_at", rfc3339(record.entered_at)},
                   {"issuer", record.issuer.value()},
                   {"issuer_name", issuer_name},
                   {"counts", !known.until}};
  tell_fact(record.fact, out);
  return out;
}

json::object notice_json(const service::Notice& notice) {
  return {{"id", codec::hex(notice.id.bytes())},
          {"kind", service::name_of(notice.kind)},
          {"at", rfc3339(notice.at)},
          {"text", text_json(notice.text)}};
}

json::object dispute_json(const service::KeptHand& dispute) {
  return {{"id", codec::hex(dispute.id.bytes())},
          {"state", dispute_state(dispute.state)},
          {"about", dispute.text},
          {"opened", rfc3339(dispute.from)},
          {"deadline", rfc3339(dispute.until)},
          {"decided", moment_or_null(dispute.ended_at)},
          {"outcome", dispute.outcome}};
}

json::object certificate_json(const service::KeptCertificate& certificate) {
  const bool is_shown = certificate.state == service::CertificateState::issued;
  return {{"id", codec::hex(certificate.id.bytes())},
          {"name", certificate.name},
          {"format", cert::name_of(certificate.content.format)},
          {"record", codec::hex(certificate.record.bytes())},
          {"state", service::name_of(certificate.state)},
          {"issued", rfc3339(certificate.issued)},
          {"expires", rfc3339(certificate.expires)},
          {"text", is_shown ? certificate.text() : std::string{}}};
}

json::object venue_json(const OwnVenue& venue) {
  json::object out{{"id", codec::hex(venue.id.bytes())}, {"name", nullptr}, {"category", nullptr}};
  if (!venue.name.empty()) {
    out["name"] = venue.name;
    out["category"] = domain::name_of(venue.category);
  }
  return out;
}

json::object visit_json(const OwnVisit& visit) {
  auto out = venue_json(visit.venue);
  out["in"] = rfc3339(visit.in);
  out["out"] = moment_or_null(visit.out);
  return out;
}

json::object delegation_json(const NamedDelegation& named) {
  const auto& delegation = named.delegation;
  json::array scope;
  for (const auto name : names_of(delegation.scope)) scope.emplace_back(name);
  json::object out{{"id", codec::hex(delegation.id.bytes())},
                   {"relation", name_of(delegation.relation)},
                   {"scope", std::move(scope)}};
  if (delegation.side == Side::invitation) {
    out["expires"] = rfc3339(delegation.until);
    return out;
  }
  out["name"] = named.other_name;
  out["since"] = rfc3339(delegation.since);
  out["until"] = rfc3339(delegation.until);
  out["made_by"] = name_of(delegation.made_by);
  return out;
}

json::object status_json(const OwnStatus& status) {
  json::object out{{"at", rfc3339(status.at)},
                   {"name", status.name},
                   {"colour", domain::name_of(status.colour)},
                   {"reason", json::object{{"rule", status.rule}, {"text", text_json(status.reason)}}},
                   {"since", moment_or_null(status.since)},
                   {"until", nullptr},
                   {"next", nullptr},
                   {"inside", nullptr},
                   {"restricted", status.is_restricted}};
  if (status.next) {
    out["until"] = rfc3339(status.next->from);
    out["next"] = json::object{{"colour", domain::name_of(status.next->colour)}, {"from", rfc3339(status.next->from)}};
  }
  if (status.inside) {
    auto inside = venue_json(status.inside->venue);
    inside["since"] = rfc3339(status.inside->since);
    inside["due"] = rfc3339(status.inside->due);
    out["inside"] = std::move(inside);
  }
  return out;
}

}  // namespace lindung::people
