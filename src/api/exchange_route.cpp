#include "api/exchange_route.h"

#include <memory>
#include <utility>
#include <vector>

#include "api/problem.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "gateway/door.h"
#include "gateway/envelope.h"
#include "gateway/release.h"
#include "http/message.h"
#include "service/asked.h"
#include "service/exchange.h"
#include "service/in_flight.h"
#include "service/opened.h"

namespace lindung::api {

namespace {

http::Response sealed_reply(const gateway::EnvelopeProfile& profile, const service::ReplyKey& key, BytesView plaintext,
                            const service::InFlight::Ticket& ticket, const Clock& clock) {
  const auto body = gateway::seal_reply(key, plaintext);
  http::Response response;
  response.content_type = profile.reply_content_type;
  response.fields.emplace_back("Cache-Control", "no-store");
  response.body.assign(as_text(body));
  response.release = std::make_unique<gateway::AnswerRelease>(ticket, clock);
  response.fallback = [] { return problem({.code = Errc::outcome_unknown, .detail = {}, .number = {}}); };
  return response;
}

}  // namespace

void answer_exchange(const gateway::Door& door, service::Exchange& exchange, const Clock& clock,
                     const http::Request& request, http::Responder responder, std::shared_ptr<void> keep) {
  auto admitted = door.admit(request);
  if (admitted.has_error()) {
    responder(problem(admitted.error()));
    return;
  }
  auto respond = std::make_shared<http::Responder>(std::move(responder));
  exchange.ask(std::move(admitted).value(),
               [respond, &clock, keep = std::move(keep)](Result<domain::Answer> answer, const service::Asked& asked) {
                 (*respond)(answer.has_error() ? problem(answer.error())
                                               : sealed_reply(gateway::exchange_envelope, asked.opened.reply_key(),
                                                              domain::encode(answer.value()), asked.ticket, clock));
               });
}

void answer_bundle(const gateway::Door& door, service::Exchange& exchange, const Clock& clock,
                   const http::Request& request, http::Responder responder, std::shared_ptr<void> keep) {
  auto admitted = door.admit_bundle(request);
  if (admitted.has_error()) {
    responder(problem(admitted.error()));
    return;
  }
  auto bundle = std::move(admitted).value();
  exchange.ask_bundle(std::move(bundle.questions), [respond = std::make_shared<http::Responder>(std::move(responder)),
                                                    key = bundle.reply_key, slots = bundle.slots, &clock,
                                                    keep = std::move(keep)](
                                                       const Result<std::vector<domain::BundledAnswer>>& answers,
                                                       const service::InFlight::Ticket& ticket) {
    (*respond)(answers.has_error() ? problem(answers.error())
                                   : sealed_reply(gateway::bundle_envelope, key,
                                                  domain::encode_bundle_answer(answers.value(), slots), ticket, clock));
  });
}

}  // namespace lindung::api
