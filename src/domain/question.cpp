#include "domain/question.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/link_token.h"

namespace lindung::domain {

namespace {

// protocol.md section 4, the table of the plaintext.
constexpr std::uint8_t question_version = 1;
constexpr std::size_t operation_at = 1;
constexpr std::size_t venue_length_at = 2;
constexpr std::size_t request_id_at = 4;
constexpr std::size_t token_at = 20;
constexpr std::size_t client_time_at = 48;
constexpr std::size_t venue_code_at = 56;

constexpr std::chrono::hours client_time_age{24};
constexpr seconds client_time_lead{30};

}  // namespace

Result<Question> parse_question(const QuestionBytes& bytes, Moment now) {
  const BytesView in{bytes};
  if (in[0] != question_version) return fail(Errc::malformed, "version");
  const auto operation = in[operation_at];
  if (operation < 1 || operation > 3) return fail(Errc::malformed, "operation");
  const std::size_t venue_length = get_be<std::uint16_t>(in.subspan(venue_length_at, 2));
  if (venue_length > venue_code_max) return fail(Errc::malformed, "length of the venue code");
  Question question{.operation = static_cast<Operation>(operation),
                    .request_id = RequestId{take<16>(in.subspan(request_id_at))},
                    .token = LinkToken{take<link_token_size>(in.subspan(token_at))},
                    .client_time = moment_of(get_be<std::uint64_t>(in.subspan(client_time_at, 8))),
                    .venue_code = to_bytes(in.subspan(venue_code_at, venue_length))};
  if (venue_length == 0 && question.operation != Operation::status) return fail(Errc::malformed, "no venue code");
  if (!all_zero(in.subspan(venue_code_at + venue_length))) return fail(Errc::malformed, "reserved byte");
  if (question.client_time < now - client_time_age || question.client_time > now + client_time_lead) {
    return fail(Errc::malformed, "client time");
  }
  return question;
}

QuestionBytes encode(const Question& question) {
  QuestionBytes bytes{};
  const MutableBytes out{bytes};
  out[0] = question_version;
  out[operation_at] = static_cast<std::uint8_t>(question.operation);
  put_be(out.subspan(venue_length_at), static_cast<std::uint16_t>(question.venue_code.size()));
  std::ranges::copy(question.request_id.value(), out.begin() + request_id_at);
  std::ranges::copy(question.token.bytes, out.begin() + token_at);
  put_be(out.subspan(client_time_at), unix_seconds(question.client_time));
  std::ranges::copy(BytesView{question.venue_code}.first(std::min(question.venue_code.size(), venue_code_max)),
                    out.begin() + venue_code_at);
  return bytes;
}

}  // namespace lindung::domain
