#include "api/admin_consents.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "gateway/consent_check.h"
#include "http/web_address.h"
#include "service/partner_web.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Object describe(const std::string& partner, const service::PartnerWeb& web) {
  json::array redirects;
  for (const auto& each : web.redirects) redirects.emplace_back(each);
  return {{"partner", partner},
          {"redirects", std::move(redirects)},
          {"webhook", web.webhook.empty() ? json::value(nullptr) : json::value(web.webhook)}};
}

Result<json::value> redirect(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner", "uri", "remove"}));
  TRY(partner, arguments.text("partner"));
  TRY(uri, arguments.text("uri"));
  const bool goes = arguments.number_or("remove", 0) != 0;
  TRY(web, goes ? service::remove_redirect(at.platform, PartnerId{partner}, uri)
                : service::add_redirect(at.platform, PartnerId{partner}, uri));
  return describe(partner, web);
}

// An empty address: none any more.
Result<json::value> webhook(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner", "url"}));
  TRY(partner, arguments.text("partner"));
  TRY(url, arguments.text("url"));
  if (!url.empty()) {
    TRYV(http::parse_web_address(url));
  }
  TRY(web, service::set_webhook(at.platform, PartnerId{partner}, url));
  return describe(partner, web);
}

// Of the first `size` entries, and of their root: the caller holds a checkpoint against it.
Result<json::value> check(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"size"}));
  TRY(size, arguments.number("size"));
  TRY(report, gateway::check_consents(at.platform, size));
  Object out{{"size", report.size},
             {"root", codec::hex(report.root)},
             {"answers", report.answers},
             {"consented", report.consented},
             {"of_these_by_command", report.by_command},
             {"about_nobody", report.about_nobody},
             {"forgotten", report.forgotten},
             {"violations", report.violations}};
  if (report.first) {
    out["first_violation"] = Object{{"index", report.first->index}, {"why", report.first->why}};
  }
  return out;
}

}  // namespace

std::vector<AdminCommand> consent_commands() {
  return {{.name = "partner/redirect", .officers = 1, .run = redirect},
          {.name = "partner/webhook", .officers = 1, .run = webhook},
          {.name = "log/consents", .officers = 0, .run = check}};
}

}  // namespace lindung::api
