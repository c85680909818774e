// What a witness decides: whether a checkpoint continues the last one that it cosigned of that log, and nothing else.
//
// Invariants
// 1. (size, root) is durable before the cosignature over it leaves this object.
// 2. Of one log one request at a time is checked and kept: there is no moment between the two.
// 3. Nothing smaller than what was cosigned is cosigned again, and nothing that is not proven to continue it.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "log/witness_request.h"
#include "store/durable_file.h"
#include "witness/witness_folder.h"

namespace lindung::witness {

// Of C2SP tlog-witness: 200 with the cosignature, 409 with the size that the witness knows, or what else is wrong.
struct Answer {
  unsigned status{};
  std::string content_type{"text/plain; charset=utf-8"};
  std::string body;
};

struct Counts {
  std::uint64_t cosigned{};
  std::uint64_t refused{};  // all others
};

class Witness {
 public:
  // Takes the folder for as long as it lives. Errors: conflict when another process has it; not_found, corrupt for key
  // or state; invalid_argument for two logs of one origin.
  [[nodiscard]] static Result<std::unique_ptr<Witness>> open(const std::string& folder, const Clock& clock,
                                                             const std::vector<log::VerifierKey>& logs);
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  ~Witness() = default;

  // Thread-safe.
  [[nodiscard]] Answer add_checkpoint(std::string_view body);
  // The last checkpoint of a log (by log_name()) with our cosignature; none before the first, or for an unknown log.
  [[nodiscard]] std::optional<std::string> latest(std::string_view log) const;
  [[nodiscard]] const log::WitnessKey& key() const noexcept { return identity_.key; }
  [[nodiscard]] Counts counts() const noexcept { return {.cosigned = cosigned_.load(), .refused = refused_.load()}; }

 private:
  struct Watched {
    explicit Watched(log::VerifierKey verifier) : key{std::move(verifier)} {}
    log::VerifierKey key;
    mutable std::mutex mutex;
    log::Checkpoint last;  // size 0 before the first
    std::string note;      // as it was cosigned; empty before the first
  };

  Witness(WitnessFolder folder, store::FileLock lock, Identity identity, const Clock& clock);
  [[nodiscard]] Answer decide(std::string_view body);
  [[nodiscard]] Answer judge(Watched& log, const log::WitnessRequest& request, std::string_view body,
                             const log::Checkpoint& shown);
  [[nodiscard]] Answer refuse_proof(const Watched& log, const log::WitnessRequest& request, std::string_view body,
                                    const log::Checkpoint& shown) const;
  [[nodiscard]] Answer cosign(Watched& log, const log::WitnessRequest& request, const log::Checkpoint& shown) const;

  WitnessFolder folder_;
  store::FileLock lock_;
  Identity identity_;
  const Clock& clock_;
  std::map<std::string, std::unique_ptr<Watched>, std::less<>> logs_;  // by origin
  std::atomic<std::uint64_t> cosigned_{0};
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace lindung::witness
