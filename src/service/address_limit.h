// How much may come from one place and from all, an hour: for endpoints that ask nobody who they are. A place is the
// prefix of an address (/24, /48), known only as a digest under a key that lives for the hour and in memory.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace lindung::service {

// Thread-safe.
class AddressLimit {
 public:
  struct Limits {
    std::uint64_t of_one{5};
    std::uint64_t of_all{100};
  };
  AddressLimit(const Clock& clock, Limits limits) : clock_{clock}, limits_{limits} {}

  // Counts one. Shape: an address as a number, or empty: all without one are one place. Errors: quota, with the seconds
  // until the hour is over.
  [[nodiscard]] Result<void> take(std::string_view address);

 private:
  const Clock& clock_;
  Limits limits_;
  std::mutex mutex_;
  Hour hour_{};
  ByteArray<32> key_{};
  std::map<ByteArray<8>, std::uint64_t> counts_;  // at most of_all
  std::uint64_t all_{};
};

// "203.0.113.7" -> its first three bytes, "2001:db8:1::5" -> its first six; else the text itself.
[[nodiscard]] Bytes address_prefix(std::string_view address);

}  // namespace lindung::service
