// Secrets that wipe themselves: every copy of key bytes that we own is overwritten before its memory is given back.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <vector>

#include "base/bytes.h"

namespace lindung {

// Overwrites memory in a way that the optimiser keeps (glibc explicit_bzero).
inline void wipe(void* memory, std::size_t size) noexcept {
  if (size != 0) ::explicit_bzero(memory, size);
}

// Shape: exactly N bytes. Moves and copies wipe what they leave behind.
template <std::size_t N>
class Secret {
 public:
  Secret() noexcept { bytes_.fill(0); }
  explicit Secret(const ByteArray<N>& bytes) noexcept : bytes_{bytes} {}
  Secret(const Secret&) noexcept = default;
  Secret(Secret&& other) noexcept : bytes_{other.bytes_} { other.clear(); }
  Secret& operator=(const Secret&) noexcept = default;
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      other.clear();
    }
    return *this;
  }
  ~Secret() { clear(); }

  [[nodiscard]] BytesView view() const noexcept { return bytes_; }
  [[nodiscard]] MutableBytes mutable_view() noexcept { return bytes_; }
  void clear() noexcept { wipe(bytes_.data(), N); }
  static constexpr std::size_t size() noexcept { return N; }

 private:
  ByteArray<N> bytes_;
};

// Wipes memory of operator new and gives it back. Out of line: g++ 12 takes the inlined pair for a mismatch.
void wipe_and_delete(void* memory, std::size_t size) noexcept;

template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>& /*other*/) noexcept {}  // NOLINT: allocators convert
  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) noexcept { wipe_and_delete(memory, count * sizeof(T)); }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) = default;
};

// Secret bytes of a length known at run time: passphrases, an opened ring.
using SecretBytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

}  // namespace lindung
