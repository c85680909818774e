#include "domain/fhir_carriers.h"

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "domain/fhir_finding.h"
#include "domain/fhir_names.h"
#include "domain/fhir_node.h"
#include "domain/fhir_rows.h"
#include "domain/fhir_table.h"
#include "domain/import_reason.h"

namespace lindung::domain::fhir {

namespace {

using State = Collection::State;

constexpr unsigned state_bits = 2;
constexpr std::string_view specimen_type = "Specimen";
constexpr std::string_view observation_type = "Observation";

std::uint64_t packed(const Collection& collection) {
  // A collection never lies before 1970 (fact_moment()).
  return unix_seconds(collection.at) << state_bits | static_cast<std::uint64_t>(collection.state);
}

}  // namespace

Read<Collection> read_specimen(const Node& resource, Moment now) {
  const auto status = resource.member("status");
  TRY(text, status.text());
  if (text == "entered-in-error" || text == "unsatisfactory" || text == "unavailable") {
    return status.refused(Reason::entered_in_error);
  }
  constexpr DateMembers collected{.date = "collectedDateTime", .period = "collectedPeriod"};
  const auto collection = resource.member("collection");
  TRYV(collection.check_object());
  if (!collection.member(collected.date).exists() && !collection.member(collected.period).exists()) {
    return Collection{.state = State::silent, .at = {}};
  }
  TRY(at, first_moment(collection, collected, now));
  return Collection{.state = State::timed, .at = at};
}

void Carriers::specimen(const Row& row, std::string_view id, const Collection& collection) {
  each_name(row, specimen_type, id, [&](const Digest& key) {
    const auto [known, is_new] = specimens_.insert(key, packed(collection));
    // A rejected row gives way to one that can be used.
    if (!is_new && (known & 3U) == static_cast<std::uint64_t>(State::rejected)) known = packed(collection);
  });
}

void Carriers::observation(const Row& row, std::string_view id) {
  each_name(row, observation_type, id, [&](const Digest& key) { static_cast<void>(observations_.insert(key, 1)); });
}

Collection Carriers::find_specimen(const Row& row, std::string_view reference) {
  const auto* const found = find_name(specimens_, row, specimen_type, reference);
  if (found == nullptr) return {};
  return {.state = static_cast<State>(*found & 3U), .at = lindung::moment_of(*found >> state_bits)};
}

bool Carriers::has_observation(const Row& row, std::string_view reference) {
  return find_name(observations_, row, observation_type, reference) != nullptr;
}

}  // namespace lindung::domain::fhir
