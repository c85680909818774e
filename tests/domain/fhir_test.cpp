#include "domain/fhir.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/fhir_texts.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/nik.h"
#include "domain/record.h"

namespace lindung::domain::fhir {
namespace {

using namespace texts;

TEST(Fhir, ReadsAPatientWithDosesTestsAndFindings) {
  const auto read = read_text(lines({patient("1"), immunization(), observation(), recovery(), exemption(), contact()}));
  ASSERT_EQ(read.people.size(), 1U);
  EXPECT_EQ(read.balance, (Balance{.rows_in = 6, .accepted = 6, .rejected = 0, .quarantined = 0}));
  const auto& [person, rows, records, places] = read.people.front();
  EXPECT_EQ(rows.size(), 1U);
  EXPECT_EQ(places.size(), records.size());
  EXPECT_EQ(person.nik->digits(), some_nik);
  EXPECT_EQ(person.name, "Siti Rahayu");
  EXPECT_EQ(person.birth, (PartialDate{.year = 1990, .month = 3, .day = 21}));
  ASSERT_EQ(records.size(), 5U);
  EXPECT_EQ(records[0].fact, (Fact{Vaccination{.at = at("2021-05-20T00:00:00Z"),
                                               .vaccine = "coronavac",
                                               .series = "covid-19-two-dose",
                                               .dose = 2,
                                               .lot = "CV1"}}));
  EXPECT_EQ(
      records[1].fact,
      (Fact{domain::Test{.at = at("2021-06-01T02:30:00Z"), .kind = TestKind::naat, .result = TestResult::negative}}));
  EXPECT_EQ(records[2].fact, (Fact{Recovery{.at = at("2021-02-01T00:00:00Z"), .until = {}}}));
  EXPECT_EQ(records[3].fact, (Fact{Exemption{.at = at("2021-06-01T00:00:00Z"), .until = at("2022-01-01T00:00:00Z")}}));
  EXPECT_EQ(records[4].fact, (Fact{Contact{.at = at("2021-06-02T10:00:00Z")}}));
  for (const auto& record : records) {
    EXPECT_EQ(record.issuer, context().issuer);
    EXPECT_EQ(record.entered_at, context().now);
    EXPECT_EQ(record.batch, batch_id(context().issuer, context().import_id));
  }
}

TEST(Fhir, GivesTheSamePeopleAndRecordsForAReimportAndOthersForAnotherImport) {
  const auto text = lines({patient("1", ""), immunization(), observation()});
  const auto first = read_text(text);
  const auto again = read_text(text);
  auto other_context = context();
  other_context.import_id = "other";
  const auto other = fhir::read(as_bytes(text), other_context).value();
  ASSERT_EQ(first.people.size(), 1U);
  EXPECT_EQ(first.people[0].records, again.people[0].records);
  EXPECT_EQ(index_key(first.people[0].person), index_key(again.people[0].person));
  EXPECT_NE(first.people[0].records[0].id, first.people[0].records[1].id);
  EXPECT_NE(first.people[0].records[0].id, other.people[0].records[0].id);
  EXPECT_NE(index_key(first.people[0].person), index_key(other.people[0].person));
}

TEST(Fhir, FindsAPersonByPassportAndElseByImportIdOnly) {
  const auto read = read_text(lines({patient("1", identifier("https://fhir.kemkes.go.id/id/paspor", "x 1234567")),
                                     patient("2", ""), patient("3", identifier("urn:other", "3174056103900001"))}));
  ASSERT_EQ(read.people.size(), 3U);
  EXPECT_EQ(read.people[0].person.passport->number(), "X1234567");
  EXPECT_FALSE(read.people[1].person.nik || read.people[1].person.passport);
  EXPECT_FALSE(read.people[2].person.nik || read.people[2].person.passport);
  EXPECT_NE(index_key(read.people[1].person), index_key(read.people[2].person));
}

TEST(Fhir, BringsTwoPatientsWithOneNikTogether) {
  const auto read = read_text(lines(
      {patient("1"), patient("2"), immunization("Patient/1"), replaced(immunization("Patient/2"), "imm-1", "imm-2")}));
  ASSERT_EQ(read.people.size(), 1U);
  EXPECT_EQ(read.people[0].records.size(), 2U);
  EXPECT_EQ(read.balance.accepted, 4U);
}

TEST(Fhir, FindsAPatientThatStandsBehindItsFactsOrInAnotherFile) {
  const auto facts = lines({immunization(), observation()});
  const auto people = patient("1");
  EXPECT_EQ(read_text(facts + people).balance.accepted, 3U);
  const std::vector<File> files{{.bytes = as_bytes(facts)}, {.bytes = as_bytes(people)}};
  const auto parts = read_parts(files, 100);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].balance.accepted, 3U);
}

TEST(Fhir, GivesPartsThatBalanceAndLoseNothing) {
  std::string text;
  for (int i = 0; i < 25; ++i) {
    text += patient(std::to_string(i), "") + '\n';
    text += replaced(immunization("Patient/" + std::to_string(i)), "imm-1", "imm-" + std::to_string(i)) + '\n';
    text += "broken\n";
  }
  const std::vector<File> files{{.bytes = as_bytes(text)}};
  const auto parts = read_parts(files, 10);
  EXPECT_EQ(parts.size(), 8U);
  Balance total;
  std::size_t records = 0;
  for (const auto& part : parts) {
    EXPECT_TRUE(part.balance.holds());
    EXPECT_LE(part.balance.rows_in, 10U);
    total += part.balance;
    for (const auto& person : part.people) records += person.records.size();
  }
  EXPECT_EQ(total, (Balance{.rows_in = 75, .accepted = 50, .rejected = 25, .quarantined = 0}));
  EXPECT_EQ(records, 25U);
}

TEST(Fhir, StopsWhenAPartIsNotTaken) {
  const auto text = lines({patient("1"), immunization()});
  const File file{.bytes = as_bytes(text)};
  int calls = 0;
  const auto result = fhir::read(std::span{&file, 1}, context(), 1, [&](ReadBatch&&) -> Result<void> {
    ++calls;
    return fail(Errc::unavailable, "no room");
  });
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().code, Errc::unavailable);
  EXPECT_EQ(calls, 1);
}

TEST(Fhir, RefusesAnImportThatIsTooLargeBeforeGivingAnything) {
  const auto text = lines({patient("1"), immunization(), observation()});
  const auto result = fhir::read(as_bytes(text), context(), {.rows = 2});
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().code, Errc::too_large);
}

TEST(Fhir, RefusesAnImportIdOfAnotherShape) {
  auto wrong = context();
  wrong.import_id = "a b";
  EXPECT_EQ(fhir::read({}, wrong).error().code, Errc::invalid_argument);
}

TEST(Fhir, KeepsANikThatContradictsItsBirthDateApartWithAllItsFacts) {
  const auto read = read_text(lines({replaced(patient("1"), "1990-03-21", "1990-03-22"), immunization(), observation(),
                                     patient("2"), replaced(immunization("Patient/2"), "imm-1", "imm-2")}));
  EXPECT_EQ(read.balance, (Balance{.rows_in = 5, .accepted = 2, .rejected = 0, .quarantined = 3}));
  ASSERT_EQ(read.quarantined.size(), 3U);
  EXPECT_EQ(name_of(read.quarantined[0].reason), "nik-contradicts-birth-date");
  EXPECT_EQ(read.quarantined[0].place.pointer, "/birthDate");
  EXPECT_FALSE(read.quarantined[0].record);
  EXPECT_EQ(name_of(read.quarantined[1].reason), "patient-quarantined");
  EXPECT_TRUE(read.quarantined[1].record);
  // The accepted Patient with the same NIK is not touched by the other's birth date.
  ASSERT_EQ(read.people.size(), 1U);
  EXPECT_EQ(read.people[0].person.birth->day, 21U);
  EXPECT_EQ(read.people[0].records.size(), 1U);
}

TEST(Fhir, ReadsABirthDateOfEveryPrecision) {
  const auto birth_of = [](const char* date) {
    return read_text(replaced(patient("1"), "1990-03-21", date)).people.at(0).person.birth;
  };
  EXPECT_EQ(birth_of("1990"), (PartialDate{.year = 1990}));
  EXPECT_EQ(birth_of("1990-03"), (PartialDate{.year = 1990, .month = 3}));
  EXPECT_EQ(birth_of("1990-03-21"), (PartialDate{.year = 1990, .month = 3, .day = 21}));
  const auto none = read_text(replaced(patient("1"), R"(,"birthDate":"1990-03-21")", ""));
  EXPECT_FALSE(none.people.at(0).person.birth);
}

TEST(Fhir, TakesTheOfficialNameAndCleansIt) {
  const auto name_in = [](const char* names) {
    return read_text(replaced(patient("1"), R"([{"text":"Siti Rahayu"}])", names)).people.at(0).person.name;
  };
  EXPECT_EQ(name_in(R"([{"use":"nickname","text":"Ti"},{"use":"official","family":"Rahayu","given":["Siti","N."]}])"),
            "Siti N. Rahayu");
  EXPECT_EQ(name_in(R"([{"use":"old","text":"A"}])"), "");
  EXPECT_EQ(name_in(R"([{"text":"a\nb\u0000c"}])"), "a b c");
  EXPECT_EQ(name_in("[]"), "");
}

TEST(Fhir, ReadsWhoAFactIsAboutFromAContainedPatientOrAnIdentifier) {
  const auto contained =
      replaced(immunization("#p"), R"("status")", R"("contained":[)" + patient("p") + R"(],"status")");
  const auto by_identifier =
      replaced(immunization(), R"({"reference":"Patient/1"})",
               R"({"identifier":{"system":"https://fhir.kemkes.go.id/id/nik","value":"3174056103900001"}})");
  for (const auto& text : {contained, by_identifier}) {
    const auto read = read_text(text);
    ASSERT_EQ(read.people.size(), 1U) << text;
    EXPECT_EQ(read.people[0].person.nik->digits(), some_nik);
    EXPECT_EQ(read.people[0].records.size(), 1U);
    EXPECT_EQ(read.balance.rows_in, 1U);
  }
}

TEST(Fhir, TheMostExactVaccineCodeDecides) {
  const auto vaccine_of = [](const char* codings) {
    const auto read = read_text(lines(
        {patient("1"), replaced(immunization(), R"({"system":"http://hl7.org/fhir/sid/cvx","code":"511"})", codings)}));
    return std::get<Vaccination>(read.people.at(0).records.at(0).fact).vaccine;
  };
  EXPECT_EQ(vaccine_of(R"({"system":"http://snomed.info/sct","code":"840534001"})"), "covid-19-unspecified");
  EXPECT_EQ(vaccine_of(R"({"system":"http://snomed.info/sct","code":"1119349007"},
                          {"system":"http://hl7.org/fhir/sid/cvx","code":"208"})"),
            "comirnaty");
  EXPECT_EQ(
      vaccine_of(R"({"system":"urn:nobody","code":"1"},{"system":"http://hl7.org/fhir/sid/cvx|2023","code":"206"})"),
      "jynneos");
  EXPECT_EQ(vaccine_of(R"({"system":"urn:lindung:vaccine","code":"indovac"})"), "indovac");
}

TEST(Fhir, ReadsDoseNumbersAsWrittenAndNoneFromWords) {
  const auto dose_of = [](const char* protocol) {
    const auto read =
        read_text(lines({patient("1"), replaced(immunization(), R"({"doseNumberPositiveInt":2})", protocol)}));
    return std::get<Vaccination>(read.people.at(0).records.at(0).fact).dose;
  };
  EXPECT_EQ(dose_of(R"({"doseNumberPositiveInt":3})"), 3U);
  EXPECT_EQ(dose_of(R"({"doseNumberString":"2"})"), 2U);
  EXPECT_EQ(dose_of(R"({"doseNumberString":"booster"})"), 0U);
  EXPECT_EQ(dose_of(R"({"series":"1"},{"doseNumberPositiveInt":1})"), 1U);
}

TEST(Fhir, TheSpecimenSaysWhenATestWas) {
  const auto moment_in = [](const char* from, const char* to) {
    const auto read = read_text(lines({patient("1"), replaced(observation(), from, to)}));
    return rfc3339(moment_of(read.people.at(0).records.at(0).fact));
  };
  const auto* written = R"("effectiveDateTime":"2021-06-01T09:30:00+07:00")";
  EXPECT_EQ(moment_in(written, R"("effectivePeriod":{"start":"2021-06-01","end":"2021-06-03"})"),
            "2021-06-01T00:00:00Z");
  EXPECT_EQ(moment_in(written, R"("effectiveInstant":"2021-06-01T00:00:01.5Z")"), "2021-06-01T00:00:01Z");
  EXPECT_EQ(moment_in(written, R"("effectiveDateTime":"2021-06-02","specimen":{"reference":"#s"},"contained":
                                 [{"resourceType":"Specimen","id":"s","collection":{"collectedDateTime":"2021-05-31"}}])"),
            "2021-05-31T00:00:00Z");
}

TEST(Fhir, ReadsAResultFromTheInterpretationWhereThereIsNoValue) {
  const auto* value = R"("valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"260415000"}]})";
  const auto* interpretation =
      R"("interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"POS"}]}])";
  const auto read = read_text(lines({patient("1"), replaced(observation(), value, interpretation)}));
  EXPECT_EQ(std::get<domain::Test>(read.people.at(0).records.at(0).fact).result, TestResult::positive);
}

}  // namespace
}  // namespace lindung::domain::fhir
