#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/result.h"
#include "service/backup.h"
#include "service/own_parts.h"
#include "service/retention.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

json::array numbers(const std::vector<std::uint64_t>& values) {
  json::array out;
  for (const auto value : values) out.emplace_back(value);
  return out;
}

Result<json::value> run_retention(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"keep_days"}));
  const auto keep =
      std::chrono::days{static_cast<std::int64_t>(arguments.number_or("keep_days", service::visits_kept.count()))};
  TRY(report, service::run_retention(at.platform, keep));
  return Object{{"keep_days", keep.count()},
                {"visit_days", numbers(report.visit_days)},
                {"answer_days", numbers(report.answer_days)},
                {"rows", report.rows_before},
                {"rows_readable", report.rows_readable}};
}

Result<json::value> make_backup(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"folder"}));
  TRY(folder, arguments.text("folder"));
  TRY(size, service::back_up(at.platform.database, at.publisher, folder));
  TRYV(service::note_backup(at.platform, folder));
  return Object{{"folder", folder}, {"log_size", size}};
}

}  // namespace

std::vector<AdminCommand> retention_commands() {
  return {{.name = "retention/run", .officers = 1, .run = run_retention},
          {.name = "backup", .officers = 1, .run = make_backup}};
}

}  // namespace lindung::api
