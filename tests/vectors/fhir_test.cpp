// Every FHIR resource of the third-party data is accepted, or rejected with a named reason; the committed table
// fhir-r4-expected.tsv says which. Files that it does not know must balance all the same.
#include "domain/fhir.h"

#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "vectors/vectors.h"

namespace lindung::domain::fhir {
namespace {

namespace json = boost::json;
using vectors::Folder;
using vectors::Format;
using vectors::JsonFile;
using vectors::object_with;

bool is_fhir(const json::value& value) {
  if (const auto* resource = object_with(value, {"resourceType"})) return resource->at("resourceType").is_string();
  const auto* payload = object_with(value, {"vc"});
  const auto* card = payload == nullptr ? nullptr : object_with(payload->at("vc"), {"credentialSubject"});
  return card != nullptr && object_with(card->at("credentialSubject"), {"fhirBundle"}) != nullptr;
}

const Format fhir_r4{"fhir-r4", is_fhir};

std::string contents_of(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// digest of the content -> "rows accepted rejected quarantined reasons"
std::map<std::string, std::string> expected_table() {
  std::ifstream in{std::string{LINDUNG_SOURCE_DIR} + "/tests/vectors/fhir-r4-expected.tsv"};
  std::map<std::string, std::string> table;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream fields{line};
    std::string digest;
    std::string name;
    std::string rest;
    std::getline(fields, digest, '\t');
    std::getline(fields, name, '\t');
    std::getline(fields, rest);
    table[digest] = rest;
  }
  return table;
}

std::string outcome_of(const ReadBatch& batch) {
  std::map<std::string_view, std::size_t> reasons;
  for (const auto& each : batch.rejected) ++reasons[name_of(each.reason)];
  std::ostringstream text;
  text << batch.balance.rows_in << '\t' << batch.balance.accepted << '\t' << batch.balance.rejected << '\t'
       << batch.balance.quarantined << '\t';
  const char* between = "";
  for (const auto& [reason, count] : reasons) {
    text << between << reason << ':' << count;
    between = ",";
  }
  return text.str();
}

bool accounts_for_every_row(const ReadBatch& batch) {
  std::size_t accepted = 0;
  for (const auto& each : batch.people) accepted += each.records.size();
  return batch.balance.holds() && batch.rejected.size() == batch.balance.rejected &&
         batch.quarantined.size() == batch.balance.quarantined && accepted <= batch.balance.accepted;
}

TEST(FhirVectors, EveryResourceIsAcceptedOrRejectedWithANamedReason) {
  LINDUNG_NEEDS_VECTORS();
  const auto table = expected_table();
  ASSERT_FALSE(table.empty());
  vectors::Balance judged{fhir_r4.name()};
  lindung::domain::Balance all;
  std::map<std::string_view, std::size_t> reasons;
  const ImportContext context{
      .issuer = IssuerId{"vectors"}, .import_id = "fhir-r4", .now = parse_rfc3339("2026-11-21T00:00:00Z").value()};
  const auto files = Folder::get().for_each_json(fhir_r4.recogniser(), [&](const JsonFile& file) {
    const auto text = contents_of(file.path);
    const auto read = fhir::read(as_bytes(text), context);
    ASSERT_TRUE(read.has_value()) << file.name << ": " << read.error().text();
    all += read.value().balance;
    for (const auto& each : read.value().rejected) ++reasons[name_of(each.reason)];
    const auto outcome = outcome_of(read.value());
    const auto digest = codec::hex(crypto::sha256(as_bytes(text)));
    const auto known = table.find(digest);
    const bool passed = accounts_for_every_row(read.value()) && read.value().balance.rows_in > 0 &&
                        (known == table.end() || known->second == outcome);
    judged.judge(passed, file.name, digest + '\t' + file.name + '\t' + outcome);
    if (known == table.end()) {
      judged.skip("not in the table, balance checked");
      std::cout << "not in fhir-r4-expected.tsv: " << digest << '\t' << file.name << '\t' << outcome << '\n';
    }
  });
  if (files == 0) GTEST_SKIP() << "no vectors of this format in the folder";
  std::cout << "fhir-r4: " << all.rows_in << " rows in, " << all.accepted << " accepted, " << all.rejected
            << " rejected, " << all.quarantined << " quarantined\n";
  for (const auto& [reason, count] : reasons) std::cout << "fhir-r4: rejected, " << reason << ": " << count << '\n';
  EXPECT_TRUE(all.holds());
}

}  // namespace
}  // namespace lindung::domain::fhir
