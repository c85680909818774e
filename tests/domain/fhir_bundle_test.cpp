// Bundles of every type, references inside and outside them, and how a file is cut into rows.
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

std::string bundle(const std::string& type, const std::vector<std::string>& entries) {
  std::string text = R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)";
  for (std::size_t i = 0; i < entries.size(); ++i) text += (i == 0 ? "" : ",") + entries[i];
  return text + "]}";
}

std::string entry(const std::string& full_url, const std::string& resource, const std::string& more = "") {
  return R"({"fullUrl":")" + full_url + R"(",)" + more + R"("resource":)" + resource + "}";
}

std::vector<std::string> reasons_of(const ReadBatch& read) {
  std::vector<std::string> reasons;
  for (const auto& each : read.rejected) reasons.emplace_back(name_of(each.reason));
  return reasons;
}

TEST(FhirBundle, IsReadWhateverItsType) {
  for (const auto* type : {"document", "message", "transaction", "transaction-response", "batch", "batch-response",
                           "history", "searchset", "collection"}) {
    const auto read = read_text(bundle(type, {entry("urn:uuid:a", patient("1")), entry("urn:uuid:b", immunization())}));
    EXPECT_EQ(read.balance, (Balance{.rows_in = 2, .accepted = 2, .rejected = 0, .quarantined = 0})) << type;
  }
  const auto unknown = read_text(bundle("batches", {entry("urn:uuid:a", patient("1"))}));
  EXPECT_EQ(reasons_of(unknown), std::vector<std::string>{"unknown-bundle-type"});
}

TEST(FhirBundle, ResolvesEveryWayOfNamingItsPatient) {
  const std::vector<std::pair<const char*, const char*>> ways{
      {"resource:0", "resource:0"},
      {"urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a", "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"},
      {"https://fhir.example/fhir/Patient/1", "https://fhir.example/fhir/Patient/1"},
      {"https://fhir.example/fhir/Patient/1", "Patient/1"},
      {"https://fhir.example/fhir/Patient/1", "Patient/1/_history/4"},
      {"https://fhir.example/fhir/Patient/1", "https://other.example/Patient/1/_history/2"}};
  for (const auto& [full_url, reference] : ways) {
    const auto read =
        read_text(bundle("collection", {entry("resource:1", immunization(reference)), entry(full_url, patient("1"))}));
    EXPECT_EQ(read.balance.accepted, 2U) << reference;
  }
  EXPECT_EQ(
      read_text(bundle("batch", {R"({"resource":)" + patient("1") + "}", R"({"resource":)" + immunization() + "}"}))
          .balance.accepted,
      2U);
}

TEST(FhirBundle, ShortUrisMeanSomethingInTheirBundleOnly) {
  const auto card = [](const std::string& nik) {
    return bundle("collection",
                  {entry("resource:0", replaced(patient("1", identifier("https://fhir.kemkes.go.id/id/nik", nik)),
                                                R"("id":"1",)", "")),
                   entry("resource:1", replaced(immunization("resource:0"), R"("id":"imm-1",)", ""))});
  };
  const auto stray = replaced(immunization("resource:0"), "imm-1", "imm-9");
  const auto read = read_text(lines({card("3174056103900001"), card("3174056103900002"), stray}));
  ASSERT_EQ(read.people.size(), 2U);
  EXPECT_EQ(read.people[0].records.size(), 1U);
  EXPECT_EQ(read.people[1].records.size(), 1U);
  EXPECT_NE(read.people[0].records[0].id, read.people[1].records[0].id);
  EXPECT_EQ(reasons_of(read), std::vector<std::string>{"unresolved-patient"});
}

TEST(FhirBundle, NoEntryIsLostHoweverBrokenItIs) {
  const auto read = read_text(
      bundle("batch", {"17", "null", "{}", R"({"resource":null})", R"({"resource":{"resourceType":"Patient",}})",
                       R"({"resource":{},"resource":{}})", R"({"request":{"method":"DELETE","url":"Patient/1"}})",
                       R"({"request":{"method":"GET","url":"Patient/1"}})", entry("urn:uuid:a", patient("1"))}));
  EXPECT_EQ(read.balance, (Balance{.rows_in = 9, .accepted = 1, .rejected = 8, .quarantined = 0}));
  EXPECT_EQ(reasons_of(read),
            (std::vector<std::string>{"malformed-entry", "malformed-entry", "no-resource", "no-resource",
                                      "malformed-json", "malformed-entry", "deletion-not-supported", "no-resource"}));
  EXPECT_EQ(read.rejected[4].place.pointer, "/entry/4/resource");
}

TEST(FhirBundle, WithoutAListOfEntriesIsOneRejectedRow) {
  for (const auto* text : {R"({"resourceType":"Bundle","type":"batch","entry":{}})",
                           R"({"resourceType":"Bundle","type":"batch","entry":[],"entry":[]})",
                           R"({"resourceType":"Bundle","type":"batch","entry":[{},]})",
                           R"({"resourceType":"B\u0075ndle","type":"batch","entry":[]})"}) {
    const auto read = read_text(text);
    EXPECT_TRUE(read.balance.holds());
    ASSERT_FALSE(read.rejected.empty()) << text;
    EXPECT_EQ(name_of(read.rejected.back().reason), "malformed-bundle") << text;
  }
  EXPECT_EQ(read_text(R"({"resourceType":"Bundle","type":"batch"})").balance.rows_in, 0U);
}

TEST(FhirBundle, OfAHistoryGivesTheNewestVersionOnly) {
  const auto* url = "https://fhir.example/fhir/Immunization/1";
  const auto* gone = "https://fhir.example/fhir/Immunization/2";
  const std::string deletion =
      R"({"fullUrl":"https://fhir.example/fhir/Immunization/2","request":{"method":"DELETE","url":"Immunization/2"}})";
  const auto read = read_text(
      bundle("history", {entry(url, replaced(immunization(), "CV1", "CV2")), entry(url, immunization()), deletion,
                         entry(gone, immunization()), entry("https://fhir.example/fhir/Patient/1", patient("1"))}));
  EXPECT_EQ(read.balance.accepted, 2U);
  EXPECT_EQ(reasons_of(read), (std::vector<std::string>{"superseded-version", "deleted", "superseded-version"}));
}

TEST(FhirBundle, OfAHistoryCanDeleteAPatient) {
  const std::string deletion =
      R"({"fullUrl":"https://fhir.example/fhir/Patient/1","request":{"method":"DELETE","url":"Patient/1"}})";
  const auto read = read_text(bundle("history", {deletion, entry("https://fhir.example/fhir/Patient/1", patient("1")),
                                                 entry("https://fhir.example/fhir/Immunization/1", immunization())}));
  EXPECT_EQ(read.balance.accepted, 0U);
  EXPECT_EQ(reasons_of(read), (std::vector<std::string>{"deleted", "superseded-version", "patient-rejected"}));
}

TEST(FhirBundle, InABundleGivesItsRowsToo) {
  const auto inner = bundle("collection", {entry("resource:0", patient("1")), entry("resource:1", immunization())});
  const auto read =
      read_text(bundle("batch", {entry("urn:uuid:a", inner), entry("urn:uuid:b", R"({"resourceType":"X"})")}));
  EXPECT_EQ(read.balance, (Balance{.rows_in = 3, .accepted = 2, .rejected = 1, .quarantined = 0}));
  EXPECT_EQ(read.rejected[0].place.pointer, "/entry/1/resource/resourceType");
}

TEST(FhirBundle, OfAHealthCardPayloadIsRead) {
  const auto inner =
      bundle("collection", {entry("resource:0", patient("1")), entry("resource:1", R"({"resourceType":"X"})")});
  const auto read = read_text(R"({"iss":"https://x","vc":{"credentialSubject":{"fhirBundle":)" + inner + "}}}");
  EXPECT_EQ(read.balance, (Balance{.rows_in = 2, .accepted = 1, .rejected = 1, .quarantined = 0}));
  EXPECT_EQ(read.rejected[0].place.pointer, "/vc/credentialSubject/fhirBundle/entry/1/resource/resourceType");
}

TEST(FhirFile, ThatIsEmptyHasNoRows) {
  for (const auto* text : {"", " \n\n\t", "\xEF\xBB\xBF", "\xEF\xBB\xBF\r\n"}) {
    EXPECT_EQ(read_text(text).balance.rows_in, 0U);
  }
}

TEST(FhirFile, IsReadWithAByteOrderMarkAndWindowsLineEnds) {
  EXPECT_EQ(read_text("\xEF\xBB\xBF" + patient("1") + "\r\n\r\n  " + immunization() + "\r\n").balance.accepted, 2U);
}

TEST(FhirFile, ThatIsAListGivesARowForEachOfItsItems) {
  const auto inner = bundle("collection", {entry("resource:0", R"({"resourceType":"X"})")});
  const auto read = read_text("[\n" + patient("1") + ",\n" + immunization() + ",17," + inner + "]\n");
  EXPECT_EQ(read.balance, (Balance{.rows_in = 4, .accepted = 2, .rejected = 2, .quarantined = 0}));
  EXPECT_EQ(reasons_of(read), (std::vector<std::string>{"not-a-fhir-resource", "unsupported-resource-type"}));
  EXPECT_EQ(read.rejected[0].place.pointer, "/2");
  EXPECT_EQ(read.rejected[1].place.pointer, "/3/entry/0/resource/resourceType");
}

TEST(FhirFile, ThatIsAnEmptyOrABrokenListIsOneRejectedRow) {
  EXPECT_EQ(reasons_of(read_text("[]")), std::vector<std::string>{"not-a-fhir-resource"});
  EXPECT_EQ(reasons_of(read_text("[{},]")), std::vector<std::string>{"malformed-json"});
  EXPECT_EQ(reasons_of(read_text("[{}")), std::vector<std::string>{"malformed-json"});
}

TEST(FhirFile, OfValuesOneBehindTheOtherGivesARowForEach) {
  const auto spread = [](const std::string& resource) { return "{\n" + resource.substr(1); };
  const auto read = read_text(spread(patient("1")) + "\r\n\n" + spread(immunization()) + "\n[17]\n<xml>\n{}");
  EXPECT_EQ(read.balance, (Balance{.rows_in = 4, .accepted = 2, .rejected = 2, .quarantined = 0}));
  EXPECT_EQ(reasons_of(read), (std::vector<std::string>{"not-a-fhir-resource", "malformed-json"}));
  EXPECT_EQ(read.rejected[0].place, (Place{.file = 0, .line = 6, .pointer = "/0"}));
  EXPECT_EQ(read.rejected[1].place.line, 7U);
  EXPECT_EQ(reasons_of(read_text("{\n} {\n}")), std::vector<std::string>{"malformed-json"});
}

TEST(FhirFile, KeepsTheLineOfEachRow) {
  const auto read = read_text("\n\nbroken\n" + patient("1") + "\n\n{\"resourceType\":\"X\"}");
  ASSERT_EQ(read.rejected.size(), 2U);
  EXPECT_EQ(read.rejected[0].place.line, 3U);
  EXPECT_EQ(read.rejected[1].place.line, 6U);
}

TEST(FhirFile, OfPrettyPrintedJsonIsOneResource) {
  std::string pretty = bundle("batch", {entry("urn:uuid:a", patient("1")), entry("urn:uuid:b", immunization())});
  std::string spread;
  for (const char c : pretty) {
    spread += c;
    if (c == '{' || c == ',') spread += "\n  ";
  }
  EXPECT_EQ(read_text(spread).balance.accepted, 2U);
  // Cut off: one damaged row, not one for each of its lines.
  const auto cut = read_text(std::string_view{spread}.substr(0, spread.size() - 2));
  EXPECT_EQ(cut.balance, (Balance{.rows_in = 1, .accepted = 0, .rejected = 1, .quarantined = 0}));
  EXPECT_EQ(reasons_of(cut), std::vector<std::string>{"malformed-json"});
}

TEST(FhirFile, ThatIsCutInItsFirstLineStillGivesTheOthers) {
  const auto first = patient("1").substr(0, 40);
  const auto read = read_text(first + "\n" + patient("2") + "\n" + patient("3", "") + "\n");
  EXPECT_EQ(read.balance, (Balance{.rows_in = 3, .accepted = 2, .rejected = 1, .quarantined = 0}));
}

TEST(FhirFile, CanBeCalledNdjsonSoThatDamageIsCountedByLine) {
  const std::string text = "broken\nbroken too\n";
  const std::vector<File> files{{.bytes = as_bytes(text), .format = Format::ndjson}};
  EXPECT_EQ(read_parts(files, 10).at(0).balance.rejected, 2U);
}

TEST(FhirFile, NumbersItsPlaceInTheImport) {
  const auto good = patient("1");
  const std::string bad = "{}";
  const std::vector<File> files{{.bytes = as_bytes(good)}, {.bytes = as_bytes(bad)}};
  EXPECT_EQ(read_parts(files, 10).at(0).rejected.at(0).place, (Place{.file = 1, .line = 1, .pointer = ""}));
}

}  // namespace
}  // namespace lindung::domain::fhir
