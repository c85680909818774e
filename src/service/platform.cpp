#include "service/platform.h"

#include <utility>

#include "base/result.h"
#include "service/directory.h"
#include "store/database.h"

namespace lindung::service {

Result<void> Platform::refresh_directory() const {
  return database.read([this](store::Transaction& transaction) -> Result<void> {
    TRY(loaded, load_directory(transaction));
    directory.set(std::move(loaded));
    return ok();
  });
}

}  // namespace lindung::service
