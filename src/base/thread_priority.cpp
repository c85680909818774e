#include "base/thread_priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace lindung {

void lower_thread_priority() noexcept {
  constexpr int lowest = 19;
  // On Linux a thread has a priority of its own, by its id.
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), lowest);
}

}  // namespace lindung
