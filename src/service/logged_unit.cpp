#include "service/logged_unit.h"

#include <cstdint>

#include "base/result.h"
#include "base/time.h"
#include "log/entry.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::service {

Result<void> check_clock_against_log(Moment now, const store::LogHead& head) {
  if (now + clock_tolerance < head.last_time()) {
    return fail(Errc::unavailable, "the clock is more than 5 s behind the newest log entry");
  }
  return ok();
}

Result<std::uint64_t> LoggedUnit::log(const log::Entry& entry) { return head_.append(log::encode(entry)); }

Result<void> run_logged(store::Transaction& transaction, const Clock& clock, const LoggedWork& work) {
  TRY(head, store::LogHead::lock(transaction));
  const auto now = clock.now();
  TRYV(check_clock_against_log(now, head));
  LoggedUnit unit{transaction, head, now};
  TRYV(work(unit));
  return head.finish(now);
}

Result<void> write_logged(store::Database& database, const Clock& clock, const LoggedWork& work) {
  return database.write(
      [&](store::Transaction& transaction) -> Result<void> { return run_logged(transaction, clock, work); });
}

}  // namespace lindung::service
