#include "people/own_export.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/colour.h"
#include "domain/consent.h"
#include "domain/import.h"
#include "domain/partner.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"
#include "log/entry.h"
#include "people/delegations.h"
#include "people/own_json.h"
#include "people/own_visits.h"
#include "people/restriction.h"
#include "service/certificate_rows.h"
#include "service/consent_rows.h"
#include "service/hand_rows.h"
#include "service/hands.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::people {

namespace {

namespace json = boost::json;

constexpr std::string_view form_name = "lindung-export-1";
constexpr std::string_view exported_action = "citizen.exported";

const domain::Text exported_text{.id = "Salinan semua data Anda telah diambil melalui portal.",
                                 .en = "A copy of all your data was taken through the portal."};

std::string birth_text(const std::optional<domain::PartialDate>& birth) {
  if (!birth || birth->year == 0) return {};
  auto text = std::to_string(birth->year);
  const auto add = [&](unsigned part) { text += (part < 10 ? "-0" : "-") + std::to_string(part); };
  if (birth->month != 0) add(birth->month);
  if (birth->month != 0 && birth->day != 0) add(birth->day);
  return text;
}

Result<json::object> person_json(store::Transaction& transaction, const service::OpenPerson& person) {
  TRY(identity, service::read_identity(transaction, person));
  return json::object{{"nik", identity.nik},
                      {"passport", identity.passport},
                      {"name", identity.name},
                      {"birth", birth_text(identity.birth)}};
}

Result<json::array> records_json(store::Transaction& transaction, const service::OpenPerson& person) {
  TRY(history, service::read_history(transaction, person));
  std::ranges::sort(history, {}, [](const service::KnownRecord& each) {
    return std::pair{domain::moment_of(each.record.fact), each.record.id};
  });
  std::map<IssuerId, std::string> names;
  json::array out;
  for (const auto& each : history) {
    const auto [name, is_new] = names.try_emplace(each.record.issuer);
    if (is_new) {
      TRYV(transaction.run(store::Sql{"SELECT name FROM issuer WHERE issuer_id = $1"}, {each.record.issuer.value()},
                           [&](const store::Row& row) { name->second = row.text(0); }));
    }
    out.emplace_back(record_json(each, name->second));
  }
  return out;
}

Result<json::object> timeline_json(store::Transaction& transaction, const service::OpenPerson& person) {
  TRY(generation, store::read_timeline_generation(transaction));
  TRY(timeline, service::read_timeline(transaction, person, generation));
  json::array steps;
  for (const auto& step : timeline.steps()) {
    steps.emplace_back(json::object{{"from", rfc3339(step.from)}, {"colour", domain::name_of(step.colour)}});
  }
  return json::object{{"rules", timeline.rules()}, {"steps", std::move(steps)}};
}

// Disputes, and what officers put over the colour.
Result<json::array> hands_json(store::Transaction& transaction, const service::OpenPerson& person) {
  TRY(hands, service::read_hands(transaction, person));
  json::array out;
  for (const auto& hand : hands) {
    auto row = dispute_json(hand);
    row["kind"] = service::name_of(hand.kind);
    row["state"] = service::name_of(hand.state);
    if (!hand.basis.empty()) {
      row["basis"] = hand.basis;
      row["colour"] = domain::name_of(hand.colour);
    }
    out.emplace_back(std::move(row));
  }
  return out;
}

Result<json::array> certificates_json(store::Transaction& transaction, const service::OpenPerson& person) {
  TRY(certificates, service::read_certificates(transaction, person));
  json::array out;
  for (const auto& each : certificates) out.emplace_back(certificate_json(each));
  return out;
}

Result<json::array> links_json(store::Transaction& transaction, const CitizenRef& citizen) {
  json::array out;
  TRYV(transaction.run(
      store::Sql{"SELECT partner_id, granted_at, withdrawn_at FROM link WHERE citizen_ref = $1 ORDER BY granted_at"},
      {citizen.bytes()}, [&](const store::Row& row) {
        const auto moment = [&](int column) {
          return json::value(rfc3339(moment_of(static_cast<std::uint64_t>(row.integer(column)))));
        };
        out.emplace_back(json::object{{"partner", row.text(0)},
                                      {"granted_at", moment(1)},
                                      {"ended_at", row.is_null(2) ? json::value(nullptr) : moment(2)}});
      }));
  return out;
}

Result<json::array> consents_json(store::Transaction& transaction, const service::OpenPerson& person) {
  TRY(consents, service::read_consents(transaction, person));
  json::array out;
  for (const auto& kept : consents) {
    json::array purposes;
    for (const auto purpose : kept.consent.purposes) purposes.emplace_back(domain::name_of(purpose));
    out.emplace_back(json::object{{"partner", kept.consent.partner.value()},
                                  {"profile", domain::name_of(kept.consent.profile)},
                                  {"purposes", std::move(purposes)},
                                  {"granted_at", rfc3339(kept.consent.granted_at)},
                                  {"until", rfc3339(kept.consent.until)},
                                  {"ended_at", kept.end ? json::value(rfc3339(kept.ended_at)) : json::value(nullptr)},
                                  {"log_index", kept.granted_index}});
  }
  return out;
}

// What stands in the citizen's own rows, as one moment saw it.
Result<void> tell_rows(store::Transaction& transaction, const service::Platform& platform, const CitizenRef& citizen,
                       json::object& out) {
  TRY(person, service::open_person(transaction, platform.ring, citizen));
  TRY(who, person_json(transaction, person));
  out["person"] = std::move(who);
  TRY(records, records_json(transaction, person));
  out["records"] = std::move(records);
  TRY(timeline, timeline_json(transaction, person));
  out["colour"] = std::move(timeline);
  TRY(hands, hands_json(transaction, person));
  out["disputes_and_overrides"] = std::move(hands);
  TRY(certificates, certificates_json(transaction, person));
  out["certificates"] = std::move(certificates);
  TRY(links, links_json(transaction, citizen));
  out["links"] = std::move(links);
  TRY(consents, consents_json(transaction, person));
  out["consents"] = std::move(consents);
  return ok();
}

Result<void> tell_delegations(const service::Platform& platform, const CitizenRef& citizen, json::object& out) {
  TRY(delegations, list_delegations(platform, citizen));
  json::array acts_for_me;
  json::array i_act_for;
  for (const auto& each : delegations) {
    if (each.delegation.side == Side::principal) acts_for_me.emplace_back(delegation_json(each));
    if (each.delegation.side == Side::agent) i_act_for.emplace_back(delegation_json(each));
  }
  out["acts_for_me"] = std::move(acts_for_me);
  out["i_act_for"] = std::move(i_act_for);
  return ok();
}

Result<void> note_export(const service::Platform& platform, const CitizenRef& citizen) {
  return service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    TRY(person, service::hold_citizen(unit, platform, citizen));
    const auto at = Message{}.be(unix_seconds(unit.now())).take();
    TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                    .action = std::string{exported_action},
                                    .officer_key_digest = {},
                                    .case_digest = right_commitment(person, exported_action, at)}));
    return service::put_notice(unit.transaction(), person, service::NoticeKind::right, exported_text, unit.now());
  });
}

}  // namespace

Result<json::array> own_records(const service::Platform& platform, const CitizenRef& citizen) {
  json::array out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, service::open_person(transaction, platform.ring, citizen));
    TRY(records, records_json(transaction, person));
    out = std::move(records);
    return ok();
  }));
  return out;
}

Result<json::object> export_citizen(const service::Platform& platform, const CitizenRef& citizen) {
  TRYV(note_export(platform, citizen));  // first: what is handed out has left its trace
  json::object out{{"form", form_name}, {"made_at", rfc3339(platform.clock.now())}};
  TRYV(platform.database.read(
      [&](store::Transaction& transaction) -> Result<void> { return tell_rows(transaction, platform, citizen, out); }));
  TRY(notices, service::list_notices(platform, citizen));
  json::array told;
  for (const auto& each : notices) told.emplace_back(notice_json(each.notice));
  out["notices"] = std::move(told);
  TRY(visits, own_visits(platform, citizen));
  json::array places;
  for (const auto& visit : visits.visits) places.emplace_back(visit_json(visit));
  out["visits"] = std::move(places);
  TRYV(tell_delegations(platform, citizen, out));
  TRY(since, restricted_since(platform, citizen));
  out["restricted_since"] = since ? json::value(rfc3339(*since)) : json::value(nullptr);
  return out;
}

}  // namespace lindung::people
