// The bytes of a carrier's question and answer: of one length each, in one spelling.
#include "domain/carrier_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/card_claims.h"

namespace lindung::domain {
namespace {

CarrierQuestion question(std::string number = "GA 825") {
  return {.id = {1, 2, 3},
          .card = CardId{ByteArray<16>{7}},
          .version = 2,
          .number = std::move(number),
          .departure = Day{20'778}};
}

TEST(CarrierQuestions, AreReadAsTheyWereWritten) {
  for (const auto* const number : {"GA 825", "7", "ABCDEFGH-1234567"}) {
    const auto bytes = encode(question(number));
    const auto read = parse_carrier_question(bytes);
    ASSERT_TRUE(read) << number;
    EXPECT_EQ(read.value().number, number);
    EXPECT_EQ(read.value().card, question().card);
    EXPECT_EQ(read.value().version, 2U);
    EXPECT_EQ(read.value().departure, Day{20'778});
    EXPECT_TRUE(std::ranges::equal(encode(read.value()), bytes));
  }
}

TEST(CarrierQuestions, OfAnotherSpellingAreRefused) {
  const auto bytes = encode(question());
  EXPECT_EQ(parse_carrier_question(BytesView{bytes}.first(63)).error().code, Errc::malformed);
  for (const std::size_t at : {0UL, 1UL, 3UL, 50UL, 59UL}) {
    auto changed = bytes;
    changed[at] ^= 2U;
    EXPECT_EQ(parse_carrier_question(changed).error().code, Errc::malformed) << at;
  }
  EXPECT_EQ(parse_carrier_question(encode(question("ga 825"))).error().code, Errc::malformed);
  EXPECT_EQ(parse_carrier_question(encode(question(""))).error().code, Errc::malformed);
}

TEST(CarrierAnswers, SayFitOrNotAndNothingElse) {
  for (const bool is_fit : {false, true}) {
    const auto bytes = encode(CarrierAnswer{.id = {9}, .is_fit = is_fit});
    EXPECT_EQ(parse_carrier_answer(bytes).value().is_fit, is_fit);
    EXPECT_EQ(bytes.size(), carrier_answer_size);
    for (std::size_t at = 2; at < 16; ++at) {
      auto changed = bytes;
      changed[at] = 1;
      EXPECT_EQ(parse_carrier_answer(changed).error().code, Errc::malformed) << at;
    }
  }
}

}  // namespace
}  // namespace lindung::domain
