#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/partner_traffic.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::uint64_t usual_hours = 24;
constexpr std::uint64_t most_hours = 35ULL * 24;  // counts are forgotten after that

Result<json::value> traffic(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner", "hours"}));
  std::optional<PartnerId> partner;
  if (arguments.has("partner")) {
    TRY(text, arguments.text("partner"));
    partner = PartnerId{text};
  }
  const auto hours = arguments.number_or("hours", usual_hours);
  if (hours == 0 || hours > most_hours) return fail(Errc::invalid_argument, "hours: 1 to 840");
  const auto since = at.platform.clock.now() - std::chrono::hours{hours - 1};
  TRY(read, service::read_traffic(at.platform, partner, since));
  json::array partners;
  for (const auto& [id, counted] : read) {
    json::array rows;
    for (const auto& hour : counted) {
      rows.emplace_back(Object{{"at", rfc3339(hour.at)},
                               {"questions", hour.count.questions},
                               {"unlinked", hour.count.unlinked},
                               {"denied", hour.count.denied}});
    }
    partners.emplace_back(Object{{"partner", id.value()}, {"hours", std::move(rows)}});
  }
  return Object{{"partners", std::move(partners)}};
}

}  // namespace

std::vector<AdminCommand> traffic_commands() { return {{.name = "partner/traffic", .officers = 0, .run = traffic}}; }

}  // namespace lindung::api
