// Records, certificates, disputes and notices of a citizen.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/portal_citizen.h"
#include "api/portal_ground.h"
#include "api/portal_route.h"
#include "base/bytes.h"
#include "base/result.h"
#include "cert/face.h"
#include "cert/verdict.h"
#include "codec/base_n.h"
#include "domain/record.h"
#include "http/message.h"
#include "http/router.h"
#include "image/page.h"
#include "people/caller.h"
#include "people/certificate_sheet.h"
#include "people/own_export.h"
#include "people/own_json.h"
#include "service/certificate_rows.h"
#include "service/certificates.h"
#include "service/disputes.h"
#include "service/notices.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view certificates_prefix = "/v1/portal/certificates/";
constexpr std::string_view pdf_suffix = ".pdf";

Result<json::value> records(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                            const json::object&) {
  TRY(all, people::own_records(ground.platform, *caller.citizen));
  return json::object{{"records", std::move(all)}};
}

Result<json::value> certificates(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                                 const json::object&) {
  TRY(of, service::list_certificates(ground.platform, *caller.citizen));
  json::array out;
  for (const auto& each : of.certificates) out.emplace_back(people::certificate_json(each));
  return json::object{{"certificates", std::move(out)}};
}

Result<json::value> issue(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                          const json::object& body) {
  TRY(format, text_of(body, "format"));
  if (format != "hc1" && format != "shc") return fail(Errc::malformed, "format");
  service::CertificateWish wish{
      .citizen = *caller.citizen, .format = format == "hc1" ? cert::Format::hc1 : cert::Format::shc, .record = {}};
  if (body.contains("record")) {
    ByteArray<16> record{};
    TRYV(hex_of(body, "record", record));
    wish.record = domain::RecordId{record};
  }
  auto issued = service::issue_certificate(ground.platform, wish);
  if (issued.has_error() && issued.error().code == Errc::unsupported) {
    return fail(Errc::conflict, "no certificate of this form tells of this record");
  }
  if (issued.has_error()) return issued.error();
  return people::certificate_json(issued.value());
}

Result<http::Response> certificate_pdf(const PortalGround& ground, const people::Caller& caller,
                                       const http::Request& request, const json::object&) {
  auto name = below(request, certificates_prefix);
  ByteArray<16> id{};
  if (!name.ends_with(pdf_suffix)) return fail(Errc::not_found, "no such certificate");
  name.remove_suffix(pdf_suffix.size());
  if (codec::from_hex(name, id).has_error()) return fail(Errc::not_found, "no such certificate");
  TRY(of, service::list_certificates(ground.platform, *caller.citizen));
  for (const auto& each : of.certificates) {
    if (each.id != service::CertificateId{id} || each.state != service::CertificateState::issued) continue;
    const auto text = each.text();
    TRY(face, cert::read_face(text));
    TRY(pdf, image::certificate_pdf(people::certificate_sheet(face, text), image::PageFormat::a4));
    http::Response response;
    response.content_type = "application/pdf";
    response.body.assign(as_text(pdf));
    return response;
  }
  return fail(Errc::not_found, "no such certificate");
}

Result<json::value> disputes(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                             const json::object&) {
  TRY(all, service::list_disputes(ground.platform, *caller.citizen));
  json::array out;
  for (const auto& each : all) out.emplace_back(people::dispute_json(each));
  return json::object{{"disputes", std::move(out)}};
}

Result<json::value> open_dispute(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                                 const json::object& body) {
  TRY(about, text_of(body, "about"));
  TRY(opened, service::open_dispute(ground.platform, *caller.citizen, std::string{about}));
  return people::dispute_json(opened);
}

Result<json::value> notices(const PortalGround& ground, const people::Caller& caller, const http::Request&,
                            const json::object&) {
  TRY(all, service::list_notices(ground.platform, *caller.citizen));
  json::array out;
  for (const auto& each : all) out.emplace_back(people::notice_json(each.notice));
  return json::object{{"notices", std::move(out)}};
}

}  // namespace

std::vector<http::Route> portal_health_routes(const PortalSource& source) {
  std::vector<http::Route> routes;
  routes.push_back(portal_route("GET", "/v1/portal/records", Who::citizen, source, records));
  routes.push_back(portal_route("GET", "/v1/portal/certificates", Who::citizen, source, certificates));
  routes.push_back(portal_route("POST", "/v1/portal/certificates", Who::citizen, source, issue));
  routes.push_back(portal_answer_route("GET", "/v1/portal/certificates/*", Who::citizen, source, certificate_pdf));
  routes.push_back(portal_route("GET", "/v1/portal/disputes", Who::citizen, source, disputes));
  routes.push_back(portal_route("POST", "/v1/portal/disputes", Who::citizen, source, open_dispute));
  routes.push_back(portal_route("GET", "/v1/portal/notices", Who::citizen, source, notices));
  return routes;
}

}  // namespace lindung::api
