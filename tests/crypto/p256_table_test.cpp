// The way through a table against OpenSSL's own verification of the same digest: valid, changed and at all edges.
#include "crypto/p256_table.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/library.h"
#include "crypto/random.h"

namespace lindung::crypto {
namespace {

// FIPS 186-5, SP 800-186 section 3.2.1.3: order and field of P-256.
constexpr std::string_view order_hex = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr std::string_view field_hex = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

using NumberOwner = std::unique_ptr<BIGNUM, Released<BN_free>>;
using Scalar = ByteArray<32>;

Scalar scalar_of(std::string_view hex, int more = 0) {
  BIGNUM* parsed = nullptr;
  BN_hex2bn(&parsed, std::string{hex}.c_str());
  const NumberOwner number{parsed};
  if (more > 0) BN_add_word(parsed, static_cast<BN_ULONG>(more));
  if (more < 0) BN_sub_word(parsed, static_cast<BN_ULONG>(-more));
  Scalar out;
  BN_bn2binpad(parsed, out.data(), static_cast<int>(out.size()));
  return out;
}

Scalar order_minus(const Scalar& scalar) {
  BIGNUM* parsed = nullptr;
  BN_hex2bn(&parsed, std::string{order_hex}.c_str());
  const NumberOwner order{parsed};
  const NumberOwner number{BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), nullptr)};
  BN_sub(parsed, parsed, number.get());
  Scalar out;
  BN_bn2binpad(parsed, out.data(), static_cast<int>(out.size()));
  return out;
}

Bytes joined(BytesView r, BytesView s) {
  auto out = to_bytes(r);
  out.insert(out.end(), s.begin(), s.end());
  return out;
}

// A key, verified by EVP with nothing of ours between.
class Key {
 public:
  explicit Key(Es256PrivateKey key) : point_{key.public_point()} {
    std::string group{SN_X9_62_prime256v1};
    std::array<OSSL_PARAM, 3> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point_.data(), point_.size()),
        OSSL_PARAM_construct_end(),
    };
    const KeyContextOwner making{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
    EVP_PKEY* native = nullptr;
    EXPECT_EQ(EVP_PKEY_fromdata_init(making.get()), 1);
    EXPECT_EQ(EVP_PKEY_fromdata(making.get(), &native, EVP_PKEY_PUBLIC_KEY, parameters.data()), 1);
    native_.reset(native);
    context_.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, native, nullptr));
    EXPECT_EQ(EVP_PKEY_verify_init(context_.get()), 1);
    table_ = P256Table::make(x(), y());
  }

  [[nodiscard]] BytesView x() const { return BytesView{point_}.subspan(1, 32); }
  [[nodiscard]] BytesView y() const { return BytesView{point_}.last(32); }
  [[nodiscard]] const P256Table* table() const { return table_.get(); }
  [[nodiscard]] bool by_evp(const Hash& digest, const Bytes& signature) const {
    const QuietErrors quiet;
    std::unique_ptr<ECDSA_SIG, Released<ECDSA_SIG_free>> pair{ECDSA_SIG_new()};
    ECDSA_SIG_set0(pair.get(), BN_bin2bn(signature.data(), 32, nullptr), BN_bin2bn(signature.data() + 32, 32, nullptr));
    std::array<std::uint8_t, 80> der{};
    auto* end = der.data();
    const auto size = static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), &end));
    return EVP_PKEY_verify(context_.get(), der.data(), size, digest.data(), digest.size()) == 1;
  }

 private:
  Bytes point_;
  KeyOwner native_;
  KeyContextOwner context_;
  std::unique_ptr<const P256Table> table_;
};

std::vector<Scalar> edges() {
  std::vector<Scalar> out{Scalar{}, scalar_of("01"), scalar_of("02")};
  for (const int more : {-2, -1, 0, 1}) out.push_back(scalar_of(order_hex, more));
  for (const int more : {-1, 0, 1}) out.push_back(scalar_of(field_hex, more));
  Scalar all;
  all.fill(0xff);
  out.push_back(all);
  return out;
}

TEST(P256Table, judges_true_and_changed_signatures_as_evp_does) {
  std::size_t held = 0;
  std::size_t refused = 0;
  for (int k = 0; k < 4; ++k) {
    const auto own = Es256PrivateKey::generate().value();
    const Key key{own};
    ASSERT_NE(key.table(), nullptr);
    for (int i = 0; i < 40; ++i) {
      const auto message = random_bytes<40>();
      const auto signature = own.sign(message).value();
      const auto digest = sha256(message);
      auto bytes = to_bytes(signature);
      ASSERT_TRUE(key.by_evp(digest, bytes));
      ASSERT_TRUE(key.table()->verifies(digest, bytes));
      ++held;
      // Valid as well: s and n - s are signatures of the same.
      auto other = joined(BytesView{bytes}.first(32), order_minus(take<32>(BytesView{bytes}.last(32))));
      ASSERT_TRUE(key.by_evp(digest, other));
      ASSERT_TRUE(key.table()->verifies(digest, other));
      const auto places = random_bytes<8>();
      for (const auto place : places) {
        auto changed = bytes;
        changed[place % 64] ^= static_cast<std::uint8_t>(1U << (place / 64U));
        ASSERT_FALSE(key.by_evp(digest, changed));
        ASSERT_FALSE(key.table()->verifies(digest, changed));
        ++refused;
      }
      auto another = digest;
      another[places[0] % 32] ^= 1U;
      ASSERT_FALSE(key.table()->verifies(another, bytes));
    }
  }
  EXPECT_EQ(held, 160U);
  EXPECT_EQ(refused, 1280U);
}

TEST(P256Table, judges_every_pair_of_edges_as_evp_does) {
  const auto own = Es256PrivateKey::generate().value();
  const Key key{own};
  ASSERT_NE(key.table(), nullptr);
  const auto signature = own.sign(as_bytes("a message")).value();
  auto scalars = edges();
  scalars.push_back(take<32>(BytesView{signature}.first(32)));
  scalars.push_back(take<32>(BytesView{signature}.last(32)));
  auto digests = edges();
  digests.push_back(sha256(as_bytes("a message")));
  std::size_t held = 0;
  for (const auto& r : scalars) {
    for (const auto& s : scalars) {
      for (const auto& digest : digests) {
        const auto pair = joined(r, s);
        const bool expected = key.by_evp(digest, pair);
        ASSERT_EQ(key.table()->verifies(digest, pair), expected);
        held += expected ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(held, 1U);
}

// With the scalar 1 the key's point is the generator: e = r makes both products one point, e = n - r opposite ones.
TEST(P256Table, adds_equal_and_opposite_products_as_evp_does) {
  Secret<32> one;
  one.mutable_view()[31] = 1;
  const Key key{Es256PrivateKey::from_scalar(one).value()};
  ASSERT_NE(key.table(), nullptr);
  for (int i = 0; i < 20; ++i) {
    auto r = random_bytes<32>();
    auto s = random_bytes<32>();
    r[0] = 0x7f;
    s[0] = 0x7f;
    const auto pair = joined(r, s);
    EXPECT_EQ(key.table()->verifies(r, pair), key.by_evp(r, pair));
    EXPECT_FALSE(key.table()->verifies(order_minus(r), pair));
    EXPECT_FALSE(key.by_evp(order_minus(r), pair));
    // e = 0 leaves the key's product alone.
    EXPECT_EQ(key.table()->verifies(Hash{}, pair), key.by_evp(Hash{}, pair));
  }
  // Both products are G, and r is x(2G): the one signature here that holds.
  const auto double_x = scalar_of("7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978");
  EXPECT_TRUE(key.table()->verifies(double_x, joined(double_x, double_x)));
  EXPECT_TRUE(key.by_evp(double_x, joined(double_x, double_x)));
}

TEST(P256Table, is_not_made_for_what_is_no_point_nor_for_signatures_of_another_length) {
  const Key key{Es256PrivateKey::generate().value()};
  const auto before = P256Table::alive();
  EXPECT_EQ(P256Table::make(key.x(), key.x()), nullptr);
  EXPECT_EQ(P256Table::make(Scalar{}, Scalar{}), nullptr);
  EXPECT_EQ(P256Table::alive(), before);
  ASSERT_NE(key.table(), nullptr);
  EXPECT_FALSE(key.table()->verifies(Hash{}, Bytes(63, 1)));
  EXPECT_FALSE(key.table()->verifies(Hash{}, Bytes(96, 1)));
}

TEST(CertificateKey, gets_a_table_once_it_was_worth_it_and_judges_as_before) {
  const auto own = Es256PrivateKey::generate().value();
  const auto point = own.public_point();
  const auto before = P256Table::alive();
  {
    const auto key =
        CertificateKey::from_coordinates(KeyKind::p256, BytesView{point}.subspan(1, 32), BytesView{point}.last(32))
            .value();
    const auto signature = own.sign(as_bytes("a message")).value();
    const auto holds = [&](std::string_view message) {
      return key.verifies(SignatureAlgorithm::es256, as_bytes(message), signature);
    };
    // What does not hold brings no key nearer to its table: nobody fills the memory with forgeries.
    for (std::uint32_t i = 0; i < CertificateKey::verified_before_table; ++i) ASSERT_FALSE(holds("another message"));
    for (std::uint32_t i = 1; i < CertificateKey::verified_before_table; ++i) ASSERT_TRUE(holds("a message"));
    EXPECT_EQ(P256Table::alive(), before);
    EXPECT_TRUE(holds("a message"));
    EXPECT_EQ(P256Table::alive(), before + 1);
    EXPECT_TRUE(holds("a message"));
    EXPECT_FALSE(holds("another message"));
    EXPECT_FALSE(key.verifies(SignatureAlgorithm::ps256, as_bytes("a message"), signature));
    EXPECT_FALSE(key.verifies(SignatureAlgorithm::es256, as_bytes("a message"), BytesView{signature}.first(63)));
  }
  EXPECT_EQ(P256Table::alive(), before);
}

TEST(P256Table, is_not_made_where_there_are_as_many_as_may_be) {
  const Key key{Es256PrivateKey::generate().value()};
  const auto alive = P256Table::alive();
  EXPECT_EQ(P256Table::make(key.x(), key.y(), alive), nullptr);
  EXPECT_EQ(P256Table::alive(), alive);
  EXPECT_NE(P256Table::make(key.x(), key.y(), alive + 1), nullptr);
}

}  // namespace
}  // namespace lindung::crypto
