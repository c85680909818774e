#include "domain/report_fhir.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "domain/fhir_coding.h"
#include "domain/fhir_date.h"
#include "domain/fhir_node.h"
#include "domain/import_reason.h"
#include "domain/report.h"
#include "domain/syndrome.h"

namespace lindung::domain {

namespace {

using fhir::Node;

constexpr std::size_t most_entries = 16;
constexpr std::string_view uuid_prefix = "urn:uuid:";
constexpr std::string_view district_system = "urn:lindung:district";
constexpr std::string_view age_system = "urn:lindung:age-band";
constexpr std::array<std::string_view, 7> bundle_members{"resourceType", "type",      "identifier", "meta",
                                                         "entry",        "timestamp", "total"};
constexpr std::array<std::string_view, 7> condition_members{
    "resourceType", "clinicalStatus", "verificationStatus", "category", "code", "onsetDateTime", "recordedDate"};
constexpr std::array<std::string_view, 8> observation_members{
    "resourceType",         "status",        "category", "code", "effectiveDateTime", "valueBoolean",
    "valueCodeableConcept", "interpretation"};
constexpr std::array<std::string_view, 6> person_types{"Patient",      "Person", "RelatedPerson",
                                                       "Practitioner", "Group",  "PractitionerRole"};
constexpr std::array<std::string_view, 9> person_members{"subject",   "patient", "performer", "asserter", "recorder",
                                                         "encounter", "focus",   "evidence",  "hasMember"};
constexpr std::array<std::string_view, 4> text_members{"text", "note", "extension", "contained"};
constexpr std::string_view no_code = "373067005";  // SNOMED CT: no

auto refuse(std::string_view reason, const std::string& pointer = {}) {
  return fail(Errc::malformed, std::string{reason} + (pointer.empty() ? "" : " ") + pointer);
}

// What the readers of imports refuse, by their own reasons.
template <class T>
Result<T> taken(fhir::Read<T> read) {
  if (read.has_value()) {
    if constexpr (std::is_void_v<T>) {
      return ok();
    } else {
      return std::move(read).value();
    }
  }
  return refuse(name_of(read.error().reason), read.error().pointer);
}

bool holds(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

Result<void> check_members(const Node& node, std::span<const std::string_view> allowed) {
  const auto* object = node.value() == nullptr ? nullptr : node.value()->if_object();
  if (object == nullptr) return refuse("not-a-bundle", node.pointer());
  for (const auto& member : *object) {
    const std::string_view name{member.key()};
    if (holds(allowed, name)) continue;
    const auto place = node.pointer() + "/" + std::string{name};
    if (holds(person_members, name)) return refuse("person-present", place);
    if (name == "identifier" || name == "id") return refuse("identifier-present", place);
    if (holds(text_members, name)) return refuse("free-text", place);
    return refuse("member-not-taken", node.pointer());  // its name is whatever somebody wrote
  }
  return ok();
}

Result<std::string_view> text_in(const Node& node, std::string_view reason) {
  TRY(text, taken(node.text()));
  if (!text) return refuse(reason, node.pointer());
  return *text;
}

struct Gathered {
  Report report;
  std::map<Syndrome, Day> onsets;              // of Conditions
  std::vector<std::pair<Syndrome, Day>> seen;  // by Observations
};

Result<ReportId> read_id(const Node& bundle) {
  const auto node = bundle.member("identifier").member("value");
  TRY(text, text_in(node, "report-id"));
  if (!text.starts_with(uuid_prefix)) return refuse("report-id", node.pointer());
  std::string digits{text.substr(uuid_prefix.size())};
  std::erase(digits, '-');
  ByteArray<16> id{};
  if (codec::from_hex(digits, id).has_error()) return refuse("report-id", node.pointer());
  return ReportId{id};
}

Result<void> read_tags(const Node& bundle, Report& report) {
  const auto tags = bundle.member("meta").member("tag");
  for (std::size_t i = 0; i < tags.size(); ++i) {
    TRY(system, text_in(tags.item(i).member("system"), "member-not-taken"));
    TRY(code, text_in(tags.item(i).member("code"), "member-not-taken"));
    if (system == district_system) {
      report.district = code;
    } else if (system == age_system) {
      const auto age = parse_age_band(code);
      if (age.has_error()) return refuse("age", tags.item(i).pointer());
      report.age = age.value();
    } else {
      return refuse("member-not-taken", tags.item(i).pointer());
    }
  }
  if (!is_district(report.district)) return refuse("district", tags.pointer());
  return ok();
}

// The one syndrome that a concept's codings mean; those that are known are kept.
Result<Syndrome> read_code(const Node& node, Report& report) {
  if (!node.exists()) return refuse("missing-code", node.pointer());
  if (node.member("text").exists()) return refuse("free-text", node.member("text").pointer());
  std::optional<Syndrome> meaning;
  bool conflict = false;
  TRYV(taken(fhir::each_coding(node, [&](std::string_view uri, std::string_view code) {
    const auto system = find_code_system(uri);
    const auto found = system ? syndrome_of(*system, code) : std::nullopt;
    if (!found) return;
    conflict = conflict || (meaning && *meaning != *found);
    meaning = found;
    const SyndromeCode kept{.system = *system, .code = std::string{code}};
    if (std::ranges::find(report.codes, kept) == report.codes.end()) report.codes.push_back(kept);
  })));
  if (conflict) return refuse("conflicting-codes", node.pointer());
  if (!meaning) return refuse("unknown-code", node.pointer());
  return *meaning;
}

Result<Day> read_day(const Node& node, Moment now) {
  TRY(text, text_in(node, "missing-date"));
  auto moment = fhir::fact_moment(text, now);
  if (moment.has_error()) return refuse(name_of(moment.error().reason), node.pointer());
  return day_of(moment.value());
}

Result<void> read_condition(const Node& resource, Moment now, Gathered& out) {
  TRYV(check_members(resource, condition_members));
  for (const auto* wrong : {"refuted", "entered-in-error"}) {
    TRY(is_so, taken(fhir::has_code(resource.member("verificationStatus"), wrong)));
    if (is_so) return refuse("not-suspected", resource.member("verificationStatus").pointer());
  }
  for (const auto* over : {"resolved", "inactive", "remission"}) {
    TRY(is_so, taken(fhir::has_code(resource.member("clinicalStatus"), over)));
    if (is_so) return refuse("not-suspected", resource.member("clinicalStatus").pointer());
  }
  TRY(syndrome, read_code(resource.member("code"), out.report));
  TRY(onset, read_day(resource.member("onsetDateTime"), now));
  const auto [known, is_new] = out.onsets.try_emplace(syndrome, onset);
  if (!is_new && known->second != onset)
    return refuse("contradicting-dates", resource.member("onsetDateTime").pointer());
  return ok();
}

Result<void> read_observation(const Node& resource, Moment now, Gathered& out) {
  TRYV(check_members(resource, observation_members));
  TRY(status, text_in(resource.member("status"), "not-suspected"));
  if (status == "cancelled" || status == "entered-in-error") {
    return refuse("not-suspected", resource.member("status").pointer());
  }
  TRY(is_so, taken(resource.member("valueBoolean").boolean()));
  if (is_so == false) return refuse("contradicting-finding", resource.member("valueBoolean").pointer());
  const auto value = resource.member("valueCodeableConcept");
  if (value.exists()) {
    TRY(is_no, taken(fhir::has_code(value, no_code)));
    if (is_no) return refuse("contradicting-finding", value.pointer());
  }
  const auto interpretations = resource.member("interpretation");
  for (std::size_t i = 0; i < interpretations.size(); ++i) {
    TRY(is_negative, taken(fhir::has_code(interpretations.item(i), "NEG")));
    if (is_negative) return refuse("contradicting-finding", interpretations.item(i).pointer());
  }
  TRY(syndrome, read_code(resource.member("code"), out.report));
  TRY(seen, read_day(resource.member("effectiveDateTime"), now));
  out.seen.emplace_back(syndrome, seen);
  return ok();
}

Result<void> read_entry(const Node& entry, Moment now, Gathered& out) {
  constexpr std::array<std::string_view, 2> entry_members{"resource", "fullUrl"};
  TRYV(check_members(entry, entry_members));
  const auto resource = entry.member("resource");
  TRY(type, text_in(resource.member("resourceType"), "resource-not-taken"));
  if (holds(person_types, type)) return refuse("person-present", resource.pointer());
  if (type == "Condition") return read_condition(resource, now, out);
  if (type == "Observation") return read_observation(resource, now, out);
  return refuse("resource-not-taken", resource.pointer());
}

// The first day of all; what was seen of something before it began contradicts it.
Result<Day> onset_of(const Gathered& gathered) {
  std::optional<Day> first;
  for (const auto& [syndrome, onset] : gathered.onsets) first = std::min(first.value_or(onset), onset);
  for (const auto& [syndrome, seen] : gathered.seen) {
    const auto began = gathered.onsets.find(syndrome);
    if (began != gathered.onsets.end() && seen < began->second) return refuse("contradicting-dates");
    first = std::min(first.value_or(seen), seen);
  }
  if (!first) return refuse("missing-date");
  return *first;
}

}  // namespace

Result<Report> read_report_bundle(BytesView body, Moment now) {
  const auto parsed = codec::parse_json(as_text(body), {.bytes = report_fhir_limit, .depth = 16});
  if (parsed.has_error()) return refuse("not-a-bundle");
  const Node bundle{&parsed.value()};
  TRY(type, text_in(bundle.member("resourceType"), "not-a-bundle"));
  if (type != "Bundle") return refuse("not-a-bundle");
  TRYV(check_members(bundle, bundle_members));
  Gathered gathered;
  gathered.report.operation = ReportOperation::create;
  TRY(id, read_id(bundle));
  gathered.report.id = id;
  TRYV(read_tags(bundle, gathered.report));
  const auto entries = bundle.member("entry");
  if (entries.size() == 0 || entries.size() > most_entries) return refuse("not-a-bundle", entries.pointer());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    TRYV(read_entry(entries.item(i), now, gathered));
  }
  TRY(onset, onset_of(gathered));
  gathered.report.onset = onset;
  if (gathered.report.codes.size() > report_codes_max) return refuse("too-many-codes");
  TRYV(check(gathered.report, now));
  return std::move(gathered.report);
}

}  // namespace lindung::domain
