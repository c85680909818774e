#include "api/problem.h"

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

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

std::string_view title_of(Errc code) noexcept {
  switch (code) {
    case Errc::malformed: return "The request is not of the form that this endpoint takes";
    case Errc::unsupported_key: return "Unknown or retired gateway key, or unknown suite: fetch the keys and reseal";
    case Errc::bad_signature: return "The request is not signed by a known partner in the one accepted spelling";
    case Errc::clock_skew: return "created and expires do not fit the server's clock";
    case Errc::pact_outdated: return "Neither the current integrity pact nor the next one";
    case Errc::partner_suspended: return "The partner is not active";
    case Errc::partner_cut: return "The partner was cut";
    case Errc::not_found: return "There is nothing here";
    case Errc::method: return "The method is not for this resource";
    case Errc::timeout: return "The request took too long to arrive";
    case Errc::too_large: return "The request is too large";
    case Errc::headers_too_large: return "The header block is too large";
    case Errc::replay_conflict: return "This request id was used for another question";
    case Errc::quota: return "The partner's quota is used up for now";
    case Errc::busy: return "Too much to do: nothing was recorded";
    case Errc::outcome_unknown: return "It may have been recorded: ask again with the same request id";
    case Errc::sealed: return "The server is sealed";
    default: return "The service is not available";
  }
}

// What one kind of caller is told otherwise.
struct Wording {
  std::string_view title{};
  unsigned status{};
};

http::Response render(Errc code, const Error& error, bool with_detail, const Wording& wording = {}) {
  const auto status = wording.status == 0 ? status_of(code) : wording.status;
  codec::json::object body;
  body["type"] = "urn:lindung:problem:" + std::string{name_of(code)};
  body["title"] = wording.title.empty() ? title_of(code) : wording.title;
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
  const auto code = public_code(error.code);
  return render(code, error, code == error.code && (code == Errc::malformed || code == Errc::bad_signature));
}

http::Response issuer_problem(const Error& error) {
  switch (error.code) {
    case Errc::bad_signature: return render(Errc::denied, error, false, {.title = "No registered issuer signed this"});
    case Errc::denied: return render(Errc::denied, error, true, {.title = "This issuer may not sign records in now"});
    case Errc::conflict:
      return render(Errc::conflict, error, false,
                    {.title = "This import id was used for other content, or its import was undone"});
    case Errc::malformed:
    case Errc::invalid_argument: return render(Errc::malformed, error, true);
    case Errc::unsupported:
      return render(Errc::unsupported, error, true, {.title = "Not a media type that is read here", .status = 415});
    default: return problem(error);
  }
}

http::Response operator_problem(const Error& error) { return render(error.code, error, true); }

}  // namespace lindung::api
