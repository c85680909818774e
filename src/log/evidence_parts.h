// What a pack says before the entries that confirm it: openings, signed pacts, keys; and items at the front of a
// payload.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "crypto/ed25519.h"
#include "log/evidence_verifier.h"

namespace lindung::log {

// Confirmed when its commitment stands in an entry of the pack.
struct PackOpening {
  OpenedAnswer answer;
  Hash commitment{};
  std::string base;
  crypto::Ed25519Signature signature{};
  bool is_confirmed{};
};

struct PackPact {
  Hash digest{};
  std::string key_id;
  crypto::Ed25519Signature signature{};
};

struct PackKey {
  std::string owner;
  std::string key_id;
  Bytes bytes;
  bool is_confirmed{};
};

// Takes items off the front of a payload.
class PackItems {
 public:
  explicit PackItems(BytesView in) : in_{in} {}
  [[nodiscard]] bool empty() const { return in_.empty(); }
  std::optional<BytesView> take(std::size_t size) {
    if (in_.size() < size) return std::nullopt;
    const auto out = in_.first(size);
    in_ = in_.subspan(size);
    return out;
  }

 private:
  BytesView in_;
};

}  // namespace lindung::log
