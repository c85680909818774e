// The file that a rule set travels in: the document alone, or the document with the signatures of those who stand
// behind it, in the general JSON serialization of JWS. The payload is the document's bytes as they are, so nothing is
// put into another form before it is signed, and its digest is that of the plain document.
// Source: RFC 7515 section 7.2.1; RFC 8037 section 3.1.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/ed25519.h"

namespace lindung::domain {

struct DocumentSignature {
  std::string signer;  // "kid": the id of an officer, [a-z0-9.-]{1,64}
  std::string header;  // the protected header as it was signed, base64url
  crypto::Ed25519Signature signature{};
};

class RuleDocument {
 public:
  static constexpr std::size_t most_signatures = 8;

  // Shape: {"payload": base64url(document), "signatures": [{"protected": base64url({"alg": "EdDSA", "kid": …}),
  // "signature": base64url}]}; whatever has no "payload" is the document itself. Signatures are read, not verified.
  // Errors: malformed for another shape or algorithm and for two signatures of one signer; too_large.
  [[nodiscard]] static Result<RuleDocument> read(std::string_view file);

  [[nodiscard]] const std::string& content() const noexcept { return content_; }  // the rule set's own bytes
  [[nodiscard]] const std::vector<DocumentSignature>& signatures() const noexcept { return signatures_; }
  [[nodiscard]] bool verifies(const DocumentSignature& signature, const crypto::Ed25519PublicKey& key) const;

  // Errors: invalid_argument for a name outside [a-z0-9.-]{1,64}; conflict when this signer has signed;
  // too_large behind most_signatures.
  [[nodiscard]] Result<void> sign(std::string_view signer, const crypto::Ed25519PrivateKey& key);

  // The signed file; read() gives the same document again.
  [[nodiscard]] std::string text() const;

 private:
  RuleDocument() = default;
  [[nodiscard]] Result<void> add(const boost::json::value& signature);

  std::string content_;
  std::vector<DocumentSignature> signatures_;
};

// The JSON of a rule set's bytes, under the limits that all readers of it share. Errors: malformed; too_large.
[[nodiscard]] Result<boost::json::value> parse_rule_json(std::string_view content);

}  // namespace lindung::domain
