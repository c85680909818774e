#include "service/timeline_sweep.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/thread_priority.h"
#include "base/time.h"
#include "domain/derive.h"
#include "domain/record.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"
#include "service/install.h"
#include "service/people_page.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/rule_set_rows.h"
#include "service/rule_sets.h"
#include "service/timeline_writer.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::service {

namespace {

// Few a unit: whoever asks at a door waits for the unit before it.
constexpr std::size_t citizens_a_unit = 100;
constexpr std::size_t deletions_a_unit = 200;

// A stretch of citizens in the order of their references; both ends belong to it.
struct Stretch {
  CitizenRef first;
  CitizenRef last;
};

Result<RuleSetRow> proposed_rule_set(store::Transaction& transaction) {
  TRY(rows, hold_kept_rule_sets(transaction));
  const auto proposal = std::ranges::find(rows, RuleSetState::proposed, &RuleSetRow::state);
  if (proposal == rows.end()) return fail(Errc::conflict, "no rule set is proposed");
  return *proposal;
}

// Derives stretch after stretch, beside others that do the same.
class Deriver {
 public:
  Deriver(const Platform& platform, const domain::RuleSet& rules, std::uint64_t generation, const CitizenRef& dummy)
      : platform_{platform}, assessor_{rules}, generation_{generation}, dummy_{dummy}, now_{platform.clock.now()} {}

  Result<void> run(const Stretch& stretch) {
    TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
      TRY(people, read_people(transaction, platform_.ring, stretch.first, stretch.last));
      derived_.clear();
      for (const auto& each : people) {
        TRY(timeline, timeline_of(transaction, each));
        derived_.push_back(
            {.citizen = each.person.citizen, .sealed = seal_timeline(each.person, timeline, generation_)});
      }
      return ok();
    }));
    return platform_.database.write([&](store::Transaction& transaction) { return write(transaction); });
  }

 private:
  struct Derived {
    CitizenRef citizen;
    Bytes sealed;
  };

  // The dummy person has no records: the steps that stand in for somebody's go on as they are.
  Result<domain::Timeline> timeline_of(store::Transaction& transaction, const PagedPerson& each) {
    if (each.person.citizen == dummy_) {
      TRY(serving, store::read_timeline_generation(transaction));
      return read_timeline(transaction, each.person, serving);
    }
    assessor_.load(domain::to_json(each.records), each.hands);
    return domain::derive_timeline(assessor_, now_ - timeline_past, now_ + timeline_future);
  }

  Result<void> write(store::Transaction& transaction) {
    TRY(proposal, proposed_rule_set(transaction));
    if (proposal.generation != generation_) return fail(Errc::conflict, "another rule set is proposed meanwhile");
    for (const auto& each : derived_) {
      TRYV(transaction.run(store::Sql{"INSERT INTO timeline (citizen_ref, generation, sealed) VALUES ($1, $2, $3) "
                                      "ON CONFLICT (citizen_ref, generation) DO NOTHING"},
                           {each.citizen.bytes(), static_cast<std::int64_t>(generation_), BytesView{each.sealed}}));
    }
    return ok();
  }

  const Platform& platform_;
  domain::Assessor assessor_;
  std::uint64_t generation_;
  CitizenRef dummy_;
  Moment now_;
  std::vector<Derived> derived_;
};

// Takes stretches until none is left or somebody failed; keeps the first failure.
class Sweep {
 public:
  explicit Sweep(std::vector<Stretch> stretches) : stretches_{std::move(stretches)} {}

  void work(Deriver deriver) {
    lower_thread_priority();
    for (auto i = next_++; i < stretches_.size() && !has_failed_; i = next_++) {
      auto done = deriver.run(stretches_[i]);
      if (done.has_value()) continue;
      const std::scoped_lock lock{mutex_};
      if (!has_failed_.exchange(true)) outcome_ = std::move(done);
    }
  }
  [[nodiscard]] Result<void> outcome() && { return std::move(outcome_); }

 private:
  std::vector<Stretch> stretches_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> has_failed_{false};
  std::mutex mutex_;
  Result<void> outcome_ = ok();
};

std::vector<Stretch> stretches_of(const std::vector<CitizenRef>& refs) {
  std::vector<Stretch> stretches;
  for (std::size_t from = 0; from < refs.size(); from += citizens_a_unit) {
    stretches.push_back({.first = refs[from], .last = refs[std::min(from + citizens_a_unit, refs.size()) - 1]});
  }
  return stretches;
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

Result<SweepPart> derive_proposed(const Platform& platform, const std::optional<CitizenRef>& after, std::size_t most) {
  std::optional<domain::RuleSet> rules;
  std::uint64_t generation = 0;
  std::vector<CitizenRef> refs;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(proposal, find_proposed_rule_set(transaction));
    if (!proposal) return fail(Errc::conflict, "no rule set is proposed");
    TRY(opened, open_rule_set(transaction, platform.ring, *proposal));
    TRY(next, next_citizens(transaction, after, most));
    rules = std::move(opened);
    generation = proposal->generation;
    refs = std::move(next);
    return ok();
  }));
  TRY(dummy, load_dummy(platform.database));
  Sweep sweep{stretches_of(refs)};
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
      threads.emplace_back([&] { sweep.work(Deriver{platform, *rules, generation, dummy.citizen}); });
    }
  }
  TRYV(std::move(sweep).outcome());
  SweepPart part{.citizens = 0, .last = {}};
  part.citizens = static_cast<std::uint64_t>(
      std::ranges::count_if(refs, [&](const CitizenRef& ref) { return ref != dummy.citizen; }));
  if (refs.size() == most) part.last = refs.back();
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
        TRY(next, next_citizens(transaction, last, deletions_a_unit));
        for (const auto& ref : next) {
          TRYV(transaction.run(store::Sql{"DELETE FROM timeline WHERE citizen_ref = $1 AND generation = $2"},
                               {ref.bytes(), static_cast<std::int64_t>(row.generation)}));
        }
        refs = std::move(next);
        return ok();
      }));
      is_more = refs.size() == deletions_a_unit;
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
