// Imports that came over the network and are under way on this node: how far they are, and who may ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "service/import_receipt.h"
#include "service/platform.h"

namespace lindung::service {

// What an issuer says of an import before its content is there, and the proof that it may.
struct ImportClaim {
  IssuerId issuer;
  std::string import_id;
  Hash content;     // SHA-256 of the body as sent
  Bytes signature;  // of domain::import_message()
};

// Errors: bad_signature, for an unknown issuer too: who asks learns nothing of which issuers there are.
[[nodiscard]] Result<void> check_claim(const Platform& platform, const ImportClaim& claim);

// None if this import has not been finished. Errors: conflict if its id was used for other content, or it
// was undone; sealed.
[[nodiscard]] Result<std::optional<ImportReceipt>> find_import(const Platform& platform, const ImportClaim& claim);

class ImportJobs {
 public:
  // At once on a node: an import takes a worker and a share of the database for its whole time.
  static constexpr std::size_t max_running = 2;

  struct State {
    bool is_running{};
    std::uint64_t rows_done{};
    std::optional<Error> failed;  // why it ended without a receipt
  };

  // Errors: busy if this import runs already, or too many do.
  [[nodiscard]] Result<void> begin(const ImportClaim& claim);
  void progress(const ImportClaim& claim, std::uint64_t rows_done);
  // `failed` is kept for who asks later, of the last imports that failed.
  void end(const ImportClaim& claim, std::optional<Error> failed);
  // None if this node knows of no such import.
  [[nodiscard]] std::optional<State> find(const ImportClaim& claim) const;

 private:
  static constexpr std::size_t max_kept = 64;
  [[nodiscard]] static std::string key_of(const ImportClaim& claim);

  mutable std::mutex mutex_;
  std::map<std::string, State> jobs_;
  std::deque<std::string> failed_;  // keys, the oldest first
  std::size_t running_{0};
};

}  // namespace lindung::service
