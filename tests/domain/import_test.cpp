#include "domain/import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/code_map.h"
#include "domain/import_reason.h"
#include "domain/issuer.h"
#include "domain/nik.h"
#include "domain/passport.h"

namespace lindung::domain {
namespace {

const Moment now = parse_rfc3339("2026-11-21T12:00:00Z").value();

TEST(IndexKey, IsTheNikElseThePassportElseTheLocalIdEachMarked) {
  Identity person;
  person.local = LocalId{ByteArray<16>{9}};
  EXPECT_EQ(codec::hex(index_key(person)), "0309000000000000000000000000000000");
  person.passport = parse_passport("A1234567").value();
  EXPECT_EQ(codec::hex(index_key(person)), "024131323334353637");
  person.nik = parse_nik("3174056103900001").value();
  EXPECT_EQ(codec::hex(index_key(person)), "0133313734303536313033393030303031");
}

TEST(Reasons, HaveNamesOfOneShapeThatDifferAndStandInTheDocument) {
  std::ifstream in{std::string{LINDUNG_SOURCE_DIR} + "/docs/import.md"};
  const std::string document{std::istreambuf_iterator<char>{in}, {}};
  std::vector names(reason_names.begin(), reason_names.end());
  for (const auto& name : names) {
    EXPECT_TRUE(std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || c == '-' || c == '8'; }))
        << name;
    EXPECT_NE(document.find("`" + std::string{name} + "`"), std::string::npos) << name << " is not in docs/import.md";
  }
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_EQ(name_of(Reason::malformed_json), "malformed-json");
  EXPECT_EQ(name_of(Reason::end_before_start), "end-before-start");
}

TEST(ImportMessage, IsTheFrozenText) {
  const auto content = crypto::sha256(as_bytes("content"));
  const auto message = import_message(IssuerId{"lab-1"}, "2021.A_b", content).value();
  const std::string expected =
      std::string{"lindung import v1"} + '\0' + "lab-12021.A_b" + std::string{as_text(content)};
  EXPECT_EQ(as_text(message), expected);
}

TEST(ImportMessage, RefusesIdsOfOtherShapes) {
  for (const auto* id : {"", "a b", "a/b", "ä", "a\n"}) {
    EXPECT_EQ(import_message(IssuerId{"lab"}, id, {}).error().code, Errc::invalid_argument) << id;
  }
  EXPECT_TRUE(check_import_id(std::string(64, 'a')).has_value());
  EXPECT_EQ(check_import_id(std::string(65, 'a')).error().code, Errc::invalid_argument);
  EXPECT_EQ(parse_issuer_id("puskesmas-1").value().value(), "puskesmas-1");
  for (const auto* id : {"", "Lab", "lab.1", "lab_1"}) {
    EXPECT_EQ(parse_issuer_id(id).error().code, Errc::invalid_argument) << id;
  }
}

TEST(ContentDigest, OfSeveralFilesIsThatOfTheirBytesInOrder) {
  const std::array files{as_bytes("ab"), as_bytes("c")};
  EXPECT_EQ(content_digest(files), crypto::sha256(as_bytes("abc")));
}

class SignedImport : public testing::Test {
 protected:
  const crypto::Ed25519PrivateKey old_key = crypto::Ed25519PrivateKey::generate();
  const crypto::Ed25519PrivateKey new_key = crypto::Ed25519PrivateKey::generate();
  const Issuer issuer{.id = IssuerId{"lab"},
                      .name = "Laboratorium",
                      .keys = {{.id = KeyId{"old"},
                                .key = old_key.public_key(),
                                .not_before = now - seconds{100},
                                .not_after = now + seconds{10}},
                               {.id = KeyId{"new"}, .key = new_key.public_key(), .not_before = now, .not_after = {}}},
                      .terms = {}};
  const Hash content = crypto::sha256(as_bytes("content"));
  const Bytes message = import_message(issuer.id, "1a", content).value();
};

TEST_F(SignedImport, IsVerifiedUnderAnyKeyThatIsValidThen) {
  EXPECT_EQ(verify_import(issuer, "1a", content, old_key.sign(message), now).value(), KeyId{"old"});
  EXPECT_EQ(verify_import(issuer, "1a", content, new_key.sign(message), now).value(), KeyId{"new"});
  EXPECT_EQ(verify_import(issuer, "1a", content, old_key.sign(message), now + seconds{10}).error().code,
            Errc::bad_signature);
  EXPECT_EQ(verify_import(issuer, "1a", content, new_key.sign(message), now - seconds{1}).error().code,
            Errc::bad_signature);
}

TEST_F(SignedImport, CannotBeMovedToAnotherIssuerImportOrContent) {
  const auto signature = new_key.sign(message);
  EXPECT_EQ(verify_import(issuer, "1b", content, signature, now).error().code, Errc::bad_signature);
  EXPECT_EQ(verify_import(issuer, "1a", crypto::sha256({}), signature, now).error().code, Errc::bad_signature);
  // "lab" + "1a" and "lab1" + "a" are the same bytes: the other issuer's keys are what refuses it.
  auto other = issuer;
  other.id = IssuerId{"lab1"};
  other.keys = {{.id = KeyId{"k"},
                 .key = crypto::Ed25519PrivateKey::generate().public_key(),
                 .not_before = now,
                 .not_after = {}}};
  EXPECT_EQ(import_message(other.id, "a", content).value(), message);
  EXPECT_EQ(verify_import(other, "a", content, signature, now).error().code, Errc::bad_signature);
}

TEST(CodeMap, HoldsTheTablesOfThisProgram) {
  const auto& codes = built_in_codes();
  EXPECT_GT(codes.vaccines().size(), 30U);
  EXPECT_EQ(codes.vaccine("http://hl7.org/fhir/sid/cvx", "511")->code, "coronavac");
  EXPECT_EQ(codes.disease_of(*codes.vaccine("http://hl7.org/fhir/sid/cvx", "206")), "mpox");
  EXPECT_EQ(codes.vaccine("http://hl7.org/fhir/sid/cvx", "88"), nullptr);
  EXPECT_EQ(codes.test("http://loinc.org|2.73", "94558-4"), TestKind::antigen);
  EXPECT_FALSE(codes.test("http://snomed.info/sct", "94558-4"));
  EXPECT_EQ(codes.result("http://snomed.info/sct", "260373001"), TestResult::positive);
  EXPECT_EQ(codes.finding("http://snomed.info/sct", "840546002"), Finding::contact);
  for (const auto& series : codes.series()) EXPECT_GT(series.doses, 0U);
}

TEST(CodeMap, RefusesTablesThatContradictThemselves) {
  const std::string good_vaccines =
      R"({"series":[{"id":"s","disease":"d","doses":2}],"vaccines":[{"code":"v","name":"V","series":"s","vagueness":0}]})";
  const std::string empty = R"({"systems":[]})";
  const auto load = [&](std::string_view vaccines, std::string_view codes) {
    return CodeMap::load({.vaccines = vaccines,
                          .vaccine_codes = codes,
                          .vaccine_names = empty,
                          .tests = empty,
                          .results = empty,
                          .findings = empty});
  };
  EXPECT_TRUE(load(good_vaccines, R"({"systems":[{"system":["a"],"codes":{"1":"v"}}]})").has_value());
  const std::vector<std::pair<std::string, std::string>> faults{
      {"[]", empty},
      {"{", empty},
      {R"({"series":[],"vaccines":[{"code":"v","name":"V","series":"s","vagueness":0}]})", empty},
      {R"({"series":[{"id":"s","disease":"d","doses":0}],"vaccines":[]})", empty},
      {R"({"series":[{"id":"s","disease":"d","doses":"2"}],"vaccines":[]})", empty},
      {good_vaccines, R"({"systems":[{"system":["a"],"codes":{"1":"w"}}]})"},
      {good_vaccines, R"({"systems":[{"system":["a"],"codes":{"1":"v"}},{"system":["a"],"codes":{"1":"v"}}]})"},
      {good_vaccines, R"({"systems":[{"system":"a","codes":{"1":"v"}}]})"},
      {good_vaccines, R"({"systems":[{"system":["a"],"codes":[]}]})"}};
  for (const auto& [vaccines, codes] : faults) {
    const auto result = load(vaccines, codes);
    ASSERT_TRUE(result.has_error()) << vaccines << codes;
    EXPECT_EQ(result.error().code, Errc::malformed);
  }
}

}  // namespace
}  // namespace lindung::domain
