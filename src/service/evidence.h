// What makes one answer provable later, kept sealed under the key of its day (protocol.md section 5): the opening, the
// partner's signature, and what rebuilds signature base and question. After retention nobody can.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/venue.h"
#include "service/opened.h"

namespace lindung::service {

struct Evidence {
  CitizenRef citizen;  // the dummy's when unlinked
  ByteArray<16> opening{};
  KeyId key;
  RequestProof proof;  // without its evidence hash, which is computed from the rest
  domain::Question question;
  bool is_rebuilt_poster{};  // only the head of the poster's code is kept: its proof is our own signature, made again
};

// Shape: about 290 bytes with a poster whose signature we can make again, at most 430.
[[nodiscard]] Bytes seal_evidence(const Secret<32>& day_key, Day day, std::uint64_t log_index,
                                  const Evidence& evidence);
[[nodiscard]] Result<Evidence> open_evidence(const Secret<32>& day_key, Day day, std::uint64_t log_index,
                                             BytesView sealed);

}  // namespace lindung::service
