#include "api/report_routes.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/answer.h"
#include "api/borrow.h"
#include "api/public_get.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "domain/report.h"
#include "domain/report_fhir.h"
#include "gateway/envelope.h"
#include "gateway/report_door.h"
#include "http/message.h"
#include "http/router.h"
#include "service/reports.h"
#include "service/surveillance.h"

namespace lindung::api {

namespace {

constexpr std::chrono::seconds deadline{10};
constexpr std::chrono::seconds figures_age{3600};
constexpr std::chrono::seconds series_age{60};
constexpr std::uint32_t series_days = 90;
constexpr std::size_t date_size = 10;  // "2026-11-22"
// A shorter wrong length is `malformed`, not `too-large`, as at the exchange.
constexpr std::size_t sealed_limit = 64UL * 1024;

Result<http::Response> take_sealed(const ReportGround& ground, const http::Request& request) {
  TRY(admitted, ground.door.admit(request));
  TRY(answer, service::take_report(ground.platform, admitted.sender, admitted.report));
  return private_answer(std::string{gateway::report_envelope.reply_content_type},
                        std::string{as_text(gateway::seal_reply(admitted.reply_key, domain::encode(answer)))});
}

RouteHead signed_post(std::string_view path, std::size_t body_limit) {
  return {.method = "POST",
          .path = std::string{path},
          .access = http::Access::proves_itself,
          .body_limit = body_limit,
          .deadline = deadline};
}

RouteHead open_get(std::string_view path) {
  return {.method = "GET",
          .path = std::string{path},
          .access = http::Access::anyone,
          .body_limit = 0,
          .deadline = deadline};
}

// The same report, as FHIR R4: signed, and hidden by TLS alone. Shape: {"outcome", "stage", "receipt"} out.
Result<http::Response> take_fhir(const ReportGround& ground, const http::Request& request) {
  TRY(key, ground.fhir_door.admit(request));
  TRY(report, domain::read_report_bundle(request.body, ground.platform.clock.now()));
  // The content is what was read, so that the same Bundle in another order of members is the same report.
  TRY(answer,
      service::take_report(ground.platform, {.key = key, .content = crypto::sha256(domain::encode(report))}, report));
  return private_json(boost::json::object{{"outcome", domain::name_of(answer.outcome)},
                                          {"stage", domain::name_of(answer.stage)},
                                          {"receipt", codec::hex(answer.receipt.bytes())}});
}

// ?day=2026-11-21: what was published of it, to the byte; else 404.
Result<http::Response> show_figures(const ReportGround& ground, const http::Request& request) {
  TRY(text, query_text(request.query(), "day"));
  const auto moment = parse_rfc3339(std::string{text} + "T00:00:00Z");
  if (moment.has_error()) return fail(Errc::malformed, "day=2026-11-21 is needed");
  TRY(published, service::find_figures(ground.platform, day_of(moment.value())));
  http::Response response;
  open_to_pages(response);
  response.content_type = "application/json";
  response.fields.emplace_back("Cache-Control", "public, max-age=" + std::to_string(figures_age.count()));
  response.body = std::move(published.body);
  return response;
}

// The day's totals without its provinces. Errors: corrupt.
Result<boost::json::object> totals_of(const service::PublishedDay& published) {
  TRY(body, codec::parse_json(published.body));
  const auto* object = body.if_object();
  const auto* syndromes = object == nullptr ? nullptr : object->if_contains("syndromes");
  if (syndromes == nullptr || !syndromes->is_object()) return fail(Errc::corrupt, "published figures");
  boost::json::object totals;
  for (const auto& [id, row] : syndromes->get_object()) {
    const auto* total = row.is_object() ? row.get_object().if_contains("total") : nullptr;
    if (total == nullptr) return fail(Errc::corrupt, "published figures");
    totals[id] = *total;
  }
  const auto day = rfc3339(start_of(published.day)).substr(0, date_size);
  return boost::json::object{{"day", day}, {"totals", std::move(totals)}};
}

// The totals of the days that were published, oldest first: what a chart of the country needs.
Result<http::Response> show_series(const ReportGround& ground, const http::Request&) {
  const auto today = day_of(ground.platform.clock.now());
  TRY(published, service::list_figures(ground.platform, {today.number - series_days}, today));
  boost::json::array days;
  for (const auto& each : published) {
    TRY(totals, totals_of(each));
    days.emplace_back(std::move(totals));
  }
  http::Response response;
  open_to_pages(response);
  response.content_type = "application/json";
  response.fields.emplace_back("Cache-Control", "public, max-age=" + std::to_string(series_age.count()));
  response.body = codec::to_text(boost::json::object{{"days", std::move(days)}});
  return response;
}

}  // namespace

std::vector<http::Route> report_routes(const ReportSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(
      borrowing_route(signed_post(gateway::report_envelope.signature.path, sealed_limit), source, take_sealed));
  routes.push_back(
      borrowing_route(signed_post(gateway::report_fhir_profile.path, domain::report_fhir_limit), source, take_fhir));
  routes.push_back(borrowing_route(open_get("/v1/surveillance/figures"), source, show_figures));
  routes.push_back(borrowing_route(open_get("/v1/surveillance/series"), source, show_series));
  return routes;
}

}  // namespace lindung::api
