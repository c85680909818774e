// A world with an authority and people of several provinces who have records to certify.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "crypto/random.h"
#include "crypto/x509_certificate.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/record.h"
#include "log/entry.h"
#include "service/authority.h"
#include "service/certificates.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/signers.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service::testing {

inline constexpr std::uint64_t saturday_noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

class CertificatesTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(moment_of(saturday_noon), GetParam());
    siti_ = add_person("3174056103900001", "Siti Aminah");
  }
  void make_authority() {
    const auto made = service::make_authority(
        platform(),
        {.country = "ID", .organisation = "Kementerian Kesehatan", .card_issuer = "https://cards.example/id"});
    ASSERT_TRUE(made.has_value()) << made.error().text();
  }
  [[nodiscard]] const Platform& platform() const { return *world_->platform; }
  [[nodiscard]] Moment now() const { return world_->clock.now(); }

  // Somebody with two doses, of which the second is the newest record that a certificate tells of.
  CitizenRef add_person(std::string_view nik, std::string name) {
    domain::Identity identity{.nik = domain::parse_nik(nik).value(),
                              .passport = {},
                              .local = domain::LocalId{crypto::random_bytes<16>()},
                              .name = std::move(name),
                              .birth = domain::PartialDate{.year = 1990, .month = 3, .day = 21}};
    const auto dose = [&](std::uint32_t number, std::chrono::days ago) {
      return record_of(domain::Vaccination{
          .at = now() - ago, .vaccine = "coronavac", .series = "covid-19-two-dose", .dose = number, .lot = "L1"});
    };
    const std::vector records{dose(1, std::chrono::days{60}), dose(2, std::chrono::days{30}),
                              record_of(domain::Contact{.at = now() - std::chrono::days{1}})};
    CitizenRef citizen;
    const auto added = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
      TRY(person, find_or_add_person(transaction, *world_->ring, identity, now()));
      citizen = person.citizen;
      TRYV(put_identity(transaction, person, kept_of(identity)));
      for (const auto& record : records) {
        TRYV(put_record(transaction, person, record, 0));
      }
      return ok();
    });
    EXPECT_TRUE(added.has_value()) << added.error().text();
    return citizen;
  }
  [[nodiscard]] domain::Record record_of(domain::Fact fact) const {
    return {.id = domain::RecordId{crypto::random_bytes<16>()},
            .issuer = IssuerId{"klinik"},
            .batch = {},
            .entered_at = now(),
            .fact = std::move(fact)};
  }

  KeptCertificate issue(const CitizenRef& citizen, cert::Format format = cert::Format::hc1) {
    auto made = issue_certificate(platform(), {.citizen = citizen, .format = format});
    EXPECT_TRUE(made.has_value()) << made.error().text();
    return made.has_value() ? std::move(made).value() : KeptCertificate{};
  }
  Errc refused(const CertificateWish& wish) {
    const auto made = issue_certificate(platform(), wish);
    EXPECT_TRUE(made.has_error());
    return made.has_error() ? made.error().code : Errc::io;
  }
  // What everybody may know of our document signers.
  [[nodiscard]] cert::TrustStore trust() const {
    cert::TrustStore trust;
    trust.add_list({});
    cert::TrustReader reader{trust};
    const auto signers = list_signers(platform());
    EXPECT_TRUE(signers.has_value());
    for (const auto& signer : signers.value()) {
      if (signer.revoked_at || signer.certificate.empty()) continue;
      reader.add_certificate(crypto::X509Certificate::from_der(signer.certificate).value(), 0);
    }
    return trust;
  }
  [[nodiscard]] std::vector<log::OfficerEntry> officer_entries(std::string_view action) const {
    std::vector<log::OfficerEntry> out;
    for (const auto& entry : world_->log_entries()) {
      const auto* officer = std::get_if<log::OfficerEntry>(&entry);
      if (officer != nullptr && officer->action == action) out.push_back(*officer);
    }
    return out;
  }
  std::int64_t count(store::Sql sql) {
    std::int64_t counted = -1;
    EXPECT_TRUE(world_->database
                    ->read([&](store::Transaction& transaction) -> Result<void> {
                      TRYV(transaction.run(sql, {}, [&](const store::Row& row) { counted = row.integer(0); }));
                      return ok();
                    })
                    .has_value());
    return counted;
  }

  std::unique_ptr<test::World> world_;
  CitizenRef siti_;
};

inline std::string certificate_engine(const ::testing::TestParamInfo<store::Engine>& engine) {
  return engine.param == store::Engine::sqlite ? "sqlite" : "postgresql";
}

}  // namespace lindung::service::testing
