#include "api/disclosure_routes.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/html.h"
#include "api/public_get.h"
#include "api/public_routes.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/form.h"
#include "domain/disclosure.h"
#include "http/message.h"
#include "http/router.h"
#include "service/disclosures.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view form_path = "/disclosure";
constexpr std::string_view receipt_prefix = "/disclosure/";
constexpr std::string_view form_type = "application/x-www-form-urlencoded";
constexpr std::string_view sealed_type = "application/octet-stream";
constexpr std::string_view field = "report";
constexpr std::size_t form_limit = 3 * domain::longest_disclosure + 64;  // each byte escaped

constexpr std::string_view form_body =
    "<h1>Laporan kelemahan keamanan</h1>\n"
    "<p>Tanpa akun. Laporan disegel dengan kunci tim keamanan begitu diterima dan tidak dapat dibaca oleh server ini. "
    "Anda "
    "boleh mengenkripsinya sendiri lebih dahulu. Anda langsung menerima tanda terima; simpanlah.</p>\n"
    "<h1 lang=\"en\">Report a weakness</h1>\n"
    "<p lang=\"en\">No account. What you write is sealed to the security team's key as it arrives, and this server "
    "cannot "
    "read it. You may encrypt it yourself before. You get a receipt at once: keep it.</p>\n"
    "<form method=\"post\" action=\"/disclosure\" accept-charset=\"utf-8\">\n"
    "<p><label for=\"report\">Laporan / Report</label>\n"
    "<textarea id=\"report\" name=\"report\" rows=\"20\" cols=\"80\" required maxlength=\"60000\"></textarea></p>\n"
    "<p><button>Kirim / Send</button></p>\n</form>\n";

Result<void> need_inbox(const PublicGround& ground) {
  if (!ground.disclosure.team_key) return fail(Errc::not_found, "there is no inbox here");
  return ok();
}

bool has_type(const http::Request& request, std::string_view type) {
  const auto [is_there, given] = request.only("Content-Type");
  return is_there && given.substr(0, given.find(';')) == type;
}

bool wants_json(const http::Request& request) {
  const auto [is_there, accept] = request.only("Accept");
  return is_there && accept.find("application/json") != std::string_view::npos;
}

std::uint64_t age_of(const service::DisclosureStatus& status, Moment now) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, (now - status.at).count()));
}

json::object describe(const service::DisclosureStatus& status, Moment now) {
  json::object out{{"state", service::name_of(status.state)},
                   {"at", rfc3339(status.at)},
                   {"changed_at", rfc3339(status.changed_at)},
                   {"age_s", age_of(status, now)},
                   {"log_index", status.log_index}};
  if (!status.answer.empty()) out["answer"] = status.answer;
  return out;
}

Result<http::Response> show_security_txt(const PublicGround& ground, const http::Request&) {
  TRYV(need_inbox(ground));
  http::Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.fields.emplace_back("Cache-Control", "public, max-age=3600");
  response.body = service::security_txt(ground.disclosure, ground.clock.now());
  return response;
}

Result<http::Response> show_key(const PublicGround& ground, const http::Request&) {
  TRYV(need_inbox(ground));
  auto response = open_json(json::object{{"public_key", codec::base64url(*ground.disclosure.team_key)},
                                         {"kem", 32},
                                         {"kdf", 1},
                                         {"aead", 1},
                                         {"info", "lindung disclosure v1"},
                                         {"longest", domain::longest_disclosure}});
  response.fields.emplace_back("Cache-Control", "public, max-age=3600");
  return response;
}

Result<http::Response> show_form(const PublicGround& ground, const http::Request&) {
  TRYV(need_inbox(ground));
  return html_page(200, "Lindung: disclosure", form_body);
}

Result<http::Response> show_figures(const PublicGround& ground, const http::Request&) {
  TRYV(need_inbox(ground));
  TRY(figures, service::disclosure_figures(ground.platform));
  json::object out{{"received", figures.received}, {"open", figures.open}, {"unread", figures.unread}};
  const auto now = ground.clock.now();
  out["oldest_open_s"] =
      figures.oldest_open ? json::value(std::max<std::int64_t>(0, (now - *figures.oldest_open).count())) : nullptr;
  return open_json(out);
}

Result<http::Response> show_receipt(const PublicGround& ground, const http::Request& request) {
  TRYV(need_inbox(ground));
  TRY(receipt, domain::parse_receipt(request.path().substr(receipt_prefix.size())));
  TRY(status, service::find_disclosure(ground.platform, receipt));
  const auto now = ground.clock.now();
  if (wants_json(request)) return private_json(describe(status, now));
  std::string body = "<h1>Laporan / Report</h1>\n<dl>\n<dt>state</dt><dd>";
  body += service::name_of(status.state);
  body += "</dd>\n<dt>at</dt><dd>" + rfc3339(status.at) + "</dd>\n<dt>changed at</dt><dd>" +
          rfc3339(status.changed_at) + "</dd>\n<dt>age</dt><dd>" + std::to_string(age_of(status, now) / 3600) +
          " h</dd>\n<dt>log</dt><dd>" + std::to_string(status.log_index) + "</dd>\n</dl>\n";
  if (!status.answer.empty()) body += "<h2>Jawaban / Answer</h2>\n<pre>" + escape_html(status.answer) + "</pre>\n";
  return html_page(200, "Lindung: receipt", body);
}

// A program seals by itself.
Result<http::Response> take_sealed(const PublicGround& ground, const http::Request& request) {
  TRYV(need_inbox(ground));
  if (!has_type(request, sealed_type)) return fail(Errc::malformed, "Content-Type: application/octet-stream is needed");
  TRYV(domain::check_sealed_disclosure(request.body));
  TRYV(ground.disclosure_limit.take(request.peer));
  TRY(taken, service::take_disclosure(ground.platform, request.body));
  auto out = describe(taken.status, ground.clock.now());
  out["receipt"] = domain::receipt_text(taken.receipt);
  return private_json(out);
}

// For who has a browser and nothing else; what they encrypted themselves is sealed once more.
Result<http::Response> take_form(const PublicGround& ground, const http::Request& request) {
  TRYV(need_inbox(ground));
  if (!has_type(request, form_type)) return fail(Errc::malformed, "Content-Type: a form is needed");
  TRY(text, codec::form_field(as_text(request.body), field, domain::longest_disclosure));
  if (text.empty()) return fail(Errc::malformed, "report: a text is needed");
  TRYV(ground.disclosure_limit.take(request.peer));
  TRY(sealed, domain::seal_disclosure(*ground.disclosure.team_key, text));
  TRY(taken, service::take_disclosure(ground.platform, sealed));
  const auto receipt = domain::receipt_text(taken.receipt);
  return html_page(200, "Lindung: receipt",
                   "<h1>Tanda terima / Receipt</h1>\n<p><a href=\"/disclosure/" + receipt + "\">" + receipt +
                       "</a></p>\n<p>log: " + std::to_string(taken.status.log_index) + "</p>\n");
}

http::Route public_post(std::string path, const PublicSource& source, std::size_t body_limit, PublicAnswer answer) {
  auto route = public_get(std::move(path), source, std::move(answer));
  route.method = "POST";
  route.body_limit = body_limit;
  return route;
}

}  // namespace

std::vector<http::Route> disclosure_routes(const PublicSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(public_get("/.well-known/security.txt", source, show_security_txt));
  routes.push_back(public_get(std::string{form_path}, source, show_form));
  routes.push_back(public_get(std::string{receipt_prefix} + "*", source, show_receipt));
  routes.push_back(public_get("/v1/disclosure/key", source, show_key));
  routes.push_back(public_get("/v1/disclosure/figures", source, show_figures));
  routes.push_back(public_post(std::string{form_path}, source, form_limit, take_form));
  routes.push_back(public_post("/v1/disclosure", source, domain::longest_sealed_disclosure, take_sealed));
  return routes;
}

}  // namespace lindung::api
