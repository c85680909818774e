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

// Errors: not_found.
[[nodiscard]] Result<OpenPerson> open_person(store::Transaction& transaction, const store::KeyRing& ring,
                                             const CitizenRef& citizen);
// The same, locked until the unit ends: another node that is writing this citizen is waited for, and what is read of it
// afterwards is fresh.
[[nodiscard]] Result<OpenPerson> lock_person(store::Transaction& transaction, const store::KeyRing& ring,
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

[[nodiscard]] Result<void> put_identity(store::Transaction& transaction, const OpenPerson& person,
                                        const KeptIdentity& identity);
[[nodiscard]] KeptIdentity kept_of(const domain::Identity& identity);
// The stored form; to be sealed. Errors: corrupt for anything that encode_identity() does not write.
[[nodiscard]] Bytes encode_identity(const KeptIdentity& identity);
[[nodiscard]] Result<KeptIdentity> decode_identity(BytesView stored);

// A record with the sizes of the log between which answers knew it.
struct KnownRecord {
  domain::Record record;
  std::uint64_t from{};
  std::optional<std::uint64_t> until;  // none: it counts
};

// A record that is there already is left as it is. Units: `known_from` is the log's size as this unit sees it.
[[nodiscard]] Result<void> put_record(store::Transaction& transaction, const OpenPerson& person,
                                      const domain::Record& record, std::uint64_t known_from);
// From here on it does not count any more; it stays, for what it decided before to be explained.
[[nodiscard]] Result<void> end_record(store::Transaction& transaction, const OpenPerson& person,
                                      const domain::RecordId& record, std::uint64_t known_until);
// Errors: corrupt.
[[nodiscard]] Result<domain::Record> open_record(const OpenPerson& person, const domain::RecordId& record,
                                                 BytesView sealed);
// Those that count.
[[nodiscard]] Result<std::vector<domain::Record>> read_records(store::Transaction& transaction,
                                                               const OpenPerson& person);
// All that ever counted.
[[nodiscard]] Result<std::vector<KnownRecord>> read_history(store::Transaction& transaction, const OpenPerson& person);

// Errors: corrupt.
[[nodiscard]] Result<domain::Timeline> open_timeline(const Secret<32>& citizen_key, const CitizenRef& citizen,
                                                     std::uint64_t generation, BytesView sealed);
// Errors: not_found when the citizen has none of this generation; corrupt.
[[nodiscard]] Result<domain::Timeline> read_timeline(store::Transaction& transaction, const OpenPerson& person,
                                                     std::uint64_t generation);
// As it is stored.
[[nodiscard]] Bytes seal_timeline(const OpenPerson& person, const domain::Timeline& timeline, std::uint64_t generation);
// Replaces the timeline of this generation.
[[nodiscard]] Result<void> put_timeline(store::Transaction& transaction, const OpenPerson& person,
                                        const domain::Timeline& timeline, std::uint64_t generation);

}  // namespace lindung::service
