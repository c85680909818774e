#include "cert/cwt.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"
#include "codec/cbor_tree.h"

namespace lindung::cert {
namespace {

// RFC 8392 section 4.
constexpr std::int64_t claim_iss = 1;
constexpr std::int64_t claim_exp = 4;
constexpr std::int64_t claim_nbf = 5;
constexpr std::int64_t claim_iat = 6;
constexpr double farthest = 1e12;  // seconds: beyond year 30000 nothing is meant

struct DateClaim {
  std::int64_t number;
  const char* name;
};

Checked<std::optional<NumericDate>> date(const codec::CborItem& claims, const DateClaim& claim, Step step) {
  const auto found = claims.find(claim.number);
  if (!found) return std::optional<NumericDate>{};
  const auto value = found->number();
  if (!value || !std::isfinite(*value) || std::abs(*value) > farthest)
    return refuse(step, Reason::claim_type, claim.name);
  return value;
}

}  // namespace

Checked<Cwt> Cwt::read(BytesView payload, Step step) {
  auto tree = codec::CborTree::read(payload);
  if (!tree) return refuse(step, Reason::cbor, "payload: " + tree.error().detail);
  Cwt out{std::move(tree.value())};
  const auto claims = out.claims();
  if (!claims.is_map()) return refuse(step, Reason::cwt, "not a map");
  if (const auto issuer = claims.find(claim_iss)) {
    const auto text = issuer->text();
    if (!text) return refuse(step, Reason::claim_type, "iss");
    out.issuer_ = *text;
  }
  TRY(expires, date(claims, {.number = claim_exp, .name = "exp"}, step));
  TRY(not_before, date(claims, {.number = claim_nbf, .name = "nbf"}, step));
  TRY(issued, date(claims, {.number = claim_iat, .name = "iat"}, step));
  out.expires_ = expires;
  out.not_before_ = not_before;
  out.issued_ = issued;
  return out;
}

Moment moment_of_date(NumericDate date) noexcept {
  return Moment{seconds{static_cast<std::int64_t>(std::floor(date))}};
}

Checked<void> check_window(const ValidityWindow& window, Moment at) {
  const auto now = numeric_date(at);
  if (window.from && now < std::floor(*window.from)) return refuse(Step::validity, Reason::not_yet_valid);
  if (window.until && (window.until_counts ? now > *window.until : now >= *window.until))
    return refuse(Step::validity, Reason::expired);
  return outcome::success();
}

}  // namespace lindung::cert
