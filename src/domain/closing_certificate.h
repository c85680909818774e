// The closing certificate: what was done when a system ended, signed by two officers, for anybody to try again later.
// Its bytes are canonical JSON (docs/adr/0036-closing-certificates.md):
//   file      = {"certificate": C, "log": {"index": n}, "signatures": [{"officer", "public_key", "signature"} …]}
//   signed    = "lindung closing certificate v1" | 0x00 | RFC 8785 bytes of C
//   in the log: two entries "system.closed", from n on, in the order of the signatures, with SHA-256 of C's bytes
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/ledger.h"

namespace lindung::domain {

inline constexpr std::string_view system_closed_action = "system.closed";
inline constexpr std::size_t closing_signatures = 2;
inline constexpr std::size_t longest_certificate = 256UL * 1024;

// Shape: all six steps, in their order; parts as the ledger had them, without their places.
struct Closing {
  std::string log_origin;
  LedgerEntry system;
  std::vector<LedgerEntry> parts;
  std::vector<StepRecord> steps;
  [[nodiscard]] Moment closed_at() const { return steps.back().at; }
  friend bool operator==(const Closing&, const Closing&) = default;
};
// The canonical bytes: one text for one closing.
[[nodiscard]] std::string canonical_text(const Closing& closing);
[[nodiscard]] Bytes signed_message(std::string_view canonical);
[[nodiscard]] Hash digest_of(std::string_view canonical);

struct ClosingSignature {
  std::string officer;
  crypto::Ed25519PublicKey key;
  crypto::Ed25519Signature signature{};
};

struct ClosingCertificate {
  Closing closing;
  std::string canonical;  // canonical_text(closing)
  std::uint64_t log_index{};
  std::vector<ClosingSignature> signatures;

  // Errors: malformed for another shape, a spelling that canonical_text() does not give, or a step that is missing;
  // too_large. Signatures are read, not verified.
  [[nodiscard]] static Result<ClosingCertificate> read(std::string_view file);
  [[nodiscard]] std::string text() const;
  // Errors: bad_signature unless two officers with two keys signed these very bytes.
  [[nodiscard]] Result<void> check_signatures() const;
};

}  // namespace lindung::domain
