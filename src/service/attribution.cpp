#include "service/attribution.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "domain/link_token.h"
#include "service/platform.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

constexpr std::size_t hex_size = domain::link_token_size * 2;
constexpr std::size_t base64url_size = (domain::link_token_size * 8 + 5) / 6;

struct Suspect {
  PartnerId partner;
  crypto::HmacKey trace_key;
  std::uint64_t tokens{};
};

bool is_text_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

bool parse_token(std::string_view run, domain::LinkToken& token) {
  const bool is_read = run.size() == hex_size         ? codec::from_hex(run, token.bytes).has_value()
                       : run.size() == base64url_size ? codec::from_base64url(run, token.bytes).has_value()
                                                      : false;
  return is_read && token.bytes[0] == domain::link_token_version;
}

}  // namespace

Result<Attribution> attribute_tokens(const Platform& platform, std::string_view text) {
  std::vector<Suspect> suspects;
  for (const auto& [id, partner] : platform.directory.get()->partners) {
    const auto key = platform.ring.hmac_key({.cls = store::KeyClass::partner_trace, .scope = id.value(), .epoch = 0});
    if (key.has_value()) {
      suspects.push_back({.partner = id, .trace_key = *key.value(), .tokens = 0});
    } else if (key.error().code != Errc::not_found) {
      return key.error();
    }
  }
  Attribution out;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_text_digit(text[at])) {
      ++at;
      continue;
    }
    auto end = at;
    while (end < text.size() && is_text_digit(text[end])) ++end;
    domain::LinkToken token;
    if (parse_token(text.substr(at, end - at), token)) {
      ++out.candidates;
      for (auto& suspect : suspects) suspect.tokens += domain::is_traced_by(token, suspect.trace_key) ? 1 : 0;
    }
    at = end;
  }
  std::ranges::sort(suspects, std::ranges::greater{}, &Suspect::tokens);
  for (const auto& suspect : suspects) {
    if (suspect.tokens != 0) out.partners.push_back({.partner = suspect.partner, .tokens = suspect.tokens});
  }
  return out;
}

}  // namespace lindung::service
