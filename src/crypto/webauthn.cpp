#include "crypto/webauthn.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/err.h>
#include <fido/es256.h>
#include <fido/param.h>
#include <fido/types.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/cbor_claims.h"
#include "crypto/digest.h"

namespace lindung::crypto {

namespace {

// rpIdHash(32) | flags(1) | signCount(4) | …
constexpr std::size_t hash_size = 32;
constexpr std::size_t head_size = 37;
constexpr std::size_t model_size = 16;  // AAGUID; behind it, in two bytes, the length of the credential's id
constexpr std::size_t longest_data = 4096;
constexpr std::size_t longest_signature = 256;
constexpr std::size_t shortest_credential = 16;
constexpr std::size_t longest_credential = 1023;  // section 5.4.3 and CTAP
constexpr std::uint8_t flag_present = 0x01;
constexpr std::uint8_t flag_verified = 0x04;
constexpr std::uint8_t flag_attested = 0x40;
constexpr std::size_t es256_size = 64;
constexpr std::size_t eddsa_size = 32;

auto refused(std::string_view name) { return fail(Errc::denied, "passkey: " + std::string{name}); }

struct FreeCred {
  void operator()(fido_cred_t* cred) const noexcept { fido_cred_free(&cred); }
};
struct FreeAssert {
  void operator()(fido_assert_t* assertion) const noexcept { fido_assert_free(&assertion); }
};
struct FreeEs256 {
  void operator()(es256_pk_t* key) const noexcept { es256_pk_free(&key); }
};
struct FreeEddsa {
  void operator()(eddsa_pk_t* key) const noexcept { eddsa_pk_free(&key); }
};

Result<void> check_head(std::string_view relying_party, BytesView data) {
  if (data.size() < head_size || data.size() > longest_data) return refused("form");
  if (!std::ranges::equal(data.first(hash_size), sha256(as_bytes(relying_party)))) return refused("relying party");
  const auto flags = data[hash_size];
  if ((flags & flag_present) == 0) return refused("user presence");
  if ((flags & flag_verified) == 0) return refused("user verification");
  return ok();
}

// Attested credential data: AAGUID | length of the id | id | COSE key, and behind it extensions (section 6.5.1).
Result<void> check_credential(BytesView data) {
  if ((data[hash_size] & flag_attested) == 0) return refused("form");
  data = data.subspan(head_size);
  constexpr std::size_t fixed = model_size + sizeof(std::uint16_t);
  if (data.size() < fixed) return refused("form");
  const std::size_t id_size = get_be<std::uint16_t>(data.subspan(model_size, sizeof(std::uint16_t)));
  if (data.size() < fixed + id_size || !claims_fit(data.subspan(fixed + id_size))) return refused("form");
  return ok();
}

int cose_number(PasskeyAlgorithm algorithm) noexcept { return static_cast<int>(algorithm); }

std::size_t size_of(PasskeyAlgorithm algorithm) noexcept {
  return algorithm == PasskeyAlgorithm::es256 ? es256_size : eddsa_size;
}

BytesView view_of(const unsigned char* bytes, std::size_t size) noexcept {
  return bytes == nullptr ? BytesView{} : BytesView{bytes, size};
}

// libfido2 reads a credential of the one algorithm that it was told of.
std::optional<NewPasskey> read_as(PasskeyAlgorithm algorithm, BytesView data) {
  const std::unique_ptr<fido_cred_t, FreeCred> cred{fido_cred_new()};
  if (!cred || fido_cred_set_type(cred.get(), cose_number(algorithm)) != FIDO_OK ||
      fido_cred_set_authdata_raw(cred.get(), data.data(), data.size()) != FIDO_OK) {
    return std::nullopt;
  }
  const auto id = view_of(fido_cred_id_ptr(cred.get()), fido_cred_id_len(cred.get()));
  const auto key = view_of(fido_cred_pubkey_ptr(cred.get()), fido_cred_pubkey_len(cred.get()));
  if (id.size() < shortest_credential || id.size() > longest_credential || key.size() != size_of(algorithm)) {
    return std::nullopt;
  }
  return NewPasskey{.credential = to_bytes(id),
                    .key = {.algorithm = algorithm, .bytes = to_bytes(key)},
                    .counter = fido_cred_sigcount(cred.get())};
}

int verify_with(const fido_assert_t* assertion, const PasskeyKey& key) {
  if (key.bytes.size() != size_of(key.algorithm)) return FIDO_ERR_INVALID_ARGUMENT;
  if (key.algorithm == PasskeyAlgorithm::es256) {
    const std::unique_ptr<es256_pk_t, FreeEs256> point{es256_pk_new()};
    if (!point) return FIDO_ERR_INTERNAL;
    const auto read = es256_pk_from_ptr(point.get(), key.bytes.data(), key.bytes.size());
    return read != FIDO_OK ? read : fido_assert_verify(assertion, 0, COSE_ES256, point.get());
  }
  const std::unique_ptr<eddsa_pk_t, FreeEddsa> point{eddsa_pk_new()};
  if (!point) return FIDO_ERR_INTERNAL;
  const auto read = eddsa_pk_from_ptr(point.get(), key.bytes.data(), key.bytes.size());
  return read != FIDO_OK ? read : fido_assert_verify(assertion, 0, COSE_EDDSA, point.get());
}

}  // namespace

Result<NewPasskey> read_new_passkey(std::string_view relying_party, BytesView authenticator_data) {
  TRYV(check_head(relying_party, authenticator_data));
  TRYV(check_credential(authenticator_data));
  for (const auto algorithm : {PasskeyAlgorithm::es256, PasskeyAlgorithm::eddsa}) {
    auto read = read_as(algorithm, authenticator_data);
    if (read) return std::move(*read);
  }
  return refused("form");
}

Result<std::uint32_t> verify_assertion(std::string_view relying_party, const PasskeyKey& key,
                                       const PasskeyAssertion& assertion) {
  TRYV(check_head(relying_party, assertion.authenticator_data));
  if (!claims_fit(assertion.authenticator_data.subspan(head_size))) return refused("form");
  if (assertion.signature.empty() || assertion.signature.size() > longest_signature) return refused("signature");
  const std::unique_ptr<fido_assert_t, FreeAssert> given{fido_assert_new()};
  const std::string name{relying_party};
  const auto hash = sha256(assertion.client_data);
  const auto& data = assertion.authenticator_data;
  if (!given || fido_assert_set_count(given.get(), 1) != FIDO_OK ||
      fido_assert_set_rp(given.get(), name.c_str()) != FIDO_OK ||
      fido_assert_set_clientdata_hash(given.get(), hash.data(), hash.size()) != FIDO_OK ||
      fido_assert_set_up(given.get(), FIDO_OPT_TRUE) != FIDO_OK ||
      fido_assert_set_uv(given.get(), FIDO_OPT_TRUE) != FIDO_OK ||
      fido_assert_set_authdata_raw(given.get(), 0, data.data(), data.size()) != FIDO_OK) {
    return refused("form");
  }
  if (fido_assert_set_sig(given.get(), 0, assertion.signature.data(), assertion.signature.size()) != FIDO_OK ||
      verify_with(given.get(), key) != FIDO_OK) {
    return refused("signature");
  }
  return fido_assert_sigcount(given.get(), 0);
}

}  // namespace lindung::crypto
