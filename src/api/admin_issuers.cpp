#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/issuer.h"
#include "domain/issuer_key.h"
#include "domain/issuer_terms.h"
#include "service/issuers.h"
#include "service/licences.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::uint64_t most_back_dating = 36'500;  // days

Result<std::optional<Moment>> moment_in(const Arguments& arguments, std::string_view name) {
  if (!arguments.has(name)) return std::optional<Moment>{};
  TRY(text, arguments.text(name));
  TRY(at, parse_rfc3339(text));
  return std::optional{at};
}

// None when the call says nothing of terms.
Result<std::optional<domain::IssuerTerms>> terms_in(const Arguments& arguments) {
  domain::IssuerTerms terms;
  bool is_said = false;
  const auto says = [&](std::string_view name) {
    is_said = is_said || arguments.has(name);
    return arguments.has(name);
  };
  if (says("licence")) {
    TRY(licence, arguments.text("licence"));
    terms.licence = std::move(licence);
  }
  if (says("kinds")) {
    TRY(text, arguments.text("kinds"));
    TRY(kinds, domain::parse_record_kinds(text));
    terms.kinds = kinds;
  }
  if (says("districts")) {
    TRY(text, arguments.text("districts"));
    TRY(districts, domain::parse_districts(text));
    terms.districts = std::move(districts);
  }
  if (says("daily_rows")) {
    TRY(daily_rows, arguments.number("daily_rows"));
    terms.daily_rows = daily_rows;
  }
  if (says("hours")) {
    TRY(text, arguments.text("hours"));
    TRY(hours, domain::parse_opening_hours(text));
    terms.hours = hours;
  }
  if (says("back_dating_days")) {
    TRY(days, arguments.number("back_dating_days"));
    if (days > most_back_dating) return fail(Errc::invalid_argument, "back_dating_days: at most 36500");
    terms.back_dating = std::chrono::days{static_cast<std::int64_t>(days)};
  }
  return is_said ? std::optional{std::move(terms)} : std::nullopt;
}

Object describe(const domain::IssuerTerms& terms) {
  json::array districts;
  for (const auto& district : terms.districts) districts.emplace_back(district);
  return {{"licence", terms.licence},
          {"kinds", domain::text_of_kinds(terms.kinds)},
          {"districts", std::move(districts)},
          {"daily_rows", terms.daily_rows},
          {"hours", terms.hours ? json::value(domain::text_of(*terms.hours)) : json::value()},
          {"back_dating_days", terms.back_dating.count()}};
}

Result<json::value> add(const AdminGround& at, const Object& object) {
  TRY(arguments,
      Arguments::read(object, {"issuer", "name", "key_id", "public_key", "algorithm", "valid_from", "valid_until",
                               "licence", "kinds", "districts", "daily_rows", "hours", "back_dating_days"}));
  TRY(issuer, arguments.text("issuer"));
  TRY(hex, arguments.text("public_key"));
  TRY(bytes, codec::from_hex(hex));
  TRY(algorithm, domain::parse_signing_algorithm(arguments.text_or("algorithm", "ed25519")));
  TRY(key, domain::IssuerPublicKey::from_bytes(algorithm, bytes));
  TRY(not_before, moment_in(arguments, "valid_from"));
  TRY(not_after, moment_in(arguments, "valid_until"));
  TRY(terms, terms_in(arguments));
  const auto key_id = arguments.text_or("key_id", issuer + ".1");
  TRYV(service::add_issuer_key(at.platform, arguments.text_or("name", issuer),
                               {.issuer = IssuerId{issuer},
                                .id = KeyId{key_id},
                                .key = std::move(key),
                                .not_before = not_before,
                                .not_after = not_after},
                               terms));
  return Object{{"issuer", issuer}, {"key_id", key_id}};
}

Result<json::value> set_terms(const AdminGround& at, const Object& object) {
  TRY(arguments,
      Arguments::read(object, {"issuer", "licence", "kinds", "districts", "daily_rows", "hours", "back_dating_days"}));
  TRY(issuer, arguments.text("issuer"));
  TRY(terms, terms_in(arguments));
  if (!terms) return fail(Errc::invalid_argument, "there are no terms in this call");
  TRYV(service::set_issuer_terms(at.platform, IssuerId{issuer}, *terms));
  return Object{{"issuer", issuer}, {"terms", describe(*terms)}};
}

Result<json::value> revoke_key(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"issuer", "key_id"}));
  TRY(issuer, arguments.text("issuer"));
  TRY(key_id, arguments.text("key_id"));
  TRYV(service::revoke_issuer_key(at.platform, IssuerId{issuer}, KeyId{key_id}));
  return Object{{"issuer", issuer}, {"key_id", key_id}, {"revoked", true}};
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(issuers, service::list_issuers(at.platform));
  json::array rows;
  for (const auto& issuer : issuers) {
    json::array keys;
    for (const auto& key : issuer.keys) {
      keys.emplace_back(Object{{"key_id", key.id.value()},
                               {"algorithm", domain::name_of(key.key.algorithm())},
                               {"public_key", codec::hex(key.key.bytes())},
                               {"valid_from", rfc3339(key.not_before)},
                               {"valid_until", key.not_after ? json::value(rfc3339(*key.not_after)) : json::value()}});
    }
    rows.emplace_back(Object{{"issuer", issuer.id.value()},
                             {"name", issuer.name},
                             {"keys", std::move(keys)},
                             {"terms", describe(issuer.terms)}});
  }
  return Object{{"issuers", std::move(rows)}};
}

using Load = Result<std::uint64_t> (*)(const service::Platform&, std::string_view);

std::function<Result<json::value>(const AdminGround&, const Object&)> loading(Load load, const char* what) {
  return [load, what](const AdminGround& at, const Object& object) -> Result<json::value> {
    TRY(arguments, Arguments::read(object, {"document"}));
    TRY(document, arguments.text("document"));
    TRY(count, load(at.platform, document));
    return Object{{what, count}};
  };
}

}  // namespace

std::vector<AdminCommand> issuer_commands() {
  return {{.name = "issuer/add", .officers = 1, .run = add},
          {.name = "issuer/terms", .officers = 1, .run = set_terms},
          {.name = "issuer/revoke-key", .officers = 1, .run = revoke_key},
          {.name = "issuer/list", .officers = 0, .run = list},
          {.name = "issuer/licences", .officers = 1, .run = loading(service::load_licences, "licences")},
          {.name = "issuer/lots", .officers = 1, .run = loading(service::load_lots, "lots")}};
}

}  // namespace lindung::api
