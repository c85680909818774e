// A disk that fails: preloaded into the program, it counts what the program writes below one folder, and at one of
// these calls does what a disk or its loss of power does.
//   LINDUNG_FAULT_FOLDER  whose files are meant
//   LINDUNG_FAULT_JOURNAL file that gets a line for each call that is counted: number, call, path, and FAULT where it
//   was LINDUNG_FAULT_AT      number of the first call that may fail; 0: none does LINDUNG_FAULT_KIND    once:  EIO,
//   and all is well behind it
//                         on:    EIO, here and at every later call
//                         full:  ENOSPC, here and whenever later calls need space
//                         short: half of the bytes are written, and the caller is told so
//                         torn:  half of the bytes are written, and the process is killed
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
#include <string>
#include <string_view>
#include <utility>

namespace {

enum class Kind : std::uint8_t { none, once, on, full, cut_short, torn };

// What the caller is to do with one call.
enum class Fate : std::uint8_t { pass, eio, enospc, half, half_and_die };

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

class Disk {
 public:
  static Disk& the() {
    static Disk disk;
    return disk;
  }

  Fate fate_of(const Call& call, int descriptor) {
    const auto link = "/proc/self/fd/" + std::to_string(descriptor);
    std::array<char, PATH_MAX> path{};
    const auto size = ::readlink(link.c_str(), path.data(), path.size());
    return size <= 0 ? Fate::pass : fate_of(call, std::string_view{path.data(), static_cast<std::size_t>(size)});
  }

  Fate fate_of(const Call& call, std::string_view path) {
    if (folder_.empty() || !path.starts_with(folder_)) return Fate::pass;
    const auto rest = path.substr(folder_.size());
    if (!rest.starts_with("/") && !rest.starts_with("-demo.json")) return Fate::pass;
    const std::scoped_lock lock{mutex_};
    ++calls_;
    const auto fate = decide(call);
    note(call, rest, fate);
    return fate;
  }

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

// A call without bytes: done, refused, or died before. True when it is to be done.
bool is_done(Fate fate) {
  switch (fate) {
    case Fate::pass:
    case Fate::half: return true;
    case Fate::eio: errno = EIO; return false;
    case Fate::enospc: errno = ENOSPC; return false;
    case Fate::half_and_die: die();
  }
  return true;
}

// A call of `size` bytes; write_some(n) writes the first n of them.
template <class Write>
ssize_t written(Fate fate, std::size_t size, const Write& write_some) {
  if (fate == Fate::half && size > 1) return write_some(size / 2);
  if (fate == Fate::half_and_die) {
    if (size > 1) static_cast<void>(write_some(size / 2));
    die();
  }
  return is_done(fate) ? write_some(size) : -1;
}

constexpr Call writing{.name = "write", .takes_space = true, .has_bytes = true};
constexpr Call synchronising{.name = "sync"};
constexpr Call truncating{.name = "truncate", .takes_space = true};
constexpr Call creating{.name = "create", .takes_space = true};
constexpr Call renaming{.name = "rename"};

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

bool creates(const char* path, int flags) {
  struct stat status{};
  return (flags & O_CREAT) != 0 && ::stat(path, &status) != 0;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, std::size_t size) {
  static const auto next = real<ssize_t (*)(int, const void*, std::size_t)>("write");
  return written(Disk::the().fate_of(writing, file), size, [&](std::size_t n) { return next(file, bytes, n); });
}

ssize_t pwrite64(int file, const void* bytes, std::size_t size, off64_t at) {
  static const auto next = real<ssize_t (*)(int, const void*, std::size_t, off64_t)>("pwrite64");
  return written(Disk::the().fate_of(writing, file), size, [&](std::size_t n) { return next(file, bytes, n, at); });
}

ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t at) { return pwrite64(file, bytes, size, at); }

ssize_t writev(int file, const iovec* pieces, int count) {
  static const auto next = real<ssize_t (*)(int, const void*, std::size_t)>("write");
  static const auto whole = real<ssize_t (*)(int, const iovec*, int)>("writev");
  const auto fate = Disk::the().fate_of(writing, file);
  if (fate == Fate::pass) return whole(file, pieces, count);
  return written(fate, size_of(pieces, count),
                 [&](std::size_t n) { return next(file, joined(pieces, count, n).data(), n); });
}

ssize_t pwritev64(int file, const iovec* pieces, int count, off64_t at) {
  static const auto next = real<ssize_t (*)(int, const void*, std::size_t, off64_t)>("pwrite64");
  return written(Disk::the().fate_of(writing, file), size_of(pieces, count),
                 [&](std::size_t n) { return next(file, joined(pieces, count, n).data(), n, at); });
}

ssize_t pwritev(int file, const iovec* pieces, int count, off_t at) { return pwritev64(file, pieces, count, at); }

int fsync(int file) {
  static const auto next = real<int (*)(int)>("fsync");
  return is_done(Disk::the().fate_of(synchronising, file)) ? next(file) : -1;
}

int fdatasync(int file) {
  static const auto next = real<int (*)(int)>("fdatasync");
  return is_done(Disk::the().fate_of(synchronising, file)) ? next(file) : -1;
}

int ftruncate64(int file, off64_t size) noexcept {
  static const auto next = real<int (*)(int, off64_t)>("ftruncate64");
  return is_done(Disk::the().fate_of(truncating, file)) ? next(file, size) : -1;
}

int ftruncate(int file, off_t size) noexcept { return ftruncate64(file, size); }

int fallocate64(int file, int mode, off64_t at, off64_t size) {
  static const auto next = real<int (*)(int, int, off64_t, off64_t)>("fallocate64");
  return is_done(Disk::the().fate_of(truncating, file)) ? next(file, mode, at, size) : -1;
}

int fallocate(int file, int mode, off_t at, off_t size) { return fallocate64(file, mode, at, size); }

int rename(const char* from, const char* to) noexcept {
  static const auto next = real<int (*)(const char*, const char*)>("rename");
  return is_done(Disk::the().fate_of(renaming, absolute(to))) ? next(from, to) : -1;
}

int link(const char* from, const char* to) noexcept {
  static const auto next = real<int (*)(const char*, const char*)>("link");
  return is_done(Disk::the().fate_of(creating, absolute(to))) ? next(from, to) : -1;
}

int mkdir(const char* path, mode_t mode) noexcept {
  static const auto next = real<int (*)(const char*, mode_t)>("mkdir");
  struct stat status{};
  if (::stat(path, &status) == 0) return next(path, mode);
  return is_done(Disk::the().fate_of(creating, absolute(path))) ? next(path, mode) : -1;
}

int open64(const char* path, int flags, ...) {
  static const auto next = real<int (*)(const char*, int, ...)>("open64");
  std::va_list more;
  va_start(more, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  if (creates(path, flags) && !is_done(Disk::the().fate_of(creating, absolute(path)))) return -1;
  return next(path, flags, mode);
}

int open(const char* path, int flags, ...) {
  std::va_list more;
  va_start(more, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open64(path, flags, mode);
}

}  // extern "C"
