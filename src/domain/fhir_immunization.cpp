#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.h"
#include "base/time.h"
#include "domain/code_map.h"
#include "domain/fhir_coding.h"
#include "domain/fhir_date.h"
#include "domain/fhir_facts.h"
#include "domain/fhir_node.h"
#include "domain/import_reason.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

namespace {

constexpr std::size_t max_lot = 64;
constexpr unsigned max_dose = 99;

Read<void> check_status(const Node& resource) {
  const auto status = resource.member("status");
  TRY(text, status.text());
  if (!text) return status.refused(Reason::missing_status);
  if (text == "not-done") return status.refused(Reason::not_done);
  if (text == "entered-in-error") return status.refused(Reason::entered_in_error);
  if (text != "completed") return status.refused(Reason::unknown_status);
  return ok();
}

// The codings name one dose, some more exactly than others: the most exact one decides. Two that name different things
// of one exactness contradict each other, and so do two of different diseases.
Read<const Vaccine*> read_vaccine(const Node& resource, const CodeMap& codes) {
  const auto concept_node = resource.member("vaccineCode");
  if (!concept_node.exists()) return concept_node.refused(Reason::missing_code);
  const Vaccine* best = nullptr;
  bool conflict = false;
  TRYV(each_coding(concept_node, [&](std::string_view system, std::string_view code) {
    const auto* found = codes.vaccine(system, code);
    if (found == nullptr) return;
    if (best != nullptr && best != found) {
      conflict = conflict || best->vagueness == found->vagueness || codes.disease_of(*best) != codes.disease_of(*found);
    }
    if (best == nullptr || found->vagueness < best->vagueness) best = found;
  }));
  if (conflict) return concept_node.refused(Reason::conflicting_codes);
  if (best == nullptr) return concept_node.refused(Reason::unknown_vaccine_code);
  return best;
}

Read<std::uint32_t> positive(const Node& number) {
  boost::system::error_code error;
  const auto value = number.value()->to_number<unsigned>(error);
  if (error || value == 0 || value > max_dose) return number.refused(Reason::invalid_dose_number);
  return value;
}

// "2" is a number; "booster" says nothing about which, and gives none.
Read<std::optional<std::uint32_t>> number_in_words(const Node& words) {
  TRY(text, words.text());
  if (!text) return std::optional<std::uint32_t>{};
  const auto begin = std::min(text->find_first_not_of(' '), text->size());
  const auto digits = text->substr(begin, text->find_last_not_of(' ') + 1 - begin);
  std::uint32_t value = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::optional<std::uint32_t>{};
  if (value == 0 || value > max_dose) return words.refused(Reason::invalid_dose_number);
  return std::optional{value};
}

// protocolApplied: the first entry that has a number. 0: none is given. How many doses the series has is checked and
// passed over: our own schedules say it (data/codes/vaccines.json).
Read<std::uint32_t> read_dose(const Node& resource) {
  const auto protocols = resource.member("protocolApplied");
  TRYV(protocols.check_list());
  std::optional<std::uint32_t> dose;
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    const auto protocol = protocols.item(i);
    const auto series = protocol.member("seriesDosesPositiveInt");
    if (series.exists()) {
      TRYV(positive(series));
    }
    const auto number = protocol.member("doseNumberPositiveInt");
    if (number.exists()) {
      TRY(value, positive(number));
      if (!dose) dose = value;
    }
    TRY(said, number_in_words(protocol.member("doseNumberString")));
    if (!dose) dose = said;
  }
  return dose.value_or(0);
}

}  // namespace

Read<Fact> read_immunization(const Node& resource, const FactContext& context) {
  TRYV(check_status(resource));
  TRY(subpotent, resource.member("isSubpotent").boolean());
  if (subpotent.value_or(false)) return resource.member("isSubpotent").refused(Reason::subpotent_dose);
  TRY(vaccine, read_vaccine(resource, context.codes));
  const auto date = resource.member("occurrenceDateTime");
  TRY(written, date.text());
  if (!written) {
    const auto words = resource.member("occurrenceString");
    return words.exists() ? words.refused(Reason::imprecise_date) : date.refused(Reason::missing_date);
  }
  const auto at = fact_moment(*written, context.now);
  if (at.has_error()) return date.refused(at.error());
  TRY(dose, read_dose(resource));
  TRY(lot, resource.member("lotNumber").text(max_lot));
  return Fact{Vaccination{.at = at.value(),
                          .vaccine = vaccine->code,
                          .series = vaccine->series,
                          .dose = dose,
                          .lot = std::string{lot.value_or("")}}};
}

}  // namespace lindung::domain::fhir
