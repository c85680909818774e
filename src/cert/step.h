// The steps of a verification, in the words of `lindung verify --json`.
#pragma once

#include <cstdint>
#include <string_view>

namespace lindung::cert {

enum class Step : std::uint8_t {
  prefix,     // the text is one of this format
  base45,     // HC1
  base32,     // NZCP, our own codes
  zlib,       // HC1
  json,       // VDS-NC
  jws,        // SHC: digits, compact form, header, compression, payload
  cose,       // HC1, NZCP: COSE_Sign1, and for HC1 the CWT in it
  cwt,        // NZCP
  signature,  // a trusted signer of the issuer, and the signature
  validity,
  schema,  // content: schema, value sets, FHIR profile
  key_usage,
  revocation,
  rules,
};

[[nodiscard]] std::string_view name_of(Step step) noexcept;

}  // namespace lindung::cert
