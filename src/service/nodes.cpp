#include "service/nodes.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "service/in_flight.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

using store::Sql;

constexpr std::chrono::milliseconds look_again{10};
constexpr std::chrono::milliseconds leave_patience{1'000};

constexpr Sql insert_row{
    "INSERT INTO node (node_id, joined_at, renewals, drained) "
    "VALUES ($1, $2, 0, (SELECT next FROM log_head WHERE id = 0)) RETURNING drained"};
constexpr Sql renew_row{"UPDATE node SET renewals = renewals + 1 WHERE node_id = $1"};
constexpr Sql tell_drained{"UPDATE node SET drained = $2 WHERE node_id = $1 AND drained < $2"};
constexpr Sql read_rows{"SELECT node_id, joined_at, renewals FROM node"};
constexpr Sql remove_unrenewed{"DELETE FROM node WHERE node_id = $1 AND renewals = $2"};
constexpr Sql remove_own{"DELETE FROM node WHERE node_id = $1"};
constexpr Sql read_cuts{"SELECT partner_id, cut_index FROM partner WHERE cut_index >= $1"};
constexpr Sql count_undrained{"SELECT COUNT(*) FROM node WHERE node_id <> $1 AND drained <= $2"};

}  // namespace

Nodes::Nodes(store::Database& database, const Clock& clock, InFlight& in_flight)
    : Nodes{database, clock, in_flight, Times{}} {}

Nodes::Nodes(store::Database& database, const Clock& clock, InFlight& in_flight, Times times)
    : database_{database}, clock_{clock}, in_flight_{in_flight}, times_{times} {
  in_flight_.lease().end();
}

std::optional<Nodes::NodeId> Nodes::id() const {
  const std::scoped_lock lock{mutex_};
  return id_;
}

void Nodes::set_id(const std::optional<NodeId>& id) {
  const std::scoped_lock lock{mutex_};
  id_ = id;
}

bool Nodes::holds_lease() const noexcept {
  const auto& lease = in_flight_.lease();
  return lease.covers(lease.number(), clock_.since_boot());
}

Result<void> Nodes::renew() {
  const auto asked_at = clock_.since_boot();
  if (const auto known = id()) {
    TRY(is_there, prolong(*known));
    if (is_there) {
      // The row was there all the while, so each cut has seen it: also where our own clock had ended the lease, it is
      // the same one.
      in_flight_.lease().prolong(asked_at + times_.kept);
      return look_around();
    }
    in_flight_.lease().end();
    set_id(std::nullopt);
  }
  TRYV(join(asked_at));
  return look_around();
}

Result<bool> Nodes::prolong(const NodeId& id) {
  std::uint64_t changed = 0;
  TRYV(database_.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(rows, transaction.run(renew_row, {BytesView{id}}));
    changed = rows;
    return ok();
  }));
  return changed != 0;
}

// A new row, and so a new lease: what was begun under the one before stays here. Cuts that stand in the log already
// concern no answer of this lease.
Result<void> Nodes::join(std::chrono::nanoseconds asked_at) {
  const auto fresh = crypto::random_bytes<16>();
  const auto joined_at = static_cast<std::int64_t>(unix_seconds(clock_.now()));
  std::uint64_t size = 0;
  TRYV(database_.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(insert_row, {BytesView{fresh}, joined_at},
                         [&](const store::Row& row) { size = static_cast<std::uint64_t>(row.integer(0)); }));
    return ok();
  }));
  known_ = size;
  told_ = size;
  set_id(fresh);
  in_flight_.lease().begin(asked_at + times_.kept);
  return ok();
}

Result<void> Nodes::look_around() {
  const auto own = id();
  const auto before = clock_.since_boot();
  std::vector<Row> rows;
  TRYV(database_.read([&](store::Transaction& transaction) -> Result<void> {
    rows.clear();
    TRYV(transaction.run(read_rows, {}, [&](const store::Row& row) {
      rows.push_back({.id = take<16>(row.bytes(0)), .joined_at = row.integer(1), .renewals = row.integer(2)});
    }));
    return ok();
  }));
  const auto after = clock_.since_boot();
  std::map<NodeId, Seen> seen;
  for (const auto& row : rows) {
    const auto known = seen_.find(row.id);
    const bool is_unrenewed = known != seen_.end() && known->second.renewals == row.renewals;
    seen[row.id] = is_unrenewed ? known->second : Seen{.renewals = row.renewals, .since = after};
  }
  seen_ = std::move(seen);
  const auto first = std::ranges::min_element(rows, {}, [](const Row& row) { return std::tie(row.joined_at, row.id); });
  is_first_ = first != rows.end() && own && first->id == *own;
  count_ = rows.size();
  for (const auto& row : rows) {
    if (own && row.id == *own) continue;
    const auto& known = seen_.at(row.id);
    if (before - known.since < times_.believed) continue;
    TRYV(remove(row.id, known.renewals));
  }
  return ok();
}

// Unless it was renewed at the last moment.
Result<void> Nodes::remove(const NodeId& id, std::int64_t renewals) {
  return database_.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(remove_unrenewed, {BytesView{id}, renewals}));
    return ok();
  });
}

Result<void> Nodes::drain_for_cuts(const Platform& platform) {
  const auto own = id();
  if (!own || (is_alone() && pending_.empty())) return ok();
  struct Cut {
    PartnerId partner;
    std::uint64_t index{};
  };
  std::vector<Cut> cuts;
  TRYV(database_.read([&](store::Transaction& transaction) -> Result<void> {
    cuts.clear();
    TRYV(transaction.run(read_cuts, {static_cast<std::int64_t>(known_)}, [&](const store::Row& row) {
      cuts.push_back(
          {.partner = PartnerId{std::string{row.text(0)}}, .index = static_cast<std::uint64_t>(row.integer(1))});
    }));
    return ok();
  }));
  if (!cuts.empty()) {
    // The door knows of it before the draining begins: what is taken behind that is refused under the head.
    TRYV(platform.refresh_directory());
    for (const auto& cut : cuts) {
      pending_.push_back({.index = cut.index, .draining = in_flight_.drain(cut.partner)});
      known_ = std::max(known_, cut.index + 1);
    }
  }
  std::erase_if(pending_, [](const PendingCut& cut) { return cut.draining.is_over(); });
  auto drained = known_;
  for (const auto& cut : pending_) drained = std::min(drained, cut.index);
  if (drained <= told_) return ok();
  TRYV(database_.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(tell_drained, {BytesView{*own}, static_cast<std::int64_t>(drained)}));
    return ok();
  }));
  told_ = drained;
  return ok();
}

bool Nodes::wait_for_others(std::uint64_t cut_index) const {
  const auto end = std::chrono::steady_clock::now() + times_.patience;
  for (;;) {
    const auto own = id().value_or(NodeId{});
    std::int64_t undrained = 1;
    const auto asked = database_.read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(count_undrained, {BytesView{own}, static_cast<std::int64_t>(cut_index)},
                           [&](const store::Row& row) { undrained = row.integer(0); }));
      return ok();
    });
    if (asked.has_value() && undrained == 0) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(look_again);
  }
}

void Nodes::leave() {
  in_flight_.lease().end();
  const auto own = id();
  // What is being written now may go on for a while: then the others count the lease out.
  if (!own || !in_flight_.drain_all().wait(leave_patience)) return;
  static_cast<void>(database_.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(remove_own, {BytesView{*own}}));
    return ok();
  }));
  set_id(std::nullopt);
}

}  // namespace lindung::service
