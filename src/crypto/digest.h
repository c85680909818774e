// SHA-256, HMAC-SHA256 and HKDF-SHA256 (FIPS 180-4, RFC 2104, RFC 5869).
#pragma once

#include <cstddef>
#include <initializer_list>

#include "base/bytes.h"
#include "base/secret.h"

namespace lindung::crypto {

[[nodiscard]] Hash sha256(BytesView message) noexcept;
// The digest of the pieces one behind the other, without copying them together.
[[nodiscard]] Hash sha256(std::initializer_list<BytesView> pieces) noexcept;

// A key prepared once: the inner and outer hash states after the key block. Cheap to copy, safe to use from many
// threads at once (each call copies the state), wiped on destruction.
class HmacKey {
 public:
  explicit HmacKey(BytesView key) noexcept;
  HmacKey(const HmacKey&) noexcept;
  HmacKey& operator=(const HmacKey&) noexcept;
  ~HmacKey();
  [[nodiscard]] Hash mac(BytesView message) const noexcept;
  [[nodiscard]] Hash mac(std::initializer_list<BytesView> pieces) const noexcept;

  // The MAC of head | pieces | tail. Shape: `out` has 32 bytes and may be the memory of a piece.
  void mac_into(MutableBytes out, BytesView head, std::initializer_list<BytesView> pieces,
                BytesView tail) const noexcept;

 private:
  static constexpr std::size_t state_size = 112;  // one SHA-256 context
  alignas(16) ByteArray<state_size> inner_;
  alignas(16) ByteArray<state_size> outer_;
};

[[nodiscard]] Hash hmac_sha256(BytesView key, std::initializer_list<BytesView> pieces) noexcept;

// RFC 5869 section 2.2.
[[nodiscard]] Secret<32> hkdf_extract(BytesView salt, std::initializer_list<BytesView> ikm) noexcept;
// RFC 5869 section 2.3. Shape: fills all of `out`, at most 255 * 32 bytes (longer: programming error, terminates).
void hkdf_expand(BytesView prk, std::initializer_list<BytesView> info, MutableBytes out) noexcept;

template <std::size_t N>
[[nodiscard]] Secret<N> hkdf_expand(BytesView prk, std::initializer_list<BytesView> info) noexcept {
  Secret<N> out;
  hkdf_expand(prk, info, out.mutable_view());
  return out;
}

}  // namespace lindung::crypto
