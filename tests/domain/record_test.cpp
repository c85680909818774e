#include "domain/record.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "codec/json.h"

namespace lindung::domain {
namespace {

Moment at(const char* text) { return parse_rfc3339(text).value(); }

Record record(std::uint8_t id, Fact fact) {
  ByteArray<16> bytes{};
  bytes[15] = id;
  return {.id = RecordId{bytes},
          .issuer = IssuerId{"puskesmas-tebet"},
          .batch = batch_id(IssuerId{"puskesmas-tebet"}, "2021-06"),
          .entered_at = at("2021-06-01T09:00:00Z"),
          .fact = std::move(fact)};
}

Vaccination dose(const char* when, std::uint32_t number, const char* series = "covid-19-two-dose") {
  return {.at = at(when), .vaccine = "coronavac", .series = series, .dose = number, .lot = ""};
}

std::vector<Fact> one_of_each() {
  return {Vaccination{.at = at("2021-05-20T00:00:00Z"),
                      .vaccine = "coronavac",
                      .series = "covid-19-two-dose",
                      .dose = 2,
                      .lot = "202105A"},
          Test{.at = at("2021-05-21T08:30:00Z"), .kind = TestKind::antigen, .result = TestResult::positive},
          Recovery{.at = at("2021-06-04T00:00:00Z"), .until = {}},
          Exemption{.at = at("2021-06-01T00:00:00Z"), .until = at("2021-12-02T00:00:00Z")},
          Contact{.at = at("2021-05-19T12:00:00Z")}};
}

TEST(Record, IsReadAsItWasWritten) {
  for (const auto& fact : one_of_each()) {
    const auto original = record(7, fact);
    EXPECT_EQ(decode_record(encode(original)).value(), original);
  }
}

TEST(Record, KindsKeepTheirNumbers) {
  const auto facts = one_of_each();
  for (std::size_t i = 0; i < facts.size(); ++i) EXPECT_EQ(static_cast<std::size_t>(kind_of(facts[i])), i + 1);
  EXPECT_EQ(name_of(RecordKind::vaccination), "vaccination");
  EXPECT_EQ(name_of(RecordKind::contact), "contact");
}

TEST(Record, OnlyWhatWasWrittenIsRead) {
  for (const auto& fact : one_of_each()) {
    const auto stored = encode(record(7, fact));
    for (std::size_t size = 0; size < stored.size(); ++size) {
      const auto result = decode_record(BytesView{stored}.first(size));
      ASSERT_TRUE(result.has_error()) << size;
      EXPECT_EQ(result.error().code, Errc::malformed);
    }
    auto longer = stored;
    longer.push_back(0);
    EXPECT_EQ(decode_record(longer).error().code, Errc::malformed);
  }
}

TEST(Record, RefusesAnotherVersionKindOrRange) {
  const auto with = [](std::uint64_t version, std::uint64_t kind, std::uint64_t moment, std::uint64_t items) {
    codec::CborWriter out;
    out.array(items).uint(version).bytes(ByteArray<16>{}).text("i").bytes(ByteArray<16>{}).uint(1);
    out.uint(kind).uint(moment);
    return std::move(out).take();
  };
  EXPECT_TRUE(decode_record(with(1, 5, 1, 7)).has_value());
  EXPECT_EQ(decode_record(with(2, 5, 1, 7)).error().detail, "record: unknown version");
  EXPECT_EQ(decode_record(with(1, 6, 1, 7)).error().detail, "record: unknown number");
  EXPECT_EQ(decode_record(with(1, 0, 1, 7)).error().detail, "record: unknown number");
  EXPECT_EQ(decode_record(with(1, 5, ~std::uint64_t{0}, 7)).error().detail, "record: a moment out of range");
  EXPECT_EQ(decode_record(with(1, 5, 1, 8)).error().detail, "record: a wrong number of fields");
}

TEST(Record, AnyBytesAreReadOrRefusedAndNothingElse) {
  rc::check("decode of random changes", [] {
    auto stored = encode(record(1, one_of_each()[*rc::gen::inRange<std::size_t>(0, 5)]));
    const auto place = *rc::gen::inRange<std::size_t>(0, stored.size());
    stored[place] = *rc::gen::arbitrary<std::uint8_t>();
    const auto result = decode_record(stored);
    if (result.has_value()) RC_ASSERT(encode(result.value()) == stored);
  });
}

TEST(RecordJson, GivesRulesTheShapeThatTheHeaderPromises) {
  std::vector<Record> records;
  std::uint8_t id = 0;
  for (const auto& fact : one_of_each()) records.push_back(record(++id, fact));
  EXPECT_EQ(
      to_json(records),
      codec::parse_json(
          R"({"vaccinations":[{"id":"00000000000000000000000000000001","at":"2021-05-20T00:00:00Z","vaccine":"coronavac","series":"covid-19-two-dose","dose":2}],
              "tests":[{"id":"00000000000000000000000000000002","at":"2021-05-21T08:30:00Z","kind":"antigen","result":"positive"}],
              "recoveries":[{"id":"00000000000000000000000000000003","at":"2021-06-04T00:00:00Z","until":null}],
              "exemptions":[{"id":"00000000000000000000000000000004","at":"2021-06-01T00:00:00Z","until":"2021-12-02T00:00:00Z"}],
              "contacts":[{"id":"00000000000000000000000000000005","at":"2021-05-19T12:00:00Z"}]})")
          .value());
}

TEST(RecordJson, OfNobodyHasAllFiveArrays) {
  EXPECT_EQ(codec::to_text(to_json({})),
            R"({"vaccinations":[],"tests":[],"recoveries":[],"exemptions":[],"contacts":[]})");
}

TEST(RecordJson, OrdersByMomentAndShowsAFactOnceWhoeverEnteredIt) {
  auto again = record(9, dose("2021-03-01T00:00:00Z", 1));
  again.issuer = IssuerId{"rs-cipto"};
  const std::vector records{record(3, dose("2021-04-01T00:00:00Z", 2)), again,
                            record(2, dose("2021-03-01T00:00:00Z", 1))};
  const auto seen = to_json(records).at("vaccinations").as_array();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].at("id").as_string(), "00000000000000000000000000000002");
  EXPECT_EQ(seen[1].at("dose").to_number<int>(), 2);
}

TEST(RecordJson, NumbersADoseByItsDayWhereTheIssuerGaveNoNumber) {
  const std::vector records{record(1, dose("2021-04-01T00:00:00Z", 0)), record(2, dose("2021-03-01T00:00:00Z", 0)),
                            record(3, dose("2021-05-01T09:00:00Z", 0)), record(4, dose("2021-05-01T10:00:00Z", 0)),
                            record(5, dose("2021-02-01T00:00:00Z", 0, "mpox-two-dose"))};
  const auto seen = to_json(records);
  std::vector<int> numbers;
  for (const auto& each : seen.at("vaccinations").as_array()) numbers.push_back(each.at("dose").to_number<int>());
  EXPECT_EQ(numbers, (std::vector{1, 1, 2, 3, 3}));
}

TEST(RecordId, IsTheSameForAReimportAndForNothingElse) {
  const auto batch = batch_id(IssuerId{"lab"}, "1");
  EXPECT_EQ(batch, batch_id(IssuerId{"lab"}, "1"));
  EXPECT_NE(batch, batch_id(IssuerId{"la"}, "b1"));
  EXPECT_EQ(record_id(batch, "Observation/1"), record_id(batch, "Observation/1"));
  EXPECT_NE(record_id(batch, "Observation/1"), record_id(batch, "Observation/2"));
  EXPECT_NE(record_id(batch, "Observation/1"), record_id(batch_id(IssuerId{"lab"}, "2"), "Observation/1"));
}

}  // namespace
}  // namespace lindung::domain
