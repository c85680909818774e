// A small machine of its own: it must not trust the one that decides answers.
#include "log/partner_history.h"

#include <cstdint>
#include <string>
#include <variant>

#include "base/error.h"
#include "base/result.h"
#include "log/entry.h"

namespace lindung::log {

void PartnerHistory::add(std::uint64_t index, const Entry& entry) {
  if (const auto* fact = std::get_if<PartnerEntry>(&entry)) {
    if (fact->partner == partner_) change(index, fact->state);
    return;
  }
  const auto* answer = std::get_if<AnswerEntry>(&entry);
  if (answer == nullptr || answer->partner != partner_) return;
  last_answer_ = index;
  if (state_ == State::active || wrong_answer_) return;
  wrong_answer_ = index;
  if (state_ == State::cut) {
    wrong_because_ = "behind the cut at entry " + std::to_string(cut_.value_or(0));
  } else {
    wrong_because_ =
        state_ == State::suspended ? "while the partner was suspended" : "while the partner was not active";
  }
}

void PartnerHistory::change(std::uint64_t index, PartnerChange change) {
  switch (change) {
    case PartnerChange::pact_signed: break;
    case PartnerChange::registered:
    case PartnerChange::shredded: state_ = State::inactive; break;
    case PartnerChange::active:
      if (state_ == State::inactive) state_ = State::active;
      break;
    case PartnerChange::suspended:
      if (state_ == State::active) state_ = State::suspended;
      break;
    case PartnerChange::resumed:
      if (state_ == State::suspended) state_ = State::active;
      break;
    case PartnerChange::cut:
      state_ = State::cut;
      cut_ = index;
      break;
    case PartnerChange::uncut:
      if (state_ == State::cut) state_ = State::active;
      break;
  }
}

Result<void> PartnerHistory::verdict() const {
  if (!wrong_answer_) return ok();
  return fail(Errc::conflict,
              "entry " + std::to_string(*wrong_answer_) + " is an answer to " + partner_.value() + " " + wrong_because_,
              *wrong_answer_);
}

}  // namespace lindung::log
