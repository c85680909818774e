#include "api/problem.h"

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "api/problem_help.h"
#include "base/error.h"
#include "codec/json.h"
#include "http/message.h"

namespace lindung::api {

namespace {

// What the public wire may say: everything that is not a name of protocol.md section 8 is `unavailable`.
Errc public_code(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
    case Errc::denied:
    case Errc::conflict:
    case Errc::corrupt:
    case Errc::io:
    case Errc::database:
    case Errc::database_retry:
    case Errc::unsupported: return Errc::unavailable;
    default: return code;
  }
}

http::Response render(const Error& error, unsigned status, Errc code, std::string_view name, std::string_view title,
                      bool with_detail) {
  codec::json::object body;
  body["type"] = "urn:lindung:problem:" + std::string{name};
  body["title"] = title;
  body["status"] = status;
  if (with_detail && !error.detail.empty()) body["detail"] = error.detail;
  http::Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.fields.emplace_back("Cache-Control", "no-store");
  if (code == Errc::clock_skew && error.number) body["server_time"] = *error.number;
  if (code == Errc::partner_cut && error.number) body["cut_log_index"] = *error.number;
  if (code == Errc::quota || code == Errc::busy) {
    response.fields.emplace_back("Retry-After", std::to_string(error.number.value_or(1)));
  }
  response.body = codec::to_text(body);
  return response;
}

http::Response render(const Error& error, const ProblemHelp& help, bool with_detail) {
  return render(error, help.status, help.code, name_of(help), help.title, with_detail);
}

}  // namespace

unsigned status_of(Errc code) noexcept {
  switch (code) {
    case Errc::malformed:
    case Errc::unsupported_key:
    case Errc::invalid_argument: return 400;
    case Errc::bad_signature:
    case Errc::clock_skew: return 401;
    case Errc::pact_outdated:
    case Errc::partner_suspended:
    case Errc::partner_cut:
    case Errc::denied: return 403;
    case Errc::not_found: return 404;
    case Errc::method: return 405;
    case Errc::timeout: return 408;
    case Errc::replay_conflict:
    case Errc::conflict: return 409;
    case Errc::too_large: return 413;
    case Errc::quota: return 429;
    case Errc::headers_too_large: return 431;
    case Errc::corrupt:
    case Errc::io:
    case Errc::database:
    case Errc::unsupported: return 500;
    case Errc::busy:
    case Errc::outcome_unknown:
    case Errc::unavailable:
    case Errc::sealed:
    case Errc::database_retry: return 503;
  }
  return 500;
}

http::Response problem(const Error& error) {
  return render(error, help_of(public_code(error.code)),
                error.code == Errc::malformed || error.code == Errc::bad_signature);
}

http::Response issuer_problem(const Error& error) {
  switch (error.code) {
    case Errc::bad_signature: return render(error, help_of(IssuerProblem::unknown), false);
    case Errc::denied: return render(error, help_of(IssuerProblem::not_allowed), true);
    case Errc::conflict: return render(error, help_of(IssuerProblem::used_id), false);
    case Errc::unsupported: return render(error, help_of(IssuerProblem::media_type), true);
    case Errc::malformed:
    case Errc::invalid_argument: return render(error, help_of(Errc::malformed), true);
    default: return problem(error);
  }
}

http::Response portal_problem(const Error& error) {
  switch (error.code) {
    case Errc::bad_signature: return render(error, help_of(PortalProblem::signed_out), false);
    case Errc::denied: return render(error, help_of(PortalProblem::denied), true);
    case Errc::conflict: return render(error, help_of(PortalProblem::conflict), true);
    case Errc::malformed:
    case Errc::invalid_argument: return render(error, help_of(Errc::malformed), true);
    default: return problem(error);
  }
}

http::Response operator_problem(const Error& error) {
  return render(error, status_of(error.code), error.code, name_of(error.code), help_of(error.code).title, true);
}

}  // namespace lindung::api
