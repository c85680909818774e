#include "domain/issuer.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"

namespace lindung::domain {

namespace {

constexpr std::size_t max_id_size = 64;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_issuer_character(char c) { return is_lower_or_digit(c) || c == '-'; }

bool is_import_character(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
}

}  // namespace

Result<IssuerId> parse_issuer_id(std::string_view text) {
  if (text.empty() || text.size() > max_id_size || !std::ranges::all_of(text, is_issuer_character)) {
    return fail(Errc::invalid_argument, "an issuer id is 1 to 64 of a-z, 0-9 and hyphen");
  }
  return IssuerId{std::string{text}};
}

Result<void> check_import_id(std::string_view text) {
  if (text.empty() || text.size() > max_id_size || !std::ranges::all_of(text, is_import_character)) {
    return fail(Errc::invalid_argument, "an import id is 1 to 64 of A-Z, a-z, 0-9, dot, underscore and hyphen");
  }
  return ok();
}

Hash content_digest(std::span<const BytesView> files) {
  if (files.size() == 1) return crypto::sha256(files.front());
  Message all;
  for (const auto& file : files) all.raw(file);
  return crypto::sha256(all.view());
}

Result<Bytes> import_message(const IssuerId& issuer, std::string_view import_id, const Hash& content) {
  TRYV(check_import_id(import_id));
  Message message;
  message.text("lindung import v1").u8(0).text(issuer.value()).text(import_id).raw(content);
  return std::move(message).take();
}

Result<KeyId> verify_import(const Issuer& issuer, std::string_view import_id, const Hash& content, BytesView signature,
                            Moment now) {
  TRY(message, import_message(issuer.id, import_id, content));
  for (const auto& each : issuer.keys) {
    if (each.is_valid_at(now) && each.key.verifies(message, signature)) return each.id;
  }
  return fail(Errc::bad_signature, "no valid key of issuer " + issuer.id.value() + " signed this import");
}

}  // namespace lindung::domain
