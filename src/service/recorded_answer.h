// An answer as it is kept for retries (protocol.md section 9): found by hour of client time, partner and request id,
// sealed under a key that dies with the hour or with the citizen.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "store/exchange_rows.h"

namespace lindung::service {

// HMAC of the question under the hour's key: tells the same question from another one under the same id.
[[nodiscard]] Hash question_mac(const Secret<32>& hour_key, const domain::QuestionBytes& question);

[[nodiscard]] Bytes seal_recorded_answer(const Secret<32>& hour_key, const Secret<32>& citizen_key,
                                         const store::AnsweredKey& key, const domain::Answer& answer);
// Errors: corrupt when it does not open, which is how a withdrawn or erased link shows.
[[nodiscard]] Result<domain::Answer> open_recorded_answer(const Secret<32>& hour_key, const Secret<32>& citizen_key,
                                                          const store::AnsweredKey& key, BytesView sealed);

}  // namespace lindung::service
