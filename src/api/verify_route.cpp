#include "api/verify_route.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <string>

#include "api/answer.h"
#include "api/borrow.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/reason.h"
#include "cert/step.h"
#include "cert/verdict.h"
#include "cert/verdict_json.h"
#include "cert/verified_certificate.h"
#include "codec/json.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "http/router.h"
#include "service/issued_certificates.h"
#include "service/verify_keys.h"

namespace lindung::api {
namespace {

// A text of 8 KiB, each of its letters escaped twice over, and the names around it.
constexpr std::size_t body_limit = 20UL * 1024;
constexpr std::chrono::seconds deadline{10};

struct VerifyQuestion {
  std::string text;
  Moment at;
};

Result<VerifyQuestion> read_question(BytesView body, Moment now) {
  const auto read = codec::parse_json(as_text(body), {.bytes = body_limit, .depth = 4});
  const auto* question = read ? read.value().if_object() : nullptr;
  const auto* text = question == nullptr ? nullptr : question->if_contains("text");
  if (text == nullptr || !text->is_string()) return fail(Errc::malformed, "text");
  VerifyQuestion out{.text = std::string{text->get_string()}, .at = now};
  if (const auto* at = question->if_contains("at"); at != nullptr && !at->is_null()) {
    const auto moment = at->is_string() ? parse_rfc3339(at->get_string()) : Result<Moment>{fail(Errc::malformed)};
    if (!moment) return fail(Errc::malformed, "at");
    out.at = moment.value();
  }
  return out;
}

void count(VerifyCounters& counters, cert::Outcome outcome) {
  switch (outcome) {
    case cert::Outcome::valid: ++counters.valid; return;
    case cert::Outcome::unsupported: ++counters.unsupported; return;
    case cert::Outcome::invalid: ++counters.invalid; return;
  }
}

Result<http::Response> judge(const VerifyGround& ground, const http::Request& request) {
  auto admitted = ground.door.admit(request);
  if (!admitted) {
    ++ground.counters.refused;
    return admitted.error();
  }
  TRY(question, read_question(request.body, ground.platform.clock.now()));
  TRY(trust, ground.trust.get());
  auto examined = cert::examine(question.text, *trust, question.at);
  if (examined.verdict.reason == cert::Reason::untrusted_signer) {
    TRY(own, ground.own.get(ground.platform));
    examined = cert::examine(question.text, *own, question.at);
  }
  auto& verdict = examined.verdict;
  if (verdict.outcome == cert::Outcome::valid) {
    TRY(revoked, service::is_revoked(ground.platform, question.text));
    if (revoked) verdict.refused({.step = cert::Step::revocation, .reason = cert::Reason::revoked, .detail = {}});
  }
  TRYV(service::count_verification(ground.platform, admitted.value()));
  count(ground.counters, verdict.outcome);
  return private_json(cert::verdict_json(verdict, nullptr));
}

}  // namespace

http::Route verify_route(const VerifySource& source) {
  return borrowing_route({.method = "POST",
                          .path = std::string{gateway::verify_profile.path},
                          .access = http::Access::proves_itself,
                          .body_limit = body_limit,
                          .deadline = deadline},
                         source, judge);
}

}  // namespace lindung::api
