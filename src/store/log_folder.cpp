#include "store/log_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "base/bytes.h"
#include "base/result.h"
#include "log/tile.h"
#include "store/durable_file.h"

namespace lindung::store {

namespace {

constexpr std::size_t file_limit = std::size_t{256} * 65'538;  // a bundle of the longest entries

std::string joined(const std::string& folder, std::string_view name) { return folder + "/" + std::string{name}; }

Result<void> write_all(int descriptor, BytesView content) {
  while (!content.empty()) {
    const auto written = ::write(descriptor, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return fail(Errc::io, std::strerror(errno));
    }
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return ok();
}

}  // namespace

Result<Bytes> LogFolder::read(std::string_view name) const {
  TRY(content, read_file(joined(path_, name), file_limit));
  return Bytes{content.begin(), content.end()};
}

Result<void> LogFolder::write(std::string_view name, BytesView content) const {
  const auto path = joined(path_, name);
  const auto temporary = path + ".new";
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), error);
  if (error) return fail(Errc::io, path + ": " + error.message());
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return fail(Errc::io, temporary + ": " + std::strerror(errno));
  auto written = write_all(descriptor, content);
  if (written.has_value() && ::fdatasync(descriptor) != 0) written = fail(Errc::io, std::strerror(errno));
  ::close(descriptor);
  if (written.has_error()) {
    ::unlink(temporary.c_str());
    return fail(path, written.error());
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return fail(Errc::io, path + ": " + std::strerror(errno));
  return ok();
}

void LogFolder::remove_partials(std::string_view partial_folder) const noexcept {
  std::error_code ignored;  // a reader may hold one open; it goes the next time
  std::filesystem::remove_all(joined(path_, partial_folder), ignored);
}

log::TileSource LogFolder::source() const {
  return [folder = *this](std::string_view name) { return folder.read(name); };
}

}  // namespace lindung::store
