// What a past answer said, found again from its evidence and proven by its entry in the log: the entry commits to
// outcome, colour and second, and nothing else opens it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "log/entry.h"
#include "service/evidence.h"
#include "service/evidence_pack.h"
#include "service/platform.h"

namespace lindung::gateway {

// Privacy: one person's answer.
struct ProvenAnswer {
  CitizenRef citizen;
  PartnerId partner;
  domain::Operation operation{};
  domain::Answer answer;  // without the next token and the leaf hash
};

// Errors: not_found when this entry is no answer, or its day is forgotten; denied when its day's key is destroyed;
// corrupt when nothing opens the commitment: the evidence is not that of this answer.
[[nodiscard]] Result<ProvenAnswer> prove_answer(const service::Platform& platform, std::uint64_t log_index);

// The same, of an entry and its evidence that were read already. Errors: corrupt.
[[nodiscard]] Result<ProvenAnswer> prove_evidence(const service::Platform& platform, std::uint64_t log_index,
                                                  const log::AnswerEntry& entry, const service::Evidence& evidence);

// The same, as what an outsider needs to see it: for an evidence pack. Errors: those.
[[nodiscard]] Result<service::PackOpening> open_answer(const service::Platform& platform, std::uint64_t log_index);

// The indexes of the answers about a citizen whose evidence is still kept: every row of those days is opened.
[[nodiscard]] Result<std::vector<std::uint64_t>> answers_about(const service::Platform& platform,
                                                               const CitizenRef& citizen, Moment from, Moment until);

}  // namespace lindung::gateway
