// HPKE: the two ends agree, and nothing else opens; exact values are the matter of tests/vectors.
#include "crypto/hpke.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/response_keys.h"
#include "hex.h"

namespace lindung::crypto {
namespace {

using test::hex;
using test::hex_array;

struct Sent {
  X25519PrivateKey recipient = X25519PrivateKey::generate();
  Bytes info = to_bytes(as_bytes("lindung request v1"));
  Bytes aad = to_bytes(as_bytes("nonce, created"));
  Bytes plaintext = Bytes(256, 0x5a);
  HpkeSender sender = hpke_send(recipient.public_key(), X25519PrivateKey::generate(), info).value();
  Bytes ciphertext = sender.context.seal(aad, plaintext);

  [[nodiscard]] Result<Bytes> open(const X25519PublicKey& enc, BytesView with_info, BytesView with_aad,
                                   BytesView text) const {
    TRY(context, hpke_receive(recipient, enc, with_info));
    return context.open(with_aad, text);
  }
};

void expect_refused(const Result<Bytes>& opened) {
  ASSERT_TRUE(opened.has_error());
  EXPECT_EQ(opened.error().code, Errc::malformed);
}

TEST(Hpke, recipient_opens_and_both_ends_export_the_same_secret) {
  const Sent sent;
  const auto context = hpke_receive(sent.recipient, sent.sender.enc, sent.info).value();
  EXPECT_EQ(context.open(sent.aad, sent.ciphertext).value(), sent.plaintext);
  Bytes out(256);
  ASSERT_TRUE(context.open(sent.aad, sent.ciphertext, out).has_value());
  EXPECT_EQ(out, sent.plaintext);

  Secret<16> ours;
  Secret<16> theirs;
  Secret<16> other;
  context.export_secret(as_bytes("lindung response v1"), ours.mutable_view());
  sent.sender.context.export_secret(as_bytes("lindung response v1"), theirs.mutable_view());
  context.export_secret(as_bytes("another label"), other.mutable_view());
  EXPECT_EQ(to_bytes(ours.view()), to_bytes(theirs.view()));
  EXPECT_NE(to_bytes(ours.view()), to_bytes(other.view()));
}

TEST(Hpke, refuses_any_flipped_bit_of_what_was_sent) {
  const Sent sent;
  for (std::size_t bit = 0; bit < sent.ciphertext.size() * 8; ++bit) {
    auto text = sent.ciphertext;
    text[bit / 8] = static_cast<std::uint8_t>(text[bit / 8] ^ (1U << (bit % 8)));
    expect_refused(sent.open(sent.sender.enc, sent.info, sent.aad, text));
  }
  // The top bit of enc is masked by X25519 (RFC 7748 section 5), and bound by kem_context all the same.
  for (std::size_t bit = 0; bit < sent.sender.enc.size() * 8; ++bit) {
    auto enc = sent.sender.enc;
    enc[bit / 8] = static_cast<std::uint8_t>(enc[bit / 8] ^ (1U << (bit % 8)));
    expect_refused(sent.open(enc, sent.info, sent.aad, sent.ciphertext));
  }
}

TEST(Hpke, refuses_another_info_aad_or_recipient) {
  const Sent sent;
  expect_refused(sent.open(sent.sender.enc, as_bytes("lindung link v1"), sent.aad, sent.ciphertext));
  expect_refused(sent.open(sent.sender.enc, sent.info, as_bytes("another"), sent.ciphertext));
  const auto stranger = hpke_receive(X25519PrivateKey::generate(), sent.sender.enc, sent.info).value();
  expect_refused(stranger.open(sent.aad, sent.ciphertext));
}

// RFC 9180 section 7.1.4, RFC 7748 section 6.1: the points of small order, also spelled with the top bit or beyond p.
TEST(X25519, refuses_every_peer_that_gives_an_all_zero_secret) {
  constexpr std::array<std::string_view, 8> peers{
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  };
  const auto key = X25519PrivateKey::generate();
  for (const auto peer : peers) {
    SCOPED_TRACE(peer);
    const auto shared = key.derive(hex_array<32>(peer));
    ASSERT_TRUE(shared.has_error());
    EXPECT_EQ(shared.error().code, Errc::malformed);
    EXPECT_EQ(hpke_receive(key, hex_array<32>(peer), {}).error().code, Errc::malformed);
    EXPECT_EQ(hpke_send(hex_array<32>(peer), key, {}).error().code, Errc::malformed);
  }
}

// RFC 7748 section 6.1, Bob's side.
TEST(X25519, gives_the_key_and_the_secret_of_rfc_7748) {
  const auto bob = X25519PrivateKey::from_bytes(
      Secret<32>{hex_array<32>("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")});
  EXPECT_EQ(bob.public_key(), hex_array<32>("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
  const auto alice = hex_array<32>("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  EXPECT_EQ(to_bytes(bob.derive(alice).value().view()),
            hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
}

TEST(ResponseKeys, depend_on_the_secret_the_key_and_the_nonce) {
  const Secret<16> secret{ByteArray<16>{1}};
  const X25519PublicKey enc{2};
  const ByteArray<16> nonce{3};
  const auto keys = response_keys(secret, enc, nonce);
  const auto again = response_keys(secret, enc, nonce);
  EXPECT_EQ(to_bytes(keys.key.view()), to_bytes(again.key.view()));
  EXPECT_EQ(keys.nonce, again.nonce);
  EXPECT_NE(response_keys(Secret<16>{}, enc, nonce).nonce, keys.nonce);
  EXPECT_NE(response_keys(secret, X25519PublicKey{}, nonce).nonce, keys.nonce);
  EXPECT_NE(response_keys(secret, enc, ByteArray<16>{}).nonce, keys.nonce);
}

}  // namespace
}  // namespace lindung::crypto
