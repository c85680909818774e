#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "service/links.h"
#include "service/partners.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;
using domain::PartnerAction;

constexpr std::chrono::days key_life{366};

Result<json::value> register_partner(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner", "profile", "per_minute"}));
  TRY(partner, arguments.text("partner"));
  TRY(profile, domain::parse_profile(arguments.text_or("profile", "colour")));
  TRYV(service::register_partner(
      at.platform,
      {.id = PartnerId{partner}, .profile = profile, .per_minute = arguments.number_or("per_minute", 60'000)},
      at.command));
  return Object{{"partner", partner}, {"state", "registered"}};
}

Result<json::value> add_key(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner", "key_id", "public_key", "not_before", "not_after"}));
  TRY(partner, arguments.text("partner"));
  TRY(key_id, arguments.text("key_id"));
  TRY(bytes, arguments.bytes<32>("public_key"));
  TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes));
  const auto now = at.platform.clock.now();
  const auto not_before = moment_of(arguments.number_or("not_before", unix_seconds(now)));
  const auto not_after = moment_of(arguments.number_or("not_after", unix_seconds(now + key_life)));
  TRYV(service::add_partner_key(at.platform, {.partner = PartnerId{partner},
                                              .id = KeyId{key_id},
                                              .public_key = key,
                                              .not_before = not_before,
                                              .not_after = not_after}));
  return Object{{"partner", partner}, {"key_id", key_id}, {"not_after", unix_seconds(not_after)}};
}

Result<json::value> revoke_key(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner", "key_id"}));
  TRY(partner, arguments.text("partner"));
  TRY(key_id, arguments.text("key_id"));
  TRYV(service::revoke_partner_key(at.platform, PartnerId{partner}, KeyId{key_id}));
  return Object{{"partner", partner}, {"key_id", key_id}, {"revoked", true}};
}

Result<json::value> sign_pact(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner", "pact", "signature"}));
  TRY(partner, arguments.text("partner"));
  TRY(pact, arguments.bytes<32>("pact"));
  TRY(signature, arguments.bytes<64>("signature"));
  TRYV(service::sign_pact(at.platform, PartnerId{partner}, pact, signature));
  return Object{{"partner", partner}, {"pact", codec::hex(pact)}};
}

AdminCommand mover(std::string name, PartnerAction action) {
  return {.name = std::move(name),
          .officers = domain::officers_needed(action),
          .run = [action](const AdminGround& at, const Object& object) -> Result<json::value> {
            TRY(arguments, Arguments::read(object, {"partner"}));
            TRY(partner, arguments.text("partner"));
            TRY(index, service::move_partner(at.platform, PartnerId{partner}, action, at.command));
            return Object{{"partner", partner}, {"log_index", index}};
          }};
}

Result<json::value> cut(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner"}));
  TRY(partner, arguments.text("partner"));
  TRY(report, service::cut_partner(at.platform, PartnerId{partner}, at.command));
  Object out{{"partner", partner},
             {"log_index", report.log_index},
             {"cut_before", report.was_cut_before},
             {"logged_after_us", report.until_logged.count()},
             {"effective", report.until_effective.has_value()}};
  if (report.until_effective) out["effective_after_us"] = report.until_effective->count();
  return out;
}

Result<json::value> shred(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner"}));
  TRY(partner, arguments.text("partner"));
  TRY(index, service::shred_partner(at.platform, PartnerId{partner}, at.command));
  return Object{{"partner", partner}, {"log_index", index}};
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(partners, service::list_partners(at.platform));
  json::array rows;
  for (const auto& partner : partners) {
    Object row{{"partner", partner.id.value()},
               {"state", domain::name_of(partner.state)},
               {"profile", domain::name_of(partner.profile)},
               {"epoch", partner.epoch},
               {"per_minute", partner.per_minute},
               {"keys", partner.keys},
               {"links", partner.live_links}};
    if (partner.cut_index) row["cut_log_index"] = *partner.cut_index;
    rows.emplace_back(std::move(row));
  }
  return Object{{"partners", std::move(rows)}};
}

Result<json::value> grant_link(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner", "citizen"}));
  TRY(partner, arguments.text("partner"));
  TRY(citizen, arguments.bytes<16>("citizen"));
  const std::vector<service::NewLink> links{{.partner = PartnerId{partner},
                                             .citizen = CitizenRef{citizen},
                                             .random = crypto::random_bytes<domain::link_token_random_size>()}};
  TRY(tokens, service::grant_links(at.platform, links));
  return Object{{"partner", partner}, {"token", codec::hex(tokens.front().bytes)}};
}

Result<json::value> withdraw_link(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner", "citizen"}));
  TRY(partner, arguments.text("partner"));
  TRY(citizen, arguments.bytes<16>("citizen"));
  TRY(count, service::withdraw_links(at.platform, PartnerId{partner}, CitizenRef{citizen}));
  return Object{{"partner", partner}, {"withdrawn", count}};
}

}  // namespace

std::vector<AdminCommand> partner_commands() {
  return {{.name = "partner/register", .officers = 1, .run = register_partner},
          {.name = "partner/key-add", .officers = 1, .run = add_key},
          {.name = "partner/key-revoke", .officers = 1, .run = revoke_key},
          {.name = "partner/sign-pact", .officers = 0, .run = sign_pact},  // the partner's own signature
          mover("partner/activate", PartnerAction::activate),
          mover("partner/suspend", PartnerAction::suspend),
          mover("partner/resume", PartnerAction::resume),
          mover("partner/uncut", PartnerAction::uncut),
          {.name = "partner/cut", .officers = domain::officers_needed(PartnerAction::cut), .run = cut},
          {.name = "partner/shred", .officers = domain::officers_needed(PartnerAction::shred), .run = shred},
          {.name = "partner/list", .officers = 0, .run = list},
          {.name = "link/grant", .officers = 1, .run = grant_link},
          {.name = "link/withdraw", .officers = 1, .run = withdraw_link}};
}

}  // namespace lindung::api
