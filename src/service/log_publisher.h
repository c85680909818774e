// Makes the log public: reads the entries that were committed, writes tiles, and signs a checkpoint, within a second.
//
// Invariants
// 1. Before a checkpoint is published, its size and root are durable in the anchor, a file outside the database.
// 2. Whatever is published was committed before; nothing published is ever taken back.
// 3. If the database's entries are not those that the anchor remembers, nothing is published and the gate closes: the
//    server stops answering (protocol.md section 10). It opens again only when compare() finds them to be the same.
// 4. What is published is required of the database before it is: a log that is shorter takes no entry
// (store/database.h).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/merkle.h"
#include "log/tile_writer.h"
#include "service/cosigned_checkpoints.h"
#include "service/gate.h"
#include "store/database.h"
#include "store/log_folder.h"

namespace lindung::service {

struct LogStatus {
  log::Checkpoint checkpoint;
  Moment signed_at;           // of the newest checkpoint
  std::uint64_t committed{};  // entries of the database, published or not
  std::uint64_t anchor_size{};
  Hash anchor_root{};
};

class LogPublisher {
 public:
  struct Options {
    std::string log_folder;   // DIR/log
    std::string anchor_file;  // DIR/log-anchor
    std::string origin;
    std::chrono::milliseconds interval{400};
    std::uint64_t newest{262'144};  // entries that are compared at once; those before them in the background
    // Of what the thread could not publish: when it begins to fail, not at each of its turns.
    std::function<void(const Error&)> report{};
  };

  // Compares the newest entries of the database with what was published, publishes what is there, and goes on in a
  // thread of its own, with the comparison of all others too (docs/adr/0021-newest-entries-first.md).
  // Errors: conflict when the database is older than the anchor or holds other entries; corrupt for damaged tiles or a
  // damaged anchor; io; the database's own.
  [[nodiscard]] static Result<std::unique_ptr<LogPublisher>> start(store::Database& database,
                                                                   const crypto::Ed25519PrivateKey& key,
                                                                   const Clock& clock, Gate& gate, Options options);
  LogPublisher(const LogPublisher&) = delete;
  LogPublisher& operator=(const LogPublisher&) = delete;
  ~LogPublisher();

  // Publishes everything that is committed now. Thread-safe. Errors: conflict while the database is older than what was
  // published, or holds other entries; those of start().
  [[nodiscard]] Result<log::Checkpoint> publish();
  // Compares the newest entries with what was published; for after every reconnection. Once a difference was found, all
  // of them. Errors: as publish(), with the gate closed; the database's own, with the gate as it was.
  [[nodiscard]] Result<void> compare();
  // A piece of what start() or compare() left; returns whether nothing is left. Errors: as compare().
  [[nodiscard]] Result<bool> go_on_comparing();
  // Errors: the database's own; corrupt for a damaged anchor.
  [[nodiscard]] Result<LogStatus> status();
  [[nodiscard]] std::uint64_t published_size() const noexcept { return published_size_.load(); }
  [[nodiscard]] const store::LogFolder& folder() const noexcept { return folder_; }
  [[nodiscard]] const log::VerifierKey& verifier_key() const noexcept { return verifier_key_; }

  // What witnesses are asked about (server/witnesses.h).
  [[nodiscard]] CosignedCheckpoints& cosigned() noexcept { return cosigned_; }
  // Puts a cosignature, which the caller has verified, beside the checkpoint; published at once if it is still the
  // newest. Errors: io.
  [[nodiscard]] Result<void> add_cosignature(const log::Checkpoint& checkpoint, log::NoteSignature cosignature);
  // Publishes, and waits a few seconds for the witnesses' word on it.
  [[nodiscard]] Result<PublishedCheckpoint> publish_cosigned();

  // Writes checkpoint, key, tiles and bundles of what is published into an empty or new folder. Errors: conflict if the
  // folder holds something; io. Publishing goes on meanwhile: what is published never changes.
  [[nodiscard]] Result<log::Checkpoint> export_to(const std::string& folder);
  // The anchor that belongs to an export, for a backup.
  [[nodiscard]] Result<void> write_anchor_for(const log::Checkpoint& checkpoint, const std::string& path) const;

 private:
  // Of the database's tree with the one that was published, from the first entry on.
  struct Comparison {
    std::uint64_t size{};
    Hash root{};
    log::Frontier tree;
  };

  LogPublisher(store::Database& database, crypto::Ed25519PrivateKey key, const Clock& clock, Gate& gate,
               Options options, log::VerifierKey verifier_key);
  [[nodiscard]] Result<void> resume();
  [[nodiscard]] Result<void> compare_newest();
  [[nodiscard]] Result<void> compare_all();
  [[nodiscard]] Result<void> compare_with_tiles(std::uint64_t from);
  [[nodiscard]] Result<void> compare_tree(Comparison& comparison, std::uint64_t at_most);
  [[nodiscard]] Result<log::Checkpoint> publish_locked();
  [[nodiscard]] Result<log::Checkpoint> publish_guarded();
  void stop_for(Error error);
  void run();

  store::Database& database_;
  crypto::Ed25519PrivateKey key_;
  const Clock& clock_;
  Gate& gate_;
  Options options_;
  log::VerifierKey verifier_key_;
  store::LogFolder folder_;
  CosignedCheckpoints cosigned_;
  std::mutex publishing_;
  log::TileWriter writer_;
  log::Checkpoint published_;
  std::string checkpoint_note_;  // of published_
  Moment signed_at_;
  std::optional<Error> diverged_;  // the database is not the one that was published from; until compare() takes it back
  std::optional<Comparison> rest_;  // that the newest entries were not all there is
  std::atomic<std::uint64_t> published_size_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_{};
  std::thread thread_;
};

}  // namespace lindung::service
