#include "domain/answer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/colour.h"
#include "domain/link_token.h"
#include "domain/question.h"

namespace lindung::domain {

namespace {

// protocol.md section 5, the table of the plaintext.
constexpr std::uint8_t answer_version = 1;
constexpr std::size_t outcome_at = 1;
constexpr std::size_t colour_at = 2;
constexpr std::size_t flags_at = 3;
constexpr std::size_t request_id_at = 4;
constexpr std::size_t answered_at_at = 20;
constexpr std::size_t valid_until_at = 28;
constexpr std::size_t log_index_at = 36;
constexpr std::size_t leaf_hash_at = 44;
constexpr std::size_t next_token_at = 76;
constexpr std::size_t opening_at = 104;
constexpr std::size_t evidence_at = 120;
constexpr std::uint8_t answered_before_flag = 1;
constexpr std::uint64_t validity_s = 60;
constexpr std::uint64_t granularity_s = 10;

void put_head(MutableBytes out, const Answer& answer, std::uint8_t flags) {
  out[0] = answer_version;
  out[outcome_at] = static_cast<std::uint8_t>(answer.outcome);
  out[colour_at] = static_cast<std::uint8_t>(answer.colour);
  out[flags_at] = flags;
  std::ranges::copy(answer.request_id.value(), out.begin() + request_id_at);
  put_be(out.subspan(answered_at_at), unix_seconds(answer.answered_at));
  put_be(out.subspan(valid_until_at), unix_seconds(answer.valid_until()));
}

}  // namespace

std::string_view name_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::unlinked: return "unlinked";
    case Outcome::allow: return "allow";
    case Outcome::deny: return "deny";
    case Outcome::venue_refused: return "venue_refused";
    case Outcome::venue_full: return "venue_full";
    case Outcome::over_quota: return "over_quota";
  }
  return "unknown";
}

Moment Answer::valid_until() const noexcept {
  return moment_of((unix_seconds(answered_at) + validity_s) / granularity_s * granularity_s);
}

AnswerBytes encode(const Answer& answer) {
  AnswerBytes bytes{};
  const MutableBytes out{bytes};
  put_head(out, answer, answer.answered_before ? answered_before_flag : 0);
  put_be(out.subspan(log_index_at), answer.log_index);
  std::ranges::copy(answer.leaf_hash, out.begin() + leaf_hash_at);
  std::ranges::copy(answer.next_token, out.begin() + next_token_at);
  std::ranges::copy(answer.opening, out.begin() + opening_at);
  std::ranges::copy(answer.evidence, out.begin() + evidence_at);
  return bytes;
}

Result<Answer> parse_answer(const AnswerBytes& bytes) {
  const BytesView in{bytes};
  if (in[0] != answer_version) return fail(Errc::malformed, "answer: version");
  if (in[outcome_at] > static_cast<std::uint8_t>(Outcome::over_quota)) return fail(Errc::malformed, "answer: outcome");
  if (in[colour_at] > static_cast<std::uint8_t>(Colour::black)) return fail(Errc::malformed, "answer: colour");
  return Answer{.outcome = static_cast<Outcome>(in[outcome_at]),
                .colour = static_cast<Colour>(in[colour_at]),
                .answered_before = (in[flags_at] & answered_before_flag) != 0,
                .request_id = RequestId{take<16>(in.subspan(request_id_at))},
                .answered_at = moment_of(get_be<std::uint64_t>(in.subspan(answered_at_at, 8))),
                .log_index = get_be<std::uint64_t>(in.subspan(log_index_at, 8)),
                .leaf_hash = take<32>(in.subspan(leaf_hash_at)),
                .next_token = take<link_token_size>(in.subspan(next_token_at)),
                .opening = take<16>(in.subspan(opening_at)),
                .evidence = take<32>(in.subspan(evidence_at))};
}

AnswerHead committed_head(const Answer& answer) {
  AnswerHead head{};
  put_head(head, answer, 0);
  return head;
}

Hash evidence_of(std::string_view signature_base, BytesView signature) noexcept {
  return crypto::sha256({as_bytes(signature_base), signature});
}

Hash commitment_of(const Answer& answer, const QuestionBytes& question) {
  constexpr ByteArray<1> separator{0};
  const auto head = committed_head(answer);
  return crypto::hmac_sha256(answer.opening,
                             {as_bytes("lindung answer v1"), separator, answer.evidence, question, head});
}

}  // namespace lindung::domain
