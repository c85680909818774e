#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "service/contact_cases.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

std::string shown(std::uint64_t count) { return count == 0 ? "<5" : std::to_string(count); }

// Figures only, and those coarse: nothing here can name a person.
Object describe(const service::TraceListing& trace) {
  Object out{{"trace", codec::hex(trace.id)},
             {"cause", service::name_of(trace.cause)},
             {"state", service::name_of(trace.state)},
             {"queued_at", rfc3339(trace.queued_at)},
             {"changed_at", rfc3339(trace.changed_at)}};
  if (trace.log_index != 0) out["log_index"] = trace.log_index;
  if (trace.state != service::TraceState::done) return out;
  out["days"] = trace.figures.days;
  out["days_missing"] = trace.figures.days_missing;
  out["venues"] = shown(trace.figures.venues);
  out["visits"] = shown(trace.figures.visits);
  out["persons"] = shown(trace.figures.persons);
  out["facts"] = shown(trace.figures.facts);
  return out;
}

Result<json::value> start(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "at", "case"}));
  TRY(citizen, arguments.bytes<16>("citizen"));
  TRY(when, arguments.text("at"));
  TRY(moment, parse_rfc3339(when));
  TRY(case_number, arguments.text("case"));
  TRY(id, service::start_trace(
              at.platform,
              {.citizen = CitizenRef{citizen}, .at = moment, .case_number = case_number, .command = at.command}));
  return Object{{"trace", codec::hex(id)}, {"state", "queued"}};
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(traces, service::list_traces(at.platform));
  json::array out;
  for (const auto& trace : traces) out.emplace_back(describe(trace));
  return Object{{"traces", std::move(out)}};
}

}  // namespace

std::vector<AdminCommand> contact_commands() {
  return {{.name = "trace/start", .officers = 2, .run = start}, {.name = "trace/list", .officers = 0, .run = list}};
}

}  // namespace lindung::api
