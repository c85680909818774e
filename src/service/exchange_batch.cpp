#include "service/exchange_batch.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/decide.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "domain/question.h"
#include "domain/timeline.h"
#include "domain/venue_code.h"
#include "log/entry.h"
#include "log/merkle.h"
#include "service/asked.h"
#include "service/evidence.h"
#include "service/logged_unit.h"
#include "service/opened.h"
#include "service/recorded_answer.h"
#include "service/visit.h"
#include "service/working_set.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/log_head.h"
#include "store/ring.h"
#include "store/ring_ratchet.h"

namespace lindung::service {

namespace {

constexpr std::uint64_t bare_per_day = 24;  // protocol.md section 5, quotas
constexpr std::uint64_t at_venue_per_day = 100;
constexpr std::chrono::days token_age{30};  // protocol.md section 7, rotation

// What is said of one question, the others being answered. Any other error is that of the whole unit: nothing of it
// counts.
bool is_refusal(Errc code) noexcept {
  return code == Errc::bad_signature || code == Errc::partner_cut || code == Errc::partner_suspended ||
         code == Errc::replay_conflict || code == Errc::quota;
}

}  // namespace

ExchangeBatch::ExchangeBatch(const ExchangeGround& ground, std::vector<Asked> questions)
    : ground_{ground}, questions_{std::move(questions)}, work_{ground} {}

Result<void> ExchangeBatch::run(store::Transaction& transaction) {
  work_ = WorkingSet{ground_};
  answers_.clear();
  TRY(head, store::LogHead::lock(transaction));
  now_ = ground_.clock.now();
  TRYV(check_clock_against_log(now_, head));
  store::ExchangeRows rows{transaction};
  TRYV(work_.load(rows, questions_, now_, head.timeline_generation()));
  answers_.reserve(questions_.size());
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    auto given = answer(i, head);
    if (given.has_error() && !is_refusal(given.error().code)) return given.error();
    answers_.push_back(std::move(given));
  }
  TRYV(work_.write(rows));
  return head.finish(now_);
}

std::vector<CitizenRef> ExchangeBatch::asked_about() const {
  std::vector<CitizenRef> out;
  out.reserve(work_.items().size());
  for (const auto& item : work_.items()) out.push_back(item.about);
  return out;
}

// Partner, epoch and signing key again, now that nothing can change them before the commit.
Result<void> ExchangeBatch::may_ask(const Asked& asked) {
  const auto& asker = asked.opened.asker();
  const auto& row = work_.partner(asker.partner).row;
  if (!row) return fail(Errc::bad_signature, "keyid");
  switch (row->state) {
    case domain::PartnerState::active: break;
    case domain::PartnerState::cut:
    case domain::PartnerState::shredded: return fail(Errc::partner_cut, "", row->cut_index.value_or(0));
    case domain::PartnerState::registered:
    case domain::PartnerState::pact_signed:
    case domain::PartnerState::suspended: return fail(Errc::partner_suspended);
  }
  if (row->epoch != asker.epoch) return fail(Errc::partner_suspended, "epoch");
  if (!work_.is_valid(asker.partner, asker.key)) return fail(Errc::bad_signature, "keyid");
  return ok();
}

Result<domain::Answer> ExchangeBatch::answer(std::size_t index, store::LogHead& head) {
  const auto& asked = questions_[index];
  const auto& question = asked.opened.content();
  const auto& item = work_.item(index);
  TRYV(may_ask(asked));

  if (const auto* before = work_.answered(item.answered_key)) return repeat(item, *before, asked);
  if (item.recorded) return repeat(item, *item.recorded, asked);
  TRYV(count_against_partner(asked.opened.asker().partner));

  auto& person = work_.person(item.citizen);
  const bool has_venue = !question.venue_code.empty();
  const bool stays = person.visit && now_ < person.visit->due_at;
  domain::Situation situation{.operation = question.operation,
                              .profile = work_.partner(asked.opened.asker().partner).row->profile,
                              .is_linked = item.is_linked,
                              .has_venue = has_venue,
                              .venue_is_good = asked.venue != nullptr,
                              .is_over_quota = false,
                              .step = person.timeline.at(now_),
                              .category = asked.venue ? asked.venue->category : domain::Category::general,
                              .is_inside = asked.venue && stays && person.visit->venue == asked.venue->id,
                              .is_full = asked.venue && asked.venue->capacity != 0 &&
                                         work_.occupancy(asked.venue->id).inside >= asked.venue->capacity};
  if (!has_venue || asked.venue) situation.is_over_quota = !count_against_link(item, question, item.is_linked);
  const auto verdict = domain::decide(situation);

  domain::Answer answer{.outcome = verdict.outcome,
                        .colour = verdict.colour,
                        .answered_before = false,
                        .request_id = question.request_id,
                        .answered_at = now_,
                        .log_index = 0,
                        .leaf_hash = {},
                        .next_token = {},
                        .opening = crypto::random_bytes<16>(),
                        .evidence = asked.opened.proof().evidence};
  const auto leaf =
      log::encode(log::AnswerEntry{.partner = asked.opened.asker().partner,
                                   .epoch = asked.opened.asker().epoch,
                                   .answered_at = now_,
                                   .commitment = domain::commitment_of(answer, asked.opened.plaintext())});
  TRY(log_index, head.append(leaf));
  answer.log_index = log_index;
  answer.leaf_hash = log::leaf_hash(leaf);
  if (verdict.outcome == domain::Outcome::allow || verdict.outcome == domain::Outcome::deny) {
    TRYV(offer_next_token(item, asked, answer));
  }
  if (verdict.outcome == domain::Outcome::allow && question.operation != domain::Operation::status) {
    TRYV(record_visit(asked, item, log_index));
  }

  const auto day = day_of(now_);
  TRY(day_key, ground_.ring.period_key(store::Ratchet::answer_day, day.number));
  const bool rebuilds_poster = asked.venue && question.venue_code.size() == domain::poster_code_size;
  work_.add(store::ExchangeRows::NewEvidence{.day = day,
                                             .log_index = log_index,
                                             .sealed = seal_evidence(day_key, day, log_index,
                                                                     {.citizen = item.citizen,
                                                                      .opening = answer.opening,
                                                                      .key = asked.opened.asker().key,
                                                                      .proof = asked.opened.proof(),
                                                                      .question = question,
                                                                      .is_rebuilt_poster = rebuilds_poster})});
  store::AnsweredRow row{.question_mac = asked.question_mac,
                         .log_index = log_index,
                         .leaf_hash = answer.leaf_hash,
                         .sealed = seal_recorded_answer(asked.hour_key, person.key, item.answered_key, answer)};
  work_.add_answered(item.answered_key, std::move(row));
  return answer;
}

Result<domain::Answer> ExchangeBatch::repeat(const Item& item, const store::AnsweredRow& recorded, const Asked& asked) {
  if (!equal_secret(recorded.question_mac, asked.question_mac)) return fail(Errc::replay_conflict);
  auto opened =
      open_recorded_answer(asked.hour_key, work_.person(item.citizen).key, item.answered_key, recorded.sealed);
  // Under the dummy's key lies what was answered about nobody, whatever the token has become since.
  const auto& nobody = work_.person(ground_.dummy.citizen);
  auto as_nobody = open_recorded_answer(asked.hour_key, nobody.key, item.answered_key, recorded.sealed);
  if (opened.has_error()) opened = std::move(as_nobody);
  if (opened.has_value()) {
    auto answer = std::move(opened).value();
    answer.answered_before = true;
    return answer;
  }
  // The link was withdrawn, or granted, since: protocol.md section 9, last sentence.
  return domain::Answer{.outcome = domain::Outcome::unlinked,
                        .colour = domain::Colour::none,
                        .answered_before = true,
                        .request_id = asked.opened.content().request_id,
                        .answered_at = now_,
                        .log_index = recorded.log_index,
                        .leaf_hash = recorded.leaf_hash,
                        .next_token = {},
                        .opening = {},
                        .evidence = {}};
}

Result<void> ExchangeBatch::count_against_partner(const PartnerId& id) {
  auto& partner = work_.partner(id);
  const auto minute = unix_seconds(now_) / 60;
  if (partner.rate.minute != minute) partner.rate = {.minute = minute, .used = 0};
  if (partner.rate.used >= partner.row->per_minute) {
    return fail(Errc::quota, "", (minute + 1) * 60 - unix_seconds(now_));
  }
  ++partner.rate.used;
  partner.rate_changed = true;
  return ok();
}

// False when the quota of the link is used up; a check_out is never counted.
bool ExchangeBatch::count_against_link(const Item& item, const domain::Question& question, bool is_linked) {
  if (question.operation == domain::Operation::check_out) return true;
  auto& quota = work_.quota(is_linked ? item.link : ground_.dummy.link);
  const std::uint64_t today = day_of(now_).number;
  if (quota.row.day != today) quota.row = {.day = today, .bare = 0, .at_venue = 0};
  const bool is_bare = question.venue_code.empty();
  auto& used = is_bare ? quota.row.bare : quota.row.at_venue;
  quota.changed = true;
  if (used >= (is_bare ? bare_per_day : at_venue_per_day)) return false;
  ++used;
  return true;
}

Result<void> ExchangeBatch::record_visit(const Asked& asked, const Item& item, std::uint64_t log_index) {
  auto& person = work_.person(item.citizen);
  const bool stays = person.visit && now_ < person.visit->due_at;
  const bool is_here = stays && person.visit->venue == asked.venue->id;
  if (asked.opened.content().operation == domain::Operation::check_out) {
    return is_here ? end_visit(item.citizen, person, log_index) : ok();
  }
  if (is_here) return ok();  // a check_in while inside changes nothing
  if (person.visit) {
    TRYV(end_visit(item.citizen, person, log_index));
  }
  person.visit = OpenVisit{.venue = asked.venue->id,
                           .in_at = now_,
                           .due_at = now_ + domain::longest_stay(asked.venue->category),
                           .log_index = log_index};
  person.visit_changed = true;
  auto& occupancy = work_.occupancy(asked.venue->id);
  ++occupancy.inside;
  occupancy.changed = true;
  const auto day = day_of(now_);
  TRY(day_key, ground_.ring.period_key(store::Ratchet::visit_day, day.number));
  work_.add(store::ExchangeRows::NewVisitEvent{
      .day = day,
      .log_index = log_index,
      .part = static_cast<std::uint8_t>(VisitPart::check_in),
      .tag = visit_tag(day_key, item.citizen),
      .sealed = seal_visit_event(
          day_key, day, log_index, VisitPart::check_in,
          {.citizen = item.citizen, .venue = asked.venue->id, .in_at = now_, .out_at = std::nullopt})});
  return ok();
}

// Ends the open visit now, or when it was due. The event belongs to the day of its check-in (protocol.md section 12).
Result<void> ExchangeBatch::end_visit(const CitizenRef& citizen, Person& person, std::uint64_t log_index) {
  const auto visit = *person.visit;
  const auto day = day_of(visit.in_at);
  // A day whose key was destroyed has no place for the event any more; the visit ends all the same.
  const auto day_key = ground_.ring.period_key(store::Ratchet::visit_day, day.number);
  if (day_key.has_value()) {
    work_.add(store::ExchangeRows::NewVisitEvent{
        .day = day,
        .log_index = log_index,
        .part = static_cast<std::uint8_t>(VisitPart::check_out),
        .tag = visit_tag(day_key.value(), citizen),
        .sealed = seal_visit_event(
            day_key.value(), day, log_index, VisitPart::check_out,
            {.citizen = citizen, .venue = visit.venue, .in_at = visit.in_at, .out_at = std::min(now_, visit.due_at)})});
  } else if (day_key.error().code != Errc::denied) {
    return day_key.error();
  }
  person.visit.reset();
  person.visit_changed = true;
  auto& occupancy = work_.occupancy(visit.venue);
  if (occupancy.inside > 0) --occupancy.inside;
  occupancy.changed = true;
  return ok();
}

Result<void> ExchangeBatch::offer_next_token(const Item& item, const Asked& asked, domain::Answer& answer) {
  const auto& token = *item.token;
  if (token.state == store::TokenState::offered) {
    // First use of an offered token: its age counts from now.
    if (token.follows) work_.begin_token(item.token_key, *token.follows, token.dies_at);
    return ok();
  }
  if (now_ < token.born_at + token_age) return ok();
  const auto& asker = asked.opened.asker();
  TRY(rotation_key,
      ground_.ring.hmac_key(
          {.cls = store::KeyClass::partner_rotation, .scope = asker.partner.value(), .epoch = asker.epoch}));
  TRY(trace_key,
      ground_.ring.hmac_key({.cls = store::KeyClass::partner_trace, .scope = asker.partner.value(), .epoch = 0}));
  const auto next = domain::next_link_token(*rotation_key, *trace_key, asked.opened.content().token);
  TRY(next_index,
      store::BlindIndex{ground_.ring}.of(
          {.cls = store::KeyClass::partner_index, .scope = asker.partner.value(), .epoch = asker.epoch}, next.bytes));
  answer.next_token = next.bytes;
  if (token.state == store::TokenState::current) {
    work_.add(store::ExchangeRows::NewToken{.key = {.partner = asker.partner, .index = next_index},
                                            .row = {.citizen = item.citizen,
                                                    .link = item.link,
                                                    .state = store::TokenState::offered,
                                                    .born_at = now_,
                                                    .dies_at = token.dies_at,
                                                    .follows = item.token_key.index}});
  }
  return ok();
}

}  // namespace lindung::service
