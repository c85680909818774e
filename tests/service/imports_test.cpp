// Imports over a real store: balance and receipt, repetition, refusal, a kill half-way, and two nodes at one citizen.
#include "service/imports.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/colour.h"
#include "domain/fhir_texts.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/issuer.h"
#include "domain/nik.h"
#include "domain/record.h"
#include "log/entry.h"
#include "service/clinic.h"
#include "service/import_receipt.h"
#include "service/issuers.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::Balance;
using domain::Reason;
using domain::Rejected;
using store::Engine;
using namespace domain::fhir::texts;

Rejected row(std::size_t line, const std::string& pointer, Reason reason) {
  return {.place = {.file = 0, .line = line, .pointer = pointer}, .reason = reason};
}

// One Patient, one dose, then everything that may not cost more than itself; and a Patient whose birth date is not
// that of the NIK, with a test.
std::string mixed_rows() {
  const auto deep = std::string(10'000, '[') + std::string(10'000, ']');
  const auto held = replaced(patient("2", identifier(nik_system, "3174056103900002")), "1990-03-21", "1990-03-22");
  return lines({patient("1"), immunization(), immunization(),
                replaced(immunization(), "imm-1\"", "imm-2\",\"x\":" + deep),
                replaced(replaced(immunization(), "imm-1", "imm-3"), "511", "88"),
                replaced(replaced(immunization(), "imm-1", "imm-4"), "2021-05-20", "2021-02-29"), held,
                replaced(observation(), "Patient/1", "Patient/2")});
}

TEST(Imports, AccountForEveryRowInReceiptAndLog) {
  Clinic clinic;
  const auto receipt = clinic.import(mixed_rows());
  ASSERT_TRUE(receipt.has_value()) << receipt.error().text();
  EXPECT_EQ(receipt.value().balance, (Balance{.rows_in = 8, .accepted = 2, .rejected = 4, .quarantined = 2}));
  EXPECT_EQ(receipt.value().rejected,
            (std::vector<Rejected>{row(3, "", Reason::duplicate_resource), row(4, "", Reason::too_deep),
                                   row(5, "/vaccineCode", Reason::unknown_vaccine_code),
                                   row(6, "/occurrenceDateTime", Reason::invalid_date)}));
  EXPECT_EQ(receipt.value().quarantined,
            (std::vector<Rejected>{row(7, "/birthDate", Reason::nik_contradicts_birth_date),
                                   row(8, "/subject", Reason::patient_quarantined)}));
  EXPECT_EQ(receipt.value().unnamed(), 0U);
  EXPECT_EQ(clinic.people(), 1);
  EXPECT_EQ(clinic.records(), 1);
  EXPECT_EQ(clinic.held(), 2);
  const auto entries = clinic.entries();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].rows, 8U);
  EXPECT_EQ(entries[0].accepted, 2U);
  EXPECT_EQ(entries[0].rejected, 4U);
  EXPECT_EQ(entries[0].quarantined, 2U);
}

TEST(Imports, RepeatedGetTheSameReceiptAndChangeNothing) {
  Clinic clinic;
  const auto first = clinic.import(mixed_rows());
  const auto again = clinic.import(mixed_rows());
  ASSERT_TRUE(first.has_value() && again.has_value());
  EXPECT_FALSE(first.value().is_repeated);
  EXPECT_TRUE(again.value().is_repeated);
  EXPECT_EQ(again.value().balance, first.value().balance);
  EXPECT_EQ(again.value().rejected, first.value().rejected);
  EXPECT_EQ(again.value().quarantined, first.value().quarantined);
  EXPECT_EQ(again.value().log_index, first.value().log_index);
  EXPECT_EQ(clinic.records(), 1);
  EXPECT_EQ(clinic.entries().size(), 1U);
}

TEST(Imports, KeepTheirReceiptsSealed) {
  Clinic clinic;
  ASSERT_TRUE(clinic.import(mixed_rows()).has_value());
  std::string stored;
  ASSERT_TRUE(clinic.world.database->read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT sealed FROM import"}, {},
                         [&](const store::Row& row) { stored = std::string{as_text(row.bytes(0))}; }));
    return ok();
  }));
  EXPECT_GT(stored.size(), 100U);
  EXPECT_EQ(stored.find("vaccine"), std::string::npos);
  ASSERT_TRUE(clinic.world.database->write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"UPDATE import SET import_id = 'july'"}, {}));
    return ok();
  }));
  const auto moved = clinic.import(mixed_rows(), "july");  // a receipt put under another import's name does not open
  ASSERT_TRUE(moved.has_error());
  EXPECT_EQ(moved.error().code, Errc::corrupt);
}

TEST(Imports, NameAHundredThousandRejectionsTwice) {
  Clinic clinic;
  auto text = patient("1") + "\n";
  for (int i = 0; i < 100'000; ++i) text += "{}\n";
  const auto first = clinic.import(text);
  const auto again = clinic.import(text);
  ASSERT_TRUE(first.has_value() && again.has_value());
  EXPECT_EQ(first.value().rejected.size(), 100'000U);
  EXPECT_EQ(first.value().rejected.back(), row(100'001, "", Reason::not_a_fhir_resource));
  EXPECT_TRUE(again.value().rejected == first.value().rejected);
}

TEST(Imports, CountTheRowsThatAReceiptHasNoRoomFor) {
  ImportReceipt receipt;
  const RowList rejected(max_named_rows - 1, row(1, "", Reason::no_resource));
  const PartOutcome part{
      .balance = {.rows_in = max_named_rows + 2, .accepted = 0, .rejected = max_named_rows - 1, .quarantined = 3},
      .quarantined = RowList(3, row(2, "", Reason::patient_quarantined))};
  receipt.add(part, rejected);
  EXPECT_EQ(receipt.rejected.size(), max_named_rows - 1);
  EXPECT_EQ(receipt.quarantined.size(), 1U);
  EXPECT_EQ(receipt.unnamed(), 2U);
}

TEST(Imports, OfOtherContentUnderAUsedIdAreAConflict) {
  Clinic clinic;
  ASSERT_TRUE(clinic.import(lines({patient("1")})).has_value());
  const auto other = clinic.import(lines({patient("1"), immunization()}));
  ASSERT_TRUE(other.has_error());
  EXPECT_EQ(other.error().code, Errc::conflict);
  EXPECT_EQ(clinic.records(), 0);
}

TEST(Imports, OfAnIssuerThatNobodyRegisteredAreRefused) {
  Clinic clinic;
  const auto text = lines({patient("1")});
  const std::vector<BytesView> files{as_bytes(text)};
  auto import = clinic.sign("june", files);
  import.issuer = IssuerId{"nobody"};
  const auto receipt = import_records(*clinic.world.platform, import);
  ASSERT_TRUE(receipt.has_error());
  EXPECT_EQ(receipt.error().code, Errc::not_found);
  EXPECT_EQ(clinic.people(), 0);
}

TEST(Imports, AreRefusedUnlessTheIssuerSignedThisContentUnderThisId) {
  Clinic clinic;
  const auto text = lines({patient("1")});
  const auto other = lines({patient("2")});
  const std::vector<BytesView> files{as_bytes(text)};
  const std::vector<BytesView> other_files{as_bytes(other)};
  auto other_content = clinic.sign("june", files);
  other_content.files = other_files;
  auto other_id = clinic.sign("june", files);
  other_id.import_id = "july";
  auto other_key = clinic.sign("june", files);
  other_key.signature = to_bytes(crypto::Ed25519PrivateKey::generate().sign(as_bytes(text)));
  for (const auto& import : {other_content, other_id, other_key}) {
    const auto receipt = import_records(*clinic.world.platform, import);
    ASSERT_TRUE(receipt.has_error());
    EXPECT_EQ(receipt.error().code, Errc::bad_signature);
  }
  EXPECT_EQ(clinic.people(), 0);
}

TEST(Imports, ThatDoNotHoldFhirAreRejectedRowsAndNoFailure) {
  Clinic clinic;
  int number = 0;
  struct Case {
    std::string text;
    std::uint64_t rows;
    const char* reason;
  };
  for (const auto& [text, rows, reason] :
       {Case{"", 0, ""}, Case{"\xEF\xBB\xBF", 0, ""}, Case{"<Patient/>", 1, "malformed-json"},
        Case{std::string(10'000, '['), 1, "too-deep"},
        Case{R"({"verifiableCredential":["eyJ"]})", 1, "not-a-fhir-resource"}}) {
    const auto receipt = clinic.import(text, "file-" + std::to_string(++number));
    ASSERT_TRUE(receipt.has_value()) << receipt.error().text();
    EXPECT_EQ(receipt.value().balance.rows_in, rows);
    ASSERT_EQ(receipt.value().rejected.size(), rows);
    if (rows > 0) {
      EXPECT_EQ(name_of(receipt.value().rejected[0].reason), reason);
    }
  }
  EXPECT_EQ(number, 5);
}

TEST(Imports, OfADamagedGzipOrAHeaderThatIsNotUnderstoodAreRefusedWholeAndTheIdStaysFree) {
  Clinic clinic;
  const std::string cut_off{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xab\x56\x4a\x2d\x2a", 15};
  const auto damaged = clinic.import(cut_off, "file");
  ASSERT_TRUE(damaged.has_error());
  EXPECT_EQ(damaged.error().code, Errc::malformed);
  const auto header = clinic.import("nik;alamat\n3174056103900001;Jakarta\n", "file");
  ASSERT_TRUE(header.has_error());
  EXPECT_EQ(header.error().code, Errc::invalid_argument);
  EXPECT_EQ(clinic.people(), 0);
  const auto mended = clinic.import("nik;nama\n3174056103900001;Siti\n", "file");
  ASSERT_TRUE(mended.has_value()) << mended.error().text();
  EXPECT_EQ(clinic.people(), 1);
}

TEST(Imports, KilledBetweenTwoPartsGoOnWithoutDuplicates) {
  Clinic clinic;
  std::string text;
  for (int i = 0; i < 1'500; ++i) {
    const auto id = std::to_string(i);
    text += patient(id, identifier("urn:other", id)) + "\n" +
            replaced(immunization("Patient/" + id), "imm-1", "imm-" + id) + "\n";
  }
  auto& ring = *clinic.world.ring;
  // Without keys the second part fails as it does when the program is killed: the first is committed, nothing counts.
  const auto killed = clinic.import(*clinic.world.platform, text, "june", [&](std::uint64_t /*rows*/) { ring.seal(); });
  ASSERT_TRUE(killed.has_error());
  EXPECT_EQ(killed.error().code, Errc::sealed);
  const auto half = clinic.records();
  EXPECT_GT(half, 0);
  EXPECT_LT(half, 1'500);
  EXPECT_TRUE(clinic.entries().empty());

  ASSERT_TRUE(ring.unseal(as_bytes("test")).has_value());
  clinic.world.clock.advance(std::chrono::hours{1});
  const auto receipt = clinic.import(text);
  ASSERT_TRUE(receipt.has_value()) << receipt.error().text();
  EXPECT_FALSE(receipt.value().is_repeated);
  EXPECT_EQ(receipt.value().balance, (Balance{.rows_in = 3'000, .accepted = 3'000, .rejected = 0, .quarantined = 0}));
  EXPECT_EQ(clinic.people(), 1'500);
  EXPECT_EQ(clinic.records(), 1'500);
  EXPECT_EQ(clinic.entries().size(), 1U);
}

// Another node writes a positive test of a citizen and has not committed yet when this one imports a dose.
class ImportsOfTwoNodes : public ::testing::TestWithParam<bool> {};

TEST_P(ImportsOfTwoNodes, OfOneCitizenLoseNoRecordOfTheTimeline) {
  LINDUNG_NEEDS_POSTGRES(true);
  Clinic clinic{Engine::postgresql};
  const bool is_known = GetParam();
  // Names no person, so that nothing but the citizen's own row can be waited for.
  const auto by_nik =
      replaced(immunization(), R"("reference":"Patient/1")", R"("identifier":)" + identifier(nik_system, some_nik));
  if (is_known) {
    ASSERT_TRUE(clinic.import(lines({patient("1")}), "may").has_value());
  }
  const auto& world = clinic.world;
  const auto other_database = world.open_database();
  domain::Identity identity;
  identity.nik = domain::parse_nik(some_nik).value();
  identity.name = "Siti Rahayu";
  const domain::Record positive{
      .id = domain::RecordId{{1}},
      .issuer = clinic.issuer,
      .batch = {},
      .entered_at = now,
      .fact = domain::Test{.at = now - std::chrono::days{1}, .result = domain::TestResult::positive}};

  const auto somebody_waits = [&] {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{4};
    std::int64_t waiting = 0;
    while (waiting == 0 && std::chrono::steady_clock::now() < patience) {
      waiting =
          clinic.number({"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                         "application_name = 'lindung' AND query LIKE '%citizen%'"});
    }
    return waiting > 0;
  };
  std::promise<void> written;
  std::optional<Result<void>> committed;
  std::thread node{[&] {
    bool is_first = true;
    committed = other_database->write([&](store::Transaction& transaction) -> Result<void> {
      TRY(person, find_or_add_person(transaction, *world.ring, identity, now));
      TRYV(put_record(transaction, person, positive, 0));
      if (std::exchange(is_first, false)) written.set_value();
      if (!somebody_waits()) return fail(Errc::timeout, "the import did not wait");
      return ok();
    });
  }};
  written.get_future().wait();
  const auto receipt = clinic.import(by_nik);
  node.join();
  ASSERT_TRUE(committed->has_value()) << committed->error().text();
  ASSERT_TRUE(receipt.has_value()) << receipt.error().text();
  EXPECT_EQ(clinic.people(), 1);
  EXPECT_EQ(clinic.records(), 2);
  const auto read = world.database->read([&](store::Transaction& transaction) -> Result<void> {
    std::optional<CitizenRef> citizen;
    TRYV(transaction.run(store::Sql{"SELECT citizen_ref FROM identity"}, {},
                         [&](const store::Row& row) { citizen = CitizenRef{take<16>(row.bytes(0))}; }));
    TRY(person, open_person(transaction, *world.ring, *citizen));
    TRY(timeline, read_timeline(transaction, person, 1));
    EXPECT_EQ(timeline.at(now).colour, domain::Colour::black);  // what the dose alone does not make
    return ok();
  });
  EXPECT_TRUE(read.has_value()) << read.error().text();
}

INSTANTIATE_TEST_SUITE_P(Citizen, ImportsOfTwoNodes, ::testing::Values(true, false),
                         [](const auto& citizen) { return citizen.param ? "Known" : "New"; });

}  // namespace
}  // namespace lindung::service
