// The bytes of a report and of its answer, the table of syndromes, the flood's limit, and what a Bundle may say.
#include "domain/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/report_fhir.h"
#include "domain/report_flood.h"
#include "domain/syndrome.h"

namespace lindung::domain {
namespace {

constexpr Moment now = moment_of(1'788'264'000);  // 2026-09-01T12:00:00Z

Report some_report() {
  return {
      .operation = ReportOperation::create,
      .id = ReportId{ByteArray<16>{1, 2, 3}},
      .receipt = {},
      .onset = lindung::day_of(now),
      .age = AgeBand::from_15,
      .district = "3174",
      .codes = {{.system = CodeSystem::icd_10, .code = "J11"}, {.system = CodeSystem::snomed_ct, .code = "409966000"}},
      .identity = {}};
}

std::string refused(const Report& report) {
  const auto read = parse_report(encode(report), now);
  return read.has_error() ? read.error().text() : "taken";
}

TEST(ReportTest, WhatWasWrittenIsRead) {
  auto report = some_report();
  report.identity = SealedIdentity{.first = {1}, .second = {2}, .sealed = {3}};
  const auto read = parse_report(encode(report), now);
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(read.value().id, report.id);
  EXPECT_EQ(read.value().codes, report.codes);
  EXPECT_EQ(read.value().district, "3174");
  EXPECT_EQ(read.value().identity, report.identity);
  EXPECT_EQ(syndromes_of(read.value()), (std::vector{Syndrome::ili, Syndrome::diarrhoea}));
}

TEST(ReportTest, EveryByteThatSaysNothingIsZero) {
  const auto whole = encode(some_report());
  std::size_t tried = 0;
  // Behind the two codes, and behind the identity that is not there.
  for (std::size_t at = 61 + 2 * 20; at < report_size; ++at) {
    auto changed = whole;
    changed.at(at) ^= 1U;
    EXPECT_EQ(parse_report(changed, now).error().code, Errc::malformed) << at;
    ++tried;
  }
  EXPECT_GT(tried, 600U);
}

TEST(ReportTest, NothingThatCouldBeSomebodysNumberGetsIn) {
  auto report = some_report();
  report.codes[0].code = "317401230456000";
  EXPECT_EQ(refused(report), "malformed: codes: one that is not in the table");
  report = some_report();
  ByteArray<16> number{};
  std::ranges::copy(std::string_view{"3174012304560001"}, number.begin());
  report.id = ReportId{number};
  EXPECT_EQ(refused(report), "malformed: report id: not random");
  report = some_report();
  report.district = "9901";
  EXPECT_EQ(refused(report), "malformed: district");
}

TEST(ReportTest, TheOnsetLiesNotInTheFutureOfTheEastAndNotLongAgo) {
  auto report = some_report();
  report.onset.number += 1;
  EXPECT_EQ(refused(report), "malformed: onset: in the future");
  // At 15:00 UTC the next day has begun in Jayapura.
  EXPECT_TRUE(parse_report(encode(report), now + std::chrono::hours{3}).has_value());
  report.onset.number -= 62;
  EXPECT_EQ(refused(report), "malformed: onset: too long ago");
}

TEST(ReportTest, AReceiptIsForWhatComesAfterAndOnlyThere) {
  auto report = some_report();
  report.receipt = Receipt{crypto::random_bytes<32>()};
  EXPECT_EQ(refused(report), "malformed: receipt");
  report.operation = ReportOperation::withdraw;
  EXPECT_EQ(refused(report), "malformed: only a receipt is needed");
  report.operation = ReportOperation::add;
  EXPECT_EQ(refused(report), "malformed: what was reported stays: codes and a consent are added");
}

TEST(ReportTest, AnAnswerIsOneLengthWhateverItSays) {
  ReportAnswer answer{.outcome = ReportOutcome::shown,
                      .stage = ReportStage::looked_at,
                      .receipt = Receipt{crypto::random_bytes<32>()},
                      .identity_opened_at = now};
  const auto bytes = encode(answer);
  const auto read = parse_report_answer(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read.value().identity_opened_at, now);
  EXPECT_EQ(read.value().receipt, answer.receipt);
  EXPECT_EQ(parse_report_answer(BytesView{bytes}.first(63)).error().code, Errc::malformed);
  auto beyond = bytes;
  beyond[36] = 0x7F;  // a moment that would be cut, and written otherwise
  EXPECT_EQ(parse_report_answer(beyond).error().detail, "answer: a moment beyond all times");
}

TEST(SyndromeTest, EveryCodeOfTheTableMeansASyndromeWithADeadline) {
  ASSERT_EQ(syndromes().size(), 7U);
  for (const auto& each : syndromes()) {
    EXPECT_EQ(info_of(each.syndrome).id, each.id);
    EXPECT_GE(each.deadline, std::chrono::hours{24}) << each.id;
    EXPECT_FALSE(each.name_id.empty() || each.name_en.empty());
  }
  EXPECT_EQ(syndrome_of(CodeSystem::icd_10, "A98.4"), Syndrome::haemorrhagic);
  EXPECT_EQ(find_code_system("http://snomed.info/sct|20240101"), CodeSystem::snomed_ct);
  EXPECT_EQ(syndrome_of(CodeSystem::snomed_ct, "J11"), std::nullopt);
  EXPECT_TRUE(is_district("3174"));
  EXPECT_FALSE(is_district("3170")) << "neither a regency nor a city";
}

TEST(ReportFloodTest, AReporterIsHeldAgainstItsOwnPast) {
  EXPECT_EQ(flood_limit({}, all_reports_flood), all_reports_flood.newcomer);
  const std::array<std::uint64_t, 3> quiet{2, 1, 3};
  EXPECT_EQ(flood_limit(quiet, all_reports_flood), all_reports_flood.least);
  const std::array<std::uint64_t, 4> busy{400, 380, 420, 400};
  EXPECT_EQ(flood_limit(busy, all_reports_flood), 520U);  // 400 + 6 sqrt(401)
}

constexpr std::string_view bundle_head =
    R"({"resourceType":"Bundle","identifier":{"value":"urn:uuid:01020304-0506-4708-890a-0b0c0d0e0f10"},)"
    R"("meta":{"tag":[{"system":"urn:lindung:district","code":"3174"},{"system":"urn:lindung:age-band","code":"5-14"}]},)"
    R"("entry":[{"resource":)";

std::string bundle_of(std::string_view resource) { return std::string{bundle_head} + std::string{resource} + "}]}"; }

TEST(ReportFhirTest, ABundleIsTheSameReport) {
  const auto read = read_report_bundle(
      as_bytes(bundle_of(R"({"resourceType":"Condition","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10",)"
                         R"("code":"J11"}]},"onsetDateTime":"2026-08-30"})")),
      now);
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(read.value().onset.number, lindung::day_of(now).number - 2);
  EXPECT_EQ(read.value().age, AgeBand::from_5);
  EXPECT_EQ(syndromes_of(read.value()), std::vector{Syndrome::ili});
}

TEST(ReportFhirTest, ARefusalNamesTheReasonAndThePlaceAndNeverWhatStoodThere) {
  const std::string nik = "3174012304560001";
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"resourceType":"Patient","name":")" + nik + "\"}", "malformed: person-present /entry/0/resource"},
      {R"({"resourceType":"Condition","subject":{"display":")" + nik + "\"}}",
       "malformed: person-present /entry/0/resource/subject"},
      {R"({"resourceType":"Condition",")" + nik + "\":1}", "malformed: member-not-taken /entry/0/resource"},
      {R"({"resourceType":"Condition","code":{"text":")" + nik + "\"}}",
       "malformed: free-text /entry/0/resource/code/text"},
      {R"({"resourceType":")" + nik + "\"}", "malformed: resource-not-taken /entry/0/resource"}};
  for (const auto& [resource, expected] : cases) {
    const auto read = read_report_bundle(as_bytes(bundle_of(resource)), now);
    ASSERT_TRUE(read.has_error()) << resource;
    EXPECT_EQ(read.error().text(), expected);
  }
}

}  // namespace
}  // namespace lindung::domain
