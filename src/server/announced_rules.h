// Looks for announced rules whose moment has come, and switches to them: within hundredths of a second of the moment,
// on whatever node looks first, and at the first look of a node that was down at the moment.
#pragma once

#include <chrono>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"

namespace lindung::server {

class AnnouncedRules {
 public:
  static constexpr std::chrono::milliseconds look_every{1'000};  // another node, or a command, may have announced some

  explicit AnnouncedRules(const service::Platform& platform) : platform_{platform} {}

  // Errors: those of service::switch_announced, for the log; it is tried again.
  [[nodiscard]] Result<void> look();
  // Until it is worth looking again.
  [[nodiscard]] std::chrono::milliseconds next() const;

 private:
  const service::Platform& platform_;
  std::optional<Moment> due_;
  bool has_failed_{};
};

}  // namespace lindung::server
