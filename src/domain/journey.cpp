#include "domain/journey.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "domain/travel_fault.h"
#include "embedded/travel_ports_json.h"

namespace lindung::domain {

namespace {

constexpr std::string_view home = "IDN";

constexpr std::array scopes = {std::pair{JourneyScope::domestic, std::string_view{"domestic"}},
                               std::pair{JourneyScope::international, std::string_view{"international"}}};
constexpr std::array modes = {
    std::pair{TravelMode::air, std::string_view{"air"}}, std::pair{TravelMode::sea, std::string_view{"sea"}},
    std::pair{TravelMode::rail, std::string_view{"rail"}}, std::pair{TravelMode::road, std::string_view{"road"}}};

// The list is part of the program and a test reads it, so what it holds is known to be there.
std::vector<Port> read_ports() {
  const auto parsed = codec::parse_json(embedded::travel_ports_json);
  std::vector<Port> all;
  for (const auto& each : parsed.value().as_array()) {
    const auto text = [&](std::string_view name) { return std::string{each.at(name).as_string()}; };
    all.push_back({.code = text("code"),
                   .name = text("name"),
                   .mode = parse_travel_mode(text("mode")).value(),
                   .state = text("state")});
  }
  std::ranges::sort(all, {}, &Port::code);
  return all;
}

bool is_made_of(std::string_view text, std::size_t least, std::size_t most, std::string_view further) {
  return text.size() >= least && text.size() <= most && std::ranges::all_of(text, [&](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || further.find(c) != std::string_view::npos;
         });
}

bool fits_scope(JourneyScope scope, const Port& origin, const Port& destination) {
  const auto at_home = static_cast<int>(origin.state == home) + static_cast<int>(destination.state == home);
  return at_home == (scope == JourneyScope::domestic ? 2 : 1);
}

}  // namespace

std::string_view name_of(JourneyScope scope) noexcept {
  return scope == JourneyScope::domestic ? "domestic" : "international";
}

std::string_view name_of(TravelMode mode) noexcept {
  const auto* found = std::ranges::find(modes, mode, &std::pair<TravelMode, std::string_view>::first);
  return found == modes.end() ? "?" : found->second;
}

Result<JourneyScope> parse_journey_scope(std::string_view text) {
  const auto* found = std::ranges::find(scopes, text, &std::pair<JourneyScope, std::string_view>::second);
  if (found == scopes.end()) return fail(Errc::malformed, "scope: domestic or international is needed");
  return found->first;
}

Result<TravelMode> parse_travel_mode(std::string_view text) {
  const auto* found = std::ranges::find(modes, text, &std::pair<TravelMode, std::string_view>::second);
  if (found == modes.end()) return fail(Errc::malformed, "mode: air, sea, rail or road is needed");
  return found->first;
}

std::span<const Port> ports() {
  static const auto all = read_ports();
  return all;
}

const Port* find_port(std::string_view code) {
  const auto all = ports();
  const auto found = std::ranges::lower_bound(all, code, {}, &Port::code);
  return found == all.end() || found->code != code ? nullptr : &*found;
}

std::vector<TravelFault> faults_of(const Journey& journey, Moment now, const JourneyLimits& limits) {
  std::vector<TravelFault> faults;
  const auto hold = [&](bool is_good, TravelFault fault) {
    if (!is_good) faults.push_back(fault);
  };
  hold(is_made_of(journey.carrier, 2, 8, ""), TravelFault::carrier);
  hold(is_made_of(journey.number, 1, 16, " -"), TravelFault::number);
  const auto* origin = find_port(journey.origin);
  const auto* destination = find_port(journey.destination);
  hold(origin != nullptr, TravelFault::unknown_origin);
  hold(destination != nullptr, TravelFault::unknown_destination);
  if (origin != nullptr && destination != nullptr) {
    hold(origin != destination, TravelFault::same_port);
    hold(origin->mode == journey.mode && destination->mode == journey.mode, TravelFault::mode_of_port);
    hold(fits_scope(journey.scope, *origin, *destination), TravelFault::scope);
  }
  hold(journey.departure < journey.arrival, TravelFault::arrival_before_departure);
  hold(journey.arrival <= journey.departure + longest_journey, TravelFault::longer_than_48_hours);
  hold(journey.departure >= now, TravelFault::departure_past);
  hold(journey.departure <= now + limits.ahead, TravelFault::departure_too_far_ahead);
  return faults;
}

Day travel_day(const Journey& journey) noexcept { return day_of(journey.departure); }

}  // namespace lindung::domain
