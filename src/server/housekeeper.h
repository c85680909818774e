// What a running node does by the clock: exchange keys that end are replaced, hours of recorded answers are forgotten,
// visits that were never ended are ended, and the guards look whether the node may answer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"

namespace lindung::server {

struct Chore {
  std::string name;
  std::chrono::milliseconds every;
  std::function<Result<void>()> run;
  std::function<std::chrono::milliseconds()> next{};  // asked behind each turn: until the next one; empty: `every`
};

// Runs each chore at once and then at its interval, one at a time. A chore that fails is tried again at its next turn.
class Housekeeper {
 public:
  using Report = std::function<void(const std::string& chore, const Error& error)>;
  Housekeeper(std::vector<Chore> chores, Report report);
  Housekeeper(const Housekeeper&) = delete;
  Housekeeper& operator=(const Housekeeper&) = delete;
  ~Housekeeper();

 private:
  void run();

  std::vector<Chore> chores_;
  Report report_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_{};
  std::thread thread_;
};

}  // namespace lindung::server
