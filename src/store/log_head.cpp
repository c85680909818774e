#include "store/log_head.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "store/database.h"

namespace lindung::store {

namespace {

// SQLite has one writer, which holds the database: reading is locking.
constexpr Sql read_head{"SELECT next, last_at, generation FROM log_head WHERE id = 0"};
constexpr Sql read_and_lock_head{"SELECT next, last_at, generation FROM log_head WHERE id = 0 FOR UPDATE"};

constexpr Sql append_one{"INSERT INTO log_entry (idx, leaf) VALUES ($1, $2)"};
constexpr Sql advance{"UPDATE log_head SET next = $1, last_at = $2 WHERE id = 0"};
constexpr Sql append_and_advance{
    "WITH entries AS ("
    "INSERT INTO log_entry (idx, leaf) SELECT $1 + place - 1, leaf FROM unnest($2) WITH ORDINALITY AS t (leaf, place)) "
    "UPDATE log_head SET next = $3, last_at = $4 WHERE id = 0"};

}  // namespace

Result<LogHead> LogHead::lock(Transaction& transaction) {
  std::int64_t next = -1;
  std::int64_t last_at = 0;
  std::int64_t generation = 0;
  const Sql sql = transaction.engine() == Engine::sqlite ? read_head : read_and_lock_head;
  TRY(rows, transaction.run(sql, {}, [&](const Row& row) {
    next = row.integer(0);
    last_at = row.integer(1);
    generation = row.integer(2);
  }));
  if (rows != 1 || next < 0) return fail(Errc::corrupt, "the head of the log is not there");
  if (static_cast<std::uint64_t>(next) < transaction.required_log()) {
    return fail(Errc::unavailable, "the database's log ends at " + std::to_string(next) + ", but " +
                                       std::to_string(transaction.required_log()) +
                                       " entries were published: it is older than its log");
  }
  return LogHead{transaction, static_cast<std::uint64_t>(next), Moment{seconds{last_at}},
                 static_cast<std::uint64_t>(generation)};
}

LogHead::LogHead(LogHead&& other) noexcept
    : transaction_{std::exchange(other.transaction_, nullptr)},
      first_{other.first_},
      last_time_{other.last_time_},
      generation_{other.generation_},
      leaves_{std::move(other.leaves_)},
      sizes_{std::move(other.sizes_)} {}

LogHead::~LogHead() {
  if (transaction_ != nullptr && !sizes_.empty()) {
    transaction_->spoil(Error{.code = Errc::database, .detail = "log entries were appended and not finished"});
  }
}

Result<std::uint64_t> LogHead::append(BytesView leaf) {
  if (transaction_ == nullptr) return fail(Errc::invalid_argument, "the head of the log was let go");
  if (leaf.empty()) return fail(Errc::invalid_argument, "an empty leaf");
  const auto index = next();
  leaves_.insert(leaves_.end(), leaf.begin(), leaf.end());
  sizes_.push_back(leaf.size());
  return index;
}

Result<void> LogHead::append_all(std::span<const BytesView> leaves) {
  for (const auto leaf : leaves) {
    TRYV(append(leaf));
  }
  return ok();
}

Result<void> LogHead::finish(Moment at) {
  if (transaction_ == nullptr) return fail(Errc::invalid_argument, "the head of the log was let go");
  Transaction& transaction = *std::exchange(transaction_, nullptr);
  if (sizes_.empty()) return ok();
  std::vector<BytesView> views;
  views.reserve(sizes_.size());
  std::size_t offset = 0;
  for (const auto size : sizes_) {
    views.push_back(BytesView{leaves_}.subspan(offset, size));
    offset += size;
  }
  const auto first = static_cast<std::int64_t>(first_);
  const auto after = static_cast<std::int64_t>(next());
  const auto last_at = static_cast<std::int64_t>(unix_seconds(std::max(at, last_time_)));
  if (transaction.engine() == Engine::postgresql) {
    TRY(rows, transaction.run(append_and_advance, {first, std::span<const BytesView>{views}, after, last_at}));
    if (rows != 1) return fail(Errc::corrupt, "the head of the log went away");
    return ok();
  }
  auto index = first;
  for (const auto leaf : views) {
    TRYV(transaction.run(append_one, {index++, leaf}));
  }
  TRY(rows, transaction.run(advance, {after, last_at}));
  if (rows != 1) return fail(Errc::corrupt, "the head of the log went away");
  return ok();
}

Result<std::uint64_t> read_log_size(Transaction& transaction) {
  std::uint64_t size = 0;
  TRY(rows, transaction.run(read_head, {}, [&](const Row& row) { size = static_cast<std::uint64_t>(row.integer(0)); }));
  if (rows != 1) return fail(Errc::corrupt, "the head of the log is not there");
  return size;
}

Result<std::uint64_t> read_timeline_generation(Transaction& transaction) {
  std::uint64_t generation = 0;
  TRY(rows,
      transaction.run(read_head, {}, [&](const Row& row) { generation = static_cast<std::uint64_t>(row.integer(2)); }));
  if (rows != 1) return fail(Errc::corrupt, "the head of the log is not there");
  return generation;
}

Result<void> switch_timeline_generation(Transaction& transaction, std::uint64_t generation) {
  TRY(rows, transaction.run(Sql{"UPDATE log_head SET generation = $1 WHERE id = 0"},
                            {static_cast<std::int64_t>(generation)}));
  if (rows != 1) return fail(Errc::corrupt, "the head of the log is not there");
  return ok();
}

}  // namespace lindung::store
