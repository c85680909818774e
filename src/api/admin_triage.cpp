#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/report.h"
#include "domain/syndrome.h"
#include "service/report_offices.h"
#include "service/report_rows.h"
#include "service/triage.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::size_t date_size = 10;

std::string text_of(Day day) { return rfc3339(start_of(day)).substr(0, date_size); }

struct Which {
  service::OfficeId office;
  service::ReportRef ref;
};

Result<Which> which_in(const Arguments& arguments) {
  TRY(office, arguments.text("office"));
  TRY(ref, arguments.bytes<16>("report"));
  return Which{.office = service::OfficeId{office}, .ref = service::ReportRef{ref}};
}

Result<json::value> next(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"office"}));
  TRY(office, arguments.text("office"));
  TRY(waiting, service::next_report(at.platform, service::OfficeId{office}));
  if (!waiting) return fail(Errc::not_found, "nothing waits before this office");
  return Object{{"report", codec::hex(waiting->ref.bytes())},
                {"due", rfc3339(waiting->due)},
                {"overdue", waiting->due < at.platform.clock.now()},
                {"escalated", waiting->is_escalated}};
}

Result<json::value> take(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"office", "report", "purpose"}));
  TRY(which, which_in(arguments));
  TRY(purpose, arguments.text("purpose"));
  TRY(report, service::take_up(at.platform, which.office, which.ref, purpose, at.command));
  json::array codes;
  json::array syndromes;
  for (const auto& code : report.codes) {
    codes.emplace_back(Object{{"system", domain::uri_of(code.system)}, {"code", code.code}});
  }
  for (const auto& [syndrome, day] : report.counted) syndromes.emplace_back(domain::name_of(syndrome));
  return Object{{"report", codec::hex(which.ref.bytes())},
                {"state", service::name_of(report.state)},
                {"syndromes", std::move(syndromes)},
                {"codes", std::move(codes)},
                {"onset", text_of(report.onset)},
                {"age", domain::name_of(report.age)},
                {"district", report.district},
                {"reporter", report.reporter.value()},
                {"reported_at", rfc3339(report.at)},
                {"due", rfc3339(report.due)},
                {"has_identity", report.identity.has_value()}};
}

Result<json::value> decide(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"office", "report", "outcome", "case_number"}));
  TRY(which, which_in(arguments));
  TRY(outcome, arguments.text("outcome"));
  TRYV(service::decide_report(at.platform, which.office, which.ref,
                              {.outcome = outcome, .case_number = arguments.text_or("case_number", "")}, at.command));
  return Object{{"report", codec::hex(which.ref.bytes())}, {"outcome", outcome}};
}

Result<json::value> list_due(const AdminGround& at, const Object& object) {
  TRYV(Arguments::read(object, {}));
  TRY(queues, service::list_due(at.platform));
  json::array rows;
  for (const auto& each : queues) {
    rows.emplace_back(Object{{"office", each.office.value()},
                             {"waiting", each.waiting},
                             {"overdue", each.overdue},
                             {"escalated", each.escalated},
                             {"taken", each.taken}});
  }
  return Object{{"offices", std::move(rows)}};
}

Result<json::value> list_views(const AdminGround& at, const Object& object) {
  TRYV(Arguments::read(object, {}));
  TRY(views, service::list_views(at.platform));
  json::array rows;
  for (const auto& each : views) {
    rows.emplace_back(Object{
        {"day", text_of(each.day)}, {"office", each.office.value()}, {"purpose", each.purpose}, {"views", each.views}});
  }
  return Object{{"views", std::move(rows)}};
}

Result<json::value> open(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"office", "second", "report"}));
  TRY(which, which_in(arguments));
  TRY(second, arguments.text("second"));
  TRY(identity, service::open_identity(at.platform, which.office, service::OfficeId{second}, which.ref, at.command));
  return Object{{"report", codec::hex(which.ref.bytes())}, {"identity", codec::hex(identity.sealed)}};
}

Result<json::value> tell(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"office", "report", "nik", "case_number"}));
  TRY(which, which_in(arguments));
  TRY(nik, arguments.text("nik"));
  TRY(is_told, service::tell_identity_opened(at.platform, which.office, which.ref, nik,
                                             arguments.text_or("case_number", ""), at.command));
  return Object{{"report", codec::hex(which.ref.bytes())}, {"told", is_told ? "by notice" : "by receipt"}};
}

}  // namespace

std::vector<AdminCommand> triage_commands() {
  return {{.name = "triage/next", .officers = 1, .run = next},
          {.name = "triage/take", .officers = 1, .run = take},
          {.name = "triage/decide", .officers = 1, .run = decide},
          {.name = "triage/due", .officers = 0, .run = list_due},
          {.name = "triage/views", .officers = 0, .run = list_views},
          {.name = "report/open", .officers = 2, .run = open},
          {.name = "report/tell", .officers = 1, .run = tell}};
}

}  // namespace lindung::api
