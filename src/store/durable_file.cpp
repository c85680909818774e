#include "store/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace lindung::store {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) noexcept : value_{value} {}
  Descriptor(Descriptor&& other) noexcept : value_{other.release()} {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  [[nodiscard]] int get() const noexcept { return value_; }
  [[nodiscard]] bool is_open() const noexcept { return value_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(value_, -1); }

 private:
  int value_;
};

auto failed(const char* doing, const std::string& path, Errc code = Errc::io) {
  const int reason = errno;
  return fail(code, std::string{doing} + " " + path + ": " + std::generic_category().message(reason));
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool write_all(int descriptor, BytesView content) noexcept {
  while (!content.empty()) {
    const auto written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;
constexpr mode_t everybody_reads = owner_only | S_IRGRP | S_IROTH;

Result<void> write_new_file(const std::string& path, BytesView content, mode_t mode) {
  // What an earlier crash left here was never the file; it may be a second link to it, so it is not overwritten.
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("removing", path);
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)};
  if (!file.is_open()) return failed("creating", path);
  if (!write_all(file.get(), content) || ::fsync(file.get()) != 0) {
    const auto error = failed("writing", path);
    ::unlink(path.c_str());
    return error;
  }
  return ok();
}

Result<void> rename_over(const std::string& fresh, const std::string& path) {
  if (::rename(fresh.c_str(), path.c_str()) == 0) return ok();
  const auto error = failed("replacing", path);
  ::unlink(fresh.c_str());
  return error;
}

Result<void> make_folder_durable(const std::string& path) {
  const auto folder = folder_of(path);
  const Descriptor descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!descriptor.is_open() || ::fsync(descriptor.get()) != 0) {
    return failed("making durable the folder", folder, Errc::outcome_unknown);
  }
  return ok();
}

// From where the descriptor stands, durably.
bool write_zeros(int descriptor, std::size_t count) noexcept {
  constexpr std::array<std::uint8_t, 4096> zeros{};
  while (count > 0) {
    const auto piece = std::min(count, zeros.size());
    if (!write_all(descriptor, BytesView{zeros}.first(piece))) return false;
    count -= piece;
  }
  return ::fdatasync(descriptor) == 0;
}

// Best effort: nothing depends on it, so its failures are nobody's business.
void overwrite_unlinked(int descriptor) noexcept {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || status.st_nlink != 0 || !S_ISREG(status.st_mode)) return;
  static_cast<void>(write_zeros(descriptor, static_cast<std::size_t>(status.st_size)));
}

bool is_still_at(const std::string& path, const struct stat& opened) noexcept {
  struct stat current{};
  return ::stat(path.c_str(), &current) == 0 && current.st_dev == opened.st_dev && current.st_ino == opened.st_ino;
}

Result<SecretBytes> read_open_file(int descriptor, const std::string& path, std::size_t size, std::size_t limit) {
  if (size > limit) return fail(Errc::too_large, path + " is larger than " + std::to_string(limit) + " bytes");
  SecretBytes content(size + 1);  // one more, to notice a file that grows
  std::size_t filled = 0;
  while (filled < content.size()) {
    const auto got = ::read(descriptor, content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("reading", path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  if (filled > size) return fail(Errc::io, "reading " + path + ": it grew meanwhile");
  content.resize(filled);
  return content;
}

}  // namespace

Result<void> replace_file(const std::string& path, BytesView content) {
  const auto fresh = path + ".new";
  TRYV(write_new_file(fresh, content, owner_only));
  TRYV(rename_over(fresh, path));
  return make_folder_durable(path);
}

Result<void> replace_secret_file(const std::string& path, BytesView content) {
  const auto fresh = path + ".new";
  TRYV(write_new_file(fresh, content, owner_only));
  const Descriptor replaced{::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC)};
  TRYV(rename_over(fresh, path));
  TRYV(make_folder_durable(path));
  // Only now: before, a crash could have brought the old name back to this content.
  if (replaced.is_open()) overwrite_unlinked(replaced.get());
  return ok();
}

Result<void> publish_file(const std::string& path, BytesView content) {
  const auto fresh = path + ".new";
  TRYV(write_new_file(fresh, content, everybody_reads));
  return rename_over(fresh, path);
}

Result<void> create_file(const std::string& path, BytesView content) {
  const auto fresh = path + ".new";
  TRYV(write_new_file(fresh, content, owner_only));
  // link() refuses to replace, on every file system that has it; rename() cannot.
  if (::link(fresh.c_str(), path.c_str()) != 0) {
    const auto error = errno == EEXIST ? failed("creating", path, Errc::conflict) : failed("creating", path);
    ::unlink(fresh.c_str());
    return error;
  }
  ::unlink(fresh.c_str());
  return make_folder_durable(path);
}

Result<void> destroy_file(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!file.is_open()) {
    if (errno == ENOENT) return ok();
    return failed("opening", path);
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return failed("reading", path);
  if (!S_ISREG(status.st_mode)) return fail(Errc::io, path + " is not a regular file");
  if (!write_zeros(file.get(), static_cast<std::size_t>(status.st_size))) return failed("overwriting", path);
  if (::unlink(path.c_str()) != 0) return failed("removing", path);
  return make_folder_durable(path);
}

Result<SecretBytes> read_file(const std::string& path, std::size_t limit) {
  constexpr int tries = 100;
  for (int i = 0; i < tries; ++i) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (!file.is_open()) return failed("opening", path, errno == ENOENT ? Errc::not_found : Errc::io);
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return failed("reading", path);
    if (!S_ISREG(status.st_mode)) return fail(Errc::io, "reading " + path + ": not a regular file");
    auto content = read_open_file(file.get(), path, static_cast<std::size_t>(status.st_size), limit);
    // A file that was replaced while we read it has been overwritten by its writer: what we have may be zeros.
    if (is_still_at(path, status)) return content;
  }
  return fail(Errc::io, "reading " + path + ": it is replaced again and again");
}

Result<FileLock> FileLock::hold(const std::string& path, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds pause{2};
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    Descriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (!file.is_open()) return failed("opening", path, errno == ENOENT ? Errc::not_found : Errc::io);
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return failed("locking", path);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
      if (is_still_at(path, status)) return FileLock{file.release()};
      continue;  // replaced between open and lock: this lock keeps nobody off the new one
    }
    if (errno != EWOULDBLOCK && errno != EINTR) return failed("locking", path);
    if (std::chrono::steady_clock::now() >= until) return fail(Errc::busy, "locking " + path + ": held by another", 1);
    std::this_thread::sleep_for(pause);
  }
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace lindung::store
