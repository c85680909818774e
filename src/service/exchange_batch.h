// One transaction for many questions: the middle of the hot path (the way of a scan, docs/architecture.md).
//
// Invariants, in the order of the steps
// 1. The head of the log is locked first, in a statement of its own; all that a cut, a withdrawal or a revocation can
//    change is read after it (run()).
// 2. A recorded answer is released only from here: under the head, with its partner found active (repeat()).
// 3. An unlinked question runs the same statements and seals as a linked one, against the dummy person (working_set.h).
// 4. Every answer given has its entry in the log in the same commit; a repeated one adds nothing (answer()).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "service/asked.h"
#include "service/working_set.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/log_head.h"

namespace lindung::service {

class ExchangeBatch {
 public:
  ExchangeBatch(const ExchangeGround& ground, std::vector<Asked> questions);

  // The unit of work; may be run again after a retry, and starts anew then.
  // Errors: unavailable when the clock is behind the log; sealed; the database's own.
  [[nodiscard]] Result<void> run(store::Transaction& transaction);

  [[nodiscard]] const std::vector<Asked>& questions() const noexcept { return questions_; }
  [[nodiscard]] std::vector<Asked>& questions() noexcept { return questions_; }
  // Shape: one for each question, in order, after run() succeeded and was committed.
  [[nodiscard]] std::vector<Result<domain::Answer>>& answers() noexcept { return answers_; }
  // Whom each question is about, the dummy where there is nobody; after run() succeeded.
  [[nodiscard]] std::vector<CitizenRef> asked_about() const;

 private:
  using Item = WorkingSet::Item;
  using Person = WorkingSet::Person;

  [[nodiscard]] Result<domain::Answer> answer(std::size_t index, store::LogHead& head);
  [[nodiscard]] Result<void> may_ask(const Asked& asked);
  [[nodiscard]] Result<domain::Answer> repeat(const Item& item, const store::AnsweredRow& recorded, const Asked& asked);
  [[nodiscard]] Result<void> count_against_partner(const PartnerId& partner);
  [[nodiscard]] bool count_against_link(const Item& item, const domain::Question& question, bool is_linked);
  [[nodiscard]] Result<void> record_visit(const Asked& asked, const Item& item, std::uint64_t log_index);
  [[nodiscard]] Result<void> end_visit(const CitizenRef& citizen, Person& person, std::uint64_t log_index);
  [[nodiscard]] Result<void> offer_next_token(const Item& item, const Asked& asked, domain::Answer& answer);

  const ExchangeGround& ground_;
  std::vector<Asked> questions_;

  // Of one run.
  Moment now_;
  WorkingSet work_;
  std::vector<Result<domain::Answer>> answers_;
};

}  // namespace lindung::service
