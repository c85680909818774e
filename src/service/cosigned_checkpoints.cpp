#include "service/cosigned_checkpoints.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "log/checkpoint.h"

namespace lindung::service {

namespace {

constexpr std::size_t remembered = 64;

using std::chrono::steady_clock;

}  // namespace

void CosignedCheckpoints::expect(std::size_t witnesses, std::chrono::milliseconds interval) {
  const std::scoped_lock lock{mutex_};
  witnesses_ = witnesses;
  interval_ = interval;
}

void CosignedCheckpoints::add(PublishedCheckpoint published) {
  {
    const std::scoped_lock lock{mutex_};
    recent_.push_back(std::move(published));
    if (recent_.size() > remembered) recent_.pop_front();
  }
  changed_.notify_all();
}

PublishedCheckpoint* CosignedCheckpoints::find(const log::Checkpoint& checkpoint) {
  const auto found = std::ranges::find(recent_, checkpoint, &PublishedCheckpoint::checkpoint);
  return found == recent_.end() ? nullptr : &*found;
}

std::optional<log::Note> CosignedCheckpoints::cosign(const log::Checkpoint& checkpoint,
                                                     log::NoteSignature cosignature) {
  std::optional<log::Note> out;
  {
    const std::scoped_lock lock{mutex_};
    auto* published = find(checkpoint);
    if (published == nullptr) return std::nullopt;
    std::erase_if(published->note.signatures, [&](const log::NoteSignature& line) {
      return line.name == cosignature.name && line.key_id == cosignature.key_id;
    });
    published->note.signatures.push_back(std::move(cosignature));
    out = published->note;
  }
  changed_.notify_all();
  return out;
}

void CosignedCheckpoints::choose(Time now) {
  if (recent_.empty()) return;
  const auto& newest = recent_.back();
  if (wanted_ && (wanted_->checkpoint == newest.checkpoint || now < wanted_since_ + interval_)) return;
  wanted_ = newest;
  wanted_since_ = now;
}

std::optional<PublishedCheckpoint> CosignedCheckpoints::next(std::uint64_t done, std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  const auto until = steady_clock::now() + patience;
  for (;;) {
    const auto now = steady_clock::now();
    choose(now);
    if (stopping_ || now >= until || (wanted_ && wanted_->checkpoint.size != done)) return wanted_;
    const bool is_followed = wanted_ && recent_.back().checkpoint.size != wanted_->checkpoint.size;
    changed_.wait_until(lock, is_followed ? std::min(until, wanted_since_ + interval_) : until);
  }
}

log::Note CosignedCheckpoints::gather(const PublishedCheckpoint& published, std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  auto* known = find(published.checkpoint);
  if (known == nullptr || witnesses_ == 0) return known == nullptr ? published.note : known->note;
  wanted_ = *known;
  const auto until = steady_clock::now() + patience;
  wanted_since_ = until;  // it stands as long as somebody waits for it, whatever is published meanwhile
  changed_.notify_all();
  auto note = known->note;
  const auto is_whole = [&] {
    const auto* now = find(published.checkpoint);
    if (now == nullptr) return true;
    note = now->note;
    return note.signatures.size() > witnesses_;  // the log's own stands first
  };
  changed_.wait_until(lock, until, [&] { return stopping_ || is_whole(); });
  wanted_since_ = std::min(wanted_since_, steady_clock::now());
  changed_.notify_all();
  return note;
}

void CosignedCheckpoints::stop() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
}

}  // namespace lindung::service
