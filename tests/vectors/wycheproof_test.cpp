// Project Wycheproof: every test group of a primitive that we use runs, every other one is counted with the reason why
// not. A group is recognised by its type, curve and hash, never by the name of its file.
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "crypto/p256_table.h"
#include "vectors/bytes_of.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

[[nodiscard]] bool is_wycheproof(const json::value& value) {
  const auto* file = object_with(value, {"testGroups", "numberOfTests"});
  return file != nullptr && (file->contains("schema") || file->contains("algorithm")) &&
         file->at("testGroups").is_array();
}

const Format wycheproof{"wycheproof", is_wycheproof};

// A file's algorithm, and what its groups say of key and hash.
struct Group {
  std::string_view algorithm;
  std::string_view type;
  std::string_view curve;  // of the group or of its public key
  std::string_view sha;
  const json::object& members;
};

[[nodiscard]] Group read_group(const json::object& file, const json::object& group) {
  auto curve = text_of(group, "curve");
  if (const auto* key = group.if_contains("publicKey"); curve.empty() && key != nullptr && key->is_object()) {
    curve = text_of(key->get_object(), "curve");
  }
  return {.algorithm = text_of(file, "algorithm"),
          .type = text_of(group, "type"),
          .curve = curve,
          .sha = text_of(group, "sha"),
          .members = group};
}

// `covers`: our primitive. `why_not`: a parameter that we never use, empty if there is none. `accepts`: the operation
// succeeds with the output that the test expects.
struct Primitive {
  std::string_view name;
  bool (*covers)(const Group&);
  std::string (*why_not)(const Group&);
  bool (*accepts)(const Group&, const json::object& test);

  friend std::ostream& operator<<(std::ostream& out, const Primitive& primitive) { return out << primitive.name; }
};

[[nodiscard]] bool is_p256(const Group& group) { return group.curve == "secp256r1" || group.curve == "P-256"; }

[[nodiscard]] std::string nothing(const Group& /*group*/) { return {}; }

[[nodiscard]] bool has_flag(const json::object& test, std::string_view flag) {
  const auto* flags = test.if_contains("flags");
  if (flags == nullptr || !flags->is_array()) return false;
  const auto& all = flags->get_array();
  return std::ranges::any_of(
      all, [&](const auto& value) { return value.is_string() && std::string_view{value.get_string()} == flag; });
}

[[nodiscard]] std::string gcm_not_ours(const Group& group) {
  const auto key_bits = number_of(group.members, "keySize");
  if (number_of(group.members, "ivSize") != std::int64_t{8 * crypto::gcm_nonce_size}) return "nonce not of 12 bytes";
  if (number_of(group.members, "tagSize") != std::int64_t{8 * crypto::gcm_tag_size}) return "tag not of 16 bytes";
  if (key_bits != 128 && key_bits != 256) return "AES-192 is not used";
  return {};
}

[[nodiscard]] bool gcm_accepts(const Group& /*group*/, const json::object& test) {
  const auto key = bytes_of(test, "key");
  const auto nonce = array_of<crypto::gcm_nonce_size>(test, "iv");
  const auto aad = bytes_of(test, "aad");
  const auto message = bytes_of(test, "msg");
  auto sealed = bytes_of(test, "ct");
  const auto tag = bytes_of(test, "tag");
  sealed.insert(sealed.end(), tag.begin(), tag.end());
  const auto opened = crypto::gcm_open(key, nonce, aad, sealed);
  return opened && opened.value() == message && crypto::gcm_seal(key, nonce, aad, message) == sealed;
}

// Truncated tags are prefixes of the MAC.
[[nodiscard]] bool hmac_accepts(const Group& group, const json::object& test) {
  const auto mac = crypto::HmacKey{bytes_of(test, "key")}.mac(bytes_of(test, "msg"));
  const auto size = static_cast<std::size_t>(number_of(group.members, "tagSize") / 8);
  return size <= mac.size() && equal_secret(BytesView{mac}.first(size), bytes_of(test, "tag"));
}

[[nodiscard]] bool hkdf_accepts(const Group& /*group*/, const json::object& test) {
  const auto prk = crypto::hkdf_extract(bytes_of(test, "salt"), {bytes_of(test, "ikm")});
  const auto info = bytes_of(test, "info");
  Bytes okm(static_cast<std::size_t>(number_of(test, "size")));
  if (okm.size() > std::size_t{255} * 32) {  // RFC 5869 section 2.3; for us a programming error
    EXPECT_DEATH(crypto::hkdf_expand(prk.view(), {info}, okm), "more than 255 blocks");
    return false;
  }
  crypto::hkdf_expand(prk.view(), {info}, okm);
  return okm == bytes_of(test, "okm");
}

[[nodiscard]] bool ed25519_accepts(const Group& group, const json::object& test) {
  const auto key = crypto::Ed25519PublicKey::from_bytes(bytes_of(group.members.at("publicKey").as_object(), "pk"));
  const auto signature = bytes_of(test, "sig");
  return key && signature.size() == crypto::Ed25519Signature{}.size() &&
         key.value().verifies(bytes_of(test, "msg"), take<64>(signature));
}

[[nodiscard]] auto es256_key(const Group& group) {
  return crypto::Es256PublicKey::from_point(bytes_of(group.members.at("publicKey").as_object(), "uncompressed"));
}

[[nodiscard]] bool es256_der_accepts(const Group& group, const json::object& test) {
  const auto key = es256_key(group);
  return key && key.value().verifies_der(bytes_of(test, "msg"), bytes_of(test, "sig"));
}

[[nodiscard]] bool es256_p1363_accepts(const Group& group, const json::object& test) {
  const auto key = es256_key(group);
  const auto signature = bytes_of(test, "sig");
  return key && signature.size() == crypto::Es256Signature{}.size() &&
         key.value().verifies(bytes_of(test, "msg"), take<64>(signature));
}

// Both ways of a signer's key, with its table and without; what they do not say alike is no answer.
[[nodiscard]] bool signer_key_accepts(const Group& group, const json::object& test, BytesView signature) {
  const auto point = bytes_of(group.members.at("publicKey").as_object(), "uncompressed");
  if (point.size() != 65) return false;
  const auto x = BytesView{point}.subspan(1, 32);
  const auto y = BytesView{point}.last(32);
  const auto key = crypto::CertificateKey::from_coordinates(crypto::KeyKind::p256, x, y);
  if (!key) return false;
  // A table costs more than a file: that of the last group is kept.
  static Bytes point_of_table;
  static std::unique_ptr<const crypto::P256Table> table;
  if (point_of_table != point) {
    table = crypto::P256Table::make(x, y);
    point_of_table = point;
  }
  if (table == nullptr) {
    ADD_FAILURE() << "no table for a point of the vectors";
    return false;
  }
  const auto message = bytes_of(test, "msg");
  const bool by_evp = key.value().verifies(crypto::SignatureAlgorithm::es256, message, signature);
  const bool by_table = table->verifies(crypto::sha256(message), signature);
  EXPECT_EQ(by_table, by_evp) << "tcId " << number_of(test, "tcId");
  return by_evp && by_table;
}

[[nodiscard]] bool signer_p1363_accepts(const Group& group, const json::object& test) {
  return signer_key_accepts(group, test, bytes_of(test, "sig"));
}

// r | s of a signature in DER; none where there is another spelling, or a number that no 32 bytes hold.
[[nodiscard]] std::optional<Bytes> pair_of(BytesView der) {
  const auto* at = der.data();
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair{
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), &ECDSA_SIG_free};
  ERR_clear_error();
  if (pair == nullptr || static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)) != der.size()) return {};
  Bytes again(der.size());
  auto* out = again.data();
  i2d_ECDSA_SIG(pair.get(), &out);
  Bytes numbers(64);
  const bool fits = BN_is_negative(ECDSA_SIG_get0_r(pair.get())) == 0 &&
                    BN_is_negative(ECDSA_SIG_get0_s(pair.get())) == 0 &&
                    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), numbers.data(), 32) == 32 &&
                    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), numbers.data() + 32, 32) == 32;
  return fits && std::ranges::equal(again, der) ? std::optional{numbers} : std::nullopt;
}

[[nodiscard]] bool signer_der_accepts(const Group& group, const json::object& test) {
  const auto signature = pair_of(bytes_of(test, "sig"));
  return signature && signer_key_accepts(group, test, *signature);
}

[[nodiscard]] bool ps256_accepts(const Group& group, const json::object& test) {
  const auto& members = group.members.at("publicKey").as_object();
  const auto key =
      crypto::CertificateKey::from_modulus(bytes_of(members, "modulus"), bytes_of(members, "publicExponent"));
  return key && key.value().verifies(crypto::SignatureAlgorithm::ps256, bytes_of(test, "msg"), bytes_of(test, "sig"));
}

[[nodiscard]] bool x25519_accepts(const Group& /*group*/, const json::object& test) {
  const auto key = crypto::X25519PrivateKey::from_bytes(Secret<32>{array_of<32>(test, "private")});
  const auto shared = key.derive(array_of<32>(test, "public"));
  return shared && to_bytes(shared.value().view()) == bytes_of(test, "shared");
}

constexpr Primitive aes_gcm{
    .name = "aes-gcm",
    .covers = [](const Group& group) { return group.type == "AeadTest" && group.algorithm == "AES-GCM"; },
    .why_not = gcm_not_ours,
    .accepts = gcm_accepts};
constexpr Primitive hmac_sha256{
    .name = "hmac-sha256",
    .covers = [](const Group& group) { return group.type == "MacTest" && group.algorithm == "HMACSHA256"; },
    .why_not = nothing,
    .accepts = hmac_accepts};
constexpr Primitive hkdf_sha256{
    .name = "hkdf-sha256",
    .covers = [](const Group& group) { return group.type == "HkdfTest" && group.algorithm == "HKDF-SHA-256"; },
    .why_not = nothing,
    .accepts = hkdf_accepts};
constexpr Primitive ed25519{
    .name = "ed25519",
    .covers = [](const Group& group) { return group.type == "EddsaVerify" && group.curve == "edwards25519"; },
    .why_not = nothing,
    .accepts = ed25519_accepts};
constexpr Primitive x25519{
    .name = "x25519",
    .covers = [](const Group& group) { return group.type == "XdhComp" && group.curve == "curve25519"; },
    .why_not = nothing,
    .accepts = x25519_accepts};
constexpr Primitive es256_der{
    .name = "es256-der",
    .covers =
        [](const Group& group) { return group.type == "EcdsaVerify" && is_p256(group) && group.sha == "SHA-256"; },
    .why_not = nothing,
    .accepts = es256_der_accepts};
constexpr Primitive es256_p1363{
    .name = "es256-p1363",
    .covers =
        [](const Group& group) { return group.type == "EcdsaP1363Verify" && is_p256(group) && group.sha == "SHA-256"; },
    .why_not = nothing,
    .accepts = es256_p1363_accepts};
constexpr Primitive signer_der{
    .name = "signer-der", .covers = es256_der.covers, .why_not = nothing, .accepts = signer_der_accepts};
constexpr Primitive signer_p1363{
    .name = "signer-p1363", .covers = es256_p1363.covers, .why_not = nothing, .accepts = signer_p1363_accepts};
constexpr Primitive ps256{.name = "ps256",
                          .covers =
                              [](const Group& group) {
                                return group.type == "RsassaPssVerify" && group.sha == "SHA-256" &&
                                       text_of(group.members, "mgfSha") == "SHA-256" &&
                                       number_of(group.members, "sLen") == 32;
                              },
                          .why_not = nothing,
                          .accepts = ps256_accepts};
constexpr std::array primitives{ps256,  aes_gcm,   hmac_sha256, hkdf_sha256, ed25519,
                                x25519, es256_der, es256_p1363, signer_der,  signer_p1363};

// What Wycheproof leaves open ("acceptable") is settled here. X25519: twist points and non-canonical public keys count
// (RFC 7748 section 5), an all-zero secret is refused (RFC 9180 section 7.1.4). Nothing else of ours has such cases.
[[nodiscard]] bool must_accept(const json::object& test) {
  const auto result = text_of(test, "result");
  return result == "valid" || (result == "acceptable" && !has_flag(test, "ZeroSharedSecret"));
}

using GroupVisitor = std::function<void(const Group&, const json::array& tests, const std::string& file)>;

std::size_t for_each_group(const GroupVisitor& visit) {
  return Folder::get().for_each_json(is_wycheproof, [&](const JsonFile& file) {
    const auto& members = file.value.get_object();
    for (const auto& value : members.at("testGroups").get_array()) {
      const auto* group = object_with(value, {"type", "tests"});
      ASSERT_NE(group, nullptr) << file.name << " has a group without type or tests";
      visit(read_group(members, *group), group->at("tests").as_array(), file.name);
    }
  });
}

void run(const Primitive& primitive, Balance& balance) {
  for_each_group([&](const Group& group, const json::array& tests, const std::string& file) {
    if (!primitive.covers(group)) return;
    const auto why_not = primitive.why_not(group);
    for (const auto& value : tests) {
      const auto& test = value.as_object();
      if (!why_not.empty()) {
        balance.skip(why_not);
        continue;
      }
      const bool wanted = must_accept(test);
      balance.judge(primitive.accepts(group, test) == wanted, file + " tcId " + std::to_string(number_of(test, "tcId")),
                    wanted ? "not accepted" : "not refused");
    }
  });
}

// The row of a primitive in docs/conformance.md, as it has to stand there. Empty: it stands there with these counts.
[[nodiscard]] std::string missing_row(std::string_view primitive, const Balance& balance) {
  std::ifstream in{LINDUNG_SOURCE_DIR "/docs/conformance.md"};
  const std::string page{std::istreambuf_iterator<char>{in}, {}};
  auto row = "| `" + std::string{primitive} + "` | " + std::to_string(balance.ran()) + " | " +
             std::to_string(balance.skipped()) + " |";
  return page.find(row) == std::string::npos ? row : std::string{};
}

class Wycheproof : public testing::TestWithParam<Primitive> {};

TEST_P(Wycheproof, primitive_accepts_and_refuses_as_its_vectors_say) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"wycheproof " + std::string{GetParam().name}};
  run(GetParam(), balance);
  if (balance.ran() == 0 && Folder::get().demanded()) {
    GTEST_SKIP() << "NO VECTORS of " << GetParam().name << " in " << Folder::get().root();
  }
  EXPECT_GT(balance.ran(), 0U);
  EXPECT_EQ(missing_row(GetParam().name, balance), "") << "docs/conformance.md must say how many of these vectors ran";
}

INSTANTIATE_TEST_SUITE_P(Each, Wycheproof, testing::ValuesIn(primitives), [](const auto& instance) {
  std::string name{instance.param.name};
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(WycheproofRest, belongs_to_primitives_or_encodings_that_are_not_used) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"wycheproof rest"};
  for_each_group([&](const Group& group, const json::array& tests, const std::string& /*file*/) {
    if (std::ranges::any_of(primitives, [&](const auto& ours) { return ours.covers(group); })) return;
    std::string why{"primitive or encoding not used:"};
    for (const auto part : {group.type, group.algorithm, group.curve, group.sha}) {
      if (!part.empty()) why.append(" ").append(part);
    }
    for (std::size_t i = 0; i < tests.size(); ++i) balance.skip(why);
  });
  EXPECT_EQ(balance.ran(), 0U);
  EXPECT_EQ(missing_row("not used here", balance), "");
}

}  // namespace
}  // namespace lindung::vectors
