#include "service/evidence.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/link_token.h"
#include "domain/question.h"
#include "domain/venue_code.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::size_t fixed_size = 16 + 16 + 64 + 16 + 32 + 32 + 8 + 1 + 1 + 16 + 28 + 8 + 3;

// Beside the operation in its byte.
constexpr unsigned poster_bit = 0x80;
constexpr unsigned bundle_bit = 0x40;

ByteArray<12> primary_key(Day day, std::uint64_t log_index) {
  ByteArray<12> key;
  put_be(MutableBytes{key}, day.number);
  put_be(MutableBytes{key}.subspan(4), log_index);
  return key;
}

// Reads the fixed layout; the caller has checked that the fixed part is there.
class Cursor {
 public:
  explicit Cursor(BytesView in) : in_{in} {}
  template <std::size_t N>
  ByteArray<N> fixed() {
    const auto out = take<N>(in_);
    in_ = in_.subspan(N);
    return out;
  }
  template <class T>
  T integer() {
    const auto value = get_be<T>(in_.first(sizeof(T)));
    in_ = in_.subspan(sizeof(T));
    return value;
  }
  Result<BytesView> rest(std::size_t size) {
    if (in_.size() < size) return fail(Errc::corrupt, "evidence: length");
    const auto out = in_.first(size);
    in_ = in_.subspan(size);
    return out;
  }
  [[nodiscard]] bool at_end() const { return in_.empty(); }

 private:
  BytesView in_;
};

}  // namespace

Bytes seal_evidence(const Secret<32>& day_key, Day day, std::uint64_t log_index, const Evidence& evidence) {
  const auto& question = evidence.question;
  const BytesView code{question.venue_code};
  const auto kept = evidence.is_rebuilt_poster ? code.first(domain::venue_code_head_size) : code;
  Message plain{fixed_size + evidence.key.value().size() + evidence.proof.authority.size() + kept.size()};
  plain.raw(evidence.citizen.bytes())
      .raw(evidence.opening)
      .raw(evidence.proof.signature)
      .raw(evidence.proof.nonce)
      .raw(evidence.proof.content_digest)
      .raw(evidence.proof.pact_digest)
      .be(evidence.proof.created_s)
      .u8(static_cast<std::uint8_t>(evidence.proof.expires_s - evidence.proof.created_s))
      .u8(static_cast<std::uint8_t>(static_cast<unsigned>(question.operation) |
                                    (evidence.is_rebuilt_poster ? poster_bit : 0U) |
                                    (evidence.proof.is_bundle ? bundle_bit : 0U)))
      .raw(question.request_id.bytes())
      .raw(question.token.bytes)
      .be(unix_seconds(question.client_time))
      .u8(static_cast<std::uint8_t>(evidence.key.value().size()))
      .u8(static_cast<std::uint8_t>(evidence.proof.authority.size()))
      .u8(static_cast<std::uint8_t>(kept.size()))
      .text(evidence.key.value())
      .text(evidence.proof.authority)
      .raw(kept);
  const auto key = primary_key(day, log_index);
  return store::seal_under(day_key, {.table = "evidence", .primary_key = key, .version = row_version}, plain.view());
}

Result<Evidence> open_evidence(const Secret<32>& day_key, Day day, std::uint64_t log_index, BytesView sealed) {
  const auto key = primary_key(day, log_index);
  TRY(plain, store::open_under(day_key, {.table = "evidence", .primary_key = key, .version = row_version}, sealed));
  if (plain.size() < fixed_size) return fail(Errc::corrupt, "evidence: length");
  Cursor in{plain};
  Evidence evidence;
  evidence.citizen = CitizenRef{in.fixed<16>()};
  evidence.opening = in.fixed<16>();
  evidence.proof.signature = in.fixed<64>();
  evidence.proof.nonce = in.fixed<16>();
  evidence.proof.content_digest = in.fixed<32>();
  evidence.proof.pact_digest = in.fixed<32>();
  evidence.proof.created_s = in.integer<std::uint64_t>();
  evidence.proof.expires_s = evidence.proof.created_s + in.integer<std::uint8_t>();
  const auto operation = in.integer<std::uint8_t>();
  evidence.is_rebuilt_poster = (operation & poster_bit) != 0;
  evidence.proof.is_bundle = (operation & bundle_bit) != 0;
  evidence.question.operation = static_cast<domain::Operation>(operation & ~(poster_bit | bundle_bit));
  evidence.question.request_id = RequestId{in.fixed<16>()};
  evidence.question.token.bytes = in.fixed<domain::link_token_size>();
  evidence.question.client_time = moment_of(in.integer<std::uint64_t>());
  const std::size_t key_size = in.integer<std::uint8_t>();
  const std::size_t authority_size = in.integer<std::uint8_t>();
  const std::size_t code_size = in.integer<std::uint8_t>();
  TRY(key_id, in.rest(key_size));
  TRY(authority, in.rest(authority_size));
  TRY(code, in.rest(code_size));
  if (!in.at_end()) return fail(Errc::corrupt, "evidence: length");
  evidence.key = KeyId{std::string{as_text(key_id)}};
  evidence.proof.authority = as_text(authority);
  evidence.question.venue_code = to_bytes(code);
  return evidence;
}

}  // namespace lindung::service
