#include "store/database.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/result.h"

namespace lindung::store {

namespace {

// What write() and the writer's thread share; it outlives a caller that gave up, the caller's captures do not.
struct Awaited {
  enum class Step : std::uint8_t { queued, running, ran };

  explicit Awaited(Unit the_unit) : unit{std::move(the_unit)} {}

  Result<void> run(Transaction& transaction) {
    {
      const std::lock_guard lock{mutex};
      if (abandoned) return fail(Errc::unavailable, "nobody waits for this unit any more");
      step = Step::running;
    }
    auto result = unit(transaction);
    set([&] { step = Step::ran; });
    return result;
  }

  template <class Change>
  void set(Change change) {
    {
      const std::lock_guard lock{mutex};
      change();
    }
    changed.notify_one();
  }

  std::mutex mutex;
  std::condition_variable changed;
  Unit unit;
  Step step{Step::queued};
  bool abandoned{false};
  std::optional<Result<void>> outcome;
};

}  // namespace

Result<void> Database::ask(Sql sql, std::initializer_list<Param> params, const std::function<void(const Row&)>& row) {
  if (!sql.text.starts_with("SELECT ")) return fail(Errc::database, "a write inside of a read");
  return run_alone(sql, params, row);
}

Result<void> Database::write(Unit unit) {
  const auto awaited = std::make_shared<Awaited>(std::move(unit));
  submit([awaited](Transaction& transaction) { return awaited->run(transaction); },
         [awaited](Result<void> outcome) { awaited->set([&] { awaited->outcome = std::move(outcome); }); });
  std::unique_lock lock{awaited->mutex};
  const auto answered = [&] { return awaited->outcome.has_value(); };
  if (awaited->changed.wait_for(lock, patience(), answered)) return *awaited->outcome;
  // A unit that is running may use what its caller owns: it cannot be left alone. Its statements have deadlines.
  const auto left_alone = [&] { return answered() || awaited->step != Awaited::Step::running; };
  awaited->changed.wait(lock, left_alone);
  if (awaited->step == Awaited::Step::ran) awaited->changed.wait_for(lock, patience(), answered);
  awaited->changed.wait(lock, left_alone);
  if (answered()) return *awaited->outcome;
  // Should it be run again after a loss, it does nothing.
  awaited->abandoned = true;
  if (awaited->step == Awaited::Step::queued) return fail(Errc::unavailable, "the database does not get to this unit");
  return fail(Errc::outcome_unknown, "the database does not say whether it committed");
}

}  // namespace lindung::store
