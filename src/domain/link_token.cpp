#include "domain/link_token.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace lindung::domain {

namespace {

constexpr std::size_t tag_size = 8;
constexpr std::string_view tag_label = "lindung token v1";
constexpr std::string_view next_label = "lindung next v1";
constexpr ByteArray<1> separator{0};

ByteArray<tag_size> tag_of(const crypto::HmacKey& trace_key, BytesView version_and_random) noexcept {
  return take<tag_size>(trace_key.mac({as_bytes(tag_label), separator, version_and_random}));
}

}  // namespace

LinkToken make_link_token(const crypto::HmacKey& trace_key, const ByteArray<link_token_random_size>& random) noexcept {
  LinkToken token;
  token.bytes[0] = link_token_version;
  std::ranges::copy(random, token.bytes.begin() + 1);
  const auto tag = tag_of(trace_key, BytesView{token.bytes}.first(1 + link_token_random_size));
  std::ranges::copy(tag, token.bytes.begin() + 1 + link_token_random_size);
  return token;
}

bool is_traced_by(const LinkToken& token, const crypto::HmacKey& trace_key) noexcept {
  if (token.bytes[0] != link_token_version) return false;
  const BytesView bytes{token.bytes};
  return equal_secret(tag_of(trace_key, bytes.first(1 + link_token_random_size)), bytes.last(tag_size));
}

LinkToken next_link_token(const crypto::HmacKey& rotation_key, const crypto::HmacKey& trace_key,
                          const LinkToken& current) noexcept {
  const auto mac = rotation_key.mac({as_bytes(next_label), separator, current.bytes});
  return make_link_token(trace_key, take<link_token_random_size>(mac));
}

}  // namespace lindung::domain
