// A disk that fails: preloaded into the program, it counts what the program writes below one folder, and at one of
// these calls does what a disk or its loss of power does. By its environment:
//   LINDUNG_FAULT_FOLDER   whose files are meant
//   LINDUNG_FAULT_JOURNAL  gets a line for each call: its number, what it is, the path, and FAULT if it failed
//   LINDUNG_FAULT_AT       number of the first call that may fail; 0: none does
//   LINDUNG_FAULT_KIND     what happens:
//     once   EIO, and all is well behind it
//     on     EIO, here and at every later call
//     full   ENOSPC, here and whenever later calls need space
//     short  half of the bytes are written, and the caller is told so
//     torn   half of the bytes are written, and the process is killed
//     power  what was not synchronised is lost, all of it or every second write, and the process is killed. Names
//            survive as they are: what a rename put in place is lost too
//     lies   power, and of the database's files nothing was synchronised although the disk said so
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

enum class Kind : std::uint8_t { none, once, on, full, cut_short, torn, power, lies };

// What the caller is to do with one call.
enum class Fate : std::uint8_t { pass, eio, enospc, half, half_and_die, die };

struct Call {
  std::string_view name;
  bool takes_space{};  // fails on a full disk
  bool has_bytes{};    // can be done by half
};

template <class F>
F real(const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));  // NOLINT: what dlsym is for
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : std::string{value};
}

std::string path_of(int file) {
  const auto link = "/proc/self/fd/" + std::to_string(file);
  std::array<char, PATH_MAX> path{};
  const auto size = ::readlink(link.c_str(), path.data(), path.size());
  return {path.data(), static_cast<std::size_t>(std::max<ssize_t>(0, size))};
}

class Disk {
 public:
  static Disk& the() {
    static Disk disk;
    return disk;
  }

  Fate fate_of(const Call& call, int file) { return fate_of(call, path_of(file)); }

  Fate fate_of(const Call& call, const std::string& whole) {
    const std::string_view path{whole};
    if (folder_.empty() || !path.starts_with(folder_)) return Fate::pass;
    const auto rest = path.substr(folder_.size());
    if (!rest.starts_with("/") && !rest.starts_with("-demo.json")) return Fate::pass;
    const std::scoped_lock lock{mutex_};
    ++calls_;
    const auto fate = decide(call);
    note(call, rest, fate);
    return fate;
  }

  [[nodiscard]] bool loses_power() const { return at_ != 0 && (kind_ == Kind::power || kind_ == Kind::lies); }
  // Whether what it says that it synchronised is on the disk.
  [[nodiscard]] bool is_honest_about(const std::string& path) const {
    return kind_ != Kind::lies || path.find("/lindung.db") == std::string::npos;
  }
  // Every second write that was not synchronised is lost, instead of all.
  [[nodiscard]] bool loses_some() const { return kind_ == Kind::power && at_ % 2 == 0; }

 private:
  Disk()
      : folder_{environment("LINDUNG_FAULT_FOLDER")},
        at_{std::strtoull(environment("LINDUNG_FAULT_AT").c_str(), nullptr, 10)},
        kind_{kind_of(environment("LINDUNG_FAULT_KIND"))},
        journal_{real<int (*)(const char*, int, ...)>("open")(environment("LINDUNG_FAULT_JOURNAL").c_str(),
                                                              O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)} {}

  static Kind kind_of(std::string_view text) {
    if (text == "once") return Kind::once;
    if (text == "on") return Kind::on;
    if (text == "full") return Kind::full;
    if (text == "short") return Kind::cut_short;
    if (text == "torn") return Kind::torn;
    if (text == "power") return Kind::power;
    if (text == "lies") return Kind::lies;
    return Kind::none;
  }

  Fate decide(const Call& call) {
    if (at_ == 0 || calls_ < at_) return Fate::pass;
    switch (kind_) {
      case Kind::none: return Fate::pass;
      case Kind::once: return first() ? Fate::eio : Fate::pass;
      case Kind::on: return Fate::eio;
      case Kind::full: return call.takes_space ? Fate::enospc : Fate::pass;
      case Kind::cut_short: return call.has_bytes && first() ? Fate::half : Fate::pass;
      case Kind::torn: return Fate::half_and_die;
      case Kind::power:
      case Kind::lies: return Fate::die;
    }
    return Fate::pass;
  }

  bool first() { return !std::exchange(is_spent_, true); }

  void note(const Call& call, std::string_view path, Fate fate) const {
    auto line = std::to_string(calls_) + " ";
    line.append(call.name).append(" ").append(path).append(fate == Fate::pass ? "\n" : " FAULT\n");
    static_cast<void>(real<ssize_t (*)(int, const void*, std::size_t)>("write")(journal_, line.data(), line.size()));
  }

  std::string folder_;
  std::uint64_t at_;
  Kind kind_;
  int journal_;
  std::mutex mutex_;
  std::uint64_t calls_{0};
  bool is_spent_{false};
};

[[noreturn]] void die() {
  static_cast<void>(::kill(::getpid(), SIGKILL));
  for (;;) static_cast<void>(::pause());
}

// What was written and is not on the disk yet, as it was before. Used under Turn's lock only.
class Unsynchronised {
 public:
  static Unsynchronised& the() {
    static Unsynchronised all;
    return all;
  }

  void remember(int file, off64_t at, std::size_t size) {
    const auto path = path_of(file);
    struct stat status{};
    if (path.ends_with(" (deleted)") || path.ends_with("-shm") || ::fstat(file, &status) != 0) return;
    std::string before(at < status.st_size ? std::min(size, static_cast<std::size_t>(status.st_size - at)) : 0, '\0');
    const auto got = before.empty() ? 0 : ::pread(file, before.data(), before.size(), at);
    before.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    changes_.push_back({status.st_ino, path, at, size, std::move(before), status.st_size});
  }

  void forget(int file) {
    struct stat status{};
    if (::fstat(file, &status) != 0) return;
    std::erase_if(changes_, [&](const Change& change) { return change.file == status.st_ino; });
  }

  void renamed(const std::string& from, const std::string& to) {
    std::erase_if(changes_, [&](const Change& change) { return change.path == to; });
    for (auto& change : changes_) {
      if (change.path == from) change.path = to;
    }
  }

  void lose(bool only_some) {
    bool is_lost = false;
    for (const auto& change : std::views::reverse(changes_)) {
      is_lost = !is_lost;
      if (is_lost || !only_some) lose(change, only_some);
    }
  }

 private:
  struct Change {
    ino_t file;
    std::string path;
    off64_t at;
    std::size_t length;
    std::string before;
    off64_t size;
  };

  static void lose(const Change& change, bool only_some) {
    const int file = real<int (*)(const char*, int, ...)>("open")(change.path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    auto before = change.before;
    if (only_some) before.resize(change.length, '\0');  // what follows it stays where it is
    real<ssize_t (*)(int, const void*, std::size_t, off64_t)>("pwrite64")(file, before.data(), before.size(),
                                                                          change.at);
    if (!only_some) real<int (*)(int, off64_t)>("ftruncate64")(file, change.size);
    static_cast<void>(::close(file));
  }

  std::vector<Change> changes_;
};

// One counted call. Where power can be lost calls happen one after the other, so that none is half done when it is.
class Turn {
 public:
  template <class Place>
  Turn(const Call& call, const Place& place) : lock_{mutex(), std::defer_lock}, remembers_{Disk::the().loses_power()} {
    if (remembers_) lock_.lock();
    fate_ = Disk::the().fate_of(call, place);
    if (fate_ == Fate::die) {
      Unsynchronised::the().lose(Disk::the().loses_some());
      die();
    }
  }

  // A call without bytes: whether it is to be done.
  [[nodiscard]] bool is_on() const {
    if (fate_ == Fate::half_and_die) die();
    if (fate_ == Fate::eio) errno = EIO;
    if (fate_ == Fate::enospc) errno = ENOSPC;
    return fate_ == Fate::pass || fate_ == Fate::half;
  }

  // A call of `size` bytes at a place; write_some(n) writes the first n of them.
  template <class Write>
  ssize_t write(int file, off64_t at, std::size_t size, const Write& write_some) const {
    if (remembers_) Unsynchronised::the().remember(file, at, size);
    if (fate_ == Fate::half && size > 1) return write_some(size / 2);
    if (fate_ == Fate::half_and_die && size > 1) static_cast<void>(write_some(size / 2));
    return is_on() ? write_some(size) : -1;
  }

  int synchronise(int file, int (*next)(int)) const {
    if (!is_on()) return -1;
    const int done = next(file);
    if (remembers_ && done == 0 && Disk::the().is_honest_about(path_of(file))) Unsynchronised::the().forget(file);
    return done;
  }

  template <class Resize>
  int resize(int file, off64_t size, const Resize& next) const {
    struct stat status{};
    if (remembers_ && ::fstat(file, &status) == 0) {
      const auto at = std::min<off64_t>(size, status.st_size);
      Unsynchronised::the().remember(file, at, static_cast<std::size_t>(std::max<off64_t>(size, status.st_size) - at));
    }
    return is_on() ? next() : -1;
  }

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }

  std::unique_lock<std::mutex> lock_;
  bool remembers_;
  Fate fate_{Fate::pass};
};

constexpr Call writing{.name = "write", .takes_space = true, .has_bytes = true};
constexpr Call synchronising{.name = "sync"};
constexpr Call truncating{.name = "truncate", .takes_space = true};
constexpr Call creating{.name = "create", .takes_space = true};
constexpr Call renaming{.name = "rename"};

using WriteAt = ssize_t (*)(int, const void*, std::size_t, off64_t);

std::size_t size_of(const iovec* pieces, int count) {
  std::size_t size = 0;
  for (int i = 0; i < count; ++i) size += pieces[i].iov_len;
  return size;
}

// The first `size` bytes of the pieces, in one buffer.
std::string joined(const iovec* pieces, int count, std::size_t size) {
  std::string out;
  for (int i = 0; i < count && out.size() < size; ++i) {
    out.append(static_cast<const char*>(pieces[i].iov_base), std::min(pieces[i].iov_len, size - out.size()));
  }
  return out;
}

std::string absolute(const char* path) {
  if (path[0] == '/') return path;
  std::array<char, PATH_MAX> folder{};
  return ::getcwd(folder.data(), folder.size()) == nullptr ? path : std::string{folder.data()} + "/" + path;
}

bool exists(const char* path) {
  struct stat status{};
  return ::stat(path, &status) == 0;
}

off64_t place_in(int file) { return std::max<off64_t>(0, ::lseek64(file, 0, SEEK_CUR)); }

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, std::size_t size) {
  static const auto next = real<ssize_t (*)(int, const void*, std::size_t)>("write");
  const Turn turn{writing, file};
  return turn.write(file, place_in(file), size, [&](std::size_t n) { return next(file, bytes, n); });
}

ssize_t pwrite64(int file, const void* bytes, std::size_t size, off64_t at) {
  static const auto next = real<WriteAt>("pwrite64");
  const Turn turn{writing, file};
  return turn.write(file, at, size, [&](std::size_t n) { return next(file, bytes, n, at); });
}

ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t at) { return pwrite64(file, bytes, size, at); }

ssize_t writev(int file, const iovec* pieces, int count) {
  static const auto next = real<ssize_t (*)(int, const iovec*, int)>("writev");
  static const auto one = real<ssize_t (*)(int, const void*, std::size_t)>("write");
  const auto size = size_of(pieces, count);
  const Turn turn{writing, file};
  return turn.write(file, place_in(file), size, [&](std::size_t n) {
    return n == size ? next(file, pieces, count) : one(file, joined(pieces, count, n).data(), n);
  });
}

ssize_t pwritev64(int file, const iovec* pieces, int count, off64_t at) {
  static const auto next = real<WriteAt>("pwrite64");
  const Turn turn{writing, file};
  return turn.write(file, at, size_of(pieces, count),
                    [&](std::size_t n) { return next(file, joined(pieces, count, n).data(), n, at); });
}

ssize_t pwritev(int file, const iovec* pieces, int count, off_t at) { return pwritev64(file, pieces, count, at); }

int fsync(int file) {
  static const auto next = real<int (*)(int)>("fsync");
  return Turn{synchronising, file}.synchronise(file, next);
}

int fdatasync(int file) {
  static const auto next = real<int (*)(int)>("fdatasync");
  return Turn{synchronising, file}.synchronise(file, next);
}

int ftruncate64(int file, off64_t size) noexcept {
  static const auto next = real<int (*)(int, off64_t)>("ftruncate64");
  return Turn{truncating, file}.resize(file, size, [&] { return next(file, size); });
}

int ftruncate(int file, off_t size) noexcept { return ftruncate64(file, size); }

int fallocate64(int file, int mode, off64_t at, off64_t size) {
  static const auto next = real<int (*)(int, int, off64_t, off64_t)>("fallocate64");
  return Turn{truncating, file}.is_on() ? next(file, mode, at, size) : -1;
}

int fallocate(int file, int mode, off_t at, off_t size) { return fallocate64(file, mode, at, size); }

int rename(const char* from, const char* to) noexcept {
  static const auto next = real<int (*)(const char*, const char*)>("rename");
  const Turn turn{renaming, absolute(to)};
  const int done = turn.is_on() ? next(from, to) : -1;
  if (done == 0 && Disk::the().loses_power()) Unsynchronised::the().renamed(absolute(from), absolute(to));
  return done;
}

int link(const char* from, const char* to) noexcept {
  static const auto next = real<int (*)(const char*, const char*)>("link");
  return Turn{creating, absolute(to)}.is_on() ? next(from, to) : -1;
}

int mkdir(const char* path, mode_t mode) noexcept {
  static const auto next = real<int (*)(const char*, mode_t)>("mkdir");
  if (exists(path)) return next(path, mode);
  return Turn{creating, absolute(path)}.is_on() ? next(path, mode) : -1;
}

int open64(const char* path, int flags, ...) {
  static const auto next = real<int (*)(const char*, int, ...)>("open64");
  std::va_list more;
  va_start(more, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  if ((flags & O_CREAT) == 0 || exists(path)) return next(path, flags, mode);
  return Turn{creating, absolute(path)}.is_on() ? next(path, flags, mode) : -1;
}

int open(const char* path, int flags, ...) {
  std::va_list more;
  va_start(more, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open64(path, flags, mode);
}

}  // extern "C"
