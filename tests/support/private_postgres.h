// A PostgreSQL of a test's own, to be paused, killed and started again. Its socket lies in its folder; no port is
// opened.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "support/test_store.h"

namespace lindung::store::testing {

class PrivatePostgres {
 public:
  // Makes the cluster and starts it. Throws when PostgreSQL 15 is not there.
  PrivatePostgres();
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;
  ~PrivatePostgres();

  [[nodiscard]] std::string conninfo() const;
  [[nodiscard]] std::string folder() const { return folder_.path(); }

  void start();
  // SIGKILL to the server and all its processes.
  void kill();
  // SIGSTOP and SIGCONT, to the server and all its processes.
  void pause();
  void resume();

  // Runs statements on a connection of their own, straight through libpq; returns the first column of the last result.
  std::vector<std::string> sql(const std::string& text) const;
  // Asks until the answer is "t".
  void wait_until(const std::string& question) const;

 private:
  [[nodiscard]] std::vector<pid_t> processes() const;
  void signal_all(int number) const;

  TempFolder folder_;
  std::vector<std::string> as_user_;  // words before a command that must not run as root
  pid_t server_{-1};
};

}  // namespace lindung::store::testing
