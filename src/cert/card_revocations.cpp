#include "cert/card_revocations.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/jwk.h"
#include "cert/trust_store.h"

namespace lindung::cert {
namespace {

constexpr std::size_t longest_rid = 24;

bool is_base64url_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

Result<CardRevocations> read_card_revocations(const boost::json::object& list) {
  if (text_member(list, "method") != "rid") return fail(Errc::malformed, "revocation by another method than rid");
  const auto* counter = list.if_contains("ctr");
  const auto* rids = array_member(list, "rids");
  if (counter == nullptr || !counter->is_int64() || counter->get_int64() < 0 || rids == nullptr) {
    return fail(Errc::malformed, "a revocation list without counter or rids");
  }
  CardRevocations out;
  out.counter = static_cast<std::uint64_t>(counter->get_int64());
  for (const auto& each : *rids) {
    if (!each.is_string()) return fail(Errc::malformed, "a rid that is no text");
    const std::string_view text = each.get_string();
    const auto dot = text.find('.');
    const auto rid = text.substr(0, dot);
    if (rid.empty() || rid.size() > longest_rid || !std::ranges::all_of(rid, is_base64url_letter)) {
      return fail(Errc::malformed, "a rid that is empty, too long, or of other letters");
    }
    std::optional<Moment> before;
    if (dot != std::string_view::npos) {
      const auto digits = text.substr(dot + 1);
      std::uint64_t at = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), at);
      if (error != std::errc{} || end != digits.data() + digits.size()) {
        return fail(Errc::malformed, "a rid with a moment that is no number");
      }
      before = moment_of(at);
    }
    if (!out.rids.emplace(rid, before).second) return fail(Errc::malformed, "a rid that stands twice");
  }
  return out;
}

bool revokes(const CardRevocations& list, std::string_view rid, Moment issued) {
  const auto found = list.rids.find(rid);
  return found != list.rids.end() && (!found->second || issued < *found->second);
}

}  // namespace lindung::cert
