#include "store/sealing.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "store/ring.h"
#include "store/sealing_nonce.h"

namespace lindung::store {
namespace {

constexpr std::uint8_t format_ring = 1;   // format | key epoch | nonce | ciphertext | tag
constexpr std::uint8_t format_under = 2;  // format | nonce | ciphertext | tag
constexpr std::size_t epoch_size = sizeof(std::uint16_t);
constexpr std::size_t ring_head = 1 + epoch_size;
constexpr std::size_t under_head = 1;
constexpr std::string_view row_label{"lindung row v1"};
constexpr std::string_view combined_label{"lindung combined key v1"};
constexpr ByteArray<1> zero{0};

RowAddress citizen_key_address(const CitizenRef& citizen) {
  return {.table = "citizen_key", .primary_key = citizen.bytes(), .version = 1};
}

Secret<32> secret_of(Hash& hash) noexcept {
  const Secret<32> secret{hash};
  wipe(hash.data(), hash.size());
  return secret;
}

Secret<32> row_key(const crypto::HmacKey& data_key, const RowAddress& address) noexcept {
  auto hash = data_key.mac({as_bytes(row_label), as_bytes(address.table), zero, address.primary_key});
  return secret_of(hash);
}

Bytes associated_data(const RowAddress& address) {
  Message aad{address.table.size() + 1 + sizeof(std::uint32_t) + address.primary_key.size() + sizeof(std::uint32_t)};
  aad.text(address.table).u8(0).be(static_cast<std::uint32_t>(address.primary_key.size()));
  aad.raw(address.primary_key).be(address.version);
  return std::move(aad).take();
}

// Fills the nonce and what follows it; the caller has written the head.
void seal_behind(MutableBytes head_and_room, std::size_t head, const crypto::HmacKey& data_key,
                 const RowAddress& address, BytesView plaintext) {
  const auto nonce = fresh_nonce();
  std::memcpy(head_and_room.data() + head, nonce.data(), nonce.size());
  crypto::gcm_seal(row_key(data_key, address).view(), nonce, associated_data(address), plaintext,
                   head_and_room.subspan(head + crypto::gcm_nonce_size));
}

// Shape: nonce | ciphertext | tag; `out` has exactly the room for the plaintext.
Result<void> open_into(MutableBytes out, const crypto::HmacKey& data_key, const RowAddress& address,
                       BytesView nonce_and_sealed) {
  const auto opened =
      crypto::gcm_open(row_key(data_key, address).view(), take<crypto::gcm_nonce_size>(nonce_and_sealed),
                       associated_data(address), nonce_and_sealed.subspan(crypto::gcm_nonce_size), out);
  if (opened.has_error()) return fail(Errc::corrupt, "a row of " + std::string{address.table} + " does not open");
  return ok();
}

auto not_a_row(const RowAddress& address) {
  return fail(Errc::corrupt, "a row of " + std::string{address.table} + " is not a sealed one");
}

Result<Bytes> seal_by_ring(const KeyRing& ring, KeyClass cls, const RowAddress& address, BytesView plaintext) {
  TRY(newest, ring.newest_hmac_key(cls));
  if (newest.epoch > std::numeric_limits<std::uint16_t>::max()) {
    return fail(Errc::invalid_argument, "a row's format has no room for key epochs above 65535");
  }
  Bytes out(plaintext.size() + row_overhead);
  out[0] = format_ring;
  put_be(MutableBytes{out}.subspan(1), static_cast<std::uint16_t>(newest.epoch));
  seal_behind(out, ring_head, *newest.key, address, plaintext);
  return out;
}

// The key that the head names, after a look at the shape.
Result<std::shared_ptr<const crypto::HmacKey>> key_of_row(const KeyRing& ring, KeyClass cls, const RowAddress& address,
                                                          BytesView sealed) {
  if (sealed.size() < row_overhead || sealed[0] != format_ring) return not_a_row(address);
  const auto epoch = get_be<std::uint16_t>(sealed.subspan(1, epoch_size));
  auto key = ring.hmac_key(KeyName{.cls = cls, .scope = {}, .epoch = epoch});
  // An epoch that never was cannot have been written by us.
  if (key.has_error() && key.error().code == Errc::not_found) return not_a_row(address);
  return key;
}

}  // namespace

Result<Bytes> RowSealer::seal(const RowAddress& address, BytesView plaintext) const {
  return seal_by_ring(*ring_, KeyClass::row, address, plaintext);
}

Result<Bytes> RowSealer::open(const RowAddress& address, BytesView sealed) const {
  TRY(key, key_of_row(*ring_, KeyClass::row, address, sealed));
  Bytes out(sealed.size() - row_overhead);
  TRYV(open_into(out, *key, address, sealed.subspan(ring_head)));
  return out;
}

Bytes seal_under(const Secret<32>& key, const RowAddress& address, BytesView plaintext) {
  Bytes out(plaintext.size() + under_overhead);
  out[0] = format_under;
  seal_behind(out, under_head, crypto::HmacKey{key.view()}, address, plaintext);
  return out;
}

Result<Bytes> open_under(const Secret<32>& key, const RowAddress& address, BytesView sealed) {
  if (sealed.size() < under_overhead || sealed[0] != format_under) return not_a_row(address);
  Bytes out(sealed.size() - under_overhead);
  TRYV(open_into(out, crypto::HmacKey{key.view()}, address, sealed.subspan(under_head)));
  return out;
}

Secret<32> combine(const Secret<32>& first, const Secret<32>& second) noexcept {
  auto hash = crypto::hmac_sha256(first.view(), {as_bytes(combined_label), second.view()});
  return secret_of(hash);
}

Result<Bytes> wrap_citizen_key(const KeyRing& ring, const CitizenRef& citizen, const Secret<32>& key) {
  return seal_by_ring(ring, KeyClass::citizen_wrap, citizen_key_address(citizen), key.view());
}

Result<Secret<32>> unwrap_citizen_key(const KeyRing& ring, const CitizenRef& citizen, BytesView wrapped) {
  const auto address = citizen_key_address(citizen);
  TRY(key, key_of_row(ring, KeyClass::citizen_wrap, address, wrapped));
  Secret<32> out;
  if (wrapped.size() != out.size() + row_overhead) return not_a_row(address);
  TRYV(open_into(out.mutable_view(), *key, address, wrapped.subspan(ring_head)));
  return out;
}

}  // namespace lindung::store
