// An installation with one issuer that signs imports, on either engine.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/fhir_texts.h"
#include "domain/issuer.h"
#include "domain/issuer_terms.h"
#include "domain/nik.h"
#include "log/entry.h"
#include "service/import_receipt.h"
#include "service/imports.h"
#include "service/issuers.h"
#include "service/person_finder.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/log_head.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {

inline const Moment now = domain::fhir::texts::at("2021-06-10T03:00:00Z");
inline const auto nik_system = std::string{"https://fhir.kemkes.go.id/id/nik"};

using store::Engine;

// An installation with one issuer, on either engine.
class Clinic {
 public:
  explicit Clinic(Engine engine = Engine::sqlite) : world{now, engine} {
    EXPECT_TRUE(add_issuer_key(
        *world.platform, "Puskesmas",
        {.issuer = issuer, .id = KeyId{"puskesmas.1"}, .key = key.public_key(), .not_before = {}, .not_after = {}}));
  }

  [[nodiscard]] SignedImport sign(const std::string& import_id, const std::vector<BytesView>& files) const {
    const auto message = domain::import_message(issuer, import_id, domain::content_digest(files));
    return {.issuer = issuer, .import_id = import_id, .files = files, .signature = to_bytes(key.sign(message.value()))};
  }
  Result<ImportReceipt> import(const std::string& text, const std::string& import_id = "june") {
    return import(*world.platform, text, import_id);
  }
  Result<ImportReceipt> import(const Platform& platform, const std::string& text, const std::string& import_id,
                               const ImportProgress& progress = {}) const {
    const std::vector<BytesView> files{as_bytes(text)};
    return import_records(platform, sign(import_id, files), progress);
  }

  // The rows that a statement gives, as numbers.
  [[nodiscard]] std::int64_t number(store::Sql sql) const {
    std::int64_t value = -1;
    EXPECT_TRUE(world.database->read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(sql, {}, [&](const store::Row& row) { value = row.integer(0); }));
      return ok();
    }));
    return value;
  }
  [[nodiscard]] std::int64_t people() const { return number({"SELECT count(*) FROM identity"}); }
  [[nodiscard]] std::int64_t records() const { return number({"SELECT count(*) FROM record"}); }
  [[nodiscard]] std::int64_t held() const { return number({"SELECT count(*) FROM quarantine"}); }

  [[nodiscard]] std::vector<log::ImportEntry> entries() const {
    std::vector<log::ImportEntry> imports;
    EXPECT_TRUE(world.database->read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(transaction.run(store::Sql{"SELECT leaf FROM log_entry ORDER BY idx"}, {}, [&](const store::Row& row) {
        const auto entry = log::decode(row.bytes(0)).value();
        if (const auto* found = std::get_if<log::ImportEntry>(&entry)) imports.push_back(*found);
      }));
      return ok();
    }));
    return imports;
  }

  void set_terms(const domain::IssuerTerms& terms) {
    ASSERT_TRUE(set_issuer_terms(*world.platform, issuer, terms).has_value());
  }
  // The colour that the timeline of somebody's NIK serves now; none: nobody is known by it.
  [[nodiscard]] std::optional<domain::Colour> colour_of(std::string_view nik) const {
    std::optional<domain::Colour> colour;
    EXPECT_TRUE(world.database->read([&](store::Transaction& transaction) -> Result<void> {
      const auto citizen = citizen_of(nik);
      if (!citizen) return ok();
      TRY(person, open_person(transaction, *world.ring, *citizen));
      TRY(generation, store::read_timeline_generation(transaction));
      TRY(timeline, read_timeline(transaction, person, generation));
      colour = timeline.at(world.clock.now()).colour;
      return ok();
    }));
    return colour;
  }
  [[nodiscard]] std::optional<CitizenRef> citizen_of(std::string_view nik) const {
    std::optional<CitizenRef> citizen;
    EXPECT_TRUE(world.database->read([&](store::Transaction& transaction) -> Result<void> {
      const domain::Identity identity{
          .nik = domain::parse_nik(nik).value(), .passport = {}, .local = {}, .name = {}, .birth = {}};
      TRY(index, person_index(*world.ring, identity));
      TRYV(transaction.run(store::Sql{"SELECT citizen_ref FROM citizen_index WHERE idx = $1"}, {BytesView{index}},
                           [&](const store::Row& row) { citizen = CitizenRef{take<16>(row.bytes(0))}; }));
      return ok();
    }));
    return citizen;
  }
  [[nodiscard]] std::vector<std::string> officer_actions() const {
    std::vector<std::string> actions;
    for (const auto& entry : world.log_entries()) {
      if (const auto* done = std::get_if<log::OfficerEntry>(&entry)) actions.push_back(done->action);
    }
    return actions;
  }

  test::World world;
  IssuerId issuer{"puskesmas-tebet"};
  crypto::Ed25519PrivateKey key = crypto::Ed25519PrivateKey::generate();
};

}  // namespace lindung::service
