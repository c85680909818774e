#include "people/client_data.h"

#include <boost/json/object.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "codec/json.h"

namespace lindung::people {

namespace {

constexpr std::size_t longest = 4096;
constexpr std::size_t deepest = 4;

auto refused(std::string_view name) { return fail(Errc::denied, "passkey: " + std::string{name}); }

// Empty: not there, or no text.
std::string_view text_in(const boost::json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view{value->get_string()} : std::string_view{};
}

}  // namespace

Result<ByteArray<32>> read_client_data(BytesView client_data, Ceremony ceremony, std::string_view origin) {
  const auto parsed = codec::parse_json(as_text(client_data), {.bytes = longest, .depth = deepest});
  if (parsed.has_error() || !parsed.value().is_object()) return refused("form");
  const auto& object = parsed.value().get_object();
  if (text_in(object, "type") != (ceremony == Ceremony::create ? "webauthn.create" : "webauthn.get")) {
    return refused("type");
  }
  const auto* const crosses = object.if_contains("crossOrigin");
  if (crosses != nullptr && !crosses->is_bool()) return refused("form");
  if (text_in(object, "origin") != origin || (crosses != nullptr && crosses->get_bool()) ||
      object.contains("topOrigin")) {
    return refused("origin");
  }
  ByteArray<32> challenge{};
  if (codec::from_base64url(text_in(object, "challenge"), challenge).has_error()) return refused("challenge");
  return challenge;
}

}  // namespace lindung::people
