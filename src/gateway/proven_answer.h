// What a past answer said, found again from its evidence and proven by its entry in the log: the entry commits to
// outcome, colour and second, and nothing else opens it.
#pragma once

#include <cstdint>

#include "base/id.h"
#include "base/result.h"
#include "domain/answer.h"
#include "domain/question.h"
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

}  // namespace lindung::gateway
