#include "store/log_folder.h"

#include <cstddef>
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

}  // namespace

Result<Bytes> LogFolder::read(std::string_view name) const {
  TRY(content, read_file(joined(path_, name), file_limit));
  return Bytes{content.begin(), content.end()};
}

Result<void> LogFolder::write(std::string_view name, BytesView content) const {
  const auto path = joined(path_, name);
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), error);
  if (error) return fail(Errc::io, path + ": " + error.message());
  return publish_file(path, content);
}

void LogFolder::remove_partials(std::string_view partial_folder) const noexcept {
  std::error_code ignored;  // a reader may hold one open; it goes the next time
  std::filesystem::remove_all(joined(path_, partial_folder), ignored);
}

log::TileSource LogFolder::source() const {
  return [folder = *this](std::string_view name) { return folder.read(name); };
}

}  // namespace lindung::store
