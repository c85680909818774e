// The keys that sign what we issue: a document signer for each region and week, a card signer for each year. Made when
// the first certificate needs one, destroyed when its time is over, so that a stolen key is worth little and taking one
// back touches few people. A signer that was taken back is followed by another one of the same region and time.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ecdsa.h"
#include "crypto/x509_issue.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// The numbers stand in stored rows.
enum class SignerKind : std::uint8_t { document = 1, card = 2 };
[[nodiscard]] std::string_view name_of(SignerKind kind) noexcept;  // "document-signer", as the log has it

struct SignerPlace {
  SignerKind kind{};
  std::string scope;      // the region, and "-2" on for those that follow one that was taken back
  std::uint64_t epoch{};  // the week since Monday 1969-12-29, or the year
  friend auto operator<=>(const SignerPlace&, const SignerPlace&) = default;
};

struct KeptSigner {
  SignerPlace place;
  Bytes kid;           // of a card signer: the letters of its thumbprint
  Bytes public_point;  // 65 bytes
  Hash key_digest{};   // of its SubjectPublicKeyInfo: as the log names it
  Bytes certificate;   // DER; of a card signer none
  crypto::Period use;  // until it is over, the ring has its key
  Moment made_at;
  std::uint64_t log_index{};
  std::optional<Moment> revoked_at;
};
[[nodiscard]] std::string kid_text(const KeptSigner& signer);    // hex, or the thumbprint: as commands name it
[[nodiscard]] Result<Bytes> kid_of_text(std::string_view text);  // Errors: invalid_argument.

[[nodiscard]] std::uint64_t week_of(Moment at) noexcept;
[[nodiscard]] Moment start_of_week(std::uint64_t week) noexcept;

// The province of the NIK; "00" for passports and for people who are known by neither.
[[nodiscard]] std::string region_of(const KeptIdentity& identity);

// Who signs now for a region; a card signer is of all. Makes one where there is none: its key, then its certificate and
// its entry in the log as one unit. Errors: conflict without an authority.
[[nodiscard]] Result<KeptSigner> current_signer(const Platform& platform, SignerKind kind, std::string_view region);
// Errors: denied when its key was destroyed.
[[nodiscard]] Result<crypto::Es256Signature> sign_with(const store::KeyRing& ring, const KeptSigner& signer,
                                                       BytesView message);

// All that ever were, in the order of kind, scope and epoch.
[[nodiscard]] Result<std::vector<KeptSigner>> list_signers(const Platform& platform);
[[nodiscard]] Result<bool> is_signer_revoked(store::Transaction& transaction, BytesView kid);
// Takes a key back, for all that it signed: logged, then destroyed. Twice: done already. Errors: not_found.
[[nodiscard]] Result<KeptSigner> revoke_signer(const Platform& platform, BytesView kid);
// Destroys the keys whose time is over, and logs their period. How many.
[[nodiscard]] Result<std::size_t> end_old_signers(const Platform& platform);

}  // namespace lindung::service
