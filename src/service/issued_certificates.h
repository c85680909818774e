// What others ask about certificates that we issued: whether one was taken back, and where the log holds its signature.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/dcc_revocations.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

// Whether the certificate of this text was taken back by itself or with its key, as of now: for online verification.
// False for texts that are not ours or cannot be read; whether the signature holds is verification's to say.
[[nodiscard]] Result<bool> is_revoked(const Platform& platform, std::string_view text);
// The same for who has read it: UVCI or rid (empty: none), and kid (of a card its letters).
[[nodiscard]] Result<bool> is_revoked(const Platform& platform, std::string_view name, BytesView kid);

// The EU's kind of batch: of all HC1 that were taken back by themselves and have not expired.
struct RevocationList {
  std::vector<cert::ShortHash> hashes;  // ascending, of UVCIs
  Moment expires;                       // the last of them; without any, now
};
[[nodiscard]] Result<RevocationList> revoked_certificates(const Platform& platform);
// The rids of a card signer's cards that were taken back, in the order in which that was. Those that have expired stay.
[[nodiscard]] Result<std::vector<std::string>> revoked_cards(const Platform& platform, std::string_view kid);
// How many there are for each of the keys, which is the version of its list.
[[nodiscard]] Result<std::uint64_t> count_revoked_cards(store::Transaction& transaction, BytesView kid);

struct LoggedSignature {
  std::uint64_t index{};
  Bytes leaf;  // as it stands in the log
};
// By SHA-256 of the bytes that were signed. Errors: not_found: no key of ours has signed them rightfully.
[[nodiscard]] Result<LoggedSignature> find_signature(const Platform& platform, const Hash& digest);

}  // namespace lindung::service
