// Holds rows of an import back that read well and look wrong: the issuer's terms and past, what is known of the person,
// the lot. What is held waits for two officers (quarantine.h). For one part, in its unit.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/issuer.h"
#include "domain/record.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "store/database.h"

namespace lindung::service {

// A person of a part with what is known of them already.
struct Incoming {
  domain::PersonRecords told;
  std::optional<OpenPerson> person;     // none: nobody is known by this identity
  KeptIdentity known;                   // of a known person
  std::vector<domain::Record> records;  // that count so far
};

class ImportGuard {
 public:
  // Holds the issuer's count of the day until the unit ends: two imports of one issuer wait for each other here.
  [[nodiscard]] static Result<ImportGuard> begin(store::Transaction& transaction, const domain::Issuer& issuer,
                                                 Moment entered_at);

  // Moves what must wait from the part's people to its quarantined rows, and corrects its balance. Gives the people of
  // whom something is left, each found and locked, in one order for all imports: two that share some do not deadlock.
  [[nodiscard]] Result<std::vector<Incoming>> screen(PersonFinder& finder, domain::ReadBatch& part);

  // Counts what was accepted on the issuer's day.
  [[nodiscard]] Result<void> count(std::uint64_t accepted);

 private:
  ImportGuard(store::Transaction& transaction, const domain::Issuer& issuer, Moment entered_at)
      : transaction_{&transaction}, issuer_{&issuer}, entered_at_{entered_at} {}
  void screen_terms(domain::ReadBatch& part);
  void screen_counts(domain::ReadBatch& part);
  [[nodiscard]] Result<void> screen_lots(std::vector<Incoming>& people, domain::ReadBatch& part);

  store::Transaction* transaction_;
  const domain::Issuer* issuer_;
  Moment entered_at_;
  std::uint64_t today_{};  // accepted so far
  std::optional<std::uint64_t> usual_;
};

}  // namespace lindung::service
