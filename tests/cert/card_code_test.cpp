// Codes of travel cards: made, read and verified; each fault has its step and reason.
#include "cert/card_code.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cert/reason.h"
#include "cert/step.h"
#include "codec/base45.h"
#include "codec/cbor.h"
#include "crypto/ecdsa.h"
#include "crypto/es256_signer.h"
#include "domain/card_claims.h"

namespace lindung::cert {
namespace {

using domain::CardClaims;
using std::chrono::hours;

const Moment begin = moment_of(1'795'262'400);  // 2026-11-21T12:00:00Z
const Moment in_time = begin + hours{3};

class CardCodes : public testing::Test {
 protected:
  CardCodes() { EXPECT_TRUE(keys_.add(signer_.public_point(), std::nullopt, std::nullopt)); }

  [[nodiscard]] static CardClaims claims(std::size_t persons = 1) {
    CardClaims out{.id = domain::CardId{ByteArray<16>{7, 2, 3}},
                   .version = 2,
                   .kind = domain::CardKind::arrival,
                   .port = "CGK",
                   .travel_date = day_of(begin),
                   .valid_from = begin,
                   .valid_until = begin + hours{36},
                   .fitness = domain::CardFitness::fit_with_test,
                   .crossings = 1,
                   .persons = {}};
    for (std::size_t i = 0; i < persons; ++i) {
      out.persons.push_back({.name = i == 0 ? "ERIKSSON<<ANNA<MARIA" : std::string(domain::longest_card_name, 'W'),
                             .document_tail = "02C3",
                             .mark = domain::DocumentMark{1, 2, 3, 4, 5, 6, 7, 8},
                             .birth_year = 1974,
                             .is_child = i > 0});
    }
    return out;
  }
  [[nodiscard]] std::string text(const CardClaims& of) const { return make_card_code(of, signer_).value(); }
  // The reason that a text is refused for.
  [[nodiscard]] std::string refusal(std::string_view text, Moment at = in_time) const {
    const auto card = verify_card_code(text, keys_, at);
    if (card) return "valid";
    return std::string{name_of(card.error().step)} + " " + std::string{name_of(card.error().reason)};
  }
  // A message that our own writer never makes, with a signature that holds.
  [[nodiscard]] std::string signed_text(BytesView payload) const {
    const auto id = travel_key_id(signer_.public_point());
    codec::CborWriter header;
    header.map(2).integer(1).integer(-7).integer(4).bytes(id);
    codec::CborWriter to_sign;
    to_sign.array(4).text("Signature1").bytes(header.view()).bytes({}).bytes(payload);
    auto signature = signer_.sign(to_sign.view()).value();
    if (signature[32] > 0x7f) return signed_text(payload);  // the other half of the signatures has another reason
    codec::CborWriter message;
    message.tag(18).array(4).bytes(header.view()).map(0).bytes(payload).bytes(signature);
    return std::string{card_code_prefix} + codec::base45(message.view());
  }

  crypto::KeySigner signer_{crypto::Es256PrivateKey::generate().value()};
  TravelKeys keys_;
};

TEST_F(CardCodes, ACodeThatTheServerMadeSaysWhatWasFiled) {
  const auto filed = claims(3);
  const auto card = verify_card_code(text(filed), keys_, in_time);
  ASSERT_TRUE(card) << name_of(card.error().reason);
  const auto& read = card.value().claims();
  EXPECT_EQ(read.id, filed.id);
  EXPECT_EQ(read.version, 2U);
  EXPECT_EQ(read.kind, domain::CardKind::arrival);
  EXPECT_EQ(read.port, "CGK");
  EXPECT_EQ(read.travel_date, day_of(begin));
  EXPECT_EQ(read.valid_until, begin + hours{36});
  EXPECT_EQ(read.fitness, domain::CardFitness::fit_with_test);
  EXPECT_EQ(read.persons, filed.persons);
}

TEST_F(CardCodes, ACodeCountsFromItsFirstSecondUntilItsLast) {
  const auto code = text(claims());
  EXPECT_EQ(refusal(code, begin - seconds{1}), "validity not-yet-valid");
  EXPECT_EQ(refusal(code, begin), "valid");
  EXPECT_EQ(refusal(code, begin + hours{36} - seconds{1}), "valid");
  EXPECT_EQ(refusal(code, begin + hours{36}), "validity expired");
}

TEST_F(CardCodes, AKeyThatIsNotTheServersMakesNoCard) {
  const crypto::KeySigner stranger{crypto::Es256PrivateKey::generate().value()};
  EXPECT_EQ(refusal(make_card_code(claims(), stranger).value()), "signature untrusted-signer");
}

TEST_F(CardCodes, AKeySpeaksForItsSpanOnly) {
  TravelKeys keys;
  ASSERT_TRUE(keys.add(signer_.public_point(), begin, begin + hours{36}));
  EXPECT_TRUE(verify_card_code(text(claims()), keys, in_time));
  auto later = claims();
  later.valid_until += seconds{1};
  const auto refused = verify_card_code(text(later), keys, in_time);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::signer_not_valid);
  TravelKeys tomorrow;
  ASSERT_TRUE(tomorrow.add(signer_.public_point(), in_time + seconds{1}, std::nullopt));
  EXPECT_EQ(verify_card_code(text(claims()), tomorrow, in_time).error().reason, Reason::signer_not_valid);
}

TEST_F(CardCodes, EveryBitOfTheTextThatIsTurnedIsFound) {
  const auto code = text(claims());
  std::size_t tried = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto changed = code;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ (1U << bit));
      ASSERT_NE(refusal(changed), "valid") << "character " << i << ", bit " << bit;
      ++tried;
    }
  }
  EXPECT_GT(tried, 2000U);
}

TEST_F(CardCodes, EveryBitOfTheMessageThatIsTurnedIsFound) {
  const auto code = text(claims());
  const auto message = codec::from_base45(code.substr(card_code_prefix.size())).value();
  for (std::size_t i = 0; i < message.size() * 8; ++i) {
    auto changed = message;
    changed[i / 8] = static_cast<std::uint8_t>(changed[i / 8] ^ (1U << (i % 8)));
    ASSERT_NE(refusal(std::string{card_code_prefix} + codec::base45(changed)), "valid") << "bit " << i;
  }
  EXPECT_GT(message.size(), 150U);
}

TEST_F(CardCodes, TheOtherSpellingOfASignatureIsRefused) {
  // -s mod n holds as well as s.
  const ByteArray<32> order{0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                            0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                            0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
  auto card = read_card_code(text(claims())).value();
  int borrow = 0;
  for (std::size_t i = 32; i-- > 0;) {
    const int difference = order[i] - card.signature[32 + i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    card.signature[32 + i] = static_cast<std::uint8_t>(difference + (borrow * 256));
  }
  EXPECT_EQ(refusal(card_code_text(card)), "cose cose");
}

TEST_F(CardCodes, ASignedMapWithMoreThanACardSaysIsRefused) {
  codec::CborWriter more;
  more.map(1).integer(1).bytes(ByteArray<16>{});
  EXPECT_EQ(refusal(signed_text(more.view())), "cwt schema");
  codec::CborWriter no_map;
  no_map.array(0);
  EXPECT_EQ(refusal(signed_text(no_map.view())), "cwt cwt");
  EXPECT_EQ(refusal(signed_text(as_bytes("\xff"))), "cwt cbor");
}

TEST_F(CardCodes, WhatIsNoCodeOfOursSaysWhy) {
  EXPECT_EQ(refusal(""), "prefix prefix");
  EXPECT_EQ(refusal("HC1:6BF"), "prefix prefix");
  EXPECT_EQ(refusal("EHAC1:a"), "base45 base45");
  EXPECT_EQ(refusal("EHAC1:" + std::string(longest_card_code, '0')), "prefix too-long");
  EXPECT_EQ(refusal("EHAC1:" + codec::base45(as_bytes("\x01"))), "cose cose");
}

TEST_F(CardCodes, ClaimsThatAreNotOfACardAreNotSigned) {
  const auto refused = [&](auto change) {
    auto claims_of = claims();
    change(claims_of);
    const auto made = make_card_code(claims_of, signer_);
    return made ? std::string{"made"} : made.error().detail;
  };
  EXPECT_EQ(refused([](CardClaims& of) { of.version = 0; }), "version");
  EXPECT_EQ(refused([](CardClaims& of) { of.port = "cgk"; }), "port");
  EXPECT_EQ(refused([](CardClaims& of) { of.valid_until = of.valid_from; }), "valid");
  EXPECT_EQ(refused([](CardClaims& of) { of.crossings = 0; }), "crossings");
  EXPECT_EQ(refused([](CardClaims& of) { of.persons.clear(); }), "persons");
  EXPECT_EQ(refused([](CardClaims& of) { of.persons.front().name = "Anna"; }), "name");
  EXPECT_EQ(refused([](CardClaims& of) { of.persons.front().document_tail = "12345"; }), "document");
}

TEST_F(CardCodes, APartyOfTwelveWithTheLongestNamesFitsIntoOneCode) {
  const auto largest = text(claims(domain::most_card_persons));
  EXPECT_LT(largest.size(), longest_card_code);
  // ISO/IEC 18004 table 7, alphanumeric, repair M: version 12 holds 419 characters, version 30 1,990.
  EXPECT_LT(text(claims()).size(), 419U);
  EXPECT_LT(largest.size(), 1990U);
  RecordProperty("characters_of_one", static_cast<int>(text(claims()).size()));
  RecordProperty("characters_of_twelve", static_cast<int>(largest.size()));
}

TEST_F(CardCodes, ADocumentsMarkSaysNothingWithoutTheKeyOfItsDate) {
  const auto card = claims().id;
  const Secret<32> key{ByteArray<32>{1}};
  const Secret<32> other{ByteArray<32>{2}};
  EXPECT_EQ(domain::document_mark(key, card, "L898902C3"), domain::document_mark(key, card, "L898902C3"));
  EXPECT_NE(domain::document_mark(key, card, "L898902C3"), domain::document_mark(key, card, "L898902C4"));
  EXPECT_NE(domain::document_mark(key, card, "L898902C3"), domain::document_mark(other, card, "L898902C3"));
  EXPECT_NE(domain::document_mark(key, card, "L898902C3"),
            domain::document_mark(key, domain::CardId{ByteArray<16>{9}}, "L898902C3"));
  EXPECT_EQ(domain::document_tail("L898902C3"), "02C3");
  EXPECT_EQ(domain::document_tail("C3"), "C3");
}

}  // namespace
}  // namespace lindung::cert
