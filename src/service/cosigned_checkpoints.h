// The newest checkpoints with what witnesses said of them: publishing never waits for a witness, so cosignatures come
// to a checkpoint that is out already, and sometimes to one that has been followed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "log/checkpoint.h"

namespace lindung::service {

struct PublishedCheckpoint {
  log::Checkpoint checkpoint;
  log::Note note;
};

// Thread-safe.
class CosignedCheckpoints {
 public:
  // How many witnesses will be asked, and how long each checkpoint that they are asked about stands at least.
  void expect(std::size_t witnesses, std::chrono::milliseconds interval);
  void add(PublishedCheckpoint published);
  // The note with it, in place of an older one by the same key; none when the checkpoint is not remembered any more.
  [[nodiscard]] std::optional<log::Note> cosign(const log::Checkpoint& checkpoint, log::NoteSignature cosignature);

  // What every witness is asked about next: one checkpoint for all of them, so that their cosignatures come together.
  // Waits for one of another size than `done`; after `patience`, or stop(), whatever there is.
  [[nodiscard]] std::optional<PublishedCheckpoint> next(std::uint64_t done, std::chrono::milliseconds patience);
  // Asks about this one at once and waits until all witnesses have answered, or for `patience`; the note as it is then.
  [[nodiscard]] log::Note gather(const PublishedCheckpoint& published, std::chrono::milliseconds patience);
  // Wakes whoever waits, for good.
  void stop();

 private:
  using Time = std::chrono::steady_clock::time_point;
  [[nodiscard]] PublishedCheckpoint* find(const log::Checkpoint& checkpoint);
  void choose(Time now);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<PublishedCheckpoint> recent_;  // newest last
  std::optional<PublishedCheckpoint> wanted_;
  Time wanted_since_{};
  std::size_t witnesses_{};
  std::chrono::milliseconds interval_{};
  bool stopping_{};
};

}  // namespace lindung::service
