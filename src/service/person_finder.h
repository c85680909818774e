// Finds the citizen behind an identity, or makes one: the step from numbers of a national register to our own
// reference. For one unit.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/import.h"
#include "service/person_rows.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// Whoever has NIK and passport is found by either; a passport never joins two NIKs. A citizen that is found is locked
// until the unit ends: what is read of it from there on nobody else changes. Whom one finder adds get neighbouring
// references, so that their rows share pages (docs/adr/0014-neighbours.md).
class PersonFinder {
 public:
  [[nodiscard]] static Result<PersonFinder> begin(store::Transaction& transaction, const store::KeyRing& ring);

  // None when nobody is known by this identity. A canary with the number of somebody who turns up loses it: the person
  // is a citizen of their own. Errors: sealed; those of the database.
  [[nodiscard]] Result<std::optional<OpenPerson>> find(const domain::Identity& identity);
  // Keeps what a row tells of somebody: what it does not say stays known, a birth date is only made more exact, and a
  // name is replaced by who knows the birth date too.
  [[nodiscard]] Result<void> tell(const OpenPerson& person, const KeptIdentity& known,
                                  const domain::Identity& identity);
  struct Found {
    OpenPerson person;
    bool is_new{};
  };
  // Somebody whom find() did not know; another node may just have added them.
  [[nodiscard]] Result<Found> add(const domain::Identity& identity, Moment now);

 private:
  PersonFinder(store::Transaction& transaction, const store::KeyRing& ring, std::vector<Hash> canaries);
  [[nodiscard]] CitizenRef new_reference() const;
  [[nodiscard]] Result<void> take_number_from_canary(const Hash& index);
  [[nodiscard]] Result<std::optional<OpenPerson>> find_by_passport(const Hash& passport,
                                                                   const domain::Identity& identity);

  store::Transaction* transaction_;
  const store::KeyRing* ring_;
  std::vector<Hash> canaries_;  // numbers of canaries, few
  ByteArray<6> neighbourhood_;
};

// find(), then tell() or add(). Errors: as those.
[[nodiscard]] Result<OpenPerson> find_or_add_person(store::Transaction& transaction, const store::KeyRing& ring,
                                                    const domain::Identity& identity, Moment now);

}  // namespace lindung::service
