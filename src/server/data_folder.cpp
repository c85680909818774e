#include "server/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "base/result.h"

namespace lindung::server {

namespace {

constexpr mode_t owner_only = 0700;

std::string holder_of(int descriptor) {
  std::array<char, 32> buffer{};
  const auto size = ::pread(descriptor, buffer.data(), buffer.size(), 0);
  std::string pid{buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid;
}

}  // namespace

std::string DataFolder::log_origin(const std::string& otherwise) const {
  const auto name = std::filesystem::path{path_}.lexically_normal().filename().string();
  const bool is_name = !name.empty() && name.find_first_of(" +") == std::string::npos;
  return "lindung.example/" + (is_name ? name : otherwise);
}

Result<void> DataFolder::create() const {
  std::error_code error;
  for (const auto& folder : {path_, run()}) {
    std::filesystem::create_directories(folder, error);
    if (error) return fail(Errc::io, folder + ": " + error.message());
    if (::chmod(folder.c_str(), owner_only) != 0) return fail(Errc::io, folder + ": " + std::strerror(errno));
  }
  return ok();
}

Result<DataFolderLock> DataFolderLock::take(const DataFolder& folder) {
  const auto path = folder.lock();
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(Errc::io, path + ": " + std::strerror(errno));
  DataFolderLock lock{descriptor};
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail(Errc::io, path + ": " + std::strerror(errno));
    return fail(Errc::conflict, folder.path() + " is in use by the server with pid " + holder_of(descriptor));
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, pid.data(), pid.size(), 0) < 0) {
    return fail(Errc::io, path + ": " + std::strerror(errno));
  }
  return lock;
}

DataFolderLock::DataFolderLock(DataFolderLock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}

DataFolderLock::~DataFolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace lindung::server
