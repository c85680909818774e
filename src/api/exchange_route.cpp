#include "api/exchange_route.h"

#include <memory>
#include <utility>

#include "api/problem.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "gateway/door.h"
#include "gateway/release.h"
#include "http/message.h"
#include "service/asked.h"
#include "service/exchange.h"

namespace lindung::api {

namespace {

http::Response sealed_answer(const domain::Answer& answer, const service::Asked& asked, const Clock& clock) {
  const auto body = gateway::seal_answer(asked.opened.reply_key(), domain::encode(answer));
  http::Response response;
  response.content_type = gateway::answer_content_type;
  response.fields.emplace_back("Cache-Control", "no-store");
  response.body.assign(as_text(body));
  response.release = std::make_unique<gateway::AnswerRelease>(asked.ticket, clock);
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
                 (*respond)(answer.has_error() ? problem(answer.error()) : sealed_answer(answer.value(), asked, clock));
               });
}

}  // namespace lindung::api
