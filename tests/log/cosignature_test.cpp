#include "log/cosignature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/memory_log.h"

namespace lindung::log {
namespace {

const Moment noon = moment_of(1'679'315'147);

crypto::Ed25519PrivateKey secret_of(std::uint8_t number) {
  return crypto::Ed25519PrivateKey::from_seed(Secret<32>{digest_of(number)});
}

WitnessKey witness_of(std::uint8_t number) {
  return WitnessKey::make("witness.test/w" + std::to_string(number), secret_of(number).public_key()).value();
}

Note cosigned_by(std::initializer_list<std::uint8_t> numbers) {
  const Checkpoint checkpoint{.origin = std::string{test_origin}, .size = 7, .root = digest_of(9)};
  auto note = sign_checkpoint(checkpoint, log_key()).value();
  for (const auto number : numbers) {
    note.signatures.push_back(cosign(note.text, noon, witness_of(number), secret_of(number)));
  }
  return note;
}

// The structure of C2SP tlog-cosignature put together here once more, byte by byte.
TEST(Cosignature, IsTheTimeAndASignatureOverHeaderTimeAndWholeNote) {
  const auto note = cosigned_by({1});
  const auto& line = note.signatures.at(1);
  EXPECT_EQ(line.name, "witness.test/w1");
  const auto id =
      crypto::sha256({as_bytes("witness.test/w1\n"), ByteArray<1>{0x04}, secret_of(1).public_key().bytes()});
  EXPECT_EQ(line.key_id, get_be<std::uint32_t>(id));
  ASSERT_EQ(line.signature.size(), 72U);
  EXPECT_EQ(get_be<std::uint64_t>(line.signature), 1'679'315'147U);
  const auto message = "cosignature/v1\ntime 1679315147\n" + note.text;
  EXPECT_TRUE(secret_of(1).public_key().verifies(as_bytes(message), take<64>(BytesView{line.signature}.subspan(8))));
  EXPECT_EQ(cosigned_at(note, witness_of(1)).value(), noon);
  EXPECT_EQ(open_checkpoint(note.encode(), VerifierKey::make(std::string{test_origin}, log_key().public_key()).value())
                .value()
                .size,
            7U);
}

// The example checkpoint of C2SP tlog-witness: two signatures of the log under one name, which are two keys.
TEST(Cosignature, ReadsTheExampleLinesOfTheDocument) {
  const std::string lines =
      "\xe2\x80\x94 witness.example/w1 "
      "CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLa"
      "tVs0pWh6Up69HVOw==\n";
  const auto note =
      parse_note("example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" + lines);
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note.value().signatures.at(0).key_id, 0x08ca7ee8U);
  EXPECT_EQ(note.value().signatures.at(0).signature.size(), 72U);
}

TEST(Cosignature, EveryFlippedBitOfOneIsFound) {
  const auto good = cosigned_by({1});
  for (std::size_t place = 0; place < 72; ++place) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto note = good;
      note.signatures[1].signature[place] ^= static_cast<std::uint8_t>(1U << bit);
      const auto at = cosigned_at(note, witness_of(1));
      ASSERT_TRUE(at.has_error()) << place;
      EXPECT_TRUE(at.error().code == Errc::bad_signature || place == 0)
          << place;  // the first byte: beyond the calendar
    }
  }
}

TEST(Cosignature, OfAnotherNoteIsWrong) {
  auto note = cosigned_by({1});
  const auto line = note.signatures[1];
  note = sign_checkpoint({.origin = std::string{test_origin}, .size = 8, .root = digest_of(9)}, log_key()).value();
  note.signatures.push_back(line);
  EXPECT_EQ(cosigned_at(note, witness_of(1)).error().code, Errc::bad_signature);
}

TEST(Cosignature, KOfNAreCountedByKey) {
  const auto note = cosigned_by({1, 3});
  const std::array named{witness_of(1), witness_of(2), witness_of(3)};
  const auto two = require_witnesses(note, named, 2).value();
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[1].witness, "witness.test/w3");
  EXPECT_EQ(two[1].at, noon);
  EXPECT_EQ(require_witnesses(note, named, 3).error().code, Errc::bad_signature);
  EXPECT_EQ(require_witnesses(note, named, 4).error().code, Errc::invalid_argument);
  const std::array twice{witness_of(1), WitnessKey::make("other.test/name", secret_of(1).public_key()).value()};
  EXPECT_EQ(require_witnesses(note, twice, 1).error().code, Errc::invalid_argument);
}

TEST(Cosignature, TwoOfOneWitnessAreRefused) {
  EXPECT_EQ(cosigned_at(cosigned_by({1, 1}), witness_of(1)).error().code, Errc::malformed);
}

TEST(WitnessKey, IsNotTheKeyOfALogWithTheSameBytes) {
  const auto witness = witness_of(1);
  EXPECT_EQ(WitnessKey::parse(witness.text()).value(), witness);
  const auto log = VerifierKey::make(witness.name(), witness.key()).value();
  EXPECT_NE(log.key_id(), witness.key_id());
  EXPECT_EQ(WitnessKey::parse(log.text()).error().code, Errc::malformed);
  EXPECT_EQ(VerifierKey::parse(witness.text()).error().code, Errc::malformed);
  EXPECT_EQ(WitnessKey::make("two words", witness.key()).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace lindung::log
