#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "api/override_counts_json.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/colour.h"
#include "domain/hand.h"
#include "domain/legal_basis.h"
#include "service/disputes.h"
#include "service/hand_rows.h"
#include "service/notices.h"
#include "service/officers.h"
#include "service/override_counts.h"
#include "service/overrides.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::size_t most_open_disputes = 1'000;

// The founder's first hour, in which nobody has to sign, ends before anybody's colour is set by hand.
Result<void> need_two_officers(const AdminGround& at) {
  TRY(registered, service::count_officers(at.platform));
  if (registered < 2) return fail(Errc::denied, "an override takes two registered officers (lindung officer add)");
  return ok();
}

Result<CitizenRef> citizen_of(const Arguments& arguments) {
  TRY(bytes, arguments.bytes<16>("citizen"));
  return CitizenRef{bytes};
}

Result<service::HandId> id_of(const Arguments& arguments) {
  TRY(bytes, arguments.bytes<16>("id"));
  return service::HandId{bytes};
}

Object describe(const service::KeptHand& hand) {
  Object out{{service::name_of(hand.kind), codec::hex(hand.id.bytes())},
             {"state", service::name_of(hand.state)},
             {"from", rfc3339(hand.from)}};
  if (hand.kind == domain::HandKind::override_colour) {
    out["until"] = rfc3339(hand.until);
    out["colour"] = domain::name_of(hand.colour);
    out["basis"] = hand.basis;
    out["case"] = hand.text;
  } else {
    out["deadline"] = rfc3339(hand.until);
    out["about"] = hand.text;
  }
  if (!hand.outcome.empty()) out["reason"] = hand.outcome;
  if (hand.ended_at) out["ended_at"] = rfc3339(*hand.ended_at);
  out["log_index"] = hand.log_index_from;
  if (hand.log_index_until) out["log_index_ended"] = *hand.log_index_until;
  return out;
}

Object describe_all(const std::string& name, const std::vector<service::KeptHand>& hands) {
  json::array out;
  for (const auto& hand : hands) out.emplace_back(describe(hand));
  return {{name, std::move(out)}};
}

Result<json::value> set_override(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "colour", "basis", "until", "case"}));
  TRYV(need_two_officers(at));
  TRY(citizen, citizen_of(arguments));
  TRY(colour_word, arguments.text("colour"));
  TRY(colour, domain::parse_colour(colour_word));
  TRY(basis, arguments.text("basis"));
  TRY(until_text, arguments.text("until"));
  TRY(until, parse_rfc3339(until_text));
  TRY(reason, arguments.text("case"));
  TRY(hand, service::set_override(at.platform,
                                  {.citizen = citizen,
                                   .colour = colour,
                                   .basis = std::move(basis),
                                   .until = until,
                                   .reason = std::move(reason)},
                                  at.command));
  return describe(hand);
}

Result<json::value> end_override(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "id", "reason"}));
  TRYV(need_two_officers(at));
  TRY(citizen, citizen_of(arguments));
  TRY(id, id_of(arguments));
  TRY(reason, arguments.text("reason"));
  TRY(hand, service::end_override(at.platform, citizen, id, reason, at.command));
  return describe(hand);
}

Result<json::value> list_overrides(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen"}));
  TRY(citizen, citizen_of(arguments));
  TRY(hands, service::list_overrides(at.platform, citizen));
  return describe_all("overrides", hands);
}

Result<json::value> count_overrides(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"month"}));
  std::optional<std::string> month;
  if (arguments.has("month")) {
    TRY(text, arguments.text("month"));
    TRY(parsed, service::parse_month(text));
    month = parsed;
  }
  TRY(counts, service::public_override_counts(at.platform, month));
  return counts_by_month(counts);
}

Result<json::value> list_bases(const AdminGround&, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  json::array out;
  for (const auto& basis : domain::legal_bases()) {
    out.emplace_back(
        Object{{"basis", basis.id}, {"id", basis.name.id}, {"en", basis.name.en}, {"source", basis.source}});
  }
  return Object{{"bases", std::move(out)}};
}

Result<json::value> open_dispute(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "about"}));
  TRY(citizen, citizen_of(arguments));
  TRY(about, arguments.text("about"));
  TRY(hand, service::open_dispute(at.platform, citizen, about, at.command));
  return describe(hand);
}

Result<json::value> resolve_dispute(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "id", "outcome", "reason"}));
  TRY(citizen, citizen_of(arguments));
  TRY(id, id_of(arguments));
  TRY(word, arguments.text("outcome"));
  if (word != "upheld" && word != "rejected") return fail(Errc::invalid_argument, "outcome: upheld or rejected");
  TRY(reason, arguments.text("reason"));
  const auto outcome = word == "upheld" ? service::DisputeOutcome::upheld : service::DisputeOutcome::rejected;
  TRY(hand, service::resolve_dispute(at.platform, citizen, id, outcome, reason, at.command));
  return describe(hand);
}

// Of one citizen, with what they are about; or all that wait, by deadline, without.
Result<json::value> list_disputes(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen"}));
  if (arguments.has("citizen")) {
    TRY(citizen, citizen_of(arguments));
    TRY(hands, service::list_disputes(at.platform, citizen));
    return describe_all("disputes", hands);
  }
  TRY(open, service::open_disputes(at.platform, most_open_disputes));
  json::array out;
  for (const auto& dispute : open) {
    out.emplace_back(Object{{"dispute", codec::hex(dispute.id.bytes())},
                            {"citizen", codec::hex(dispute.citizen.bytes())},
                            {"deadline", rfc3339(dispute.deadline)}});
  }
  return Object{{"disputes", std::move(out)}};
}

Result<json::value> list_notices(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen"}));
  TRY(citizen, citizen_of(arguments));
  TRY(notices, service::list_notices(at.platform, citizen));
  json::array out;
  for (const auto& kept : notices) {
    Object row{{"notice", codec::hex(kept.notice.id.bytes())},
               {"kind", service::name_of(kept.notice.kind)},
               {"at", rfc3339(kept.notice.at)},
               {"delivered_at", kept.delivered_at ? rfc3339(*kept.delivered_at) : ""},
               {"id", kept.notice.text.id},
               {"en", kept.notice.text.en}};
    out.emplace_back(std::move(row));
  }
  return Object{{"notices", std::move(out)}};
}

}  // namespace

std::vector<AdminCommand> hand_commands() {
  return {{.name = "override/set", .officers = 2, .run = set_override},
          {.name = "override/end", .officers = 2, .run = end_override},
          {.name = "override/list", .officers = 1, .run = list_overrides},
          {.name = "override/counts", .officers = 0, .run = count_overrides},
          {.name = "override/bases", .officers = 0, .run = list_bases},
          {.name = "dispute/open", .officers = 1, .run = open_dispute},
          {.name = "dispute/resolve", .officers = 1, .run = resolve_dispute},
          {.name = "dispute/list", .officers = 1, .run = list_disputes},
          {.name = "notice/list", .officers = 1, .run = list_notices}};
}

}  // namespace lindung::api
