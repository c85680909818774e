// A compact map from 128-bit digests to numbers, for the millions of keys of one import.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace lindung::domain::fhir {

using Digest = ByteArray<16>;

// SHA-256, cut, of the parts with a mark between them.
[[nodiscard]] inline Digest digest_of(std::initializer_list<std::string_view> parts) {
  Message message;
  for (const auto& part : parts) message.be(static_cast<std::uint32_t>(part.size())).text(part);
  return take<16>(crypto::sha256(message.view()));
}

// Open addressing, at most half full. The digest of zeros has no place in it (nobody can make one).
class DigestTable {
 public:
  // The place of the key's number, made with `fresh` if the key is new.
  struct Found {
    std::uint64_t& number;
    bool is_new{};
  };
  [[nodiscard]] Found insert(const Digest& key, std::uint64_t fresh) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    auto& slot = slot_of(key);
    const bool is_new = all_zero(slot.key);
    if (is_new) {
      slot = {.key = key, .number = fresh};
      ++used_;
    }
    return {.number = slot.number, .is_new = is_new};
  }
  // Null if the key is not there.
  [[nodiscard]] const std::uint64_t* find(const Digest& key) {
    if (slots_.empty()) return nullptr;
    const auto& slot = slot_of(key);
    return all_zero(slot.key) ? nullptr : &slot.number;
  }

 private:
  struct Slot {
    Digest key{};
    std::uint64_t number{};
  };
  static constexpr std::size_t first_size = 64;

  Slot& slot_of(const Digest& key) {
    const std::size_t mask = slots_.size() - 1;
    auto at = static_cast<std::size_t>(get_be<std::uint64_t>(key)) & mask;
    while (!all_zero(slots_[at].key) && slots_[at].key != key) at = (at + 1) & mask;
    return slots_[at];
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? first_size : 2 * slots_.size());
    old.swap(slots_);
    for (const auto& slot : old) {
      if (!all_zero(slot.key)) slot_of(slot.key) = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_{};
};

}  // namespace lindung::domain::fhir
