// What a carrier asks before departure and is answered, as bytes of one length each: may everybody on this card board
// this journey? Fit or not fit, and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/card_claims.h"

namespace lindung::domain {

inline constexpr std::size_t carrier_question_size = 64;
inline constexpr std::size_t carrier_answer_size = 32;

struct CarrierQuestion {
  ByteArray<16> id{};  // random, of the carrier
  CardId card;
  std::uint64_t version{};  // that the code says
  std::string number;       // of the flight, voyage, train: [A-Z0-9 -]{1,16}
  Day departure;            // day of travel, UTC
};
// version(1) = 1 | zeros(3) | id(16) | card(16) | version(8) | number(16, zeros behind it) | day(4). Shape: a number
// that fits.
[[nodiscard]] ByteArray<carrier_question_size> encode(const CarrierQuestion& question);
// Errors: malformed for anything that encode() could not have written.
[[nodiscard]] Result<CarrierQuestion> parse_carrier_question(BytesView bytes);

struct CarrierAnswer {
  ByteArray<16> id{};  // of the question
  bool is_fit{};
};
// version(1) = 1 | fit(1) | zeros(14) | id(16)
[[nodiscard]] ByteArray<carrier_answer_size> encode(const CarrierAnswer& answer);
// Errors: malformed.
[[nodiscard]] Result<CarrierAnswer> parse_carrier_answer(BytesView bytes);

}  // namespace lindung::domain
