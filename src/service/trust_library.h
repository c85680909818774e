// The trust folder of a running server: read once, and again when a file of it has changed.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "cert/trust_store.h"

namespace lindung::service {

// Safe from many threads.
class TrustLibrary {
 public:
  // The folder may not be there: then nobody is trusted.
  explicit TrustLibrary(std::string folder) : folder_{std::move(folder)} {}

  // As the folder is now; what was imported or fetched again a moment ago counts. A folder that cannot be read leaves
  // what was read before. Errors: those of read_trust_folder, the first time.
  [[nodiscard]] Result<std::shared_ptr<const cert::TrustStore>> get();

 private:
  std::string folder_;
  std::mutex mutex_;
  Hash state_{};  // of names, sizes and times
  std::shared_ptr<const cert::TrustStore> store_;
};

}  // namespace lindung::service
