#include "service/one_time_code.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/random.h"

namespace lindung::service {

namespace {

constexpr std::size_t code_size = 16;
constexpr std::size_t group_size = 4;
constexpr std::size_t longest_text = 64;
constexpr std::string_view digest_label = "lindung one-time code v1";

}  // namespace

std::string make_one_time_code() {
  const auto letters = codec::base32(crypto::random_bytes<code_size>());
  std::string out;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (i > 0 && i % group_size == 0) out += '-';
    out += letters[i];
  }
  return out;
}

Result<Hash> one_time_code_digest(std::string_view text) {
  if (text.size() > longest_text) return fail(Errc::malformed, "code");
  std::string letters;
  for (const char each : text) {
    if (each == '-' || each == ' ') continue;
    letters += each >= 'a' && each <= 'z' ? static_cast<char>(each - 'a' + 'A') : each;
  }
  const auto code = codec::from_base32(letters);
  if (code.has_error() || code.value().size() != code_size) return fail(Errc::malformed, "code");
  return crypto::sha256(Message{}.text(digest_label).u8(0).raw(code.value()).take());
}

}  // namespace lindung::service
