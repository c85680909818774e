// Who signs records in: a clinic, a laboratory, a health office, with its keys; and what its signature covers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/issuer_key.h"
#include "domain/issuer_terms.h"

namespace lindung::domain {

// Valid in [not_before, not_after); keys may overlap, so that an issuer changes them without a gap.
struct IssuerKey {
  KeyId id;
  IssuerPublicKey key;
  Moment not_before;
  std::optional<Moment> not_after;  // none: until it is revoked

  [[nodiscard]] bool is_valid_at(Moment now) const noexcept {
    return not_before <= now && (!not_after || now < *not_after);
  }
};

struct Issuer {
  IssuerId id;
  std::string name;
  std::vector<IssuerKey> keys;
  IssuerTerms terms;
};

// Errors: invalid_argument unless [a-z0-9-]{1,64}.
[[nodiscard]] Result<IssuerId> parse_issuer_id(std::string_view text);
// Errors: invalid_argument unless [A-Za-z0-9._-]{1,64}.
[[nodiscard]] Result<void> check_import_id(std::string_view text);

// The digest of what an import signs. Several files of one import are one content, one behind the other, in their
// order.
[[nodiscard]] Hash content_digest(std::span<const BytesView> files);

// Shape: "lindung import v1" | 0x00 | issuer | import id | SHA-256(content).
// The text has no mark between issuer and import id: "lab" with "1a" and "lab1" with "a" sign the same bytes. So a
// signature says nothing by itself: verify_import() checks it under the keys of the issuer that is named, and no key
// may be registered for two issuers. Errors: invalid_argument for an import id of another shape.
[[nodiscard]] Result<Bytes> import_message(const IssuerId& issuer, std::string_view import_id, const Hash& content);

// The key of this issuer that made the signature.
// Errors: bad_signature if none of its keys that are valid now did; invalid_argument as import_message().
[[nodiscard]] Result<KeyId> verify_import(const Issuer& issuer, std::string_view import_id, const Hash& content,
                                          BytesView signature, Moment now);

}  // namespace lindung::domain
