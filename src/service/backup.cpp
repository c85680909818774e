#include "service/backup.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/result.h"
#include "service/log_publisher.h"
#include "store/database.h"

namespace lindung::service {

Result<std::uint64_t> back_up(store::Database& database, LogPublisher& publisher, const std::string& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder, error) && !std::filesystem::is_empty(folder, error)) {
    return fail(Errc::conflict, folder + " is not empty");
  }
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Errc::io, folder + ": " + error.message());
  // The log first: the database that is copied after it holds at least what the log has, so the pair is consistent.
  TRY(checkpoint, publisher.export_to(folder + "/log"));
  TRYV(publisher.write_anchor_for(checkpoint, folder + "/log-anchor"));
  TRYV(database.backup(folder));
  return checkpoint.size;
}

}  // namespace lindung::service
