#include "log/checkpoint.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "log/memory_log.h"

namespace lindung::log {
namespace {

// The verifier key and the note that the documentation of golang.org/x/mod/sumdb/note gives as its example.
constexpr std::string_view go_key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view go_note =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xe2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

const Checkpoint sample{.origin = std::string{test_origin}, .size = 20852163, .root = digest_of(1)};

VerifierKey sample_key() { return VerifierKey::make(std::string{test_origin}, log_key().public_key()).value(); }

TEST(Note, AgreesWithAKeyAndSignatureOfAnotherImplementation) {
  const auto key = VerifierKey::parse(go_key).value();
  EXPECT_EQ(key.name(), "PeterNeumann");
  EXPECT_EQ(key.key_id(), 0xc74f20a3U);
  EXPECT_EQ(key.text(), go_key);
  const auto note = parse_note(go_note).value();
  ASSERT_EQ(note.signatures.size(), 1U);
  EXPECT_EQ(note.signatures[0].name, key.name());
  EXPECT_EQ(note.signatures[0].key_id, key.key_id());
  ASSERT_EQ(note.signatures[0].signature.size(), 64U);
  EXPECT_TRUE(key.key().verifies(as_bytes(note.text), take<64>(note.signatures[0].signature)));
  EXPECT_EQ(note.encode(), go_note);
}

TEST(Checkpoint, OpensWhatItSigned) {
  const auto note = sign_checkpoint(sample, log_key()).value().encode();
  EXPECT_TRUE(note.starts_with("lindung.test/log\n20852163\n" + codec::base64(sample.root) +
                               "\n\n\xe2\x80\x94 lindung.test/log "));
  EXPECT_EQ(open_checkpoint(note, sample_key()).value(), sample);
}

TEST(Checkpoint, FindsEveryFlippedBit) {
  const auto note = sign_checkpoint(sample, log_key()).value().encode();
  for (std::size_t place = 0; place < note.size(); ++place) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto changed = note;
      changed[place] = static_cast<char>(static_cast<std::uint8_t>(changed[place]) ^ (1U << bit));
      EXPECT_TRUE(open_checkpoint(changed, sample_key()).has_error()) << place << " " << bit;
    }
  }
}

TEST(Checkpoint, FindsEveryTruncation) {
  const auto note = sign_checkpoint(sample, log_key()).value().encode();
  for (std::size_t size = 0; size < note.size(); ++size) {
    const auto opened = open_checkpoint(note.substr(0, size), sample_key());
    ASSERT_TRUE(opened.has_error()) << size;
    EXPECT_EQ(opened.error().code, Errc::malformed) << size;
  }
}

TEST(Checkpoint, RefusesAnotherKeyAnotherNameAndAWrongSignature) {
  const auto note = sign_checkpoint(sample, log_key()).value();
  const auto other = crypto::Ed25519PrivateKey::from_seed(Secret<32>{digest_of(2)});
  const auto other_key = VerifierKey::make(std::string{test_origin}, other.public_key()).value();
  EXPECT_EQ(open_checkpoint(note.encode(), other_key).error().code, Errc::bad_signature);
  const auto other_name = VerifierKey::make("elsewhere.test", log_key().public_key()).value();
  EXPECT_EQ(open_checkpoint(note.encode(), other_name).error().code, Errc::bad_signature);
  auto wrong = note;
  wrong.signatures[0].signature[3] ^= 1U;
  EXPECT_EQ(open_checkpoint(wrong.encode(), sample_key()).error().code, Errc::bad_signature);
  auto cut = note;
  cut.signatures[0].signature.pop_back();
  EXPECT_EQ(open_checkpoint(cut.encode(), sample_key()).error().code, Errc::bad_signature);
  auto twice = note;
  twice.signatures.push_back(twice.signatures[0]);
  EXPECT_EQ(open_checkpoint(twice.encode(), sample_key()).error().code, Errc::malformed);
}

TEST(Checkpoint, RefusesASignedTextOfAnotherOrigin) {
  auto foreign = sample;
  foreign.origin = "elsewhere.test";
  const auto text = text_of(foreign);
  const Note note{.text = text,
                  .signatures = {{.name = std::string{test_origin},
                                  .key_id = sample_key().key_id(),
                                  .signature = to_bytes(log_key().sign(as_bytes(text)))}}};
  EXPECT_EQ(open_checkpoint(note.encode(), sample_key()).error().code, Errc::malformed);
}

TEST(Checkpoint, KeepsSignaturesThatItDoesNotKnow) {
  auto note = sign_checkpoint(sample, log_key()).value();
  note.signatures.insert(note.signatures.begin(),
                         {.name = "witness.test/w1", .key_id = 0x01020304, .signature = Bytes(72, 7)});
  note.signatures.push_back({.name = std::string{test_origin}, .key_id = 5, .signature = Bytes{1}});
  const auto text = note.encode();
  EXPECT_EQ(open_checkpoint(text, sample_key()).value(), sample);
  const auto parsed = parse_note(text).value();
  ASSERT_EQ(parsed.signatures.size(), 3U);
  EXPECT_EQ(parsed.signatures[0].name, "witness.test/w1");
  EXPECT_EQ(parsed.signatures[0].signature, Bytes(72, 7));
  EXPECT_EQ(parsed.encode(), text);
}

TEST(Checkpoint, BoundsTheNumberOfSignatures) {
  auto note = sign_checkpoint(sample, log_key()).value();
  for (int i = 0; i < 63; ++i) note.signatures.push_back({.name = "w", .key_id = 1, .signature = Bytes{1}});
  EXPECT_TRUE(open_checkpoint(note.encode(), sample_key()).has_value());
  note.signatures.push_back({.name = "w", .key_id = 1, .signature = Bytes{1}});
  EXPECT_EQ(open_checkpoint(note.encode(), sample_key()).error().code, Errc::too_large);
  EXPECT_EQ(parse_note(std::string((1U << 20U) + 1, 'a')).error().code, Errc::too_large);
}

TEST(Checkpoint, RefusesTextsOfAnotherShape) {
  const auto root = codec::base64(sample.root);
  EXPECT_TRUE(parse_checkpoint_text("o\n0\n" + root + "\n").has_value());
  EXPECT_EQ(parse_checkpoint_text("o\n18446744073709551615\n" + root + "\n").value().size, ~std::uint64_t{0});
  for (const auto& text : {std::string{}, std::string{"o\n"}, "\n1\n" + root + "\n", "o\n\n" + root + "\n",
                           "o\n01\n" + root + "\n", "o\n-1\n" + root + "\n", "o\n+1\n" + root + "\n",
                           "o\n1 \n" + root + "\n", "o\n1.0\n" + root + "\n", "o\n18446744073709551616\n" + root + "\n",
                           "o\n1\n" + root, "o\n1\n" + root + "\nextension\n", "o\n1\n" + root.substr(1) + "\n",
                           "o\n1\n" + codec::base64(Bytes(31)) + "\n", "o\n1\n" + codec::hex(sample.root) + "\n"}) {
    const auto parsed = parse_checkpoint_text(text);
    ASSERT_TRUE(parsed.has_error()) << text;
    EXPECT_EQ(parsed.error().code, Errc::malformed) << text;
  }
}

TEST(Note, RefusesWhatIsNoSignedNote) {
  const auto good = sign_checkpoint(sample, log_key()).value().encode();
  for (const auto& text :
       {std::string{"text\n"}, std::string{"\n\n"}, std::string{"text\n\n"}, std::string{"text\n\nno dash\n"},
        std::string{"text\n\n\xe2\x80\x94 name\n"}, std::string{"text\n\n\xe2\x80\x94 name AAAA\n"},
        std::string{"text\n\n\xe2\x80\x94 na+me AAAAAAA=\n"}, std::string{"text\n\n\xe2\x80\x94  AAAAAAA=\n"},
        std::string{"text\n\n\xe2\x80\x94 na\xc2\xa0me AAAAAAA=\n"},
        std::string{"text\n\n\xe2\x80\x94 name AAAAAAB=\n"}, std::string{"te\txt\n\n\xe2\x80\x94 name AAAAAAA=\n"},
        std::string{"te\xffxt\n\n\xe2\x80\x94 name AAAAAAA=\n"}, good + "\n", good + "x",
        good.substr(0, good.size() - 1)}) {
    const auto parsed = parse_note(text);
    ASSERT_TRUE(parsed.has_error()) << text;
    EXPECT_EQ(parsed.error().code, Errc::malformed) << text;
  }
  EXPECT_TRUE(parse_note("text\n\n\xe2\x80\x94 name AAAAAAA=\n").has_value());
}

TEST(VerifierKey, RefusesEveryOtherSpelling) {
  const auto good = sample_key().text();
  EXPECT_EQ(VerifierKey::parse(good).value().key(), log_key().public_key());
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto changed = good;
      changed[place] = static_cast<char>(static_cast<std::uint8_t>(changed[place]) ^ (1U << bit));
      EXPECT_TRUE(VerifierKey::parse(changed).has_error()) << changed;
    }
  }
  for (const auto& text : {std::string{}, std::string{"name"}, std::string{"name+00000000"},
                           std::string{"name+00000000+"}, std::string{"+"}, good + "=", " " + good}) {
    const auto parsed = VerifierKey::parse(text);
    ASSERT_TRUE(parsed.has_error()) << text;
    EXPECT_EQ(parsed.error().code, Errc::malformed) << text;
  }
}

TEST(VerifierKey, RefusesNamesThatANoteCannotCarry) {
  for (const auto* name : {"", "a b", "a+b", "a\nb", "a\tb",
                           "a\xc2\xa0"
                           "b",
                           "a\xe3\x80\x80"
                           "b",
                           "a\xff"}) {
    EXPECT_EQ(VerifierKey::make(name, log_key().public_key()).error().code, Errc::invalid_argument);
    EXPECT_EQ(sign_checkpoint({.origin = name, .size = 0, .root = {}}, log_key()).error().code, Errc::invalid_argument);
  }
}

}  // namespace
}  // namespace lindung::log
