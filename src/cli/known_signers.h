// Signers whose certificates came with questions, read once for all threads: many lines bring the same few, and a key
// that was seen before has its contexts and perhaps its table.
#pragma once

#include <cstddef>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cert/signer.h"

namespace lindung::cli {

// Thread-safe.
class KnownSigners {
 public:
  // Shape: base64 of a certificate's DER. Null for what is none, or has a key that cannot be used.
  [[nodiscard]] std::shared_ptr<const cert::Signer> of(const std::string& base64);

 private:
  static constexpr std::size_t most = 4096;  // then it begins anew
  std::shared_mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const cert::Signer>> signers_;
};

}  // namespace lindung::cli
