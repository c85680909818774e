// SIGTERM and SIGINT as something to wait for. Made before any thread, so that every thread has them blocked.
#pragma once

#include <csignal>

namespace lindung::server {

class StopSignals {
 public:
  StopSignals() {
    ::sigemptyset(&set_);
    ::sigaddset(&set_, SIGTERM);
    ::sigaddset(&set_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  void wait() const {
    int which = 0;
    ::sigwait(&set_, &which);
  }

 private:
  sigset_t set_{};
};

}  // namespace lindung::server
