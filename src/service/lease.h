// Whether answers may leave this node at all. A node that has its database to itself holds its lease for good; one of
// several holds it only as long as the others can see in the database that it is there (service/nodes.h).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>

namespace lindung::service {

// Written by one thread, read by all.
class Lease {
 public:
  using Number = std::uint64_t;

  // Of what begins now; what it was begun under is asked for again when it wants to leave.
  [[nodiscard]] Number number() const noexcept { return number_.load(std::memory_order_acquire); }

  // Whether this lease is still the one of that number, and not over. Units: CLOCK_BOOTTIME (Clock::since_boot).
  [[nodiscard]] bool covers(Number number, std::chrono::nanoseconds since_boot) const noexcept {
    // The end first: the end of a newer lease is never taken for that of an older one.
    const auto end = end_.load(std::memory_order_acquire);
    return since_boot.count() < end && number == number_.load(std::memory_order_acquire);
  }

  // Another lease: nothing that was begun under an older one leaves any more.
  void begin(std::chrono::nanoseconds until) noexcept {
    number_.fetch_add(1, std::memory_order_acq_rel);
    end_.store(until.count(), std::memory_order_release);
  }
  // The same one goes on.
  void prolong(std::chrono::nanoseconds until) noexcept { end_.store(until.count(), std::memory_order_release); }
  void end() noexcept { end_.store(0, std::memory_order_release); }

 private:
  std::atomic<Number> number_{1};
  std::atomic<std::int64_t> end_{std::numeric_limits<std::int64_t>::max()};
};

}  // namespace lindung::service
