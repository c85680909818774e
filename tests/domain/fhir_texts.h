// FHIR texts to start from, one line each, and ways to read them; tests replace what they are about.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/fhir.h"
#include "domain/import.h"

namespace lindung::domain::fhir::texts {

inline constexpr std::string_view some_nik = "3174056103900001";  // a woman of Jakarta, born 1990-03-21

inline Moment at(const char* text) { return parse_rfc3339(text).value(); }

inline ImportContext context() {
  return {.issuer = IssuerId{"puskesmas-tebet"}, .import_id = "2021-06", .now = at("2021-06-10T03:00:00Z")};
}

inline std::string identifier(std::string_view system, std::string_view value) {
  return R"({"system":")" + std::string{system} + R"(","value":")" + std::string{value} + R"("})";
}

inline std::string patient(const std::string& id,
                           const std::string& identifiers = identifier("https://fhir.kemkes.go.id/id/nik", some_nik)) {
  return R"({"resourceType":"Patient","id":")" + id + R"(","identifier":[)" + identifiers +
         R"(],"name":[{"text":"Siti Rahayu"}],"birthDate":"1990-03-21"})";
}

inline std::string immunization(const std::string& reference = "Patient/1") {
  return R"({"resourceType":"Immunization","id":"imm-1","status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"511"}]},"patient":{"reference":")" +
         reference +
         R"("},"occurrenceDateTime":"2021-05-20","lotNumber":"CV1","protocolApplied":[{"doseNumberPositiveInt":2}]})";
}

inline std::string observation() {
  return R"({"resourceType":"Observation","id":"obs-1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"94500-6"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2021-06-01T09:30:00+07:00","valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"260415000"}]}})";
}

inline std::string recovery() {
  return R"({"resourceType":"Condition","id":"con-1","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"resolved"}]},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"U07.1"}]},"subject":{"reference":"Patient/1"},"abatementDateTime":"2021-02-01"})";
}

inline std::string exemption() {
  return R"({"resourceType":"Condition","id":"con-2","code":{"coding":[{"system":"http://snomed.info/sct","code":"266758009"}]},"subject":{"reference":"Patient/1"},"onsetDateTime":"2021-06-01","abatementDateTime":"2021-12-31"})";
}

inline std::string contact() {
  return R"({"resourceType":"Observation","id":"obs-2","status":"final","code":{"coding":[{"system":"http://snomed.info/sct","code":"840546002"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2021-06-02T10:00:00Z"})";
}

// NDJSON; a line that a test wrote over several becomes one.
inline std::string lines(std::initializer_list<std::string> all) {
  std::string text;
  for (auto line : all) {
    std::ranges::replace(line, '\n', ' ');
    text += line + '\n';
  }
  return text;
}

// `text` with the first `from` replaced; the test fails if it is not there.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto found = text.find(from);
  EXPECT_NE(found, std::string::npos) << from << " is not in " << text;
  if (found != std::string::npos) text.replace(found, from.size(), to);
  return text;
}

// Reads and checks that the balance holds and every outcome is told.
inline ReadBatch read_text(std::string_view text, const Limits& limits = {}) {
  auto read = fhir::read(as_bytes(text), context(), limits);
  EXPECT_TRUE(read.has_value());
  if (read.has_error()) return {};
  EXPECT_TRUE(read.value().balance.holds());
  EXPECT_EQ(read.value().rejected.size(), read.value().balance.rejected);
  EXPECT_EQ(read.value().quarantined.size(), read.value().balance.quarantined);
  return std::move(read).value();
}

inline std::vector<ReadBatch> read_parts(std::span<const File> files, std::size_t rows) {
  std::vector<ReadBatch> parts;
  const auto total = fhir::read(files, context(), rows, [&](ReadBatch&& part) -> Result<void> {
    parts.push_back(std::move(part));
    return ok();
  });
  EXPECT_TRUE(total.has_value());
  EXPECT_TRUE(total.value().holds());
  return parts;
}

}  // namespace lindung::domain::fhir::texts
