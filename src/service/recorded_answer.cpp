#include "service/recorded_answer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "store/exchange_rows.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::size_t kept_size = 152;  // the answer's bytes up to the end of `evidence`; the rest is zero

Bytes primary_key(const store::AnsweredKey& key) {
  return Message{64}.be(key.hour.number).raw(key.partner.bytes()).u8(0).raw(key.request.bytes()).take();
}

}  // namespace

Hash question_mac(const Secret<32>& hour_key, const domain::QuestionBytes& question) {
  constexpr ByteArray<1> separator{0};
  return crypto::hmac_sha256(hour_key.view(), {as_bytes("lindung question v1"), separator, question});
}

Bytes seal_recorded_answer(const Secret<32>& hour_key, const Secret<32>& citizen_key, const store::AnsweredKey& key,
                           const domain::Answer& answer) {
  const auto bytes = domain::encode(answer);
  const auto row_key = primary_key(key);
  return store::seal_under(store::combine(hour_key, citizen_key),
                           {.table = "answered", .primary_key = row_key, .version = row_version},
                           BytesView{bytes}.first(kept_size));
}

Result<domain::Answer> open_recorded_answer(const Secret<32>& hour_key, const Secret<32>& citizen_key,
                                            const store::AnsweredKey& key, BytesView sealed) {
  const auto row_key = primary_key(key);
  TRY(plain, store::open_under(store::combine(hour_key, citizen_key),
                               {.table = "answered", .primary_key = row_key, .version = row_version}, sealed));
  if (plain.size() != kept_size) return fail(Errc::corrupt, "answered: length");
  domain::AnswerBytes bytes{};
  std::ranges::copy(plain, bytes.begin());
  return domain::parse_answer(bytes);
}

}  // namespace lindung::service
