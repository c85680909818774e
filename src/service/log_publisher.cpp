#include "service/log_publisher.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/merkle.h"
#include "log/tile.h"
#include "log/tile_writer.h"
#include "log/verifier.h"
#include "service/cosigned_checkpoints.h"
#include "service/gate.h"
#include "store/database.h"
#include "store/durable_file.h"
#include "store/log_folder.h"

namespace lindung::service {

namespace {

constexpr std::string_view guard = "log";
constexpr std::size_t read_at_once = 4096;  // entries
constexpr std::uint64_t compared_a_turn = 65'536;
constexpr std::size_t anchor_limit = 256;
constexpr std::chrono::milliseconds witnesses_patience{3'000};
static_assert(read_at_once % log::tile_width == 0);

struct Anchor {
  std::uint64_t size{};
  Hash root{};
};

Result<Anchor> read_anchor(const std::string& path) {
  const auto content = store::read_file(path, anchor_limit);
  if (content.has_error()) {
    if (content.error().code == Errc::not_found) return Anchor{.size = 0, .root = log::Frontier{}.root()};
    return content.error();
  }
  const auto parse = [&]() -> Result<Anchor> {
    codec::CborReader in{content.value()};
    TRY(items, in.array());
    if (items != 2) return fail(Errc::malformed);
    TRY(size, in.uint());
    TRY(root, in.fixed<32>());
    TRYV(in.end());
    return Anchor{.size = size, .root = root};
  };
  auto anchor = parse();
  if (anchor.has_error()) return fail(Errc::corrupt, path + " is damaged");
  return anchor;
}

Result<void> write_anchor(const std::string& path, const Anchor& anchor) {
  codec::CborWriter out;
  out.array(2).uint(anchor.size).bytes(anchor.root);
  return store::replace_file(path, out.view());
}

// The committed entries from `from` on, at most `limit`. Errors: corrupt when one is missing between two others.
Result<std::vector<Bytes>> read_entries(store::Database& database, std::uint64_t from, std::size_t limit) {
  std::vector<Bytes> leaves;
  TRYV(database.read([&](store::Transaction& transaction) -> Result<void> {
    leaves.clear();
    bool has_gap = false;
    TRYV(transaction.run(store::Sql{"SELECT idx, leaf FROM log_entry WHERE idx >= $1 ORDER BY idx LIMIT $2"},
                         {static_cast<std::int64_t>(from), static_cast<std::int64_t>(limit)},
                         [&](const store::Row& row) {
                           has_gap = has_gap || static_cast<std::uint64_t>(row.integer(0)) != from + leaves.size();
                           leaves.push_back(to_bytes(row.bytes(1)));
                         }));
    if (has_gap) return fail(Errc::corrupt, "the log has a gap");
    return ok();
  }));
  return leaves;
}

// How many entries are committed.
Result<std::uint64_t> read_size(store::Database& database) {
  std::uint64_t size = 0;
  TRYV(database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT next FROM log_head WHERE id = 0"}, {},
                         [&](const store::Row& row) { size = static_cast<std::uint64_t>(row.integer(0)); }));
    return ok();
  }));
  return size;
}

auto not_the_same() { return fail(Errc::conflict, "the database's entries are not those that were published"); }

auto too_short(std::uint64_t size, std::uint64_t published) {
  return fail(Errc::conflict, "the database ends at log entry " + std::to_string(size) + ", but entries up to " +
                                  std::to_string(published) + " were published: it is older than its log");
}

std::vector<BytesView> views_of(const std::vector<Bytes>& leaves) { return {leaves.begin(), leaves.end()}; }

}  // namespace

LogPublisher::LogPublisher(store::Database& database, crypto::Ed25519PrivateKey key, const Clock& clock, Gate& gate,
                           Options options, log::VerifierKey verifier_key)
    : database_{database},
      key_{std::move(key)},
      clock_{clock},
      gate_{gate},
      options_{std::move(options)},
      verifier_key_{std::move(verifier_key)},
      folder_{options_.log_folder} {}

LogPublisher::~LogPublisher() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<std::unique_ptr<LogPublisher>> LogPublisher::start(store::Database& database,
                                                          const crypto::Ed25519PrivateKey& key, const Clock& clock,
                                                          Gate& gate, Options options) {
  TRY(verifier_key, log::VerifierKey::make(options.origin, key.public_key()));
  std::unique_ptr<LogPublisher> publisher{
      new LogPublisher{database, key, clock, gate, std::move(options), std::move(verifier_key)}};
  TRYV(publisher->resume());
  TRYV(publisher->folder_.write(log::log_key_file, as_bytes(publisher->verifier_key_.text() + "\n")));
  if (auto published = publisher->publish(); published.has_error()) return published.error();
  publisher->thread_ = std::thread{[raw = publisher.get()] { raw->run(); }};
  return publisher;
}

Result<void> LogPublisher::resume() {
  TRY(anchor, read_anchor(options_.anchor_file));
  auto resumed = log::TileWriter::resume(anchor.size, folder_.source());
  if (resumed.has_error()) return fail("resuming the published log", resumed.error());
  writer_ = std::move(resumed).value();
  if (writer_.root() != anchor.root) {
    return fail(Errc::corrupt, "the tiles in " + folder_.path() + " are not those of the log's anchor");
  }
  TRYV(compare_newest());
  database_.require_log(anchor.size);
  return ok();
}

// A database that is older than its log, or was and has grown again, differs in the newest entries: nobody else draws
// the random numbers in them. What differs only before them, one row that somebody changed, is found in the background;
// until then what was published stands in the tiles all the same.
Result<void> LogPublisher::compare_newest() {
  const auto size = writer_.size();
  rest_.reset();
  if (size <= options_.newest) return compare_all();
  TRY(committed, read_size(database_));
  if (committed < size) return too_short(committed, size);
  TRYV(compare_with_tiles((size - options_.newest) / log::tile_width * log::tile_width));
  rest_ = Comparison{.size = size, .root = writer_.root(), .tree = {}};
  return ok();
}

Result<void> LogPublisher::compare_with_tiles(std::uint64_t from) {
  const auto size = writer_.size();
  const auto source = folder_.source();
  for (auto at = from; at < size;) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(size - at, read_at_once));
    TRY(leaves, read_entries(database_, at, count));
    if (leaves.size() < count) return too_short(at + leaves.size(), size);
    for (std::size_t first = 0; first < count; first += log::tile_width) {
      const auto width = std::min<std::size_t>(log::tile_width, count - first);
      TRY(hashes, log::read_hashes(source, 0, (at + first) / log::tile_width, static_cast<unsigned>(width)));
      for (std::size_t i = 0; i < width; ++i) {
        const auto published = BytesView{hashes}.subspan(i * log::hash_size, log::hash_size);
        if (!std::ranges::equal(log::leaf_hash(leaves[first + i]), published)) return not_the_same();
      }
    }
    at += count;
  }
  return ok();
}

// The database's tree at the published size must have the published root.
Result<void> LogPublisher::compare_all() {
  Comparison whole{.size = writer_.size(), .root = writer_.root(), .tree = {}};
  return compare_tree(whole, whole.size);
}

Result<void> LogPublisher::compare_tree(Comparison& comparison, std::uint64_t at_most) {
  const auto size = comparison.size;
  TRY(committed, read_size(database_));
  if (committed < size) return too_short(committed, size);
  auto& tree = comparison.tree;
  const auto until = std::min(size, tree.size() + at_most);
  while (tree.size() < until) {
    const auto left = static_cast<std::size_t>(std::min<std::uint64_t>(until - tree.size(), read_at_once));
    TRY(leaves, read_entries(database_, tree.size(), left));
    if (leaves.empty()) return too_short(tree.size(), size);
    for (const auto& leaf : leaves) tree.append(log::leaf_hash(leaf));
  }
  return tree.size() < size || tree.root() == comparison.root ? Result<void>{ok()} : not_the_same();
}

Result<log::Checkpoint> LogPublisher::publish() {
  const std::scoped_lock lock{publishing_};
  return publish_guarded();
}

Result<log::Checkpoint> LogPublisher::publish_guarded() {
  if (diverged_) return fail(diverged_->code, diverged_->detail);
  auto published = publish_locked();
  if (published.has_value()) {
    gate_.open(guard);
  } else if (published.error().code == Errc::conflict) {
    stop_for(published.error());
  } else if (published.error().code == Errc::corrupt) {
    gate_.close(guard, published.error().text());
  }
  return published;
}

void LogPublisher::stop_for(Error error) {
  gate_.close(guard, error.text());
  diverged_ = std::move(error);
}

Result<void> LogPublisher::compare() {
  const std::scoped_lock lock{publishing_};
  auto compared = diverged_ ? compare_all() : compare_newest();
  if (compared.has_value()) {
    if (diverged_) gate_.open(guard);
    diverged_.reset();
  } else if (compared.error().code == Errc::conflict || compared.error().code == Errc::corrupt) {
    stop_for(compared.error());
  }
  return compared;
}

Result<bool> LogPublisher::go_on_comparing() {
  const std::scoped_lock lock{publishing_};
  if (!rest_) return true;
  auto compared = compare_tree(*rest_, compared_a_turn);
  if (compared.has_error()) {
    if (compared.error().code == Errc::conflict || compared.error().code == Errc::corrupt) {
      rest_.reset();
      stop_for(compared.error());
    }
    return compared.error();
  }
  if (rest_->tree.size() == rest_->size) rest_.reset();
  return !rest_;
}

Result<LogStatus> LogPublisher::status() {
  LogStatus status;
  TRY(committed, read_size(database_));
  status.committed = committed;
  const std::scoped_lock lock{publishing_};
  status.checkpoint = published_;
  status.signed_at = signed_at_;
  TRY(anchor, read_anchor(options_.anchor_file));
  status.anchor_size = anchor.size;
  status.anchor_root = anchor.root;
  return status;
}

Result<log::Checkpoint> LogPublisher::publish_locked() {
  while (true) {
    TRY(leaves, read_entries(database_, writer_.size(), read_at_once));
    if (leaves.empty()) {
      TRY(committed, read_size(database_));
      if (committed < writer_.size()) return too_short(committed, writer_.size());
      break;
    }
    const auto before = writer_.size();
    TRYV(writer_.append(views_of(leaves),
                        [&](std::string_view path, BytesView content) { return folder_.write(path, content); }));
    for (const auto& tile : log::tiles_between(before, writer_.size())) {
      if (tile.width == log::tile_width) folder_.remove_partials(log::partial_folder_of(tile));
    }
    if (leaves.size() < read_at_once) break;
  }
  const log::Checkpoint checkpoint{.origin = options_.origin, .size = writer_.size(), .root = writer_.root()};
  if (checkpoint.size == published_.size && !checkpoint_note_.empty()) return checkpoint;
  TRYV(write_anchor(options_.anchor_file, {.size = checkpoint.size, .root = checkpoint.root}));
  database_.require_log(checkpoint.size);
  TRY(note, log::sign_checkpoint(checkpoint, key_));
  const auto encoded = note.encode();
  published_size_.store(checkpoint.size);  // before anybody can read the checkpoint and ask for proofs of its size
  TRYV(folder_.write(log::checkpoint_file, as_bytes(encoded)));
  checkpoint_note_ = encoded;
  cosigned_.add({.checkpoint = checkpoint, .note = std::move(note)});
  published_ = checkpoint;
  signed_at_ = clock_.now();
  return checkpoint;
}

void LogPublisher::run() {
  std::unique_lock lock{mutex_};
  bool is_failing = false;
  while (!stopping_) {
    wake_.wait_for(lock, options_.interval);
    if (stopping_) break;
    lock.unlock();
    const auto published = publish();  // what failed now is tried again at the next turn
    if (published.has_error() && !is_failing && options_.report) options_.report(published.error());
    is_failing = published.has_error();
    static_cast<void>(go_on_comparing().has_value());  // its own guard says what it found
    lock.lock();
  }
}

Result<void> LogPublisher::add_cosignature(const log::Checkpoint& checkpoint, log::NoteSignature cosignature) {
  const std::scoped_lock lock{publishing_};
  const auto note = cosigned_.cosign(checkpoint, std::move(cosignature));
  if (!note || checkpoint != published_) return ok();
  const auto encoded = note->encode();
  TRYV(folder_.write(log::checkpoint_file, as_bytes(encoded)));
  checkpoint_note_ = encoded;
  return ok();
}

Result<PublishedCheckpoint> LogPublisher::publish_cosigned() {
  PublishedCheckpoint published;
  {
    const std::scoped_lock lock{publishing_};
    TRY(checkpoint, publish_guarded());
    TRY(note, log::parse_note(checkpoint_note_));
    published = {.checkpoint = checkpoint, .note = std::move(note)};
  }
  published.note = cosigned_.gather(published, witnesses_patience);
  return published;
}

Result<log::Checkpoint> LogPublisher::export_to(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder, error) && !std::filesystem::is_empty(folder, error)) {
    return fail(Errc::conflict, folder + " is not empty");
  }
  TRY(published, publish_cosigned());
  const auto& checkpoint = published.checkpoint;
  const store::LogFolder out{folder};
  const auto source = folder_.source();
  for (const auto& tile : log::tiles_between(0, checkpoint.size)) {
    auto content = tile.level ? log::read_hashes(source, *tile.level, tile.index, tile.width)
                              : log::read_entries(source, tile.index, tile.width);
    if (content.has_error()) return fail("exporting " + log::path_of(tile), content.error());
    TRYV(out.write(log::path_of(tile), content.value()));
  }
  TRYV(out.write(log::log_key_file, as_bytes(verifier_key_.text() + "\n")));
  TRYV(out.write(log::checkpoint_file, as_bytes(published.note.encode())));
  return checkpoint;
}

Result<void> LogPublisher::write_anchor_for(const log::Checkpoint& checkpoint, const std::string& path) const {
  return write_anchor(path, {.size = checkpoint.size, .root = checkpoint.root});
}

}  // namespace lindung::service
