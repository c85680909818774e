#include "gateway/verify_door.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "gateway/signed_head.h"
#include "http/message.h"

namespace lindung::gateway {
namespace {

constexpr std::chrono::seconds window{60};
constexpr std::size_t least_nonces = 1024;

Result<void> check_framing(const http::Request& request, const SignatureProfile& profile) {
  if (request.target != profile.path) return fail(Errc::malformed, "target");
  if (!request.framed_by_content_length) return fail(Errc::malformed, "framing");
  const auto is_encoded = std::ranges::any_of(request.fields, [](const auto& field) {
    return http::same_name(field.name, "content-encoding") || http::same_name(field.name, "transfer-encoding");
  });
  if (is_encoded) return fail(Errc::malformed, "encoding");
  const auto [is_there, content_type] = request.only("content-type");
  if (!is_there || content_type != profile.content_type) return fail(Errc::malformed, "media type");
  return ok();
}

}  // namespace

VerifyDoor::VerifyDoor(const Clock& clock, Authorities authorities, FindKey find_key, const SignatureProfile& profile)
    : clock_{clock},
      authorities_{std::move(authorities)},
      find_key_{std::move(find_key)},
      profile_{profile},
      dummy_key_{crypto::Ed25519PrivateKey::generate().public_key()} {}

// An unknown key costs the same as a forged signature and is answered the same.
Result<void> VerifyDoor::check_signature(const http::Request& request, const SignedHead& head) const {
  if (crypto::sha256(request.body) != head.content_digest) return fail(Errc::bad_signature, "content-digest");
  TRY(known, find_key_(KeyId{std::string{head.key_id}}));
  const bool is_signed = known.value_or(dummy_key_).verifies(as_bytes(head.signature_base), head.signature);
  if (!is_signed || !known) return fail(Errc::bad_signature, "signature");
  return ok();
}

// Counts it: once for each nonce, and so many a minute. What is remembered ends with the life of a signature.
Result<void> VerifyDoor::take_in(const SignedHead& head, Moment now) {
  const std::scoped_lock lock{mutex_};
  const auto now_s = unix_seconds(now);
  auto name = std::string{head.key_id} + "\n" + std::string{as_text(head.nonce)};
  if (const auto seen = nonces_.find(name); seen != nonces_.end() && seen->second >= now_s) {
    return fail(Errc::replay_conflict, "nonce");
  }
  auto& used = windows_.try_emplace(std::string{head.key_id}, Window{.from = now}).first->second;
  if (now >= used.from + window || now < used.from) used = {.from = now};
  if (used.used >= verifications_a_minute) {
    return Error{
        .code = Errc::quota, .detail = "requests of this key", .number = unix_seconds(used.from + window) - now_s};
  }
  ++used.used;
  if (nonces_.size() >= sweep_at_) {
    std::erase_if(nonces_, [&](const auto& each) { return each.second < now_s; });
    sweep_at_ = std::max(least_nonces, nonces_.size() * 2);
  }
  nonces_.insert_or_assign(std::move(name), head.expires_s);
  return ok();
}

Result<KeyId> VerifyDoor::admit(const http::Request& request) {
  const auto now = clock_.now();
  TRYV(check_framing(request, profile_));
  TRY(head, parse_signed_head(request, profile_, authorities_));
  TRYV(check_freshness(head, now));
  TRYV(check_signature(request, head));
  TRYV(take_in(head, now));
  return KeyId{std::string{head.key_id}};
}

}  // namespace lindung::gateway
