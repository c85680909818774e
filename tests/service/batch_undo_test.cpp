// Imports taken back, one or all that a key signed; numbers put right; and why a colour was what it was.
#include "service/batch_undo.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/colour.h"
#include "domain/fhir_texts.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/record.h"
#include "service/authority.h"
#include "service/batches.h"
#include "service/certificates.h"
#include "service/clinic.h"
#include "service/explain.h"
#include "service/issued_certificates.h"
#include "service/nik_repair.h"
#include "service/quarantine.h"
#include "store/database.h"
#include "support/test_store.h"

namespace lindung::service {
namespace {

using domain::Colour;
using namespace domain::fhir::texts;

constexpr std::string_view other_nik = "3174056103900002";  // born on the same day
constexpr std::string_view third_nik = "3174054509850001";  // a woman born 1985-09-05

std::string other_patient() { return patient("2", identifier(nik_system, other_nik)); }
std::string nameless(const std::string& id, std::string_view nik) {
  return R"({"resourceType":"Patient","id":")" + id + R"(","identifier":[)" + identifier(nik_system, nik) + "]}";
}

class BatchUndoTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == Engine::postgresql);
    clinic_.emplace(GetParam());
  }
  [[nodiscard]] Result<UndoReport> undo(const std::string& import_id) {
    return undo_batch(*clinic_->world.platform, clinic_->issuer, import_id, {});
  }
  [[nodiscard]] Explanation why(std::string_view nik, std::optional<std::uint64_t> position = {}) {
    return explain(*clinic_->world.platform, *clinic_->citizen_of(nik), clinic_->world.clock.now(), position).value();
  }
  [[nodiscard]] std::uint64_t log_size() const { return clinic_->world.log_entries().size(); }
  std::optional<Clinic> clinic_;
};

TEST_P(BatchUndoTest, AnUndoneImportCountsForNothingAndEverybodyConcernedIsRecoloured) {
  ASSERT_TRUE(clinic_->import(lines({patient("1"), recovery()}), "good").has_value());
  ASSERT_TRUE(clinic_
                  ->import(lines({patient("1"), immunization(), other_patient(),
                                  replaced(immunization("Patient/2"), "imm-1", "imm-2")}),
                           "bad")
                  .has_value());
  ASSERT_EQ(clinic_->colour_of(some_nik), Colour::green);
  ASSERT_EQ(clinic_->colour_of(other_nik), Colour::green);
  const auto undone = undo("bad");
  ASSERT_TRUE(undone.has_value()) << undone.error().text();
  EXPECT_EQ(undone.value().records, 2U);
  EXPECT_EQ(undone.value().citizens, 2U);
  EXPECT_EQ(clinic_->colour_of(some_nik), Colour::red);  // the recovery is over 90 days old
  EXPECT_EQ(clinic_->colour_of(other_nik), Colour::red);
  EXPECT_EQ(clinic_->officer_actions(), (std::vector<std::string>{"import-undone"}));
  EXPECT_EQ(undo("bad").error().code, Errc::conflict);
  EXPECT_EQ(undo("never").error().code, Errc::not_found);
  EXPECT_EQ(clinic_
                ->import(lines({patient("1"), immunization(), other_patient(),
                                replaced(immunization("Patient/2"), "imm-1", "imm-2")}),
                         "bad")
                .error()
                .code,
            Errc::conflict);
  EXPECT_EQ(clinic_->import(lines({patient("1"), immunization()}), "better").value().balance.accepted, 2U);
  EXPECT_EQ(clinic_->colour_of(some_nik), Colour::green);
}

TEST_P(BatchUndoTest, CertificatesOfRecordsThatAreUndoneOrMovedAreTakenBack) {
  const auto& platform = *clinic_->world.platform;
  ASSERT_TRUE(make_authority(platform, {.country = "ID", .organisation = "Kemenkes", .card_issuer = ""}).has_value());
  ASSERT_TRUE(clinic_->import(lines({patient("1"), immunization()}), "good").has_value());
  ASSERT_TRUE(clinic_->import(lines({other_patient(), replaced(immunization("Patient/2"), "imm-1", "imm-2")}), "bad")
                  .has_value());
  const auto kept = issue_certificate(platform, {.citizen = *clinic_->citizen_of(some_nik)}).value();
  const auto made = issue_certificate(platform, {.citizen = *clinic_->citizen_of(other_nik)}).value();
  ASSERT_TRUE(undo("bad").has_value());
  EXPECT_TRUE(is_revoked(platform, made.text()).value());
  EXPECT_FALSE(is_revoked(platform, kept.text()).value());
  const NikRepair repair{.issuer = clinic_->issuer,
                         .import_id = "good",
                         .wrong = domain::parse_nik(some_nik).value(),
                         .right = domain::parse_nik(other_nik).value(),
                         .birth = {.year = 1990, .month = 3, .day = 21}};
  const auto repaired = repair_nik(platform, repair, {});
  ASSERT_TRUE(repaired.has_value()) << repaired.error().text();
  EXPECT_TRUE(is_revoked(platform, kept.text()).value());
}

TEST_P(BatchUndoTest, EverythingThatOneKeySignedInATimeRangeGoesInOneCommand) {
  const auto begin = clinic_->world.clock.now();
  ASSERT_TRUE(clinic_->import(lines({patient("1"), immunization()}), "before").has_value());
  clinic_->world.clock.advance(std::chrono::hours{1});
  ASSERT_TRUE(
      clinic_->import(lines({other_patient(), replaced(immunization("Patient/2"), "imm-1", "imm-2")}), "stolen-1")
          .has_value());
  ASSERT_TRUE(
      clinic_
          ->import(lines({nameless("3", third_nik), replaced(immunization("Patient/3"), "imm-1", "imm-3")}), "stolen-2")
          .has_value());
  const KeyRange range{.issuer = clinic_->issuer,
                       .key = KeyId{"puskesmas.1"},
                       .from = begin + seconds{1},
                       .to = begin + std::chrono::hours{2}};
  const auto undone = undo_signed_by(*clinic_->world.platform, range, {});
  ASSERT_TRUE(undone.has_value()) << undone.error().text();
  EXPECT_EQ(undone.value().batches, 2U);
  EXPECT_EQ(undone.value().records, 2U);
  EXPECT_EQ(clinic_->colour_of(some_nik), Colour::green);
  EXPECT_EQ(clinic_->colour_of(other_nik), Colour::red);
  EXPECT_EQ(clinic_->colour_of(third_nik), Colour::red);
  EXPECT_EQ(undo_signed_by(*clinic_->world.platform, range, {}).error().code, Errc::not_found);
}

TEST_P(BatchUndoTest, AnInterruptedImportIsUndoneToo) {
  std::string many;
  for (int i = 0; i < 1'200; ++i) many += patient("p" + std::to_string(i), "") + "\n";
  class Stop {};
  EXPECT_THROW((void)clinic_->import(*clinic_->world.platform, many, "long", [](std::uint64_t) { throw Stop{}; }),
               Stop);
  std::uint64_t parts = 0;
  ASSERT_TRUE(clinic_->world.database
                  ->read([&](store::Transaction& transaction) -> Result<void> {
                    TRY(counted, count_parts(transaction, domain::batch_id(clinic_->issuer, "long")));
                    parts = counted;
                    return ok();
                  })
                  .has_value());
  EXPECT_EQ(parts, 1U) << "the first unit of an import is one part";
  ASSERT_TRUE(undo("long").has_value());
  EXPECT_EQ(clinic_->import(many, "long").error().code, Errc::conflict);
}

TEST_P(BatchUndoTest, UndoneRowsDoNotCountTowardsTheDailyCap) {
  clinic_->set_terms({.daily_rows = 2});
  ASSERT_EQ(clinic_->import(lines({patient("1"), immunization()}), "bad").value().balance.accepted, 2U);
  ASSERT_EQ(clinic_->import(lines({patient("1"), recovery()}), "held").value().balance.quarantined, 2U);
  ASSERT_TRUE(undo("bad").has_value());
  EXPECT_EQ(clinic_->import(lines({patient("1"), immunization()}), "better").value().balance.accepted, 2U);
  EXPECT_EQ(clinic_->import(lines({patient("1"), recovery()}), "more").value().balance.quarantined, 2U);
}

TEST_P(BatchUndoTest, RowsThatWaitGoWithTheirImport) {
  const auto held = replaced(other_patient(), "1990-03-21", "1990-03-22");
  ASSERT_EQ(clinic_->import(lines({held}), "held").value().balance.quarantined, 1U);
  ASSERT_TRUE(undo("held").has_value());
  EXPECT_EQ(
      release_quarantined(*clinic_->world.platform, {.issuer = clinic_->issuer, .import_id = "held", .place = {}}, {})
          .error()
          .code,
      Errc::conflict);
}

TEST_P(BatchUndoTest, AReleasedRowIsUndoneWithItsImport) {
  const auto held = replaced(other_patient(), "1990-03-21", "1990-03-22");
  ASSERT_EQ(clinic_->import(lines({held, replaced(immunization("Patient/2"), "imm-1", "imm-2")}), "held")
                .value()
                .balance.quarantined,
            2U);
  ASSERT_TRUE(
      release_quarantined(*clinic_->world.platform, {.issuer = clinic_->issuer, .import_id = "held", .place = {}}, {})
          .has_value());
  ASSERT_EQ(clinic_->colour_of(other_nik), Colour::green);
  EXPECT_EQ(undo("held").value().records, 1U);
  EXPECT_EQ(clinic_->colour_of(other_nik), Colour::red);
}

TEST_P(BatchUndoTest, AMistypedNikIsPutRightForBothPersons) {
  ASSERT_TRUE(clinic_->import(lines({nameless("1", some_nik), recovery()}), "hers").has_value());
  // The third woman's dose, typed in under the first one's number.
  ASSERT_TRUE(clinic_->import(lines({nameless("1", some_nik), immunization()}), "typo").has_value());
  ASSERT_EQ(clinic_->colour_of(some_nik), Colour::green);
  NikRepair repair{.issuer = clinic_->issuer,
                   .import_id = "typo",
                   .wrong = domain::parse_nik(some_nik).value(),
                   .right = domain::parse_nik(third_nik).value(),
                   .birth = {.year = 1985, .month = 9, .day = 6}};
  const auto& platform = *clinic_->world.platform;
  EXPECT_EQ(repair_nik(platform, repair, {}).error().code, Errc::invalid_argument);  // the second fact is wrong
  repair.birth.day = 5;
  const auto repaired = repair_nik(platform, repair, {});
  ASSERT_TRUE(repaired.has_value()) << repaired.error().text();
  EXPECT_EQ(repaired.value().records, 1U);
  EXPECT_EQ(clinic_->colour_of(some_nik), Colour::red);
  EXPECT_EQ(clinic_->colour_of(third_nik), Colour::green);
  EXPECT_EQ(repair_nik(platform, repair, {}).error().code, Errc::not_found);  // it moved already
  EXPECT_EQ(undo("typo").value().records, 1U);                                // it belongs to its import still
  EXPECT_EQ(clinic_->colour_of(third_nik), Colour::red);
}

TEST_P(BatchUndoTest, ColoursAreExplainedByRuleAndFactsAndStayExplainableAfterAnUndoing) {
  ASSERT_TRUE(clinic_->import(lines({patient("1"), immunization(), observation()}), "june").has_value());
  const auto then = log_size();
  const auto green = why(some_nik);
  EXPECT_EQ(green.colour, Colour::green);
  EXPECT_EQ(green.rule, "green-series-complete");
  EXPECT_EQ(green.rules, "id-2021@1.0.0");
  EXPECT_EQ(green.reason.en, "Your series of doses is complete.");
  ASSERT_EQ(green.facts.size(), 1U);
  EXPECT_TRUE(green.facts[0].decides);
  EXPECT_EQ(green.facts[0].import_id, "june");
  EXPECT_EQ(green.facts[0].key, KeyId{"puskesmas.1"});
  EXPECT_EQ(green.facts[0].record.issuer, clinic_->issuer);
  ASSERT_TRUE(undo("june").has_value());
  const auto red = why(some_nik);
  EXPECT_EQ(red.colour, Colour::red);
  EXPECT_EQ(red.rule, "red-otherwise");
  EXPECT_TRUE(red.facts.empty());
  const auto again = why(some_nik, then);
  EXPECT_EQ(again.colour, Colour::green);
  EXPECT_EQ(again.facts.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, BatchUndoTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         [](const auto& engine) { return engine.param == Engine::sqlite ? "SQLite" : "PostgreSQL"; });

}  // namespace
}  // namespace lindung::service
