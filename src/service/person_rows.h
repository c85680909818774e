// The sealed rows of one citizen, all under the citizen's own key, so that erasing the key erases the person: identity,
// records, timeline.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/import.h"
#include "domain/record.h"
#include "domain/timeline.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// A citizen with the key that opens their rows, inside one transaction.
struct OpenPerson {
  CitizenRef citizen;
  Secret<32> key;
};

// The blind index that a person is found by. Errors: sealed.
[[nodiscard]] Result<Hash> person_index(const store::KeyRing& ring, const domain::Identity& identity);

// Finds the citizen behind an identity, by blind index; makes one when there is none. The citizen is locked until the
// transaction ends: what is read of it from here on nobody else changes. A canary that has the number of somebody who
// turns up loses it: the person is a citizen of their own. Who is known by NIK and passport is found by either; what a
// later row does not say stays known.
// Errors: sealed; those of the database.
[[nodiscard]] Result<OpenPerson> find_or_add_person(store::Transaction& transaction, const store::KeyRing& ring,
                                                    const domain::Identity& identity, Moment now);
// Errors: not_found.
[[nodiscard]] Result<OpenPerson> open_person(store::Transaction& transaction, const store::KeyRing& ring,
                                             const CitizenRef& citizen);

// What is kept of an identity. Privacy: personal data.
struct KeptIdentity {
  std::string nik;       // empty: none
  std::string passport;  // empty: none
  std::string name;
  std::optional<domain::PartialDate> birth;
  friend bool operator==(const KeptIdentity&, const KeptIdentity&) = default;
};
[[nodiscard]] Result<KeptIdentity> read_identity(store::Transaction& transaction, const OpenPerson& person);

// Keeps a row apart until two officers decide; again under the same place it changes nothing.
[[nodiscard]] Result<void> put_quarantined(store::Transaction& transaction, const store::KeyRing& ring,
                                           const IssuerId& issuer, const std::string& import_id,
                                           const domain::Quarantined& row);

// A record that is there already is left as it is.
[[nodiscard]] Result<void> put_record(store::Transaction& transaction, const OpenPerson& person,
                                      const domain::Record& record);
[[nodiscard]] Result<std::vector<domain::Record>> read_records(store::Transaction& transaction,
                                                               const OpenPerson& person);

// Errors: corrupt.
[[nodiscard]] Result<domain::Timeline> open_timeline(const Secret<32>& citizen_key, const CitizenRef& citizen,
                                                     std::uint64_t generation, BytesView sealed);
// Errors: not_found when the citizen has none of this generation; corrupt.
[[nodiscard]] Result<domain::Timeline> read_timeline(store::Transaction& transaction, const OpenPerson& person,
                                                     std::uint64_t generation);
// Replaces the timeline of this generation.
[[nodiscard]] Result<void> put_timeline(store::Transaction& transaction, const OpenPerson& person,
                                        const domain::Timeline& timeline, std::uint64_t generation);

}  // namespace lindung::service
