// Why a certificate is not valid: stable names, which docs/reasons.md explains and a test holds it to.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lindung::cert {

enum class Reason : std::uint8_t {
  input,
  too_long,
  prefix,
  base45,
  base32,
  zlib,
  too_large,
  cbor,
  cose,
  cose_algorithm,
  cose_critical,
  cwt,
  numeric,
  chunk,
  jws,
  jws_header,
  payload,
  json,
  header,
  no_kid,
  untrusted_signer,
  stale_trust,
  unsupported_key,
  issuer_url,
  signature,
  claim_type,
  no_expiry,
  expired,
  not_yet_valid,
  signer_not_valid,
  no_content,
  unsupported_content,
  schema_version,
  schema,
  entry_count,
  value_set,
  fhir_profile,
  key_usage,
  revoked,
  revocation_list,
  rule,
  unsupported_format,
  needs_server,
};

struct ReasonWords {
  Reason reason;
  std::string_view name;   // "untrusted-signer"
  std::string_view words;  // for a person
};

[[nodiscard]] std::span<const ReasonWords> all_reasons() noexcept;
[[nodiscard]] std::string_view name_of(Reason reason) noexcept;
[[nodiscard]] std::string_view words_of(Reason reason) noexcept;

}  // namespace lindung::cert
