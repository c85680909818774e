// CSV as clinics keep it: every trap that a spreadsheet sets has its test.
#include "domain/csv.h"

#include <gtest/gtest.h>
#include <zconf.h>
#include <zlib.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/fhir_texts.h"
#include "domain/import.h"
#include "domain/import_reader.h"
#include "domain/import_reason.h"
#include "domain/record.h"

namespace lindung::domain::csv {
namespace {

using fhir::texts::at;
using fhir::texts::context;

Result<ReadBatch> read_bytes(std::string_view text) {
  const auto file = as_bytes(text);
  ReadBatch all;
  TRY(balance, read_import(std::span{&file, 1}, context(), 1'000'000, [&](ReadBatch&& part) -> Result<void> {
        all = std::move(part);
        return ok();
      }));
  EXPECT_TRUE(balance.holds());
  EXPECT_EQ(balance, all.balance);
  return all;
}

ReadBatch read_csv(std::string_view text) {
  auto read = read_bytes(text);
  EXPECT_TRUE(read.has_value()) << read.error().text();
  return read.has_value() ? std::move(read).value() : ReadBatch{};
}

constexpr std::string_view siti = "3174056103900001";
const std::string header = "nik;nama;tanggal_lahir;jenis;tanggal;vaksin;dosis;lot\n";
const std::string dose = "3174056103900001;Siti Rahayu;21/03/1990;vaksinasi;20/05/2021;Sinovac;2;CV1\n";

// The only row's fact. Shape: rows with the columns of `header`.
Fact fact_of(std::string_view text) {
  const auto read = read_csv(text);
  EXPECT_EQ(read.balance, (Balance{.rows_in = 1, .accepted = 1, .rejected = 0, .quarantined = 0})) << text;
  if (read.people.empty() || read.people[0].records.empty()) return {};
  return read.people[0].records[0].fact;
}

std::string refusal_of(std::string_view text) {
  const auto read = read_csv(text);
  EXPECT_EQ(read.rejected.size(), 1U) << text;
  if (read.rejected.empty()) return {};
  return std::string{name_of(read.rejected[0].reason)} + " " + read.rejected[0].place.pointer;
}

// The dose on another day.
std::string replaced_day(const std::string& day) { return fhir::texts::replaced(dose, "20/05/2021", day); }

// One member, as gzip writes it.
std::string gzip_of(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::vector<Bytef> in{text.begin(), text.end()};
  std::vector<Bytef> out(text.size() + 100);
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  const std::string made{out.begin(), out.begin() + static_cast<std::ptrdiff_t>(stream.total_out)};
  deflateEnd(&stream);
  return made;
}

const Fact the_dose{Vaccination{
    .at = at("2021-05-20T00:00:00Z"), .vaccine = "coronavac", .series = "covid-19-two-dose", .dose = 2, .lot = "CV1"}};

TEST(Csv, ARowIsAPersonAndAFact) {
  const auto read = read_csv(header + dose);
  ASSERT_EQ(read.people.size(), 1U);
  const auto& person = read.people[0].person;
  const auto& records = read.people[0].records;
  EXPECT_EQ(person.nik->digits(), siti);
  EXPECT_EQ(person.name, "Siti Rahayu");
  EXPECT_EQ(person.birth, (PartialDate{.year = 1990, .month = 3, .day = 21}));
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].fact, the_dose);
  EXPECT_EQ(records[0].batch, batch_id(context().issuer, context().import_id));
}

TEST(Csv, ReadsEveryKind) {
  const std::string columns = "nik,kind,date,time,zone,test,result,until\n";
  const auto with = [&](const std::string& rest) { return fact_of(columns + std::string{siti} + "," + rest + "\n"); };
  EXPECT_EQ(
      with("test,2021-06-01,09.30,WITA,PCR,Negatif,"),
      (Fact{domain::Test{.at = at("2021-06-01T01:30:00Z"), .kind = TestKind::naat, .result = TestResult::negative}}));
  EXPECT_EQ(with("tes,2021-06-01,9:30,,94558-4,positive,"),
            (Fact{domain::Test{
                .at = at("2021-06-01T02:30:00Z"), .kind = TestKind::antigen, .result = TestResult::positive}}));
  EXPECT_EQ(with("sembuh,1/2/2021,,,,,"), (Fact{Recovery{.at = at("2021-02-01T00:00:00Z"), .until = {}}}));
  EXPECT_EQ(with("pengecualian,1/6/2021,,,,,31/12/2021"),
            (Fact{Exemption{.at = at("2021-06-01T00:00:00Z"), .until = at("2022-01-01T00:00:00Z")}}));
  EXPECT_EQ(with("kontak erat,2/6/2021,17:00,WIB,,,"), (Fact{Contact{.at = at("2021-06-02T10:00:00Z")}}));
}

TEST(Csv, ARowWithoutAKindIsAPersonOnly) {
  const auto read = read_csv(header + "3174056103900001;Siti;;;;;;\n");
  EXPECT_EQ(read.balance.accepted, 1U);
  EXPECT_TRUE(read.people.at(0).records.empty());
  EXPECT_EQ(read_csv("paspor,nama\nX1234567,Ann\n").people.at(0).person.passport->number(), "X1234567");
}

TEST(Csv, ADelimiterIsFoundAndAHeaderMayNameIt) {
  for (const char mark : {',', '\t', ';'}) {
    auto text = header + dose;
    for (auto& c : text) c = c == ';' ? mark : c;
    EXPECT_EQ(fact_of(text), the_dose) << mark;
  }
  EXPECT_EQ(fact_of("sep=;\r\n" + header + dose), the_dose);
  auto piped = header + dose;
  for (auto& c : piped) c = c == ';' ? '|' : c;
  EXPECT_EQ(fact_of("sep=|\n" + piped), the_dose);
}

TEST(Csv, LinesEndInEveryWayAndPlacesCountThem) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    auto text = header + "\n" + dose + ";;;;;;;\n" + "17;;;;;;;\n";
    std::string written;
    for (const char c : text) written += c == '\n' ? end : std::string(1, c);
    const auto read = read_csv(written);
    EXPECT_EQ(read.balance, (Balance{.rows_in = 2, .accepted = 1, .rejected = 1, .quarantined = 0}));
    ASSERT_EQ(read.rejected.size(), 1U);
    EXPECT_EQ(read.rejected[0].place, (Place{.file = 0, .line = 5, .pointer = "nik"}));
    EXPECT_EQ(read.rejected[0].reason, Reason::invalid_nik);
  }
  EXPECT_EQ(fact_of(header + dose.substr(0, dose.size() - 1)), the_dose) << "no line end at the end";
}

TEST(Csv, QuotationMarksHoldDelimitersLineEndsAndMarks) {
  const auto read = read_csv("nik,\"nama\",jenis,tanggal,vaksin\n" + std::string{siti} +
                             ",\"Siti; \"\"Ti\"\",\nRahayu\",vaksin,2021-05-20,Sinovac\nx,,,,\n");
  EXPECT_EQ(read.people.at(0).person.name, "Siti; \"Ti\", Rahayu");
  ASSERT_EQ(read.rejected.size(), 1U);
  EXPECT_EQ(read.rejected[0].place.line, 4U) << "the row before it took two lines";
}

TEST(Csv, AMarkThatDoesNotCloseCostsItsOwnLineOnly) {
  const auto read = read_csv(header + "3174056103900001;\"Siti;;;;;;\n" + dose + "3174056103900001;\"S\"iti;;;;;;\n");
  EXPECT_EQ(read.balance, (Balance{.rows_in = 3, .accepted = 1, .rejected = 2, .quarantined = 0}));
  EXPECT_EQ(read.rejected.at(0),
            (Rejected{.place = {.file = 0, .line = 2, .pointer = ""}, .reason = Reason::malformed_quotes}));
  EXPECT_EQ(read.rejected.at(1).place.line, 4U);
}

TEST(Csv, EncodingsOfSpreadsheetsAreRead) {
  const std::u16string wide =
      u"nik;nama;jenis;tanggal;vaksin;dosis;lot\r\n3174056103900001;Zoë 𝒮;vaksin;20/05/2021;Sinovac;2;CV1\r\n";
  std::string little = "\xFF\xFE";
  std::string big = "\xFE\xFF";
  for (const char16_t unit : wide) {
    const auto low = static_cast<char>(unit & 0xFFU);
    const auto high = static_cast<char>(unit >> 8U);
    little += {low, high};
    big += {high, low};
  }
  for (const auto& text : {little, big}) {
    const auto read = read_csv(text);
    EXPECT_EQ(read.people.at(0).person.name, "Zoë 𝒮");
    EXPECT_EQ(read.people[0].records.at(0).fact, the_dose);
  }
  EXPECT_EQ(fact_of("\xEF\xBB\xBF" + header + dose), the_dose);
  EXPECT_EQ(read_csv("nik;nama\n3174056103900001;Zo\xEB \x80\n").people.at(0).person.name, "Zoë €") << "Windows-1252";
}

TEST(Csv, AFileThatMixesEncodingsLosesOnlyTheRowsThatAreNotUtf8) {
  const auto read = read_csv("nik;nama\n3174056103900001;Zoë\n3174052103900002;Zo\xEB\n");
  EXPECT_EQ(read.balance, (Balance{.rows_in = 2, .accepted = 1, .rejected = 1, .quarantined = 0}));
  EXPECT_EQ(read.rejected.at(0),
            (Rejected{.place = {.file = 0, .line = 3, .pointer = ""}, .reason = Reason::not_utf8}));
}

TEST(Csv, ColumnsTooFewAndTooManyAreNamedAndEmptyOnesBehindAreNot) {
  EXPECT_EQ(refusal_of(header + "3174056103900001;Siti\n"), "too-few-columns ");
  EXPECT_EQ(refusal_of(header + "3174056103900001;Siti;;;;;;;more\n"), "too-many-columns ");
  EXPECT_EQ(read_csv("nik;nama;;\n3174056103900001;Siti;;;;\n").balance.accepted, 1U);
}

TEST(Csv, AHeaderThatCannotBeUnderstoodRefusesTheImportWhole) {
  const std::pair<const char*, const char*> cases[]{
      {"nik;nama;alamat\n", "column 3 is not known"},
      {"nik;no_ktp\n", "two columns \"nik\""},
      {"nama;jenis;tanggal\n", "no column \"nik\" and no \"passport\""},
      {"nik;tanggal;vaksin\n", "no column \"kind\""},
      {"nik;jenis;vaksin\n", "no column \"date\""},
  };
  for (const auto& [text, why] : cases) {
    const auto read = read_bytes(text + std::string{siti} + ";;\n");
    ASSERT_TRUE(read.has_error()) << text;
    EXPECT_EQ(read.error().code, Errc::invalid_argument);
    EXPECT_NE(read.error().detail.find(why), std::string::npos) << read.error().text();
    EXPECT_NE(read.error().detail.find("file 1"), std::string::npos) << read.error().text();
  }
}

TEST(Csv, DaysAreWrittenWithTheDayFirstAndNeverBehindTheMonth) {
  const auto on = [](const std::string& day) { return header + replaced_day(day); };
  for (const auto* day : {"2021-05-20", "20/05/2021", "20-05-2021", "20/5/2021", "2021/05/20", "20/05/2021 00:00",
                          "'20/05/2021", " 20/05/2021\xC2\xA0"}) {
    EXPECT_EQ(fact_of(on(day)), the_dose) << day;
  }
  EXPECT_EQ(rfc3339(moment_of(fact_of(on("20/05/2021 09:30")))), "2021-05-20T02:30:00Z");
  EXPECT_EQ(rfc3339(moment_of(fact_of(on("2021-05-20T09:30:00+08:00")))), "2021-05-20T01:30:00Z");
  for (const auto* day :
       {"05/20/2021", "31/06/2021", "20/05/21", "20.05.2021", "44336", "20-05/2021", "20/05/2021 25:00"}) {
    EXPECT_EQ(refusal_of(on(day)), "invalid-date tanggal") << day;
  }
  EXPECT_EQ(refusal_of(on("")), "missing-date tanggal");
  EXPECT_EQ(refusal_of(on("2021-05")), "imprecise-date tanggal");
  EXPECT_EQ(refusal_of(on("20/05/2031")), "date-in-future tanggal");
  EXPECT_EQ(refusal_of("nik,kind,date,zone,time\n3174056103900001,kontak,2021-05-20,WIS,09:00\n"),
            "unknown-time-zone zone");
}

TEST(Csv, ANikThatASpreadsheetDamagedIsNamedAndOneItOnlyDressedIsRead) {
  for (const auto* nik : {"'3174056103900001", "3174 0561 0390 0001",
                          "\xC2\xA0"
                          "3174056103900001 ",
                          "\"=\"\"3174056103900001\"\"\""}) {
    EXPECT_EQ(read_csv("nik;nama\n" + std::string{nik} + ";Siti\n").people.at(0).person.nik->digits(), siti) << nik;
  }
  for (const auto* nik : {"3.17406E+15", "3,17406E+15", "317405610390000", "3174056103900000", "3174056103900001.0",
                          "3.174.056.103.900.001"}) {
    EXPECT_EQ(refusal_of("nik;nama\n" + std::string{nik} + ";Siti\n"), "nik-damaged-by-spreadsheet nik") << nik;
  }
  EXPECT_EQ(refusal_of("nik;nama\n9974056103900001;Siti\n"), "invalid-nik nik");
  EXPECT_EQ(refusal_of("nik;nama\n;Siti\n"), "missing-patient nik");
}

TEST(Csv, AFileInWhichEveryNikLostItsLastDigitIsDamaged) {
  std::string text = "nik;nama\n";
  for (int i = 1; i <= 8; ++i) text += "317405610390" + std::to_string(100 + i) + "0;Siti\n";
  const auto read = read_csv(text);
  EXPECT_EQ(read.balance.rejected, 8U);
  for (const auto& row : read.rejected) EXPECT_EQ(row.reason, Reason::nik_damaged_by_spreadsheet);
  EXPECT_EQ(read_csv(text + "3174056103900001;Siti\n").balance.accepted, 9U) << "one that ends otherwise is honest";
}

TEST(Csv, VaccinesAreKnownByCodeNameCvxAndKfa) {
  for (const auto* name : {"coronavac", "SINOVAC", "511", "93004956", "Bio Farma"}) {
    EXPECT_EQ(std::get<Vaccination>(fact_of(header + "3174056103900001;;;vaksin;20/05/2021;" + name + ";;\n")).vaccine,
              "coronavac");
  }
  EXPECT_EQ(refusal_of(header + "3174056103900001;;;vaksin;20/05/2021;Aqua;;\n"), "unknown-vaccine-code vaksin");
  EXPECT_EQ(refusal_of(header + "3174056103900001;;;vaksin;20/05/2021;;;\n"), "missing-code vaksin");
  EXPECT_EQ(refusal_of(header + "3174056103900001;;;vaksin;20/05/2021;Sinovac;0;\n"), "invalid-dose-number dosis");
  EXPECT_EQ(refusal_of(header + "3174056103900001;;;rapat;20/05/2021;;;\n"), "unknown-kind jenis");
}

TEST(Csv, ATestWithoutAKnownKindAndResultIsRejected) {
  const auto with = [](const std::string& rest) {
    return refusal_of("nik,kind,date,test,result\n3174056103900001,tes,2021-06-01," + rest + "\n");
  };
  EXPECT_EQ(with(",positif"), "missing-code test");
  EXPECT_EQ(with("GeNose,positif"), "unknown-test-code test");
  EXPECT_EQ(with("PCR,"), "missing-result result");
  EXPECT_EQ(with("PCR,CT 31"), "unknown-result-code result");
}

TEST(Csv, TheSameRowTwiceIsADuplicateAndAReimportMakesTheSameRecords) {
  const auto twice = read_csv(header + dose + dose);
  EXPECT_EQ(twice.balance, (Balance{.rows_in = 2, .accepted = 1, .rejected = 1, .quarantined = 0}));
  EXPECT_EQ(twice.rejected.at(0).reason, Reason::duplicate_resource);
  const auto moved = read_csv(
      "lot;dosis;vaksin;tanggal;jenis;tanggal_lahir;nama;nik\n"
      "CV1;2;Sinovac;20/05/2021;vaksinasi;21/03/1990;Siti Rahayu;3174056103900001\n");
  EXPECT_EQ(moved.people.at(0).records.at(0).id, twice.people.at(0).records.at(0).id);
}

TEST(Csv, ABirthDateThatContradictsTheNikIsQuarantinedWithItsFact) {
  const auto read = read_csv(header + "3174056103900001;Siti;22/03/1990;vaksin;20/05/2021;Sinovac;1;\n");
  ASSERT_EQ(read.quarantined.size(), 1U);
  EXPECT_EQ(read.quarantined[0].reason, Reason::nik_contradicts_birth_date);
  EXPECT_EQ(read.quarantined[0].place.pointer, "tanggal_lahir");
  EXPECT_TRUE(read.quarantined[0].record);
  EXPECT_EQ(refusal_of(header + "3174056103900001;Siti;22/13/1990;;;;;\n"), "invalid-birth-date tanggal_lahir");
  EXPECT_EQ(refusal_of(header + "3174056103900001;Siti;21/03/1990;vaksin;20/05/1989;Sinovac;1;\n"),
            "date-before-birth ");
}

TEST(ImportFiles, OfEveryFormatStandInOneImportUnderTheirNumbers) {
  const auto text = fhir::texts::lines({fhir::texts::patient("1"), fhir::texts::immunization(), "{}"});
  const auto csv = header + "x;;;;;;;\n" + dose;
  const std::vector<BytesView> files{as_bytes(std::string_view{text}), as_bytes(std::string_view{csv})};
  std::vector<Rejected> rejected;
  const auto balance = read_import(files, context(), 2, [&](ReadBatch&& part) -> Result<void> {
    rejected.insert(rejected.end(), part.rejected.begin(), part.rejected.end());
    return ok();
  });
  ASSERT_TRUE(balance.has_value());
  EXPECT_EQ(balance.value(), (Balance{.rows_in = 5, .accepted = 3, .rejected = 2, .quarantined = 0}));
  ASSERT_EQ(rejected.size(), 2U);
  EXPECT_EQ(rejected[0].place, (Place{.file = 0, .line = 3, .pointer = ""}));
  EXPECT_EQ(rejected[1].place, (Place{.file = 1, .line = 2, .pointer = "nik"}));
}

TEST(ImportFiles, AGzipIsOpenedUnderALimitAndADamagedOneRefusesTheImport) {
  const auto zip = gzip_of("nik;nama\n3174056103900001;Siti\n");
  EXPECT_EQ(read_csv(zip).balance.accepted, 1U);
  EXPECT_EQ(read_csv(gzip_of("nik;nama\n") + gzip_of("3174056103900001;Siti\n")).balance.accepted, 1U) << "two members";
  for (const auto& damaged : {zip + "x", zip.substr(0, zip.size() - 1)}) {
    const auto read = read_bytes(damaged);
    ASSERT_TRUE(read.has_error());
    EXPECT_EQ(read.error().code, Errc::malformed);
  }
  const auto file = as_bytes(std::string_view{zip});
  const auto tight = read_import(std::span{&file, 1}, context(), 10, [](ReadBatch&&) -> Result<void> { return ok(); },
                                 {.inflated_bytes = 20});
  ASSERT_TRUE(tight.has_error());
  EXPECT_EQ(tight.error().code, Errc::too_large);
}

TEST(ImportFiles, TooManyRowsOfAllFormatsTogetherRefuseTheImportBeforeAnythingIsGiven) {
  const auto text = fhir::texts::lines({fhir::texts::patient("1"), fhir::texts::immunization()});
  const auto csv = header + dose;
  const std::vector<BytesView> files{as_bytes(std::string_view{text}), as_bytes(std::string_view{csv})};
  std::size_t given = 0;
  const auto read = read_import(files, context(), 1,
                                [&](ReadBatch&&) -> Result<void> {
                                  ++given;
                                  return ok();
                                },
                                {.rows = {.rows = 2}});
  ASSERT_TRUE(read.has_error());
  EXPECT_EQ(read.error().code, Errc::too_large);
  EXPECT_EQ(given, 0U);
}

}  // namespace
}  // namespace lindung::domain::csv
