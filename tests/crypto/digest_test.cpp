// SHA-256, HMAC and HKDF against the examples of their standards, and in the ways a caller can split a message.
#include "crypto/digest.h"

#include <gtest/gtest.h>

#include <cstddef>

#include "base/bytes.h"
#include "hex.h"

namespace lindung::crypto {
namespace {

using test::hex;
using test::hex_array;

TEST(Sha256, gives_the_digest_of_fips_180_4) {
  EXPECT_EQ(sha256(as_bytes("abc")), hex_array<32>("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  EXPECT_EQ(sha256(BytesView{}), hex_array<32>("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

TEST(Sha256, does_not_depend_on_how_a_message_is_cut_into_pieces) {
  EXPECT_EQ(sha256({as_bytes("a"), {}, as_bytes("bc")}), sha256(as_bytes("abc")));
}

// RFC 4231 sections 4.2 and 4.7 (a key longer than a block).
TEST(Hmac, gives_the_macs_of_rfc_4231) {
  EXPECT_EQ(hmac_sha256(Bytes(20, 0x0b), {as_bytes("Hi There")}),
            hex_array<32>("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
  EXPECT_EQ(hmac_sha256(Bytes(131, 0xaa), {as_bytes("Test Using Larger Than Block-Size Key - Hash Key First")}),
            hex_array<32>("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

TEST(Hmac, key_prepared_once_gives_the_same_mac_each_time_and_from_each_copy) {
  const HmacKey key{as_bytes("key")};
  const auto first = key.mac(as_bytes("message"));
  HmacKey copy{as_bytes("another")};
  copy = key;
  EXPECT_EQ(key.mac({as_bytes("mess"), as_bytes("age")}), first);
  EXPECT_EQ(copy.mac(as_bytes("message")), first);
  EXPECT_NE(copy.mac(as_bytes("massage")), first);
}

TEST(Hmac, mac_may_be_written_over_a_piece_of_its_message) {
  const HmacKey key{as_bytes("key")};
  auto memory = hex_array<32>("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  const auto expected = key.mac(memory);
  key.mac_into(memory, memory, {}, {});
  EXPECT_EQ(memory, expected);
}

// RFC 5869 appendices A.1 and A.3 (no salt, no info).
TEST(Hkdf, gives_the_keys_of_rfc_5869) {
  const Bytes ikm(22, 0x0b);
  const auto prk = hkdf_extract(hex("000102030405060708090a0b0c"), {ikm});
  EXPECT_EQ(to_bytes(prk.view()), hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
  const auto okm = hkdf_expand<42>(prk.view(), {hex("f0f1f2f3f4f5f6f7f8f9")});
  EXPECT_EQ(to_bytes(okm.view()),
            hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));

  const auto unsalted = hkdf_expand<42>(hkdf_extract({}, {ikm}).view(), {});
  EXPECT_EQ(to_bytes(unsalted.view()),
            hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"));
}

TEST(Hkdf, fills_up_to_255_blocks_and_ends_the_process_beyond) {
  const auto prk = hkdf_extract({}, {as_bytes("ikm")});
  Bytes most(std::size_t{255} * 32);
  hkdf_expand(prk.view(), {}, most);
  EXPECT_FALSE(all_zero(BytesView{most}.last(32)));
  Bytes more(most.size() + 1);
  EXPECT_DEATH(hkdf_expand(prk.view(), {}, more), "more than 255 blocks");
}

}  // namespace
}  // namespace lindung::crypto
