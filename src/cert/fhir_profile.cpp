#include "cert/fhir_profile.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "cert/initials.h"
#include "cert/jwk.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"
#include "cert/text_forms.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

class Entry {
 public:
  Entry(std::size_t number, const json::object& resource) : number_{number}, resource_{resource} {}
  [[nodiscard]] const json::object& resource() const noexcept { return resource_; }
  [[nodiscard]] auto bad(std::string_view member) const {
    return refuse(Step::schema, Reason::fhir_profile, "entry " + std::to_string(number_) + ": " + std::string{member});
  }

 private:
  std::size_t number_;
  const json::object& resource_;
};

// A date of FHIR: of a year, a month, a day, or a moment.
bool is_fhir_date(std::string_view text) {
  if (text.size() == 4) return is_full_date(std::string{text} + "-01-01");
  if (text.size() == 7) return is_full_date(std::string{text} + "-01");
  return is_full_date(text) || is_date_time(text);
}

bool has_coding(const json::object& resource, std::string_view name) {
  const auto* concept_value = object_member(resource, name);
  const auto* codings = concept_value == nullptr ? nullptr : array_member(*concept_value, "coding");
  if (codings == nullptr) return false;
  return std::ranges::any_of(*codings, [](const json::value& each) {
    const auto* coding = each.if_object();
    return coding != nullptr && !text_member(*coding, "code").empty();
  });
}

std::size_t members_that_begin(const json::object& resource, std::string_view start) {
  return static_cast<std::size_t>(std::ranges::count_if(
      resource, [&](const auto& member) { return std::string_view{member.key()}.starts_with(start); }));
}

bool has_reference(const json::object& resource, std::string_view name) {
  const auto* reference = object_member(resource, name);
  return reference != nullptr && (!text_member(*reference, "reference").empty() || reference->contains("identifier"));
}

// Identity assurance levels stand here; other members of meta are the issuer's own affair.
Checked<void> check_meta(const Entry& entry) {
  const auto* meta = object_member(entry.resource(), "meta");
  const auto* levels = meta == nullptr ? nullptr : array_member(*meta, "security");
  if (levels == nullptr) return outcome::success();
  for (const auto& each : *levels) {
    const auto* level = each.if_object();
    if (level == nullptr || text_member(*level, "code").empty()) return entry.bad("meta.security");
  }
  return outcome::success();
}

Checked<std::string> check_patient(const Entry& entry) {
  const auto& patient = entry.resource();
  const auto* names = array_member(patient, "name");
  if (names == nullptr || names->empty()) return entry.bad("name");
  std::string initials;
  for (const auto& each : *names) {
    const auto* name = each.if_object();
    if (name == nullptr) return entry.bad("name");
    std::string mine;
    if (const auto* given = array_member(*name, "given"); given != nullptr && !given->empty()) {
      if (!given->front().is_string()) return entry.bad("name.given");
      mine += initial(given->front().get_string());
    }
    mine += initial(text_member(*name, "family"));
    if (mine.empty()) mine = initials_of_words(text_member(*name, "text"));
    if (mine.empty()) return entry.bad("name");
    if (initials.empty()) initials = std::move(mine);
  }
  if (patient.contains("birthDate") && !is_fhir_date(text_member(patient, "birthDate"))) return entry.bad("birthDate");
  return initials;
}

Checked<void> check_immunization(const Entry& entry) {
  const auto& dose = entry.resource();
  if (text_member(dose, "status") != "completed") return entry.bad("status");
  if (!has_coding(dose, "vaccineCode")) return entry.bad("vaccineCode");
  if (!has_reference(dose, "patient")) return entry.bad("patient");
  if (members_that_begin(dose, "occurrence") != 1) return entry.bad("occurrence");
  if (!is_fhir_date(text_member(dose, "occurrenceDateTime"))) return entry.bad("occurrenceDateTime");
  return outcome::success();
}

Checked<void> check_observation(const Entry& entry) {
  constexpr std::array<std::string_view, 3> good{"final", "amended", "corrected"};
  const auto& observation = entry.resource();
  if (std::ranges::find(good, text_member(observation, "status")) == good.end()) return entry.bad("status");
  if (!has_coding(observation, "code")) return entry.bad("code");
  if (members_that_begin(observation, "effective") > 1) return entry.bad("effective");
  if (members_that_begin(observation, "value") > 1) return entry.bad("value");
  if (observation.contains("effectiveDateTime") && !is_fhir_date(text_member(observation, "effectiveDateTime"))) {
    return entry.bad("effectiveDateTime");
  }
  return outcome::success();
}

struct Counts {
  std::size_t patients{};
  std::size_t doses{};
  std::size_t observations{};
};

}  // namespace

Checked<CardContent> check_bundle(const json::object& bundle) {
  const auto refuse_bundle = [](std::string detail) {
    return refuse(Step::schema, Reason::fhir_profile, std::move(detail));
  };
  if (text_member(bundle, "resourceType") != "Bundle") return refuse_bundle("resourceType");
  const auto* entries = array_member(bundle, "entry");
  if (entries == nullptr || entries->empty()) return refuse_bundle("entry");
  CardContent out;
  Counts counts;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const auto* holder = entries->at(i).if_object();
    const auto* resource = holder == nullptr ? nullptr : object_member(*holder, "resource");
    if (resource == nullptr) return refuse_bundle("entry " + std::to_string(i) + ": resource");
    const Entry entry{i, *resource};
    TRYV(check_meta(entry));
    const auto type = text_member(*resource, "resourceType");
    if (type.empty()) return entry.bad("resourceType");
    if (type == "Patient") {
      TRY(initials, check_patient(entry));
      out.initials = std::move(initials);
      ++counts.patients;
    } else if (type == "Immunization") {
      TRYV(check_immunization(entry));
      ++counts.doses;
    } else if (type == "Observation") {
      TRYV(check_observation(entry));
      ++counts.observations;
    }
  }
  if (counts.patients != 1) return refuse_bundle("not exactly one Patient");
  out.word = counts.doses != 0 ? "vaccination" : counts.observations != 0 ? "test" : "health-records";
  return out;
}

}  // namespace lindung::cert
