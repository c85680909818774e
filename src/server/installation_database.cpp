#include "server/installation_database.h"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "base/result.h"
#include "server/data_folder.h"
#include "store/database.h"

namespace lindung::server {

Result<std::unique_ptr<store::Database>> open_database(const DataFolder& folder, const std::string& postgres) {
  if (!postgres.empty()) return store::open_postgres({.conninfo = postgres});
  return store::open_sqlite({.path = folder.database()});
}

Result<store::Migrated> migrate_offline(const DataFolder& folder, const std::string& postgres) {
  std::error_code error;
  if (!std::filesystem::exists(folder.ring(), error)) {
    return fail(Errc::not_found, folder.path() + " holds no installation (lindung init makes one)");
  }
  const auto lock = DataFolderLock::take(folder);
  if (lock.has_error()) return lock.error();
  TRY(database, open_database(folder, postgres));
  return database->migrate();
}

}  // namespace lindung::server
