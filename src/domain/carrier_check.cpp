#include "domain/carrier_check.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/card_claims.h"

namespace lindung::domain {

namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t number_at = 44;
constexpr std::size_t number_size = 16;

bool is_number(std::string_view number) {
  return !number.empty() && number.size() <= number_size &&
         number.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -") == std::string_view::npos;
}

}  // namespace

ByteArray<carrier_question_size> encode(const CarrierQuestion& question) {
  ByteArray<carrier_question_size> out{format};
  const MutableBytes bytes{out};
  std::ranges::copy(question.id, bytes.begin() + 4);
  std::ranges::copy(question.card.bytes(), bytes.begin() + 20);
  put_be(bytes.subspan(36), question.version);
  const auto number = as_bytes(question.number);
  std::ranges::copy(number.first(std::min(number.size(), number_size)), bytes.begin() + number_at);
  put_be(bytes.subspan(60), question.departure.number);
  return out;
}

Result<CarrierQuestion> parse_carrier_question(BytesView bytes) {
  if (bytes.size() != carrier_question_size || bytes[0] != format || !all_zero(bytes.subspan(1, 3))) {
    return fail(Errc::malformed, "question");
  }
  const auto field = bytes.subspan(number_at, number_size);
  const auto end = static_cast<std::size_t>(std::ranges::find(field, std::uint8_t{0}) - field.begin());
  CarrierQuestion out{.id = take<16>(bytes.subspan(4)),
                      .card = CardId{take<16>(bytes.subspan(20))},
                      .version = get_be<std::uint64_t>(bytes.subspan(36, 8)),
                      .number = std::string{as_text(field.first(end))},
                      .departure = Day{get_be<std::uint32_t>(bytes.subspan(60, 4))}};
  if (!is_number(out.number) || !all_zero(field.subspan(end))) return fail(Errc::malformed, "number");
  return out;
}

ByteArray<carrier_answer_size> encode(const CarrierAnswer& answer) {
  ByteArray<carrier_answer_size> out{format, static_cast<std::uint8_t>(answer.is_fit ? 1 : 0)};
  std::ranges::copy(answer.id, out.begin() + 16);
  return out;
}

Result<CarrierAnswer> parse_carrier_answer(BytesView bytes) {
  if (bytes.size() != carrier_answer_size || bytes[0] != format || bytes[1] > 1 || !all_zero(bytes.subspan(2, 14))) {
    return fail(Errc::malformed, "answer");
  }
  return CarrierAnswer{.id = take<16>(bytes.subspan(16)), .is_fit = bytes[1] == 1};
}

}  // namespace lindung::domain
