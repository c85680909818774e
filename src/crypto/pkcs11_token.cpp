// Objects and templates of the PKCS#11 2.40 base specification; CKM_ECDSA and CKA_EC_POINT of its current mechanisms,
// section 2.3.
#include "crypto/pkcs11_token.h"

#include <p11-kit/pkcs11.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/es256_signer.h"
#include "crypto/pkcs11_connection.h"
#include "crypto/pkcs11_module.h"

namespace lindung::crypto {
namespace {

using Access = Pkcs11Connection::Access;

// DER of the name prime256v1, 1.2.840.10045.3.1.7.
constexpr std::array<std::uint8_t, 10> p256_name{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::size_t point_size = 65;
constexpr std::size_t longest_attribute = 256;

// The calls take no const and change nothing.
template <class Value>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, Value& value) {
  return {.type = type, .pValue = &value, .ulValueLen = sizeof value};
}
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, std::string& text) {
  return {.type = type, .pValue = text.data(), .ulValueLen = text.size()};
}

struct Found {
  CK_OBJECT_HANDLE object{};
  CK_ULONG count{};  // 2: several
};

CK_RV find(const CK_FUNCTION_LIST& calls, CK_SESSION_HANDLE session, CK_OBJECT_CLASS kind, std::string label,
           Found& found) {
  CK_KEY_TYPE curve = CKK_EC;
  std::array<CK_ATTRIBUTE, 3> wanted{attribute(CKA_CLASS, kind), attribute(CKA_KEY_TYPE, curve),
                                     attribute(CKA_LABEL, label)};
  auto answer = calls.C_FindObjectsInit(session, wanted.data(), wanted.size());
  if (answer != CKR_OK) return answer;
  std::array<CK_OBJECT_HANDLE, 2> objects{};
  answer = calls.C_FindObjects(session, objects.data(), objects.size(), &found.count);
  calls.C_FindObjectsFinal(session);
  found.object = objects[0];
  return answer;
}

CK_RV read_attribute(const CK_FUNCTION_LIST& calls, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                     CK_ATTRIBUTE_TYPE type, Bytes& out) {
  out.assign(longest_attribute, 0);
  CK_ATTRIBUTE wanted{.type = type, .pValue = out.data(), .ulValueLen = out.size()};
  const auto answer = calls.C_GetAttributeValue(session, object, &wanted, 1);
  out.resize(answer == CKR_OK ? std::min<std::size_t>(wanted.ulValueLen, out.size()) : 0);
  return answer;
}

// An OCTET STRING with the point in it; some devices give the point itself.
std::optional<Bytes> point_in(BytesView value) {
  if (value.size() == point_size + 2 && value[0] == 0x04 && value[1] == point_size) value = value.subspan(2);
  if (value.size() != point_size || value[0] != 0x04) return std::nullopt;
  return to_bytes(value);
}

class DeviceSigner final : public Es256Signer {
 public:
  DeviceSigner(std::shared_ptr<Pkcs11Connection> connection, std::string label, Bytes point, Es256PublicKey key)
      : connection_{std::move(connection)},
        label_{std::move(label)},
        point_{std::move(point)},
        public_key_{std::move(key)} {}

  [[nodiscard]] Bytes public_point() const override { return point_; }

  [[nodiscard]] Result<Es256Signature> sign(BytesView message) const override {
    auto digest = sha256(message);
    Es256Signature out;
    const auto done = connection_->run("C_Sign", Access::read, [&](const Pkcs11Session& session) {
      CK_OBJECT_HANDLE key = 0;
      if (const auto answer = handle(session, key); answer != CKR_OK) return answer;
      CK_MECHANISM mechanism{.mechanism = CKM_ECDSA, .pParameter = nullptr, .ulParameterLen = 0};
      if (const auto answer = calls().C_SignInit(session.handle, &mechanism, key); answer != CKR_OK) return answer;
      CK_ULONG size = out.size();
      const auto answer = calls().C_Sign(session.handle, digest.data(), digest.size(), out.data(), &size);
      return answer == CKR_OK && size != out.size() ? CK_RV{CKR_DEVICE_ERROR} : answer;
    });
    if (!done) return fail(Errc::unavailable, "the device does not sign: " + done.error().text());
    // A device that errs, or whose two halves of a pair are of different pairs, is found here and not by a verifier.
    if (!public_key_.verifies(message, out)) return fail(Errc::unavailable, "the device's signature does not hold");
    return out;
  }

 private:
  [[nodiscard]] const CK_FUNCTION_LIST& calls() const noexcept { return connection_->calls(); }

  [[nodiscard]] CK_RV handle(const Pkcs11Session& session, CK_OBJECT_HANDLE& key) const {
    {
      const std::scoped_lock lock{mutex_};
      if (life_ == session.life) {
        key = handle_;
        return CKR_OK;
      }
    }
    Found found;
    const auto answer = find(calls(), session.handle, CKO_PRIVATE_KEY, label_, found);
    if (answer != CKR_OK) return answer;
    if (found.count != 1) return CKR_KEY_NEEDED;
    const std::scoped_lock lock{mutex_};
    life_ = session.life;
    handle_ = key = found.object;
    return CKR_OK;
  }

  std::shared_ptr<Pkcs11Connection> connection_;
  std::string label_;
  Bytes point_;
  Es256PublicKey public_key_;
  mutable std::mutex mutex_;
  mutable std::uint64_t life_{};
  mutable CK_OBJECT_HANDLE handle_{};
};

}  // namespace

Result<Pkcs11Token> Pkcs11Token::open(Pkcs11Settings settings) {
  TRY(module, Pkcs11Module::load(settings.module));
  auto connection =
      std::make_shared<Pkcs11Connection>(std::move(module), std::move(settings.token), std::move(settings.pin));
  TRYV(connection->connect());
  return Pkcs11Token{std::move(connection)};
}

Result<std::shared_ptr<const Es256Signer>> Pkcs11Token::key(std::string_view label) const {
  const auto& calls = connection_->calls();
  const std::string name{label};
  Found private_key;
  Found public_key;
  Bytes curve;
  Bytes value;
  TRYV(connection_->run("C_FindObjects", Access::read, [&](const Pkcs11Session& session) {
    auto answer = find(calls, session.handle, CKO_PRIVATE_KEY, name, private_key);
    if (answer == CKR_OK) answer = find(calls, session.handle, CKO_PUBLIC_KEY, name, public_key);
    if (answer != CKR_OK || private_key.count != 1 || public_key.count != 1) return answer;
    answer = read_attribute(calls, session.handle, public_key.object, CKA_EC_PARAMS, curve);
    if (answer == CKR_OK) answer = read_attribute(calls, session.handle, public_key.object, CKA_EC_POINT, value);
    return answer;
  }));
  if (private_key.count == 0 || public_key.count == 0) return fail(Errc::not_found, "no key pair of that label");
  if (private_key.count > 1 || public_key.count > 1) return fail(Errc::conflict, "several keys of that label");
  const auto point = std::ranges::equal(curve, p256_name) ? point_in(value) : std::nullopt;
  if (!point) return fail(Errc::unsupported_key, "the device's key is not on P-256");
  auto read = Es256PublicKey::from_point(*point);
  if (!read) return fail(Errc::unsupported_key, "the device's public key is no point");
  return std::make_shared<const DeviceSigner>(connection_, name, *point, std::move(read.value()));
}

Result<std::shared_ptr<const Es256Signer>> Pkcs11Token::generate(std::string_view label) const {
  const auto& calls = connection_->calls();
  std::string name{label};
  auto curve = p256_name;
  bool taken = false;
  TRYV(connection_->run("C_GenerateKeyPair", Access::write, [&](const Pkcs11Session& session) {
    Found before;
    const auto answer = find(calls, session.handle, CKO_PRIVATE_KEY, name, before);
    taken = before.count != 0;
    if (answer != CKR_OK || taken) return answer;
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    std::array<CK_ATTRIBUTE, 4> of_public{attribute(CKA_TOKEN, yes), attribute(CKA_VERIFY, yes),
                                          attribute(CKA_LABEL, name), attribute(CKA_EC_PARAMS, curve)};
    std::array<CK_ATTRIBUTE, 6> of_private{attribute(CKA_TOKEN, yes),     attribute(CKA_PRIVATE, yes),
                                           attribute(CKA_SENSITIVE, yes), attribute(CKA_EXTRACTABLE, no),
                                           attribute(CKA_SIGN, yes),      attribute(CKA_LABEL, name)};
    CK_MECHANISM mechanism{.mechanism = CKM_EC_KEY_PAIR_GEN, .pParameter = nullptr, .ulParameterLen = 0};
    CK_OBJECT_HANDLE public_key = 0;
    CK_OBJECT_HANDLE private_key = 0;
    return calls.C_GenerateKeyPair(session.handle, &mechanism, of_public.data(), of_public.size(), of_private.data(),
                                   of_private.size(), &public_key, &private_key);
  }));
  if (taken) return fail(Errc::conflict, "a key of that label is there already");
  return key(label);
}

}  // namespace lindung::crypto
