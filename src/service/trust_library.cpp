#include "service/trust_library.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cert/trust_store.h"
#include "crypto/digest.h"
#include "service/trust_folder.h"

namespace lindung::service {
namespace {

namespace fs = std::filesystem;

// Changes with every file that comes, goes or is written.
Hash state_of(const std::string& folder) {
  std::vector<std::string> rows;
  std::error_code error;
  for (fs::recursive_directory_iterator at{folder, fs::directory_options::skip_permission_denied, error}, end;
       !error && at != end; at.increment(error)) {
    std::error_code gone;
    const auto written = at->last_write_time(gone).time_since_epoch().count();
    const auto size = at->is_regular_file(gone) ? at->file_size(gone) : std::uintmax_t{0};
    rows.push_back(at->path().string() + '\0' + std::to_string(written) + '\0' + std::to_string(size) + '\n');
  }
  std::ranges::sort(rows);
  std::string all;
  for (const auto& row : rows) all += row;
  return crypto::sha256(as_bytes(all));
}

}  // namespace

Result<std::shared_ptr<const cert::TrustStore>> TrustLibrary::get() {
  const std::scoped_lock lock{mutex_};
  const auto state = state_of(folder_);
  if (store_ != nullptr && state == state_) return store_;
  std::error_code error;
  if (!fs::is_directory(folder_, error)) {
    store_ = std::make_shared<const cert::TrustStore>();
    state_ = state;
    return store_;
  }
  auto read = read_trust_folder(folder_);
  if (!read && store_ == nullptr) return read.error();
  if (read) {
    store_ = std::make_shared<const cert::TrustStore>(std::move(read.value().store));
    state_ = state;
  }
  return store_;
}

}  // namespace lindung::service
