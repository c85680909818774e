#include "service/platform.h"

#include <utility>

#include "base/result.h"
#include "service/directory.h"
#include "store/database.h"

namespace lindung::service {

Result<void> Platform::refresh_directory() const {
  return directory.replace([this]() -> Result<Directory> {
    const auto known = directory.get();
    Directory loaded;
    TRYV(database.read([&](store::Transaction& transaction) -> Result<void> {
      TRY(read, load_directory(transaction, *known));
      loaded = std::move(read);
      return ok();
    }));
    return loaded;
  });
}

}  // namespace lindung::service
