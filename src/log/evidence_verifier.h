// What `lindung evidence verify FILE` does: it reads an evidence pack from end to end, without server or data folder,
// and believes nothing in it but the keys that it is given. It shares no code with the maker of packs
// (service/evidence_pack.h). docs/evidence.md describes the file byte by byte.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "log/cosignature.h"
#include "log/entry.h"

namespace lindung::log {

// Fills as much of `into` as there is; fewer bytes only at the end of the file. Errors: io.
using PackSource = std::function<Result<std::size_t>(MutableBytes into)>;

struct PackOptions {
  std::optional<crypto::Ed25519PublicKey> key{};  // none: the log's key in the pack; then the pack vouches for itself
  std::vector<WitnessKey> witnesses{};
  std::size_t need{};
};

// What one answer said, opened. Privacy: of a person; a pack with openings is as secret as they are.
struct OpenedAnswer {
  std::uint64_t index{};
  std::string key_id;  // that signed the question
  Moment answered_at;
  std::uint8_t outcome{};
  std::uint8_t colour{};
};

struct PackReport {
  std::string subject_kind;
  std::string subject;
  Moment from;
  Moment until;
  std::string purpose;
  std::string law;
  Moment made_at;
  std::string origin;
  crypto::Ed25519PublicKey key;  // that signed the checkpoint
  std::uint64_t size{};
  Hash root{};
  std::vector<SeenBy> seen_by;
  std::array<std::uint64_t, std::variant_size_v<Entry>> entries{};
  std::uint64_t from_size{};  // of the log when the range began and ended, with its root then
  Hash from_root{};
  std::uint64_t until_size{};
  Hash until_root{};
  // Of a partner: as VerifyReport has them.
  std::optional<std::uint64_t> cut_index;
  std::optional<std::uint64_t> last_answer_index;
  std::size_t pacts{};            // texts whose digest is an entry of the partner
  std::size_t pact_signatures{};  // by a key that the log holds
  std::size_t keys{};             // public keys whose digest is an entry
  std::vector<OpenedAnswer> openings;
  Hash digest{};  // of the whole pack
};

// Memory: a frame of 1 MiB, and what is opened.
// Errors: corrupt with part, frame and byte for anything that is not as it was written, or not proven by the
// checkpoint; bad_signature when fewer witnesses cosigned than are needed; conflict, with number = index, when an
// answer stands where the partner was not active; io.
[[nodiscard]] Result<PackReport> verify_evidence(const PackSource& source, const PackOptions& options);

}  // namespace lindung::log
