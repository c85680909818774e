#include "domain/redemption.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/consent.h"
#include "domain/link_token.h"
#include "domain/partner.h"

namespace lindung::domain {

namespace {

constexpr std::uint8_t version = 1;
// Of a request.
constexpr std::size_t length_at = 1;
constexpr std::size_t request_id_at = 4;
constexpr std::size_t code_at = 20;
constexpr std::size_t verifier_at = 52;
// Of a reply; the request id stands where the request has it.
constexpr std::size_t outcome_at = 1;
constexpr std::size_t profile_at = 2;
constexpr std::size_t token_at = 20;
constexpr std::size_t consent_at = 48;
constexpr std::size_t until_at = 64;
constexpr std::size_t log_index_at = 72;

}  // namespace

bool is_verifier(std::string_view text) noexcept {
  const auto is_unreserved = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
  };
  return text.size() >= verifier_min && text.size() <= verifier_max && std::ranges::all_of(text, is_unreserved);
}

Hash challenge_of(std::string_view verifier) noexcept { return crypto::sha256(as_bytes(verifier)); }

RedemptionBytes encode(const Redemption& redemption) {
  RedemptionBytes out{};
  out[0] = version;
  out[length_at] = static_cast<std::uint8_t>(redemption.verifier.size());
  std::ranges::copy(redemption.request_id.value(), out.begin() + request_id_at);
  std::ranges::copy(redemption.code, out.begin() + code_at);
  std::ranges::copy(as_bytes(redemption.verifier), out.begin() + verifier_at);
  return out;
}

Result<Redemption> parse_redemption(BytesView bytes) {
  if (bytes.size() != redemption_size) return fail(Errc::malformed, "length");
  if (bytes[0] != version) return fail(Errc::malformed, "version");
  const std::size_t length = bytes[length_at];
  const auto verifier = as_text(bytes.subspan(verifier_at, std::min(length, verifier_max)));
  if (length > verifier_max || !is_verifier(verifier)) return fail(Errc::malformed, "verifier");
  if (!all_zero(bytes.subspan(2, 2)) || !all_zero(bytes.subspan(verifier_at + length))) {
    return fail(Errc::malformed, "a byte that should be zero");
  }
  return Redemption{.request_id = RequestId{take<16>(bytes.subspan(request_id_at))},
                    .code = take<32>(bytes.subspan(code_at)),
                    .verifier = std::string{verifier}};
}

std::string_view name_of(RedemptionOutcome outcome) noexcept {
  switch (outcome) {
    case RedemptionOutcome::granted: return "granted";
    case RedemptionOutcome::unknown_code: return "unknown-code";
    case RedemptionOutcome::late_code: return "late-code";
    case RedemptionOutcome::used_code: return "used-code";
    case RedemptionOutcome::wrong_verifier: return "wrong-verifier";
  }
  return "unknown";
}

RedemptionBytes encode(const RedemptionAnswer& answer) {
  RedemptionBytes out{};
  out[0] = version;
  out[outcome_at] = static_cast<std::uint8_t>(answer.outcome);
  std::ranges::copy(answer.request_id.value(), out.begin() + request_id_at);
  if (answer.outcome != RedemptionOutcome::granted) return out;
  out[profile_at] = static_cast<std::uint8_t>(answer.profile);
  std::ranges::copy(answer.token.bytes, out.begin() + token_at);
  std::ranges::copy(answer.consent.value(), out.begin() + consent_at);
  put_be(MutableBytes{out}.subspan(until_at), unix_seconds(answer.until));
  put_be(MutableBytes{out}.subspan(log_index_at), answer.log_index);
  return out;
}

Result<RedemptionAnswer> parse_redemption_answer(BytesView bytes) {
  if (bytes.size() != redemption_size) return fail(Errc::malformed, "length");
  const auto outcome = bytes[outcome_at];
  if (bytes[0] != version || outcome < 1 || outcome > static_cast<std::uint8_t>(RedemptionOutcome::wrong_verifier)) {
    return fail(Errc::malformed, "version or outcome");
  }
  RedemptionAnswer answer{.outcome = static_cast<RedemptionOutcome>(outcome),
                          .request_id = RequestId{take<16>(bytes.subspan(request_id_at))}};
  if (answer.outcome != RedemptionOutcome::granted) return answer;
  const auto profile = bytes[profile_at];
  if (profile != static_cast<std::uint8_t>(Profile::colour) &&
      profile != static_cast<std::uint8_t>(Profile::decision_only)) {
    return fail(Errc::malformed, "profile");
  }
  answer.profile = static_cast<Profile>(profile);
  answer.token.bytes = take<link_token_size>(bytes.subspan(token_at));
  answer.consent = ConsentId{take<16>(bytes.subspan(consent_at))};
  answer.until = moment_of(get_be<std::uint64_t>(bytes.subspan(until_at, 8)));
  answer.log_index = get_be<std::uint64_t>(bytes.subspan(log_index_at, 8));
  return answer;
}

}  // namespace lindung::domain
