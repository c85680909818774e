// Looks again and again whether this node may answer, and closes the gate while it may not (protocol.md section 10):
// the database answers, it is still the one that was published from, and the clock is right and was not set meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "base/result.h"
#include "base/time.h"
#include "service/gate.h"
#include "service/log_publisher.h"
#include "store/database.h"

namespace lindung::server {

class AnswerGuards {
 public:
  // `clock_is_kept`: whether a time service keeps the machine's clock right; empty where there is no such service.
  AnswerGuards(store::Database& database, service::LogPublisher& publisher, const Clock& clock, service::Gate& gate,
               std::function<bool()> clock_is_kept);

  // One look; by one thread. What keeps the gate closed is no error. Errors: the database's own.
  [[nodiscard]] Result<void> look();

  // Whether the wall clock went as far as the time since the machine's start did, since this object was made: who sets
  // the clock of a running node moves the one and not the other. It asks nobody, so it is looked at more often. Which
  // of the two times is right is for the operator to say: it opens when the clock is put back, or on a new start.
  void look_at_drift();

 private:
  [[nodiscard]] Result<void> look_at_database();
  [[nodiscard]] Result<void> look_at_clock();
  [[nodiscard]] std::chrono::nanoseconds boot_to_wall() const;

  store::Database& database_;
  service::LogPublisher& publisher_;
  const Clock& clock_;
  service::Gate& gate_;
  std::function<bool()> clock_is_kept_;
  const std::chrono::nanoseconds boot_to_wall_;  // when this object was made
  std::uint64_t connections_lost_;               // when the database was last found to be the published one
  bool was_away_{};                              // it has not been compared since it did not answer
};

}  // namespace lindung::server
