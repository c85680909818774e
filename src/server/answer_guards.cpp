#include "server/answer_guards.h"

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "service/gate.h"
#include "service/log_publisher.h"
#include "service/logged_unit.h"
#include "store/database.h"

namespace lindung::server {

AnswerGuards::AnswerGuards(store::Database& database, service::LogPublisher& publisher, const Clock& clock,
                           service::Gate& gate, std::function<bool()> clock_is_kept)
    : database_{database},
      publisher_{publisher},
      clock_{clock},
      gate_{gate},
      clock_is_kept_{std::move(clock_is_kept)},
      boot_to_wall_{boot_to_wall()},
      connections_lost_{database.counters().connections_lost} {}

std::chrono::nanoseconds AnswerGuards::boot_to_wall() const {
  return clock_.now().time_since_epoch() - clock_.since_boot();
}

void AnswerGuards::look_at_drift() {
  const auto drift = std::chrono::abs(boot_to_wall() - boot_to_wall_);
  if (drift <= service::clock_tolerance) {
    gate_.open("clock-drift");
    return;
  }
  gate_.close("clock-drift", "the clock was set by " + std::to_string(std::chrono::round<seconds>(drift).count()) +
                                 " s while the server ran (put it back, or start again if it is right now)");
}

Result<void> AnswerGuards::look() {
  look_at_drift();
  TRYV(look_at_database());
  return look_at_clock();
}

// Behind every reconnection may be another server, such as a standby that was promoted without the newest entries.
// Until it has been compared, no unit appends to a log shorter than the published one (Database::require_log).
Result<void> AnswerGuards::look_at_database() {
  if (!database_.is_ready()) {
    was_away_ = true;
    gate_.close("database", "does not answer");
    return ok();
  }
  const auto lost = database_.counters().connections_lost;
  if (was_away_ || lost != connections_lost_) {
    was_away_ = true;
    const auto compared = publisher_.compare();
    if (compared.has_value()) {
      was_away_ = false;
      connections_lost_ = lost;
    } else if (compared.error().code != Errc::conflict && compared.error().code != Errc::corrupt) {
      return fail("comparing the database with the published log", compared.error());
    }
  }
  gate_.open("database");
  return ok();
}

Result<void> AnswerGuards::look_at_clock() {
  if (clock_is_kept_ && !clock_is_kept_()) {
    gate_.close(
        "clock",
        "is not synchronised, says the kernel (server.require_synchronised_clock = false where no time service runs)");
    return ok();
  }
  if (database_.engine() != store::Engine::sqlite && !gate_.is_closed_by("database")) {
    TRY(database_s, database_.clock_s());
    const auto apart = std::chrono::abs(clock_.now() - Moment{seconds{database_s}});
    if (apart > service::clock_tolerance) {
      gate_.close("clock", "is " + std::to_string(apart.count()) + " s from the database's");
      return ok();
    }
  }
  gate_.open("clock");
  return ok();
}

}  // namespace lindung::server
