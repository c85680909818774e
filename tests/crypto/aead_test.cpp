// AES-GCM in the ways that it can be misused or attacked; correctness of values is the matter of tests/vectors.
#include "crypto/aead.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "crypto/random.h"

namespace lindung::crypto {
namespace {

using Nonce = ByteArray<gcm_nonce_size>;

struct Sealed {
  ByteArray<32> key = random_bytes<32>();
  Nonce nonce = random_bytes<gcm_nonce_size>();
  Bytes aad = to_bytes(as_bytes("table, row, version"));
  Bytes plaintext = to_bytes(as_bytes("a field of a person"));
  Bytes bytes = gcm_seal(key, nonce, aad, plaintext);
};

void expect_refused(const Result<Bytes>& opened) {
  ASSERT_TRUE(opened.has_error());
  EXPECT_EQ(opened.error().code, Errc::malformed);
}

TEST(Gcm, opens_what_it_sealed_under_keys_of_both_sizes) {
  for (const std::size_t key_size : {16U, 32U}) {
    const auto key = random_bytes<32>();
    const Sealed sealed;
    const auto view = BytesView{key}.first(key_size);
    const auto bytes = gcm_seal(view, sealed.nonce, sealed.aad, sealed.plaintext);
    EXPECT_EQ(bytes.size(), sealed.plaintext.size() + gcm_tag_size);
    EXPECT_EQ(gcm_open(view, sealed.nonce, sealed.aad, bytes).value(), sealed.plaintext);
  }
}

TEST(Gcm, seals_and_opens_nothing_at_all) {
  const Sealed sealed;
  const auto bytes = gcm_seal(sealed.key, sealed.nonce, {}, {});
  EXPECT_EQ(bytes.size(), gcm_tag_size);
  EXPECT_TRUE(gcm_open(sealed.key, sealed.nonce, {}, bytes).value().empty());
}

TEST(Gcm, refuses_a_message_with_any_single_bit_flipped) {
  const Sealed sealed;
  for (std::size_t bit = 0; bit < sealed.bytes.size() * 8; ++bit) {
    auto changed = sealed.bytes;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    expect_refused(gcm_open(sealed.key, sealed.nonce, sealed.aad, changed));
  }
}

TEST(Gcm, refuses_a_message_with_any_bit_of_its_nonce_aad_or_key_flipped) {
  const Sealed sealed;
  for (std::size_t bit = 0; bit < gcm_nonce_size * 8; ++bit) {
    auto nonce = sealed.nonce;
    nonce[bit / 8] = static_cast<std::uint8_t>(nonce[bit / 8] ^ (1U << (bit % 8)));
    expect_refused(gcm_open(sealed.key, nonce, sealed.aad, sealed.bytes));
  }
  for (std::size_t bit = 0; bit < sealed.aad.size() * 8; ++bit) {
    auto aad = sealed.aad;
    aad[bit / 8] = static_cast<std::uint8_t>(aad[bit / 8] ^ (1U << (bit % 8)));
    expect_refused(gcm_open(sealed.key, sealed.nonce, aad, sealed.bytes));
  }
  for (std::size_t bit = 0; bit < sealed.key.size() * 8; ++bit) {
    auto key = sealed.key;
    key[bit / 8] = static_cast<std::uint8_t>(key[bit / 8] ^ (1U << (bit % 8)));
    expect_refused(gcm_open(key, sealed.nonce, sealed.aad, sealed.bytes));
  }
}

TEST(Gcm, refuses_every_truncation) {
  const Sealed sealed;
  for (std::size_t size = 0; size < sealed.bytes.size(); ++size) {
    expect_refused(gcm_open(sealed.key, sealed.nonce, sealed.aad, BytesView{sealed.bytes}.first(size)));
  }
}

TEST(Gcm, leaves_no_plaintext_behind_when_it_refuses) {
  const Sealed sealed;
  auto changed = sealed.bytes;
  changed.back() ^= 1U;
  Bytes out(sealed.plaintext.size(), 0xff);
  const auto opened = gcm_open(sealed.key, sealed.nonce, sealed.aad, changed, out);
  EXPECT_EQ(opened.error().code, Errc::malformed);
  EXPECT_TRUE(all_zero(out));
}

TEST(Gcm, opens_after_another_message_was_refused_on_the_same_thread) {
  const Sealed sealed;
  auto changed = sealed.bytes;
  changed.front() ^= 1U;
  expect_refused(gcm_open(sealed.key, sealed.nonce, sealed.aad, changed));
  EXPECT_EQ(gcm_open(sealed.key, sealed.nonce, sealed.aad, sealed.bytes).value(), sealed.plaintext);
}

TEST(Gcm, ends_the_process_for_lengths_that_break_its_contract) {
  const Sealed sealed;
  Bytes out(sealed.bytes.size());
  EXPECT_DEATH(gcm_seal(BytesView{sealed.key}.first(24), sealed.nonce, {}, sealed.plaintext, out),
               "key of another length");
  EXPECT_DEATH(gcm_seal(BytesView{}, sealed.nonce, {}, sealed.plaintext, out), "key of another length");
  EXPECT_DEATH(gcm_seal(sealed.key, sealed.nonce, {}, sealed.plaintext, MutableBytes{out}.first(5)),
               "into another length");
  EXPECT_DEATH(static_cast<void>(gcm_open(sealed.key, sealed.nonce, {}, sealed.bytes, out)), "into another length");
}

TEST(Gcm, threads_do_not_disturb_each_other) {
  constexpr int rounds = 2000;
  std::vector<int> opened(4);
  {
    std::vector<std::jthread> threads;
    threads.reserve(opened.size());
    for (auto& count : opened) {
      threads.emplace_back([&count] {
        for (int i = 0; i < rounds; ++i) {
          const Sealed sealed;
          const auto back = gcm_open(sealed.key, sealed.nonce, sealed.aad, sealed.bytes);
          count += static_cast<int>(back.has_value() && back.value() == sealed.plaintext);
        }
      });
    }
  }
  EXPECT_EQ(opened, std::vector<int>(4, rounds));
}

}  // namespace
}  // namespace lindung::crypto
