// A use case that writes a fact and its entry in the log, as one unit: the head of the log is locked first, in a
// statement of its own, and everything read after it is fresh (protocol.md section 10).
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "base/time.h"
#include "log/entry.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::service {

inline constexpr seconds clock_tolerance{5};  // protocol.md section 10, last paragraph

// Errors: unavailable when the clock is more than 5 s behind the newest entry of the log.
[[nodiscard]] Result<void> check_clock_against_log(Moment now, const store::LogHead& head);

class LoggedUnit {
 public:
  [[nodiscard]] store::Transaction& transaction() const noexcept { return transaction_; }
  [[nodiscard]] Moment now() const noexcept { return now_; }
  // Appends an entry; gives its index.
  [[nodiscard]] Result<std::uint64_t> log(const log::Entry& entry);

 private:
  friend Result<void> run_logged(store::Transaction&, const Clock&, const std::function<Result<void>(LoggedUnit&)>&);
  LoggedUnit(store::Transaction& transaction, store::LogHead& head, Moment now)
      : transaction_{transaction}, head_{head}, now_{now} {}
  store::Transaction& transaction_;
  store::LogHead& head_;
  Moment now_;
};

using LoggedWork = std::function<Result<void>(LoggedUnit&)>;

// Inside a unit of the database: lock, check the clock, work, write the entries.
[[nodiscard]] Result<void> run_logged(store::Transaction& transaction, const Clock& clock, const LoggedWork& work);

// Submits such a unit and waits until it is durable. `work` may run more than once.
[[nodiscard]] Result<void> write_logged(store::Database& database, const Clock& clock, const LoggedWork& work);

}  // namespace lindung::service
