#include "service/timeline_sweep.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/install.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/rule_sets.h"
#include "service/timeline_writer.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::service {

namespace {

// Few a unit: whoever asks at a door waits for the unit before it.
constexpr std::size_t citizens_a_unit = 20;
constexpr std::size_t units_a_part = 50;

constexpr store::Sql next_citizens{
    "SELECT citizen_ref FROM citizen WHERE citizen_ref > $1 ORDER BY citizen_ref LIMIT $2"};
// Who writes a citizen's timelines holds the citizen.
constexpr store::Sql next_citizens_held{
    "SELECT citizen_ref FROM citizen WHERE citizen_ref > $1 ORDER BY citizen_ref LIMIT $2 FOR UPDATE"};

Result<std::vector<CitizenRef>> hold_next(store::Transaction& transaction, const std::optional<CitizenRef>& after) {
  std::vector<CitizenRef> refs;
  const auto sql = transaction.engine() == store::Engine::sqlite ? next_citizens : next_citizens_held;
  TRYV(transaction.run(sql, {after ? after->bytes() : BytesView{}, static_cast<std::int64_t>(citizens_a_unit)},
                       [&](const store::Row& row) { refs.emplace_back(take<16>(row.bytes(0))); }));
  return refs;
}

Result<std::uint64_t> proposed_generation(store::Transaction& transaction) {
  TRY(rows, hold_kept_rule_sets(transaction));
  const auto proposal = std::ranges::find(rows, RuleSetState::proposed, &RuleSetRow::state);
  if (proposal == rows.end()) return fail(Errc::conflict, "no rule set is proposed");
  return proposal->generation;
}

// The dummy person has no records: the steps that stand in for somebody's go on as they are.
Result<void> copy_timeline(store::Transaction& transaction, const OpenPerson& person, std::uint64_t generation) {
  TRY(serving, store::read_timeline_generation(transaction));
  TRY(timeline, read_timeline(transaction, person, serving));
  return put_timeline(transaction, person, timeline, generation);
}

}  // namespace

Result<std::uint64_t> count_citizens(const Platform& platform) {
  std::uint64_t count = 0;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT COUNT(*) FROM citizen"}, {},
                         [&](const store::Row& row) { count = static_cast<std::uint64_t>(row.integer(0)); }));
    return ok();
  }));
  return count == 0 ? 0 : count - 1;
}

Result<SweepPart> derive_proposed(const Platform& platform, const std::optional<CitizenRef>& after) {
  SweepPart part{.citizens = 0, .last = after};
  TRY(dummy, load_dummy(platform.database));
  TimelineWriter writer{platform.ring};
  const auto now = platform.clock.now();
  for (std::size_t i = 0; i < units_a_part; ++i) {
    std::vector<CitizenRef> refs;
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      TRYV(writer.begin(transaction));
      TRY(generation, proposed_generation(transaction));
      TRY(held, hold_next(transaction, part.last));
      for (const auto& ref : held) {
        TRY(person, open_person(transaction, platform.ring, ref));
        if (ref == dummy.citizen) {
          TRYV(copy_timeline(transaction, person, generation));
        } else {
          TRYV(writer.write_one(transaction, person, now, generation));
        }
      }
      refs = std::move(held);
      return ok();
    }));
    part.citizens += static_cast<std::uint64_t>(
        std::ranges::count_if(refs, [&](const CitizenRef& ref) { return ref != dummy.citizen; }));
    if (refs.size() < citizens_a_unit) {
      part.last.reset();
      return part;
    }
    part.last = refs.back();
  }
  return part;
}

Result<void> clear_retired_timelines(const Platform& platform) {
  TRY(rows, list_rule_sets(platform));
  for (const auto& row : rows) {
    if (row.state != RuleSetState::retired) continue;
    std::optional<CitizenRef> last;
    for (bool is_more = true; is_more;) {
      std::vector<CitizenRef> refs;
      TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
        TRY(held, hold_next(transaction, last));
        for (const auto& ref : held) {
          TRYV(transaction.run(store::Sql{"DELETE FROM timeline WHERE citizen_ref = $1 AND generation = $2"},
                               {ref.bytes(), static_cast<std::int64_t>(row.generation)}));
        }
        refs = std::move(held);
        return ok();
      }));
      is_more = refs.size() == citizens_a_unit;
      if (is_more) last = refs.back();
    }
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(
          store::Sql{"UPDATE rule_set SET state = $3 WHERE rule_id = $1 AND version = $2"},
          {std::string_view{row.id}, std::string_view{row.version}, static_cast<std::int64_t>(RuleSetState::cleared)}));
      return ok();
    }));
  }
  return ok();
}

}  // namespace lindung::service
