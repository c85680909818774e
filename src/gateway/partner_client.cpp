#include "gateway/partner_client.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "domain/question.h"
#include "gateway/envelope.h"
#include "gateway/sealed_client.h"
#include "log/entry.h"
#include "log/merkle.h"

namespace lindung::gateway {

namespace {

KeyHolder holder_of(const PartnerIdentity& partner) {
  return {.key_id = partner.key_id, .signing_key = partner.signing_key, .pact_digest = partner.pact_digest};
}

Result<void> check_answer(const domain::Answer& answer, const PartnerIdentity& partner, const SealedEnvelope& request,
                          const domain::QuestionBytes& question) {
  if (!std::ranges::equal(answer.request_id.value(), BytesView{question}.subspan(4, 16))) {
    return fail(Errc::corrupt, "the answer is to another question");
  }
  // A repeated answer commits to the evidence of the request that was answered first, which it names; one whose link
  // has gone since has lost the opening of what was recorded (protocol.md section 9).
  const bool has_ended = answer.outcome == domain::Outcome::unlinked && all_zero(answer.opening);
  if (answer.answered_before && has_ended) return ok();
  if (!answer.answered_before && answer.evidence != request.evidence) {
    return fail(Errc::corrupt, "the answer names another request as evidence");
  }
  const auto leaf = log::encode(log::AnswerEntry{.partner = partner.partner,
                                                 .epoch = partner.epoch,
                                                 .answered_at = answer.answered_at,
                                                 .commitment = domain::commitment_of(answer, question)});
  if (log::leaf_hash(leaf) != answer.leaf_hash) return fail(Errc::corrupt, "the leaf hash is not that of this answer");
  return ok();
}

}  // namespace

Result<SealedRequest> seal_request(const PartnerIdentity& partner, const GatewayKey& gateway,
                                   std::string_view authority, const domain::Question& question, Moment now,
                                   seconds lifetime, const RequestRandom& random) {
  const auto plaintext = domain::encode(question);
  TRY(sealed,
      seal_envelope(exchange_envelope, holder_of(partner), gateway, authority, plaintext, now, lifetime, random));
  return SealedRequest{{std::move(sealed)}, plaintext};
}

Result<SealedBundle> seal_bundle(const PartnerIdentity& partner, const GatewayKey& gateway, std::string_view authority,
                                 std::span<const domain::Question> questions, Moment now, seconds lifetime,
                                 const RequestRandom& random) {
  const auto slots = std::ranges::lower_bound(domain::bundle_slots, questions.size());
  if (questions.empty() || slots == domain::bundle_slots.end()) {
    return fail(Errc::invalid_argument, "a bundle has 1 to 64 questions");
  }
  std::vector<domain::QuestionBytes> plaintexts;
  std::set<RequestId> ids;
  for (const auto& question : questions) {
    if (!ids.insert(question.request_id).second) return fail(Errc::invalid_argument, "a request id stands twice");
    plaintexts.push_back(domain::encode(question));
  }
  const auto plaintext = domain::encode_bundle(plaintexts, *slots);
  TRY(sealed, seal_envelope(bundle_envelope, holder_of(partner), gateway, authority, plaintext, now, lifetime, random));
  return SealedBundle{{std::move(sealed)}, std::move(plaintexts), *slots};
}

Result<domain::Answer> open_answer(const PartnerIdentity& partner, const SealedRequest& request, BytesView body) {
  TRY(plaintext, open_reply(request.reply_key, body, domain::answer_size));
  TRY(answer, domain::parse_answer(take<domain::answer_size>(plaintext)));
  TRYV(check_answer(answer, partner, request, request.plaintext));
  return answer;
}

Result<std::vector<domain::BundledAnswer>> open_bundle_answer(const PartnerIdentity& partner,
                                                              const SealedBundle& request, BytesView body) {
  TRY(plaintext, open_reply(request.reply_key, body, domain::bundle_size(request.slots)));
  TRY(answers, domain::parse_bundle_answer(plaintext));
  if (answers.size() != request.plaintexts.size()) return fail(Errc::malformed, "answer: number of slots");
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& each = answers[i];
    if (!std::ranges::equal(each.request_id.value(), BytesView{request.plaintexts[i]}.subspan(4, 16))) {
      return fail(Errc::corrupt, "the answer is to another question");
    }
    if (each.answer.has_error()) continue;
    TRYV(check_answer(each.answer.value(), partner, request, request.plaintexts[i]));
  }
  return answers;
}

}  // namespace lindung::gateway
