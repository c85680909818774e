#include "server/kernel_clock.h"

#include <sys/timex.h>

namespace lindung::server {

bool kernel_clock_is_synchronised() noexcept {
  timex asked{};  // modes = 0: reads only
  return ::adjtimex(&asked) >= 0 && (static_cast<unsigned>(asked.status) & STA_UNSYNC) == 0;
}

}  // namespace lindung::server
