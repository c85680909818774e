#include "image/bounded_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"

namespace lindung::image {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int clock_times = 6;  // a busy machine gives a process a part of its time only
constexpr int cannot_start = 126;

bool limit(int what, rlim_t value) noexcept {
  const rlimit both{.rlim_cur = value, .rlim_max = value};
  return ::setrlimit(what, &both) == 0;
}

// A child; killed and waited for with its scope.
class Child {
 public:
  explicit Child(pid_t process) noexcept : process_{process} {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    static_cast<void>(wait());
  }
  int wait() noexcept {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    return status;
  }

 private:
  pid_t process_;
};

Result<Bytes> read_all(int in, std::size_t most, SteadyClock::time_point deadline) {
  Bytes all;
  std::array<std::uint8_t, std::size_t{64} * 1024> piece{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
    if (left <= 0) return fail(Errc::timeout, "it took too long");
    pollfd waited{.fd = in, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(std::min<std::int64_t>(left, 1000)));
    if (ready < 0 && errno != EINTR) return fail(Errc::io, "poll");
    if (ready <= 0) continue;
    const auto got = ::read(in, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Errc::io, "read");
    if (got == 0) return all;
    if (all.size() + static_cast<std::size_t>(got) > most) return fail(Errc::too_large, "more than it may write");
    all.insert(all.end(), piece.begin(), piece.begin() + got);
  }
}

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(0);
    close(1);
  }
  void close(std::size_t end) noexcept {
    if (ends.at(end) >= 0) ::close(std::exchange(ends.at(end), -1));
  }
};

}  // namespace

Result<Ended> run_bounded(const ProcessLimits& limits, const ChildWork& work) {
  const auto deadline = SteadyClock::now() + (limits.time * clock_times);
  Pipe pipe;
  if (::pipe2(pipe.ends.data(), O_CLOEXEC) != 0) return fail(Errc::io, "pipe");
  const pid_t process = ::fork();
  if (process < 0) return fail(Errc::io, "fork");
  if (process == 0) {
    const bool is_bounded = limit(RLIMIT_CPU, static_cast<rlim_t>(limits.time.count())) && limit(RLIMIT_CORE, 0) &&
                            (!limits.memory || limit(RLIMIT_AS, *limits.memory));
    ::_exit(is_bounded ? work(pipe.ends[1]) : cannot_start);
  }
  Child child{process};
  pipe.close(1);
  TRY(output, read_all(pipe.ends[0], limits.output, deadline));
  const int status = child.wait();
  if (WIFEXITED(status)) return Ended{.status = WEXITSTATUS(status), .output = std::move(output)};
  const bool out_of_time = WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL;
  if (out_of_time) return fail(Errc::timeout, "it took too long");
  return fail(Errc::malformed, "whoever read it was killed by signal " + std::to_string(WTERMSIG(status)));
}

}  // namespace lindung::image
