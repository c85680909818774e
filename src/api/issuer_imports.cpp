#include "api/issuer_imports.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/import_claim.h"
#include "api/problem.h"
#include "api/receipt_json.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "http/message.h"
#include "http/router.h"
#include "service/import_jobs.h"
#include "service/import_receipt.h"
#include "service/imports.h"
#include "service/platform.h"
#include "store/spool_file.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view path = "/v1/issuer/imports";
constexpr std::chrono::minutes import_deadline{60};
constexpr std::chrono::seconds state_deadline{10};
constexpr std::size_t max_bodies = 4;  // that stand in the spool folder at once
constexpr std::uint64_t try_again_seconds = 5;

// What all requests of these routes share.
struct Desk {
  ImportGround ground;
  service::ImportJobs jobs;
  std::atomic<std::size_t> bodies{0};
};

// A body under way, with what its sender claimed.
class ImportBody final : public http::BodySink {
 public:
  // Shape: counted in desk->bodies already.
  ImportBody(std::shared_ptr<Desk> desk, service::ImportClaim claim, store::SpoolFile file)
      : desk_{std::move(desk)}, claim_{std::move(claim)}, file_{std::move(file)} {}
  ImportBody(const ImportBody&) = delete;
  ImportBody& operator=(const ImportBody&) = delete;
  ~ImportBody() override { --desk_->bodies; }

  bool take(BytesView piece) noexcept override { return file_.append(piece).has_value(); }

  [[nodiscard]] const service::ImportClaim& claim() const noexcept { return claim_; }
  // Errors: malformed if it is not what was claimed.
  [[nodiscard]] Result<BytesView> content() {
    TRY(bytes, file_.content());
    if (crypto::sha256(bytes) != claim_.content) return fail(Errc::malformed, "the body is not what digest says");
    return bytes;
  }

 private:
  std::shared_ptr<Desk> desk_;
  service::ImportClaim claim_;
  store::SpoolFile file_;
};

http::Response json_response(unsigned status, const json::value& value) {
  http::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.fields.emplace_back("Cache-Control", "no-store");
  response.body = codec::to_text(value);
  return response;
}

// What a body is, is told by its bytes; the media type only keeps out what was meant for another endpoint.
Result<void> check_type(const http::Request& request) {
  constexpr std::array<std::string_view, 8> read{"application/fhir+json", "application/fhir+ndjson", "application/json",
                                                 "application/x-ndjson",  "application/ndjson",      "text/csv",
                                                 "application/gzip",      "application/x-gzip"};
  const auto type = request.only("Content-Type").second;
  const auto name = type.substr(0, type.find_first_of("; "));
  if (std::ranges::none_of(read, [&](std::string_view each) { return http::same_name(each, name); })) {
    return fail(Errc::unsupported, "Content-Type");
  }
  const auto coding = request.only("Content-Encoding").second;
  if (!coding.empty() && !http::same_name(coding, "gzip") && !http::same_name(coding, "identity")) {
    return fail(Errc::unsupported, "Content-Encoding");
  }
  return ok();
}

Result<void> with_platform(const Desk& desk, const std::function<Result<void>(const service::Platform&)>& act) {
  Result<void> done = ok();
  TRYV(desk.ground.source([&](const service::Platform& platform) { done = act(platform); }));
  return done;
}

Result<std::shared_ptr<http::BodySink>> open_body(const std::shared_ptr<Desk>& desk, const http::Request& head) {
  TRYV(check_type(head));
  TRY(claim, import_claim(head));
  TRYV(with_platform(*desk, [&](const service::Platform& platform) { return service::check_claim(platform, claim); }));
  TRY(file, store::SpoolFile::make(desk->ground.spool_folder));
  if (++desk->bodies > max_bodies) {
    --desk->bodies;
    return Error{.code = Errc::busy, .detail = "imports are under way", .number = try_again_seconds};
  }
  return std::shared_ptr<http::BodySink>{std::make_shared<ImportBody>(desk, std::move(claim), std::move(file))};
}

http::Response receipt_response(const service::ImportClaim& claim, const service::ImportReceipt& receipt) {
  return json_response(200, receipt_json(claim.issuer, claim.import_id, receipt));
}

// None if the import has not been finished. Errors: conflict; sealed.
Result<std::optional<service::ImportReceipt>> find_receipt_of(const Desk& desk, const service::ImportClaim& claim) {
  std::optional<service::ImportReceipt> receipt;
  TRYV(with_platform(desk, [&](const service::Platform& platform) -> Result<void> {
    TRY(found, service::find_import(platform, claim));
    receipt = std::move(found);
    return ok();
  }));
  return receipt;
}

std::string location_of(const service::ImportClaim& claim) {
  return std::string{path} + "/" + claim.issuer.value() + "/" + claim.import_id;
}

http::Response accepted(const service::ImportClaim& claim) {
  auto response = json_response(202, json::object{{"state", "running"}, {"rows_done", 0}});
  response.fields.emplace_back("Location", location_of(claim));
  response.fields.emplace_back("Preference-Applied", "respond-async");
  return response;
}

bool wants_no_wait(const http::Request& request) {
  return std::ranges::any_of(request.fields, [](const http::Field& field) {
    return http::same_name(field.name, "Prefer") && field.value.find("respond-async") != std::string_view::npos;
  });
}

Result<service::ImportReceipt> run_import(Desk& desk, const service::Platform& platform, ImportBody& body,
                                          BytesView content) {
  const auto& claim = body.claim();
  return service::import_records(
      platform,
      {.issuer = claim.issuer, .import_id = claim.import_id, .files = {&content, 1}, .signature = claim.signature},
      [&](std::uint64_t rows_done) { desk.jobs.progress(claim, rows_done); });
}

// On a worker, which it keeps until the import is done, whoever still waits for the answer.
void answer_import(const std::shared_ptr<Desk>& desk, const http::Request& request, http::Responder responder) {
  const auto body = std::static_pointer_cast<ImportBody>(request.sink);
  const auto async = wants_no_wait(request);
  const auto content = body->content();
  std::optional<service::ImportReceipt> receipt;
  const auto begun = [&]() -> Result<void> {
    TRYV(content);
    TRY(before, find_receipt_of(*desk, body->claim()));
    receipt = std::move(before);
    if (receipt) return ok();
    return desk->jobs.begin(body->claim());
  }();
  if (begun.has_error()) return responder(issuer_problem(begun.error()));
  if (receipt) return responder(receipt_response(body->claim(), *receipt));
  if (async) responder(accepted(body->claim()));  // the request is gone from here on
  const auto done = with_platform(*desk, [&](const service::Platform& platform) -> Result<void> {
    TRY(made, run_import(*desk, platform, *body, content.value()));
    receipt = std::move(made);
    return ok();
  });
  desk->jobs.end(body->claim(), done.has_error() ? std::optional{done.error()} : std::nullopt);
  if (async) return;
  if (done.has_error()) return responder(issuer_problem(done.error()));
  responder(receipt_response(body->claim(), *receipt));
}

json::object failed_json(const Error& error) {
  const auto problem = issuer_problem(error);
  const auto parsed = codec::parse_json(problem.body);
  return {{"state", "failed"}, {"problem", parsed.has_value() ? parsed.value() : json::value{}}};
}

Result<json::object> state_of(const Desk& desk, const http::Request& request) {
  TRY(claim, import_claim(request));
  if (request.path() != location_of(claim)) return fail(Errc::malformed, "the path names another import");
  TRYV(with_platform(desk, [&](const service::Platform& platform) { return service::check_claim(platform, claim); }));
  TRY(receipt, find_receipt_of(desk, claim));
  if (receipt) {
    receipt->is_repeated = false;  // to ask is not to repeat
    return json::object{{"state", "done"},
                        {"rows_done", receipt->balance.rows_in},
                        {"receipt", receipt_json(claim.issuer, claim.import_id, *receipt)}};
  }
  const auto job = desk.jobs.find(claim);
  if (!job) return json::object{{"state", "unknown"}, {"rows_done", 0}};
  if (job->failed) return failed_json(*job->failed);
  return json::object{{"state", "running"}, {"rows_done", job->rows_done}};
}

}  // namespace

std::vector<http::Route> issuer_import_routes(const ImportGround& ground) {
  const auto desk = std::make_shared<Desk>();
  desk->ground = ground;
  std::vector<http::Route> routes;
  routes.push_back(
      {.method = "POST",
       .path = std::string{path},
       .access = http::Access::proves_itself,
       .body_limit = import_body_limit,
       .deadline = import_deadline,
       .runs_on = http::RunsOn::worker,
       .handler = [desk](const http::Request& request,
                         http::Responder responder) { answer_import(desk, request, std::move(responder)); },
       .open_sink = [desk](const http::Request& head) { return open_body(desk, head); },
       .sink_problem = issuer_problem});
  routes.push_back({.method = "GET",
                    .path = std::string{path} + "/*",
                    .access = http::Access::proves_itself,
                    .body_limit = 0,
                    .deadline = state_deadline,
                    .runs_on = http::RunsOn::worker,
                    .handler = [desk](const http::Request& request, http::Responder responder) {
                      const auto state = state_of(*desk, request);
                      responder(state.has_error() ? issuer_problem(state.error()) : json_response(200, state.value()));
                    }});
  return routes;
}

}  // namespace lindung::api
