// A witness's folder: DIR/{key,verifier-key,logs/<log>,findings/<kind>-<log>-<digest>/{cosigned,request}}. Each state
// and each finding is a signed note: it needs nobody's word.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"

namespace lindung::witness {

// A key with the name under which it signs.
struct Identity {
  log::WitnessKey key;
  crypto::Ed25519PrivateKey secret;
};

// What the log signed: two trees of one size (split), or a tree without a proof that it continues the last one. Only
// the first proves anything: anybody may send a wrong proof with a checkpoint that is right.
enum class FindingKind : std::uint8_t { split, unproven };
[[nodiscard]] std::string_view name_of(FindingKind kind) noexcept;

struct Finding {
  FindingKind kind{};
  std::string origin;
  log::Checkpoint cosigned;
  log::Checkpoint shown;
  std::string path;
};

class WitnessFolder {
 public:
  explicit WitnessFolder(std::string path) : path_{std::move(path)} {}
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string key_file() const { return path_ + "/key"; }

  // Makes folder and key. Errors: conflict where one is; invalid_argument for the name; io.
  [[nodiscard]] Result<log::WitnessKey> create(const std::string& name) const;
  // Errors: not_found; corrupt.
  [[nodiscard]] Result<Identity> identity() const;

  // The note that was cosigned last; none before the first. Errors: corrupt unless this witness signed it; io.
  [[nodiscard]] Result<std::optional<log::Note>> state(const std::string& origin, const log::WitnessKey& key) const;
  // Durable when it returns. Errors: io, the state is as it was; outcome_unknown, it is the new one until a crash.
  [[nodiscard]] Result<void> keep_state(const std::string& origin, const log::Note& note) const;
  // Of all logs, in no order.
  [[nodiscard]] Result<std::vector<log::Note>> states(const log::WitnessKey& key) const;

  // Durable when it returns; what is there already stays. At most 1024 splits and 64 unproven of each log: the newer
  // ones are left. Errors: io.
  [[nodiscard]] Result<void> keep_finding(FindingKind kind, const std::string& origin, const std::string& cosigned,
                                          const std::string& request, const std::string& text) const;
  [[nodiscard]] Result<std::vector<Finding>> findings() const;

 private:
  std::string path_;
};

// Hex of the first 16 bytes of SHA-256(origin): the log's name in paths.
[[nodiscard]] std::string log_name(std::string_view origin);

}  // namespace lindung::witness
