#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/colour.h"
#include "domain/nik.h"
#include "domain/rule_impact.h"
#include "service/rule_impact.h"
#include "service/timeline_sweep.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::uint64_t usual_days = 30;

// What nobody does is left out.
json::array moves_of(const domain::ShownCounts& counts) {
  json::array moves;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == std::uint64_t{0}) continue;
    const auto move = domain::move_at(i);
    Object shown{{"from", domain::name_of(move.from)}, {"to", domain::name_of(move.to)}};
    if (counts[i]) {
      shown["citizens"] = *counts[i];
    } else {
      shown["citizens"] = nullptr;
      shown["hidden"] = true;
    }
    moves.emplace_back(std::move(shown));
  }
  return moves;
}

std::string_view province_name(std::string_view code) {
  const auto* province = domain::find_province(code);
  return province == nullptr ? std::string_view{"unknown"} : std::string_view{province->name};
}

json::value describe(const service::Impact& impact) {
  json::array days;
  for (const auto& day : impact.days) {
    json::array provinces;
    for (std::size_t i = 0; i < impact.provinces.size(); ++i) {
      auto moves = moves_of(day.by_province.groups[i]);
      if (moves.empty()) continue;
      const auto& code = impact.provinces[i];
      provinces.emplace_back(Object{{"province", code}, {"name", province_name(code)}, {"moves", std::move(moves)}});
    }
    json::array ages;
    for (std::size_t i = 0; i < domain::age_bands.size(); ++i) {
      auto moves = moves_of(day.by_age.groups[i]);
      if (!moves.empty()) ages.emplace_back(Object{{"age", domain::age_bands[i]}, {"moves", std::move(moves)}});
    }
    days.emplace_back(Object{{"at", rfc3339(day.at)},
                             {"moves", moves_of(day.by_province.total)},
                             {"provinces", std::move(provinces)},
                             {"ages", std::move(ages)}});
  }
  return Object{{"rules", impact.rules},
                {"compared_with", impact.compared_with},
                {"digest", codec::hex(impact.digest)},
                {"citizens", impact.citizens},
                {"days", std::move(days)}};
}

Result<json::value> begin(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"document", "days"}));
  TRY(document, arguments.text("document"));
  TRY(id, at.impacts.begin(at.platform, document, arguments.number_or("days", usual_days)));
  TRY(total, service::count_citizens(at.platform));
  return Object{{"impact", codec::hex(id)}, {"of", total}};
}

// One part of it; the caller asks again until "finished" is there.
Result<json::value> go_on(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"impact"}));
  TRY(id, arguments.bytes<16>("impact"));
  TRY(part, at.impacts.go_on(at.platform, id));
  Object out{{"citizens", part.citizens}};
  if (part.finished) out["finished"] = describe(*part.finished);
  return out;
}

}  // namespace

std::vector<AdminCommand> rule_impact_commands() {
  return {{.name = "rules/impact", .officers = 1, .run = begin},
          {.name = "rules/impact-part", .officers = 0, .run = go_on}};  // of what an officer asked for
}

}  // namespace lindung::api
