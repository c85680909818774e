#include "server/announced_rules.h"

#include <chrono>

#include "base/result.h"
#include "base/time.h"
#include "server/log_lines.h"
#include "service/platform.h"
#include "service/rule_activation.h"

namespace lindung::server {

namespace {

using std::chrono::milliseconds;

// The clock of the platform counts whole seconds: shortly before the moment it is looked at often.
constexpr seconds shortly{2};
constexpr milliseconds often{20};
// Whether a timeline is missing is a question about everybody.
constexpr milliseconds again_after_a_failure{30'000};

}  // namespace

Result<void> AnnouncedRules::look() {
  has_failed_ = false;
  due_.reset();
  TRY(due, service::next_switch(platform_));
  due_ = due;
  if (!due_ || platform_.clock.now() < *due_) return ok();
  has_failed_ = true;
  TRY(switched, service::switch_announced(platform_));
  has_failed_ = false;
  due_.reset();
  if (switched) log_rules_switched(switched->name());
  return ok();
}

milliseconds AnnouncedRules::next() const {
  if (has_failed_) return again_after_a_failure;
  if (due_ && *due_ - platform_.clock.now() <= shortly) return often;
  return look_every;
}

}  // namespace lindung::server
