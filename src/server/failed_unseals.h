// Wrong passphrases for the ring, remembered in a file while no incident can be opened, since the database is sealed
// too: told as one alarm as soon as somebody has the right one.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "service/alarm_board.h"

namespace lindung::server {

class FailedUnseals {
 public:
  FailedUnseals(std::string path, const Clock& clock) : path_{std::move(path)}, clock_{clock} {}

  // Writes it down; where the disk does not take it, it is remembered until the end of the process.
  void note();
  // Three or more since the last call, in any ten minutes, raise the alarm. Forgets them.
  void tell(service::AlarmBoard& alarms);
  // Since this process began.
  [[nodiscard]] std::uint64_t count() const;

  static constexpr std::size_t limit = 3;
  static constexpr seconds window{600};

 private:
  [[nodiscard]] std::vector<std::uint64_t> read() const;

  std::string path_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<std::uint64_t> unwritten_;
  std::uint64_t count_{};
};

}  // namespace lindung::server
