// Public keys as JSON (RFC 7517, RFC 7518 section 6): of SMART Health Card issuers and of DID documents.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/certificate_key.h"
#include "crypto/x509_certificate.h"

namespace lindung::cert {

// A text member; empty if it is missing or no text.
[[nodiscard]] std::string_view text_member(const boost::json::object& object, std::string_view name);
// Null if it is missing or of another kind.
[[nodiscard]] const boost::json::array* array_member(const boost::json::object& object, std::string_view name);
[[nodiscard]] const boost::json::object* object_member(const boost::json::object& object, std::string_view name);

// Errors: unsupported_key unless EC on P-256 or P-384, or RSA; malformed for letters that are no base64url.
[[nodiscard]] Result<crypto::CertificateKey> key_of_jwk(const boost::json::object& jwk);

// The certificates of "x5c", first the key's own. Errors: malformed.
[[nodiscard]] Result<std::vector<crypto::X509Certificate>> chain_of_jwk(const boost::json::object& jwk);

// Of an EC key (RFC 7638 section 3.2): the required members in the order of their names.
[[nodiscard]] std::string jwk_thumbprint(const boost::json::object& jwk);

// A key of a SMART Health Card issuer, under that framework's rules: EC, P-256, sig, ES256, named by its thumbprint,
// and a chain of its own that fits where there is one. `issuer` empty: it is not checked against the chain's names.
// Errors: unsupported_key, malformed, with the rule that is broken.
[[nodiscard]] Result<crypto::CertificateKey> card_key_of_jwk(const boost::json::object& jwk, std::string_view issuer);

}  // namespace lindung::cert
