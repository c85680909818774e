// Reports and specimens: whose word counts, and when a test was.
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/time.h"
#include "domain/fhir.h"
#include "domain/fhir_texts.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/record.h"

namespace lindung::domain::fhir {
namespace {

using namespace texts;

std::string report(const std::string& more, const std::string& code = "94500-6") {
  return R"({"resourceType":"DiagnosticReport","id":"rep-1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":")" +
         code +
         R"("}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2021-06-01","issued":"2021-06-03T00:00:00Z")" +
         more + "}";
}
const std::string positive =
    R"(,"conclusionCode":[{"coding":[{"system":"http://snomed.info/sct","code":"260373001"}]}])";

std::string specimen(const std::string& more) { return R"({"resourceType":"Specimen","id":"spe-1")" + more + "}"; }
const std::string collected = R"(,"collection":{"collectedDateTime":"2021-05-30"})";

TEST(FhirReport, AReportWithAConclusionIsATest) {
  const auto read = read_text(lines({patient("1"), report(positive)}));
  ASSERT_EQ(read.people.at(0).records.size(), 1U);
  EXPECT_EQ(
      read.people[0].records[0].fact,
      (Fact{domain::Test{.at = at("2021-06-01T00:00:00Z"), .kind = TestKind::naat, .result = TestResult::positive}}));
}

TEST(FhirReport, AReportOnObservationsOfTheImportIsNoSecondFact) {
  const auto on = report(positive + R"(,"result":[{"reference":"Observation/obs-1"}])");
  for (const auto& text : {lines({patient("1"), on, observation()}), lines({patient("1"), observation(), on})}) {
    const auto read = read_text(text);
    EXPECT_EQ(read.balance, (Balance{.rows_in = 3, .accepted = 3, .rejected = 0, .quarantined = 0}));
    ASSERT_EQ(read.people.at(0).records.size(), 1U);
    EXPECT_EQ(std::get<domain::Test>(read.people[0].records[0].fact).result, TestResult::negative);
  }
}

TEST(FhirReport, InABundleItFindsItsObservationByFullUrl) {
  const std::string text =
      R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1","resource":)" + patient("1") +
      R"(},{"fullUrl":"urn:uuid:2","resource":)" + observation() + R"(},{"fullUrl":"urn:uuid:3","resource":)" +
      report(R"(,"result":[{"reference":"urn:uuid:2"}])", "11502-2") + "}]}";
  const auto read = read_text(text);
  EXPECT_EQ(read.balance, (Balance{.rows_in = 3, .accepted = 3, .rejected = 0, .quarantined = 0}));
  EXPECT_EQ(read.people.at(0).records.size(), 1U);
}

TEST(FhirReport, WithoutAConclusionItSaysWhatItsContainedObservationsSay) {
  const auto contained =
      R"(,"result":[{"reference":"#o"}],"contained":[)" + replaced(observation(), "\"obs-1\"", "\"o\"") + "]";
  const auto read = read_text(lines({patient("1"), report(contained, "11502-2")}));
  ASSERT_EQ(read.people.at(0).records.size(), 1U);
  EXPECT_EQ(
      read.people[0].records[0].fact,
      (Fact{domain::Test{.at = at("2021-06-01T00:00:00Z"), .kind = TestKind::naat, .result = TestResult::negative}}));
}

TEST(FhirReport, WhatAReportLacksIsNamed) {
  struct Case {
    std::string row;
    Reason reason;
    std::string pointer;
  };
  const Case cases[]{
      {report(""), Reason::missing_result, "/conclusionCode"},
      {report(R"(,"result":[{"reference":"Observation/elsewhere"}])"), Reason::unresolved_result, "/result"},
      {report(positive, "11502-2"), Reason::unknown_test_code, "/code"},
      {report(R"(,"conclusionCode":[{"coding":[{"system":"http://snomed.info/sct","code":"1"}]}])"),
       Reason::unknown_result_code, "/conclusionCode"},
      {replaced(report(positive), "final", "partial"), Reason::not_final, "/status"},
      {replaced(report(positive), "final", "entered-in-error"), Reason::entered_in_error, "/status"},
      {replaced(report(positive), R"("effectiveDateTime":"2021-06-01",)", ""), Reason::missing_date,
       "/effectiveDateTime"},
      {replaced(report(positive), "Patient/1", "Patient/2"), Reason::unresolved_patient, "/subject"},
  };
  for (const auto& [row, reason, pointer] : cases) {
    const auto read = read_text(lines({patient("1"), row}));
    ASSERT_EQ(read.rejected.size(), 1U) << row;
    EXPECT_EQ(read.rejected[0], (Rejected{.place = {.file = 0, .line = 2, .pointer = pointer}, .reason = reason}))
        << row;
  }
}

TEST(FhirSpecimen, ASpecimenOfTheImportSaysWhenATestWasWhereverItStands) {
  const auto taken = replaced(observation(), R"("subject")", R"("specimen":{"reference":"Specimen/spe-1"},"subject")");
  for (const auto& text :
       {lines({patient("1"), taken, specimen(collected)}), lines({specimen(collected), patient("1"), taken})}) {
    const auto read = read_text(text);
    EXPECT_EQ(read.balance, (Balance{.rows_in = 3, .accepted = 3, .rejected = 0, .quarantined = 0}));
    EXPECT_EQ(rfc3339(moment_of(read.people.at(0).records.at(0).fact)), "2021-05-30T00:00:00Z");
  }
  const auto listed = read_text(
      lines({patient("1"), report(positive + R"(,"specimen":[{"reference":"Specimen/spe-1"}])"), specimen(collected)}));
  EXPECT_EQ(rfc3339(moment_of(listed.people.at(0).records.at(0).fact)), "2021-05-30T00:00:00Z");
}

TEST(FhirSpecimen, WithoutACollectionTimeOrOutsideTheImportItLeavesTheTestItsOwnTime) {
  const auto taken = replaced(observation(), R"("subject")", R"("specimen":{"reference":"Specimen/spe-1"},"subject")");
  for (const auto& text : {lines({patient("1"), taken, specimen("")}), lines({patient("1"), taken})}) {
    EXPECT_EQ(rfc3339(moment_of(read_text(text).people.at(0).records.at(0).fact)), "2021-06-01T02:30:00Z");
  }
}

TEST(FhirSpecimen, ARejectedSpecimenTakesItsTestWithIt) {
  const auto taken = replaced(observation(), R"("subject")", R"("specimen":{"reference":"Specimen/spe-1"},"subject")");
  const auto read = read_text(lines({patient("1"), taken, specimen(R"(,"status":"unsatisfactory")")}));
  ASSERT_EQ(read.rejected.size(), 2U);
  EXPECT_EQ(read.rejected[0],
            (Rejected{.place = {.file = 0, .line = 2, .pointer = "/specimen"}, .reason = Reason::specimen_rejected}));
  EXPECT_EQ(read.rejected[1],
            (Rejected{.place = {.file = 0, .line = 3, .pointer = "/status"}, .reason = Reason::entered_in_error}));
}

TEST(FhirIdentifiers, OfTheFieldAreReadAndThoseOfOthersAreNot) {
  const auto person = [](const std::string& system, std::string_view value) {
    return read_text(patient("1", identifier(system, value))).people.at(0).person;
  };
  for (const auto* system : {"http://fhir.kemkes.go.id/id/nik", "https://fhir.kemkes.go.id/id/nik/"}) {
    EXPECT_TRUE(person(system, some_nik).nik) << system;
  }
  EXPECT_FALSE(person("https://fhir.kemkes.go.id/id/nik-ibu", some_nik).nik) << "that is the mother's";
  EXPECT_TRUE(person("http://hl7.org/fhir/sid/passport-IDN", "X1234567").passport);
  EXPECT_TRUE(person("http://fhir.kemkes.go.id/id/paspor", "X1234567").passport);
}

TEST(FhirDates, WhatIsNoDayIsImprecise) {
  const auto reason_of = [](const std::string& row, const std::string& from, const std::string& to) {
    const auto read = read_text(lines({patient("1"), replaced(row, from, to)}));
    return read.rejected.empty() ? std::string{} : std::string{name_of(read.rejected[0].reason)};
  };
  const std::string abated = R"("abatementDateTime":"2021-02-01")";
  EXPECT_EQ(reason_of(recovery(), abated, R"("abatementString":"last month")"), "imprecise-date");
  EXPECT_EQ(reason_of(recovery(), abated, R"("abatementAge":{"value":31})"), "imprecise-date");
  EXPECT_EQ(reason_of(recovery(), abated, R"("abatementPeriod":{"end":"2021-02-01"})"), "");
  EXPECT_EQ(reason_of(immunization(), R"("doseNumberPositiveInt":2)",
                      R"("doseNumberPositiveInt":2,"seriesDosesPositiveInt":0)"),
            "invalid-dose-number");
}

}  // namespace
}  // namespace lindung::domain::fhir
