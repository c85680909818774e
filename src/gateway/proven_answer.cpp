#include "gateway/proven_answer.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "domain/question.h"
#include "gateway/signed_head.h"
#include "log/entry.h"
#include "service/evidence.h"
#include "service/evidence_pack.h"
#include "service/platform.h"
#include "service/venues.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/ring_ratchet.h"

namespace lindung::gateway {

namespace {

constexpr int floored_to = 10;  // seconds (protocol.md section 5)
constexpr std::array outcomes{domain::Outcome::unlinked,      domain::Outcome::allow,      domain::Outcome::deny,
                              domain::Outcome::venue_refused, domain::Outcome::venue_full, domain::Outcome::over_quota};
constexpr std::array colours{domain::Colour::none, domain::Colour::green, domain::Colour::yellow, domain::Colour::red,
                             domain::Colour::black};

struct Stored {
  log::AnswerEntry entry;
  service::Evidence evidence;
};

Result<Stored> read_stored(const service::Platform& platform, std::uint64_t log_index) {
  const auto index = static_cast<std::int64_t>(log_index);
  std::optional<Stored> stored;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    Bytes leaf;
    TRYV(transaction.run(store::Sql{"SELECT leaf FROM log_entry WHERE idx = $1"}, {index},
                         [&](const store::Row& row) { leaf = to_bytes(row.bytes(0)); }));
    if (leaf.empty()) return fail(Errc::not_found, "the log has no such entry");
    TRY(entry, log::decode(leaf));
    const auto* answer = std::get_if<log::AnswerEntry>(&entry);
    if (answer == nullptr) return fail(Errc::not_found, "this entry of the log is no answer");
    const auto day = day_of(answer->answered_at);
    TRY(days, store::list_periods(transaction, store::PeriodTable::evidence));
    Bytes sealed;
    for (const auto each : days) {
      if (each != day.number) continue;
      TRYV(transaction.run(store::period_sql("SELECT sealed FROM evidence_{p} WHERE log_index = $1", day.number),
                           {index}, [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
    }
    if (sealed.empty()) return fail(Errc::not_found, "the evidence of this answer's day is forgotten");
    TRY(key, platform.ring.period_key(store::Ratchet::answer_day, day.number));
    TRY(evidence, service::open_evidence(key, day, log_index, sealed));
    stored = Stored{.entry = *answer, .evidence = std::move(evidence)};
    return ok();
  }));
  return std::move(*stored);
}

// What the partner signed, from what was kept of the request.
std::string signature_base_of(const service::Evidence& evidence) {
  const auto& proof = evidence.proof;
  const auto& profile = proof.is_bundle ? bundle_profile : exchange_profile;
  const auto input = signature_input(profile, {.created_s = proof.created_s,
                                               .expires_s = proof.expires_s,
                                               .nonce = proof.nonce,
                                               .key_id = evidence.key.value()});
  return signature_base(profile, proof.authority, digest_field(proof.content_digest), digest_field(proof.pact_digest),
                        input);
}

struct Opened {
  Stored stored;
  std::string base;
  domain::QuestionBytes question{};
  domain::Answer answer;
};

Result<Opened> open_stored(const service::Platform& platform, std::uint64_t log_index, Stored stored) {
  auto question = stored.evidence.question;
  if (stored.evidence.is_rebuilt_poster) {
    TRY(poster, service::rebuild_poster(platform, question.venue_code));
    question.venue_code = std::move(poster);
  }
  const auto plaintext = domain::encode(question);
  domain::Answer answer;
  answer.request_id = question.request_id;
  answer.opening = stored.evidence.opening;
  auto base = signature_base_of(stored.evidence);
  answer.evidence = domain::evidence_of(base, stored.evidence.proof.signature);
  for (int second = 0; second < floored_to; ++second) {
    answer.answered_at = stored.entry.answered_at + seconds{second};
    for (const auto outcome : outcomes) {
      for (const auto colour : colours) {
        answer.outcome = outcome;
        answer.colour = colour;
        if (domain::commitment_of(answer, plaintext) != stored.entry.commitment) continue;
        answer.log_index = log_index;
        return Opened{.stored = std::move(stored), .base = std::move(base), .question = plaintext, .answer = answer};
      }
    }
  }
  return fail(Errc::corrupt, "nothing opens the commitment of this answer");
}

}  // namespace

Result<ProvenAnswer> prove_answer(const service::Platform& platform, std::uint64_t log_index) {
  TRY(stored, read_stored(platform, log_index));
  return prove_evidence(platform, log_index, stored.entry, stored.evidence);
}

Result<ProvenAnswer> prove_evidence(const service::Platform& platform, std::uint64_t log_index,
                                    const log::AnswerEntry& entry, const service::Evidence& evidence) {
  TRY(opened, open_stored(platform, log_index, {.entry = entry, .evidence = evidence}));
  return ProvenAnswer{.citizen = opened.stored.evidence.citizen,
                      .partner = opened.stored.entry.partner,
                      .operation = opened.stored.evidence.question.operation,
                      .answer = opened.answer};
}

Result<service::PackOpening> open_answer(const service::Platform& platform, std::uint64_t log_index) {
  TRY(stored, read_stored(platform, log_index));
  TRY(opened, open_stored(platform, log_index, std::move(stored)));
  return service::PackOpening{.index = log_index,
                              .partner = opened.stored.entry.partner,
                              .opening = opened.stored.evidence.opening,
                              .key_id = opened.stored.evidence.key.value(),
                              .signature_base = std::move(opened.base),
                              .signature = opened.stored.evidence.proof.signature,
                              .question = to_bytes(opened.question),
                              .head = to_bytes(domain::committed_head(opened.answer)),
                              .citizen = opened.stored.evidence.citizen};
}

Result<std::vector<std::uint64_t>> answers_about(const service::Platform& platform, const CitizenRef& citizen,
                                                 Moment from, Moment until) {
  std::vector<std::uint64_t> found;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    found.clear();
    TRY(days, store::list_periods(transaction, store::PeriodTable::evidence));
    for (const auto number : days) {
      const Day day{static_cast<std::uint32_t>(number)};
      if (day < day_of(from) || day > day_of(until)) continue;
      const auto key = platform.ring.period_key(store::Ratchet::answer_day, number);
      if (key.has_error()) {
        if (key.error().code == Errc::denied) continue;  // forgotten; its table goes next
        return key.error();
      }
      bool is_damaged = false;
      TRYV(transaction.run(store::period_sql("SELECT log_index, sealed FROM evidence_{p} ORDER BY log_index", number),
                           {}, [&](const store::Row& row) {
                             const auto index = static_cast<std::uint64_t>(row.integer(0));
                             const auto evidence = service::open_evidence(key.value(), day, index, row.bytes(1));
                             is_damaged = is_damaged || evidence.has_error();
                             if (evidence.has_value() && evidence.value().citizen == citizen) found.push_back(index);
                           }));
      if (is_damaged) return fail(Errc::corrupt, "evidence of day " + std::to_string(number));
    }
    return ok();
  }));
  return found;
}

}  // namespace lindung::gateway
