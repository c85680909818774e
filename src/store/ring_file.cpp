#include "store/ring_file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "store/ring.h"

namespace lindung::store {
namespace {

constexpr std::string_view magic{"LNDGRING"};
constexpr std::uint16_t version = 1;
constexpr std::size_t version_at = 8;
constexpr std::size_t passes_at = 10;
constexpr std::size_t memory_at = 14;
constexpr std::size_t salt_at = 22;
constexpr std::size_t wrap_nonce_at = 38;
constexpr std::size_t wrap_at = 50;
constexpr std::size_t body_nonce_at = 98;
constexpr std::size_t body_size_at = 110;
constexpr std::size_t body_at = 114;
constexpr std::size_t checksum_size = sizeof(Hash);
constexpr std::uint64_t least_memory_bytes = 8192;  // libsodium's crypto_pwhash_MEMLIMIT_MIN

// Bytes 0..37: what the wrapped master key is bound to.
Message wrap_head(const crypto::Argon2idCost& cost, const ByteArray<16>& salt) {
  Message head{body_at};
  head.text(magic).be(version).be(cost.passes).be(cost.memory_bytes).raw(salt);
  return head;
}

// Bytes 0..113: what the body is bound to.
Message file_head(const RingWrap& wrap, const ByteArray<crypto::gcm_nonce_size>& body_nonce, std::size_t body_size) {
  auto head = wrap_head(wrap.cost, wrap.salt);
  head.raw(wrap.nonce).raw(wrap.wrapped_master).raw(body_nonce).be(static_cast<std::uint32_t>(body_size));
  return head;
}

}  // namespace

Result<void> check_cost(const crypto::Argon2idCost& cost, const RingLimits& limits) {
  const bool in_range = cost.passes >= 1 && cost.passes <= limits.max_passes &&
                        cost.memory_bytes >= least_memory_bytes && cost.memory_bytes <= limits.max_memory_bytes &&
                        cost.memory_bytes <= limits.max_work_bytes / cost.passes;
  if (!in_range) {
    return fail(Errc::invalid_argument, "an Argon2id cost of " + std::to_string(cost.passes) + " passes over " +
                                            std::to_string(cost.memory_bytes) + " bytes is out of limits");
  }
  return ok();
}

Result<RingFile> parse_ring_file(BytesView file, const RingLimits& limits) {
  if (file.size() < body_at + crypto::gcm_tag_size + checksum_size) {
    return fail(Errc::corrupt, "a ring of " + std::to_string(file.size()) + " bytes is too short");
  }
  if (as_text(file.first(magic.size())) != magic) return fail(Errc::corrupt, "this is not a key ring");
  const auto content = file.first(file.size() - checksum_size);
  RingFile out;
  out.checksum = take<checksum_size>(file.subspan(content.size()));
  if (crypto::sha256(content) != out.checksum) {
    return fail(Errc::corrupt, "the ring's checksum is wrong: the file was damaged");
  }
  const auto found = get_be<std::uint16_t>(file.subspan(version_at, sizeof(version)));
  if (found != version) {
    return fail(Errc::unsupported, "the ring has version " + std::to_string(found) + ", this program knows 1");
  }
  out.wrap.cost.passes = get_be<std::uint32_t>(file.subspan(passes_at, sizeof(std::uint32_t)));
  out.wrap.cost.memory_bytes = get_be<std::uint64_t>(file.subspan(memory_at, sizeof(std::uint64_t)));
  if (auto checked = check_cost(out.wrap.cost, limits); checked.has_error()) {
    return fail(Errc::corrupt, checked.error().detail);
  }
  out.wrap.salt = take<16>(file.subspan(salt_at));
  out.wrap.nonce = take<crypto::gcm_nonce_size>(file.subspan(wrap_nonce_at));
  out.wrap.wrapped_master = take<32 + crypto::gcm_tag_size>(file.subspan(wrap_at));
  out.body_nonce = take<crypto::gcm_nonce_size>(file.subspan(body_nonce_at));
  const auto body = content.subspan(body_at);
  if (get_be<std::uint32_t>(file.subspan(body_size_at, sizeof(std::uint32_t))) != body.size()) {
    return fail(Errc::corrupt, "the ring's body has another length than its header says");
  }
  out.sealed_body = to_bytes(body);
  return out;
}

RingWrap wrap_master(const crypto::Argon2idCost& cost, const ByteArray<16>& salt, const Secret<32>& wrapping_key,
                     const Secret<32>& master) {
  RingWrap wrap{.cost = cost, .salt = salt, .nonce = crypto::random_bytes<crypto::gcm_nonce_size>()};
  crypto::gcm_seal(wrapping_key.view(), wrap.nonce, wrap_head(cost, salt).view(), master.view(), wrap.wrapped_master);
  return wrap;
}

Result<Secret<32>> unwrap_master(const RingWrap& wrap, const Secret<32>& wrapping_key) {
  Secret<32> master;
  const auto opened = crypto::gcm_open(wrapping_key.view(), wrap.nonce, wrap_head(wrap.cost, wrap.salt).view(),
                                       wrap.wrapped_master, master.mutable_view());
  if (opened.has_error()) {
    return fail(Errc::denied, "the passphrase does not open the ring (or its salt, cost or wrapped key was changed)");
  }
  return master;
}

Bytes make_ring_file(const RingWrap& wrap, const Secret<32>& master, BytesView body) {
  const auto nonce = crypto::random_bytes<crypto::gcm_nonce_size>();
  auto file = file_head(wrap, nonce, body.size() + crypto::gcm_tag_size);
  const auto sealed = crypto::gcm_seal(master.view(), nonce, file.view(), body);
  file.raw(sealed);
  file.raw(crypto::sha256(file.view()));
  return std::move(file).take();
}

Result<SecretBytes> open_ring_body(const RingFile& file, const Secret<32>& master) {
  SecretBytes body(file.sealed_body.size() - crypto::gcm_tag_size);
  const auto head = file_head(file.wrap, file.body_nonce, file.sealed_body.size());
  const auto opened = crypto::gcm_open(master.view(), file.body_nonce, head.view(), file.sealed_body, body);
  if (opened.has_error()) return fail(Errc::corrupt, "the ring's body does not open: header or body was changed");
  return body;
}

}  // namespace lindung::store
