// Rows that wait for two officers: held by terms, past, person and lot; released or refused; on both engines.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "domain/colour.h"
#include "domain/fhir_texts.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/issuer.h"
#include "domain/issuer_key.h"
#include "domain/issuer_terms.h"
#include "service/clinic.h"
#include "service/imports.h"
#include "service/issuers.h"
#include "service/licences.h"
#include "service/quarantine.h"
#include "support/test_store.h"

namespace lindung::service {
namespace {

using domain::Balance;
using domain::Colour;
using domain::Reason;
using namespace domain::fhir::texts;

constexpr std::string_view other_nik = "3174056103900002";

class ImportGuardTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == Engine::postgresql);
    clinic_.emplace(GetParam());
  }
  // Reasons of what waits, by place.
  [[nodiscard]] std::vector<std::string> held() const {
    std::vector<std::string> reasons;
    const auto rows = list_quarantined(*clinic_->world.platform, {}, false);
    for (const auto& row : rows.value()) {
      reasons.push_back(row.place + " " + row.reason);
    }
    return reasons;
  }
  [[nodiscard]] Result<QuarantineDecision> release(const std::string& import_id,
                                                   const std::optional<std::string>& place = {}) {
    return release_quarantined(*clinic_->world.platform,
                               {.issuer = clinic_->issuer, .import_id = import_id, .place = place}, {});
  }
  std::optional<Clinic> clinic_;
};

TEST_P(ImportGuardTest, HoldsAllRowsThatComeInWhileTheIssuerIsClosed) {
  clinic_->set_terms({.hours = domain::parse_opening_hours("mon-sat 12:00-17:00 WIB").value()});
  const auto receipt = clinic_->import(lines({patient("1"), immunization()}));
  ASSERT_TRUE(receipt.has_value()) << receipt.error().text();
  EXPECT_EQ(receipt.value().balance, (Balance{.rows_in = 2, .accepted = 0, .rejected = 0, .quarantined = 2}));
  EXPECT_EQ(held(), (std::vector<std::string>{"0:1: issuer-closed", "0:2: issuer-closed"}));
  EXPECT_EQ(clinic_->people(), 0);
  EXPECT_EQ(clinic_->records(), 0);
}

TEST_P(ImportGuardTest, ReleasedRowsCountFromThenOnAndRefusedOnesNever) {
  clinic_->set_terms({.hours = domain::parse_opening_hours("mon-sat 12:00-17:00 WIB").value()});
  ASSERT_TRUE(clinic_->import(lines({patient("1"), immunization(), observation()})).has_value());
  EXPECT_EQ(clinic_->colour_of(some_nik), std::nullopt);
  const auto refused = refuse_quarantined(*clinic_->world.platform,
                                          {.issuer = clinic_->issuer, .import_id = "june", .place = "0:3:"}, {});
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused.value().rows, 1U);
  const auto released = release("june");
  ASSERT_TRUE(released.has_value()) << released.error().text();
  EXPECT_EQ(released.value().rows, 2U);
  EXPECT_EQ(released.value().citizens, 1U);
  EXPECT_EQ(clinic_->colour_of(some_nik), Colour::green);
  EXPECT_EQ(clinic_->records(), 1);
  EXPECT_EQ(release("june").error().code, Errc::not_found);
  EXPECT_EQ(clinic_->officer_actions(), (std::vector<std::string>{"quarantine-refused", "quarantine-released"}));
}

TEST_P(ImportGuardTest, HoldsWhatIsBeyondTheDailyCapAcrossImports) {
  clinic_->set_terms({.daily_rows = 3});
  ASSERT_EQ(clinic_->import(lines({patient("1"), immunization()}), "one").value().balance.accepted, 2U);
  const auto second = clinic_->import(lines({patient("1"), observation()}), "two");
  EXPECT_EQ(second.value().balance, (Balance{.rows_in = 2, .accepted = 1, .rejected = 0, .quarantined = 1}));
  EXPECT_EQ(held(), (std::vector<std::string>{"0:2: over-daily-cap"}));
  clinic_->world.clock.advance(std::chrono::days{1});
  EXPECT_EQ(clinic_->import(lines({patient("1"), recovery()}), "three").value().balance.accepted, 2U);
}

TEST_P(ImportGuardTest, HoldsAFloodFromAnIssuerThatNeverSentMany) {
  for (int day = 0; day < 5; ++day) {
    ASSERT_EQ(clinic_->import(lines({patient("1")}), "day-" + std::to_string(day)).value().balance.accepted, 1U);
    clinic_->world.clock.advance(std::chrono::days{1});
  }
  std::string flood;
  for (int i = 0; i < 1'200; ++i) flood += patient("p" + std::to_string(i), "") + "\n";
  const auto receipt = clinic_->import(flood, "flood");
  ASSERT_TRUE(receipt.has_value()) << receipt.error().text();
  EXPECT_EQ(receipt.value().balance, (Balance{.rows_in = 1'200, .accepted = 1'000, .rejected = 0, .quarantined = 200}));
  EXPECT_EQ(receipt.value().quarantined.front().reason, Reason::unusual_velocity);
}

TEST_P(ImportGuardTest, HoldsDosesThatLieTooCloseToKnownOnes) {
  ASSERT_TRUE(clinic_->import(lines({patient("1"), immunization()}), "one").has_value());
  const auto close = replaced(replaced(immunization(), "2021-05-20", "2021-05-24"), "Int\":2", "Int\":3");
  const auto receipt = clinic_->import(lines({patient("1"), close}), "two");
  EXPECT_EQ(receipt.value().balance, (Balance{.rows_in = 2, .accepted = 1, .rejected = 0, .quarantined = 1}));
  EXPECT_EQ(held(), (std::vector<std::string>{"0:2: impossible-interval"}));
  EXPECT_EQ(clinic_->import(lines({patient("1"), immunization()}), "again").value().balance.accepted, 2U);
}

TEST_P(ImportGuardTest, HoldsMoreDosesThanALotHeldAndLotsThatNobodyMade) {
  const auto& platform = *clinic_->world.platform;
  ASSERT_EQ(load_lots(platform, R"({"source":"test","lots":[{"vaccine":"coronavac","lot":"CV1","doses":1}]})").value(),
            1U);
  const auto other = patient("2", identifier(nik_system, other_nik));
  const auto given = [&](const char* id, const char* reference) {
    return replaced(immunization(reference), "imm-1", id);
  };
  const auto receipt =
      clinic_->import(lines({patient("1"), given("a", "Patient/1"), other, given("b", "Patient/2"),
                             replaced(replaced(given("c", "Patient/2"), "CV1", "FAKE"), "2021-05-20", "2021-04-01")}));
  ASSERT_TRUE(receipt.has_value()) << receipt.error().text();
  EXPECT_EQ(receipt.value().balance.quarantined, 2U);
  std::size_t exhausted = 0;
  std::size_t unknown = 0;
  for (const auto& row : receipt.value().quarantined) {
    exhausted += row.reason == Reason::lot_exhausted ? 1 : 0;
    unknown += row.reason == Reason::unknown_lot ? 1 : 0;
  }
  EXPECT_EQ(exhausted, 1U);
  EXPECT_EQ(unknown, 1U);
  // The same dose again takes none from the lot.
  EXPECT_EQ(clinic_->import(lines({patient("1"), immunization()}), "again").value().balance.quarantined, 0U);
}

TEST_P(ImportGuardTest, ADoseThatOnePartTellsTwiceTakesOneFromItsLotOrIsHeldTwice) {
  const auto& platform = *clinic_->world.platform;
  ASSERT_EQ(load_lots(platform, R"({"source":"test","lots":[{"vaccine":"coronavac","lot":"CV1","doses":1}]})").value(),
            1U);
  const auto twice = [&](const char* number, std::string_view nik) {
    const auto reference = std::string{"Patient/"} + number;
    return lines({patient(number, identifier(nik_system, nik)), replaced(immunization(reference), "imm-1", "a"),
                  replaced(immunization(reference), "imm-1", "b")});
  };
  EXPECT_EQ(clinic_->import(twice("1", some_nik), "one").value().balance.quarantined, 0U);
  const auto second = clinic_->import(twice("2", other_nik), "two");
  EXPECT_EQ(second.value().balance.quarantined, 2U);
  for (const auto& row : second.value().quarantined) EXPECT_EQ(row.reason, Reason::lot_exhausted);
}

TEST_P(ImportGuardTest, HoldsAPersonWhoWasBornOnAnotherDayThanTheOneKnownByThePassport) {
  const auto passport = identifier("https://fhir.kemkes.go.id/id/paspor", "X1234567");
  ASSERT_EQ(clinic_->import(lines({patient("1", passport)}), "one").value().balance.accepted, 1U);
  const auto other = replaced(patient("1", passport), "1990-03-21", "1975-01-02");
  const auto receipt = clinic_->import(lines({other, observation()}), "two");
  EXPECT_EQ(receipt.value().balance, (Balance{.rows_in = 2, .accepted = 0, .rejected = 0, .quarantined = 2}));
  EXPECT_EQ(held(),
            (std::vector<std::string>{"0:1: contradicts-known-birth-date", "0:2: contradicts-known-birth-date"}));
}

TEST_P(ImportGuardTest, TakesAnInterruptedImportOnWithTheDecisionsOfItsFirstParts) {
  clinic_->set_terms({.daily_rows = 700});
  std::string many;
  for (int i = 0; i < 1'300; ++i) many += patient("p" + std::to_string(i), "") + "\n";
  class Stop {};
  EXPECT_THROW((void)clinic_->import(*clinic_->world.platform, many, "long",
                                     [](std::uint64_t rows) {
                                       if (rows >= 1'000) throw Stop{};
                                     }),
               Stop);
  clinic_->world.clock.advance(std::chrono::days{1});  // another day: the time of entry stays that of the first part
  const auto receipt = clinic_->import(many, "long");
  ASSERT_TRUE(receipt.has_value()) << receipt.error().text();
  EXPECT_EQ(receipt.value().balance, (Balance{.rows_in = 1'300, .accepted = 700, .rejected = 0, .quarantined = 600}));
  EXPECT_EQ(clinic_->people(), 700);
  EXPECT_EQ(clinic_->held(), 600);
  EXPECT_EQ(clinic_->number({"SELECT CAST(sum(accepted) AS BIGINT) FROM issuer_day"}), 700);
}

TEST_P(ImportGuardTest, RefusesAnIssuerWhoseLicenceTheRegisterDoesNotKnowAnyMore) {
  const auto& platform = *clinic_->world.platform;
  clinic_->set_terms({.licence = "KL-1"});
  const std::string known =
      R"({"source":"test","licences":[{"id":"KL-1","holder":"Klinik","valid_until":"2022-01-01T00:00:00Z"}]})";
  ASSERT_EQ(load_licences(platform, known).value(), 1U);
  ASSERT_TRUE(clinic_->import(lines({patient("1")}), "one").has_value());
  ASSERT_EQ(load_licences(platform, replaced(known, "KL-1", "KL-2")).value(), 1U);
  EXPECT_EQ(clinic_->import(lines({patient("1")}), "two").error().code, Errc::denied);
  const auto key = crypto::Ed25519PrivateKey::generate();
  const NewIssuerKey newcomer{
      .issuer = IssuerId{"new"}, .id = KeyId{"new.1"}, .key = key.public_key(), .not_before = {}, .not_after = {}};
  EXPECT_EQ(add_issuer_key(platform, "Baru", newcomer).error().code, Errc::denied);
  EXPECT_TRUE(add_issuer_key(platform, "Baru", newcomer, domain::IssuerTerms{.licence = "KL-2"}).has_value());
  EXPECT_EQ(load_licences(platform, "{}").error().code, Errc::malformed);
}

TEST_P(ImportGuardTest, TakesASignatureByAKeyOnP256OfTheIssuer) {
  const auto key = crypto::Es256PrivateKey::generate().value();
  const auto public_key =
      domain::IssuerPublicKey::from_bytes(domain::SigningAlgorithm::es256, key.public_point()).value();
  ASSERT_TRUE(add_issuer_key(*clinic_->world.platform, "Puskesmas",
                             {.issuer = clinic_->issuer,
                              .id = KeyId{"puskesmas.p256"},
                              .key = public_key,
                              .not_before = {},
                              .not_after = {}})
                  .has_value());
  const auto text = lines({patient("1")});
  const std::vector<BytesView> files{as_bytes(text)};
  const auto message = domain::import_message(clinic_->issuer, "p256", domain::content_digest(files)).value();
  auto signature = to_bytes(key.sign(message).value());
  const auto import = [&] {
    return import_records(*clinic_->world.platform,
                          {.issuer = clinic_->issuer, .import_id = "p256", .files = files, .signature = signature});
  };
  signature[10] ^= 1U;
  EXPECT_EQ(import().error().code, Errc::bad_signature);
  signature[10] ^= 1U;
  EXPECT_EQ(import().value().balance.accepted, 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, ImportGuardTest, testing::Values(Engine::sqlite, Engine::postgresql),
                         [](const auto& engine) { return engine.param == Engine::sqlite ? "SQLite" : "PostgreSQL"; });

}  // namespace
}  // namespace lindung::service
