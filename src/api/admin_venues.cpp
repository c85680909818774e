#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
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
#include "domain/category.h"
#include "domain/venue_code.h"
#include "service/venues.h"
#include "service/verify_keys.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::chrono::days poster_life{180};

Result<json::value> add(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"name", "category", "capacity"}));
  TRY(name, arguments.text("name"));
  TRY(word, arguments.text("category"));
  TRY(category, domain::parse_category(word));
  const VenueId id{crypto::random_bytes<16>()};
  TRYV(service::add_venues(
      at.platform, {{.id = id, .name = name, .category = category, .capacity = arguments.number_or("capacity", 0)}}));
  return Object{{"venue", codec::hex(id.bytes())}, {"name", name}, {"category", domain::name_of(category)}};
}

Result<json::value> code(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"venue", "kind", "not_after"}));
  TRY(venue, arguments.bytes<16>("venue"));
  const auto kind = arguments.text_or("kind", "poster");
  if (kind != "poster" && kind != "screen") return fail(Errc::invalid_argument, "kind: poster or screen");
  const auto not_after =
      moment_of(arguments.number_or("not_after", unix_seconds(at.platform.clock.now() + poster_life)));
  TRY(bytes, kind == "poster" ? service::poster_code(at.platform, VenueId{venue}, not_after)
                              : service::screen_code(at.platform, VenueId{venue}));
  return Object{{"venue", codec::hex(venue)},
                {"kind", kind},
                {"code", codec::hex(bytes)},
                {"text", domain::venue_code_text(bytes)}};
}

Result<json::value> replace_key(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"venue"}));
  TRY(venue, arguments.bytes<16>("venue"));
  TRYV(service::replace_venue_key(at.platform, VenueId{venue}));
  return Object{{"venue", codec::hex(venue)}, {"replaced", true}};
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(venues, service::list_venues(at.platform));
  json::array rows;
  for (const auto& venue : venues) {
    rows.emplace_back(Object{{"venue", codec::hex(venue.id.bytes())},
                             {"name", venue.name},
                             {"category", domain::name_of(venue.category)},
                             {"capacity", venue.capacity},
                             {"inside", venue.inside}});
  }
  return Object{{"venues", std::move(rows)}};
}

Result<json::value> add_key(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"venue", "key_id", "public_key"}));
  TRY(venue, arguments.bytes<16>("venue"));
  TRY(key_id, arguments.text("key_id"));
  TRY(bytes, arguments.bytes<32>("public_key"));
  TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes));
  TRYV(service::add_verify_key(at.platform, VenueId{venue}, KeyId{key_id}, key));
  return Object{{"venue", codec::hex(venue)}, {"key_id", key_id}};
}

Result<json::value> revoke_key(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"venue", "key_id"}));
  TRY(venue, arguments.bytes<16>("venue"));
  TRY(key_id, arguments.text("key_id"));
  TRYV(service::revoke_verify_key(at.platform, VenueId{venue}, KeyId{key_id}));
  return Object{{"venue", codec::hex(venue)}, {"key_id", key_id}, {"revoked", true}};
}

Result<json::value> list_keys(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"venue"}));
  TRY(venue, arguments.bytes<16>("venue"));
  TRY(listed, service::list_verify_keys(at.platform, VenueId{venue}));
  json::array keys;
  for (const auto& key : listed) {
    Object days;
    for (const auto& each : key.days) days[rfc3339(start_of(each.day)).substr(0, 10)] = each.asked;
    keys.emplace_back(Object{{"key_id", key.id.value()},
                             {"added_at", rfc3339(key.added_at)},
                             {"revoked_at", key.revoked_at ? json::value(rfc3339(*key.revoked_at)) : json::value{}},
                             {"verifications", std::move(days)}});
  }
  return Object{{"venue", codec::hex(venue)}, {"keys", std::move(keys)}};
}

}  // namespace

std::vector<AdminCommand> venue_commands() {
  return {{.name = "venue/add", .officers = 1, .run = add},
          {.name = "venue/code", .officers = 0, .run = code},
          {.name = "venue/replace-key", .officers = 1, .run = replace_key},
          {.name = "venue/list", .officers = 0, .run = list},
          {.name = "venue/key-add", .officers = 1, .run = add_key},
          {.name = "venue/key-revoke", .officers = 1, .run = revoke_key},
          {.name = "venue/key-list", .officers = 0, .run = list_keys}};
}

}  // namespace lindung::api
