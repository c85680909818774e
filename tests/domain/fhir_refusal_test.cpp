// What is not accepted, by its name and its place.
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "domain/fhir.h"
#include "domain/fhir_texts.h"
#include "domain/import.h"
#include "domain/import_reason.h"

namespace lindung::domain::fhir {
namespace {

using namespace texts;

struct Fault {
  const char* reason;
  const char* pointer;
  std::string from;
  std::string to;
};

// Reads a good Patient and this row with the fault in it: the row, and only the row, is rejected as said.
void expect_rejected(const std::string& row, const std::vector<Fault>& faults) {
  EXPECT_EQ(read_text(lines({patient("1"), row})).balance.accepted, 2U) << row;
  for (const auto& fault : faults) {
    const auto read = read_text(lines({patient("1"), replaced(row, fault.from, fault.to)}));
    EXPECT_EQ(read.balance.accepted, 1U) << fault.to;
    ASSERT_EQ(read.rejected.size(), 1U) << fault.to;
    EXPECT_EQ(name_of(read.rejected[0].reason), fault.reason) << fault.to;
    EXPECT_EQ(read.rejected[0].place, (Place{.file = 0, .line = 2, .pointer = fault.pointer})) << fault.to;
  }
}

TEST(FhirRefusal, NamesWhatIsWrongWithAnImmunization) {
  const std::string date = R"("2021-05-20")";
  const std::string code = R"({"system":"http://hl7.org/fhir/sid/cvx","code":"511"})";
  expect_rejected(
      immunization(),
      {{"not-done", "/status", "completed", "not-done"},
       {"entered-in-error", "/status", "completed", "entered-in-error"},
       {"unknown-status", "/status", "completed", "done"},
       {"missing-status", "/status", R"("status":"completed",)", ""},
       {"wrong-type", "/status", R"("completed")", "1"},
       {"subpotent-dose", "/isSubpotent", R"("status")", R"("isSubpotent":true,"status")"},
       {"missing-code", "/vaccineCode", R"("vaccineCode")", R"("vaccine")"},
       {"unknown-vaccine-code", "/vaccineCode", "511", "88"},
       {"unknown-vaccine-code", "/vaccineCode", code, ""},
       {"unknown-vaccine-code", "/vaccineCode", "http://hl7.org/fhir/sid/cvx", "http://snomed.info/sct"},
       {"conflicting-codes", "/vaccineCode", code, code + R"(,{"system":"http://hl7.org/fhir/sid/cvx","code":"208"})"},
       {"conflicting-codes", "/vaccineCode", code, code + R"(,{"system":"http://hl7.org/fhir/sid/cvx","code":"325"})"},
       {"wrong-type", "/vaccineCode/coding", "[" + code + "]", code},
       {"wrong-type", "/vaccineCode/coding/0/code", R"("511")", "511"},
       {"missing-date", "/occurrenceDateTime", R"("occurrenceDateTime":"2021-05-20",)", ""},
       {"imprecise-date", "/occurrenceString", R"("occurrenceDateTime":"2021-05-20")", R"("occurrenceString":"May")"},
       {"imprecise-date", "/occurrenceDateTime", date, R"("2021")"},
       {"imprecise-date", "/occurrenceDateTime", date, R"("2021-05")"},
       {"invalid-date", "/occurrenceDateTime", date, R"("2021-02-29")"},
       {"invalid-date", "/occurrenceDateTime", date, R"("2021-13-01")"},
       {"invalid-date", "/occurrenceDateTime", date, R"("20/05/2021")"},
       {"invalid-date", "/occurrenceDateTime", date, R"("2021-05-20T10:00Z")"},
       {"invalid-date", "/occurrenceDateTime", date, R"("2021-05-20T25:00:00Z")"},
       {"invalid-date", "/occurrenceDateTime", date, R"("2021-05-20T10:00:00+0700")"},
       {"invalid-date", "/occurrenceDateTime", date, R"("")"},
       {"missing-time-zone", "/occurrenceDateTime", date, R"("2021-05-20T10:00:00")"},
       {"date-in-future", "/occurrenceDateTime", date, R"("2021-06-11")"},
       {"date-in-future", "/occurrenceDateTime", date, R"("2021-06-10T03:06:00Z")"},
       {"date-too-early", "/occurrenceDateTime", date, R"("1969-12-31")"},
       {"date-before-birth", "", date, R"("1990-03-20")"},
       {"invalid-dose-number", "/protocolApplied/0/doseNumberPositiveInt", ":2}", ":0}"},
       {"invalid-dose-number", "/protocolApplied/0/doseNumberPositiveInt", ":2}", ":1.5}"},
       {"invalid-dose-number", "/protocolApplied/0/doseNumberString", R"("doseNumberPositiveInt":2)",
        R"("doseNumberString":"100")"},
       {"value-too-long", "/lotNumber", "CV1", std::string(65, 'x')},
       {"missing-patient", "/patient", R"("patient")", R"("patients")"},
       {"missing-patient", "/patient", R"("reference":"Patient/1")", R"("display":"Siti")"},
       {"unresolved-patient", "/patient", "Patient/1", "Patient/2"},
       {"unresolved-patient", "/patient", "Patient/1", "Group/1"},
       {"unresolved-patient", "/patient", "Patient/1", "#p"},
       {"unresolved-patient", "/patient", R"("reference":"Patient/1")",
        R"("identifier":{"system":"urn:x","value":"1"})"},
       {"invalid-nik", "/patient/identifier/value", R"("reference":"Patient/1")",
        R"("identifier":{"system":"https://fhir.kemkes.go.id/id/nik","value":"1"})"},
       {"wrong-type", "/id", R"("imm-1")", "1"}});
}

TEST(FhirRefusal, NamesWhatIsWrongWithAnObservation) {
  const std::string value =
      R"("valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"260415000"}]})";
  expect_rejected(observation(),
                  {{"entered-in-error", "/status", "final", "entered-in-error"},
                   {"entered-in-error", "/status", "final", "cancelled"},
                   {"not-final", "/status", "final", "preliminary"},
                   {"unknown-status", "/status", "final", "unknown"},
                   {"missing-status", "/status", R"("status":"final",)", ""},
                   {"missing-code", "/code", R"("code":{"coding":[{"system":"http://loinc.org")",
                    R"("kode":{"coding":[{"system":"http://loinc.org")"},
                   {"unknown-test-code", "/code", "94500-6", "718-7"},
                   {"conflicting-codes", "/code", R"("code":"94500-6"})",
                    R"("code":"94500-6"},{"system":"http://loinc.org","code":"94558-4"})"},
                   {"unknown-result-code", "/valueCodeableConcept", "260415000", "1"},
                   {"conflicting-codes", "/valueCodeableConcept", R"("code":"260415000"})",
                    R"("code":"260415000"},{"system":"http://snomed.info/sct","code":"260373001"})"},
                   {"unsupported-result-type", "/valueQuantity", value, R"("valueQuantity":{"value":17})"},
                   {"unsupported-result-type", "/valueString", value, R"("valueString":"negatif")"},
                   {"missing-result", "/valueCodeableConcept", value, R"("dataAbsentReason":{"text":"lost"})"},
                   {"missing-date", "/effectiveDateTime", "effectiveDateTime", "issued"},
                   {"imprecise-date", "/effectiveDateTime", "2021-06-01T09:30:00+07:00", "2021-06"}});
}

TEST(FhirRefusal, NamesWhatIsWrongWithAFinding) {
  expect_rejected(recovery(), {{"not-resolved", "/clinicalStatus", R"("resolved")", R"("active")"},
                               {"not-resolved", "/clinicalStatus", "clinicalStatus", "status"},
                               {"not-confirmed", "/verificationStatus", R"("code":{"coding")",
                                R"("verificationStatus":{"coding":[{"code":"provisional"}]},"code":{"coding")"},
                               {"entered-in-error", "/verificationStatus", R"("code":{"coding")",
                                R"("verificationStatus":{"coding":[{"code":"entered-in-error"}]},"code":{"coding")"},
                               {"unknown-finding-code", "/code", "U07.1", "J10"},
                               {"missing-date", "/abatementDateTime", "abatementDateTime", "recordedDate"}});
  expect_rejected(exemption(), {{"end-before-start", "", "2021-12-31", "2021-05-31"},
                                {"imprecise-date", "/abatementDateTime", "2021-12-31", "2021"},
                                {"missing-date", "/onsetDateTime", "onsetDateTime", "onset"}});
  expect_rejected(
      contact(),
      {{"no-contact", "/valueBoolean", R"("status")", R"("valueBoolean":false,"status")"},
       {"no-contact", "/valueCodeableConcept", R"("status")",
        R"("valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"373067005"}]},"status")"},
       {"date-in-future", "/effectiveDateTime", "2021-06-02", "2021-06-12"}});
}

TEST(FhirRefusal, NamesWhatIsWrongWithAPatientAndRejectsItsFacts) {
  const std::string nik = identifier("https://fhir.kemkes.go.id/id/nik", some_nik);
  const std::vector<Fault> faults{
      {"invalid-nik", "/identifier/0/value", std::string{some_nik}, "3174056103900000"},
      {"invalid-nik", "/identifier/0/value", R"(,"value":"3174056103900001")", ""},
      {"ambiguous-nik", "/identifier/1/value", nik,
       nik + "," + identifier("https://fhir.kemkes.go.id/id/nik", "3174056103900002")},
      {"invalid-passport", "/identifier/0/value", nik, identifier("https://fhir.kemkes.go.id/id/paspor", "?")},
      {"invalid-birth-date", "/birthDate", "1990-03-21", "1990-02-30"},
      {"invalid-birth-date", "/birthDate", "1990-03-21", "2021-06-12"},
      {"invalid-birth-date", "/birthDate", "1990-03-21", "1874"},
      {"invalid-birth-date", "/birthDate", "1990-03-21", "1990-03-21T00:00:00Z"},
      {"wrong-type", "/birthDate", R"("1990-03-21")", "19900321"},
      {"wrong-type", "/identifier", "[" + nik + "]", nik},
      {"wrong-type", "/name/0/text", R"("Siti Rahayu")", "[]"},
      {"value-too-long", "/name/0/text", "Siti Rahayu", std::string(201, 'x')}};
  for (const auto& fault : faults) {
    const auto read = read_text(lines({replaced(patient("1"), fault.from, fault.to), immunization()}));
    EXPECT_EQ(read.balance, (Balance{.rows_in = 2, .accepted = 0, .rejected = 2, .quarantined = 0})) << fault.to;
    ASSERT_EQ(read.rejected.size(), 2U);
    EXPECT_EQ(name_of(read.rejected[0].reason), fault.reason) << fault.to;
    EXPECT_EQ(read.rejected[0].place.pointer, fault.pointer) << fault.to;
    EXPECT_EQ(name_of(read.rejected[1].reason), "patient-rejected");
  }
}

TEST(FhirRefusal, AnOldIdentifierIsPassedOver) {
  const auto old = R"({"use":"old","system":"https://fhir.kemkes.go.id/id/nik","value":"1"},)" +
                   identifier("https://fhir.kemkes.go.id/id/nik", some_nik);
  EXPECT_EQ(read_text(patient("1", old)).balance.accepted, 1U);
}

TEST(FhirRefusal, ATwiceSentResourceIsTakenOnce) {
  const auto read = read_text(
      lines({patient("1"), immunization(), immunization(), patient("1"), replaced(immunization(), "CV1", "CV2")}));
  EXPECT_EQ(read.balance, (Balance{.rows_in = 5, .accepted = 2, .rejected = 3, .quarantined = 0}));
  ASSERT_EQ(read.rejected.size(), 3U);
  EXPECT_EQ(name_of(read.rejected[0].reason), "duplicate-resource");
  EXPECT_EQ(read.rejected[0].place.line, 3U);
  EXPECT_EQ(name_of(read.rejected[1].reason), "duplicate-resource");
  EXPECT_EQ(read.rejected[1].place.line, 4U);
  EXPECT_EQ(name_of(read.rejected[2].reason), "conflicting-duplicate");
}

TEST(FhirRefusal, AnIdThatTwoPeopleHaveInDifferentBundlesIsAmbiguousOutside) {
  const auto bundle = [](const std::string& nik) {
    return R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)" +
           patient("1", identifier("https://fhir.kemkes.go.id/id/nik", nik)) + R"(},{"resource":)" +
           replaced(immunization(), R"("id":"imm-1",)", "") + "}]}";
  };
  const auto read = read_text(lines({bundle("3174056103900001"), bundle("3174056103900002"), observation()}));
  EXPECT_EQ(read.balance.accepted, 4U);
  ASSERT_EQ(read.people.size(), 2U);
  EXPECT_EQ(read.people[0].records.size(), 1U);
  EXPECT_EQ(read.people[1].records.size(), 1U);
  ASSERT_EQ(read.rejected.size(), 1U);
  EXPECT_EQ(name_of(read.rejected[0].reason), "ambiguous-patient");
}

TEST(FhirRefusal, WhatIsNoResourceOfOursIsNamed) {
  const std::vector<std::pair<const char*, std::string>> rows{
      {"unsupported-resource-type", R"({"resourceType":"Encounter"})"},
      {"unsupported-resource-type", R"({"resourceType":"MedicationAdministration","status":"completed"})"},
      {"operation-outcome", R"({"resourceType":"OperationOutcome","issue":[{"severity":"warning"}]})"},
      {"not-a-fhir-resource", R"({"hello":1})"},
      {"not-a-fhir-resource", "[1]"},
      {"not-a-fhir-resource", "17"},
      {"not-a-fhir-resource", R"({"resourceType":null})"},
      {"wrong-type", R"({"resourceType":7})"},
      {"malformed-json", R"({"resourceType":"Patient")"},
      {"malformed-json", R"({"resourceType":"Patient"}})"},
      {"malformed-json", R"({"resourceType":"Patient","id":"1","id":"2"})"},
      {"malformed-json", "{\"resourceType\":\"Patient\",\"id\":\"\xff\"}"},
      {"malformed-json", "nonsense"}};
  for (const auto& [reason, row] : rows) {
    const auto read = read_text(lines({patient("1"), row, immunization()}));
    EXPECT_EQ(read.balance, (Balance{.rows_in = 3, .accepted = 2, .rejected = 1, .quarantined = 0})) << row;
    ASSERT_EQ(read.rejected.size(), 1U) << row;
    EXPECT_EQ(name_of(read.rejected[0].reason), reason) << row;
  }
}

TEST(FhirRefusal, TenThousandLevelsCostOnlyTheirRow) {
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  const auto extended = replaced(immunization(), R"("status")", R"("extension":)" + deep + R"(,"status")");
  const auto read = read_text(lines({patient("1"), extended, observation()}));
  EXPECT_EQ(read.balance.accepted, 2U);
  ASSERT_EQ(read.rejected.size(), 1U);
  EXPECT_EQ(name_of(read.rejected[0].reason), "too-deep");
  std::string nested = immunization();
  for (int i = 0; i < 10'000; ++i)
    nested = R"({"resourceType":"Bundle","type":"batch","entry":[{"resource":)" + nested + "}]}";
  const auto bundles = read_text(lines({patient("1"), nested, observation()}));
  EXPECT_EQ(bundles.balance.accepted, 2U);
  ASSERT_EQ(bundles.rejected.size(), 1U);
  EXPECT_EQ(name_of(bundles.rejected[0].reason), "too-deep");
}

TEST(FhirRefusal, ALineOverTheLimitCostsOnlyItself) {
  const auto large = replaced(immunization(), "CV1", std::string(2000, 'x'));
  const auto read = read_text(lines({patient("1"), large, observation()}), {.resource_bytes = 1500});
  EXPECT_EQ(read.balance.accepted, 2U);
  ASSERT_EQ(read.rejected.size(), 1U);
  EXPECT_EQ(name_of(read.rejected[0].reason), "too-large");
}

}  // namespace
}  // namespace lindung::domain::fhir
