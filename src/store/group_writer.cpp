#include "store/group_writer.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "store/database.h"

namespace lindung::store {

namespace {
constexpr int max_attempts = 5;
constexpr std::chrono::milliseconds first_pause{4};  // who was in the way gets time to finish
}  // namespace

Result<void> UnitQueue::push(QueuedUnit& unit) {
  {
    const std::lock_guard lock{mutex_};
    if (closed_) return fail(Errc::unavailable, "the database is being closed");
    if (units_.size() >= limit_) return fail(Errc::busy, "the queue of the database is full", 1);
    units_.push_back(std::move(unit));
  }
  arrived_.notify_one();
  return ok();
}

std::vector<QueuedUnit> UnitQueue::take(std::size_t max) {
  std::unique_lock lock{mutex_};
  arrived_.wait(lock, [&] { return closed_ || !units_.empty(); });
  if (units_.size() <= max) return std::exchange(units_, {});
  const auto end = units_.begin() + static_cast<std::ptrdiff_t>(max);
  std::vector<QueuedUnit> taken{std::make_move_iterator(units_.begin()), std::make_move_iterator(end)};
  units_.erase(units_.begin(), end);
  return taken;
}

void UnitQueue::close() {
  {
    const std::lock_guard lock{mutex_};
    closed_ = true;
  }
  arrived_.notify_all();
}

std::size_t UnitQueue::depth() const {
  const std::lock_guard lock{mutex_};
  return units_.size();
}

GroupWriter::GroupWriter(std::unique_ptr<WriteSession> session, GroupLimits limits)
    : session_{std::move(session)}, limits_{limits}, queue_{limits.max_queue}, thread_{[this] { serve(); }} {}

void GroupWriter::stop() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

void GroupWriter::submit(Unit unit, Completion done) {
  QueuedUnit queued{.unit = std::move(unit), .done = std::move(done)};
  auto pushed = queue_.push(queued);
  if (pushed.has_error()) queued.done(std::move(pushed));
}

StoreCounters GroupWriter::counters() const {
  return {.commits = commits_,
          .units = units_,
          .units_failed = failed_,
          .retries = retries_,
          .queue_depth = queue_.depth(),
          .connections_lost = 0};
}

void GroupWriter::require_log(std::uint64_t size) noexcept {
  auto known = required_log_.load();
  while (known < size && !required_log_.compare_exchange_weak(known, size)) {
  }
}

void GroupWriter::serve() {
  for (;;) {
    auto taken = queue_.take(limits_.max_group);
    if (taken.empty()) return;
    std::vector<Running> group;
    group.reserve(taken.size());
    for (auto& queued : taken) group.push_back({.queued = &queued, .outcome = {}});
    run_group(group);
    finish(group);
  }
}

void GroupWriter::run_group(std::span<Running> group) {
  const auto began = std::chrono::steady_clock::now();
  for (int attempt = 1;; ++attempt) {
    for (auto& running : group) running.outcome.reset();
    if (attempt_group(group)) return;
    session_->rollback();  // gives back the locks
    const bool in_time = std::chrono::steady_clock::now() - began < limits_.retry_for;
    if (loss_->remedy == WriteSession::Remedy::again && attempt < max_attempts && in_time) {
      ++retries_;
      std::this_thread::sleep_for(first_pause * (1 << (attempt - 1)));
      continue;
    }
    if (loss_->remedy == WriteSession::Remedy::isolate && group.size() > 1) {
      ++retries_;
      for (std::size_t i = 0; i < group.size(); ++i) run_group(group.subspan(i, 1));
      return;
    }
    for (auto& running : group) running.outcome = fail(loss_->why.code, loss_->why.detail);
    return;
  }
}

bool GroupWriter::attempt_group(std::span<Running> group) {
  const auto lost = [&] {
    loss_ = session_->loss();
    return loss_.has_value();
  };
  // Only for errors that come with a loss, or a session that breaks its own contract.
  const auto all_get = [&](const Error& why) {
    session_->rollback();
    for (auto& running : group) running.outcome = fail(why.code, why.detail);
    return true;
  };

  if (auto begun = session_->begin(); begun.has_error()) return lost() ? false : all_get(begun.error());
  if (group.size() == 1) {
    auto result = run_unit(group.front().queued->unit);
    if (lost()) return false;
    if (result.has_error()) group.front().outcome = std::move(result);
    return commit_group(group);
  }
  for (auto& running : group) {
    if (auto marked = session_->savepoint(); marked.has_error()) return lost() ? false : all_get(marked.error());
    auto result = run_unit(running.queued->unit);
    if (lost()) return false;
    auto ended = result.has_value() ? session_->keep() : session_->undo();
    if (ended.has_error()) return lost() ? false : all_get(ended.error());
    if (result.has_error()) running.outcome = std::move(result);
  }
  return commit_group(group);
}

Result<void> GroupWriter::run_unit(const Unit& unit) {
  session_->begin_unit(required_log_);
  TRYV(unit(*session_));
  if (const auto& spoiled = session_->spoiled()) return fail(spoiled->code, spoiled->detail);
  return ok();
}

bool GroupWriter::commit_group(std::span<Running> group) {
  const bool nothing = std::ranges::all_of(group, [](const Running& running) { return running.outcome.has_value(); });
  if (nothing) {
    session_->rollback();
    return true;
  }
  auto committed = session_->commit();
  if (committed.has_value()) {
    ++commits_;
  } else if (committed.error().code == Errc::database_retry) {
    loss_ = WriteSession::Loss{.why = committed.error(), .remedy = WriteSession::Remedy::again};
    return false;
  }
  for (auto& running : group) {
    if (!running.outcome) running.outcome = committed;
  }
  return true;
}

void GroupWriter::finish(std::span<Running> group) {
  for (auto& running : group) {
    ++(running.outcome->has_value() ? units_ : failed_);
    running.queued->done(std::move(*running.outcome));
  }
}

}  // namespace lindung::store
