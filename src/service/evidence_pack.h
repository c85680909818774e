// Evidence about one partner, officer, issuer or person and a time: what the log holds of it, proven by a checkpoint,
// in one file that anybody can verify alone (docs/evidence.md; the verifier is log/evidence_verifier.h).
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "log/checkpoint.h"
#include "log/tile.h"
#include "service/cosigned_checkpoints.h"
#include "service/log_publisher.h"
#include "service/pack_file.h"
#include "service/pack_telling.h"
#include "service/partners.h"
#include "service/platform.h"

namespace lindung::service {

enum class PackSubject : std::uint8_t { partner, officer, issuer, person };
[[nodiscard]] std::string_view name_of(PackSubject subject) noexcept;

// What opens one answer: the parts of protocol.md section 5. Privacy: of a person.
struct PackOpening {
  std::uint64_t index{};
  PartnerId partner;
  ByteArray<16> opening{};
  std::string key_id;
  std::string signature_base;
  ByteArray<64> signature{};
  Bytes question;        // 256 bytes
  Bytes head;            // bytes 0..35 of the answer, with flags = 0
  CitizenRef citizen{};  // whom it is about, or the dummy; not in the pack
};

struct PackOrder {
  PackSubject subject{};
  std::string id;  // of a partner, officer or issuer; of a person what the file may call them, never a number
  Moment from;
  Moment until;  // not included
  std::string purpose;
  std::string law;
  std::vector<PackOpening> openings{};   // in the order of their indexes
  std::optional<PackTelling> telling{};  // of a pack with openings
  CommandDigest command{};
};

struct MadePack {
  std::uint64_t size{};     // of the log
  std::uint64_t entries{};  // in the pack
  std::uint64_t bytes{};
  Hash digest{};              // of the pack
  std::uint64_t log_index{};  // of the entry that says that it was made
};

// The published log, and what is put beside its entries.
struct PackGround {
  log::TileSource source;
  std::uint64_t published{};  // entries of the tiles
  PublishedCheckpoint checkpoint;
  log::VerifierKey key;
  std::optional<Hash> officer_key{};  // digest of an officer's key
  std::vector<std::string> pacts{};
  std::vector<boost::json::object> pact_signatures{};
  std::vector<boost::json::object> keys{};
};
// The part of make_evidence_pack() that needs neither database nor clock; the file is complete, and finished by whoever
// holds it. Errors: io; corrupt for damaged tiles.
[[nodiscard]] Result<MadePack> write_evidence_pack(PackFile& file, const PackGround& ground, const PackOrder& order,
                                                   Moment now);

// Writes the pack into a new file, mode 0600: whole, or not at all. One pass over the entries; memory: a frame and a
// tile of each level. What was made, and under whose command, is an entry of the log behind it.
// Errors: conflict where a file is; not_found for an unknown subject; invalid_argument for a range that ends before it
// begins, or without purpose or law; io; those of log and database.
[[nodiscard]] Result<MadePack> make_evidence_pack(const Platform& platform, LogPublisher& publisher,
                                                  const PackOrder& order, const std::string& path);

}  // namespace lindung::service
