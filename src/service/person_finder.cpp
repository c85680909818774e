#include "service/person_finder.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/guard.h"
#include "domain/import.h"
#include "service/person_rows.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

KeptIdentity merge(const KeptIdentity& known, KeptIdentity told) {
  const bool agrees = told.birth && known.birth && !domain::contradicts(*told.birth, *known.birth);
  if (told.nik.empty()) told.nik = known.nik;
  if (told.passport.empty()) told.passport = known.passport;
  if (told.name.empty() || (!known.name.empty() && !agrees)) told.name = known.name;
  const bool is_vaguer = known.birth && (!agrees || (told.birth->day == 0 && known.birth->day != 0) ||
                                         (told.birth->month == 0 && known.birth->month != 0));
  if (is_vaguer) told.birth = known.birth;
  return told;
}

Result<std::optional<CitizenRef>> find_citizen(store::Transaction& transaction, const Hash& index) {
  std::optional<CitizenRef> known;
  TRYV(transaction.run(store::Sql{"SELECT citizen_ref FROM citizen_index WHERE idx = $1"}, {BytesView{index}},
                       [&](const store::Row& row) { known = CitizenRef{take<16>(row.bytes(0))}; }));
  return known;
}

// Of somebody who also has a NIK, which is what they are known by first.
Result<std::optional<Hash>> passport_index(const store::KeyRing& ring, const domain::Identity& identity) {
  if (!identity.nik || !identity.passport) return std::optional<Hash>{};
  TRY(index, person_index(ring, {.nik = {}, .passport = identity.passport, .local = {}, .name = {}, .birth = {}}));
  return std::optional{index};
}

// A number that somebody else holds already stays theirs; false then.
Result<bool> add_index(store::Transaction& transaction, const Hash& index, const CitizenRef& citizen) {
  TRY(added,
      transaction.run(
          store::Sql{"INSERT INTO citizen_index (idx, citizen_ref) VALUES ($1, $2) ON CONFLICT (idx) DO NOTHING"},
          {BytesView{index}, citizen.bytes()}));
  return added != 0;
}

}  // namespace

PersonFinder::PersonFinder(store::Transaction& transaction, const store::KeyRing& ring, std::vector<Hash> canaries)
    : transaction_{&transaction},
      ring_{&ring},
      canaries_{std::move(canaries)},
      neighbourhood_{crypto::random_bytes<6>()} {}

CitizenRef PersonFinder::new_reference() const {
  auto bytes = crypto::random_bytes<16>();
  std::ranges::copy(neighbourhood_, bytes.begin());
  return CitizenRef{bytes};
}

Result<PersonFinder> PersonFinder::begin(store::Transaction& transaction, const store::KeyRing& ring) {
  std::vector<Hash> canaries;
  TRYV(transaction.run(store::Sql{"SELECT person_index FROM canary WHERE person_index IS NOT NULL"}, {},
                       [&](const store::Row& row) { canaries.push_back(take<32>(row.bytes(0))); }));
  return PersonFinder{transaction, ring, std::move(canaries)};
}

Result<void> PersonFinder::take_number_from_canary(const Hash& index) {
  if (std::ranges::find(canaries_, index) == canaries_.end()) return ok();
  TRYV(transaction_->run(store::Sql{"UPDATE canary SET person_index = NULL WHERE person_index = $1"},
                         {BytesView{index}}));
  TRYV(transaction_->run(store::Sql{"DELETE FROM citizen_index WHERE idx = $1"}, {BytesView{index}}));
  std::erase(canaries_, index);
  return ok();
}

// Whoever was known by the passport alone so far, and has no other NIK.
Result<std::optional<OpenPerson>> PersonFinder::find_by_passport(const Hash& passport,
                                                                 const domain::Identity& identity) {
  TRY(holder, find_citizen(*transaction_, passport));
  if (!holder) return std::optional<OpenPerson>{};
  TRY(person, lock_person(*transaction_, *ring_, *holder));
  TRY(kept, read_identity(*transaction_, person));
  if (!kept.nik.empty() && kept.nik != identity.nik->digits()) return std::optional<OpenPerson>{};
  return std::optional{std::move(person)};
}

Result<std::optional<OpenPerson>> PersonFinder::find(const domain::Identity& identity) {
  TRY(index, person_index(*ring_, identity));
  TRY(passport, passport_index(*ring_, identity));
  TRYV(take_number_from_canary(index));
  TRY(known, find_citizen(*transaction_, index));
  if (known) {
    TRY(person, lock_person(*transaction_, *ring_, *known));
    if (passport) {
      TRYV(add_index(*transaction_, *passport, person.citizen));
    }
    return std::optional{std::move(person)};
  }
  if (!passport) return std::optional<OpenPerson>{};
  TRY(holder, find_by_passport(*passport, identity));
  if (holder) {
    TRYV(add_index(*transaction_, index, holder->citizen));
  }
  return holder;
}

Result<void> PersonFinder::tell(const OpenPerson& person, const KeptIdentity& known, const domain::Identity& identity) {
  const auto merged = merge(known, kept_of(identity));
  return merged == known ? Result<void>{ok()} : put_identity(*transaction_, person, merged);
}

Result<PersonFinder::Found> PersonFinder::add(const domain::Identity& identity, Moment now) {
  OpenPerson person{.citizen = new_reference(), .key = crypto::random_secret<32>()};
  TRY(index, person_index(*ring_, identity));
  TRY(is_added, add_index(*transaction_, index, person.citizen));
  if (!is_added) {
    TRY(meanwhile, find(identity));
    if (!meanwhile) return fail(Errc::database_retry, "a citizen came and went");
    return Found{.person = std::move(*meanwhile), .is_new = false};
  }
  TRY(passport, passport_index(*ring_, identity));
  if (passport) {
    TRYV(add_index(*transaction_, *passport, person.citizen));
  }
  TRY(wrapped, store::wrap_citizen_key(*ring_, person.citizen, person.key));
  TRYV(transaction_->run(store::Sql{"INSERT INTO citizen (citizen_ref, wrapped_key, created_at) VALUES ($1, $2, $3)"},
                         {person.citizen.bytes(), BytesView{wrapped}, static_cast<std::int64_t>(unix_seconds(now))}));
  TRYV(put_identity(*transaction_, person, kept_of(identity)));
  return Found{.person = std::move(person), .is_new = true};
}

Result<OpenPerson> find_or_add_person(store::Transaction& transaction, const store::KeyRing& ring,
                                      const domain::Identity& identity, Moment now) {
  TRY(finder, PersonFinder::begin(transaction, ring));
  TRY(known, finder.find(identity));
  if (!known) {
    TRY(added, finder.add(identity, now));
    if (added.is_new) return std::move(added.person);
    known = std::move(added.person);
  }
  TRY(kept, read_identity(transaction, *known));
  TRYV(finder.tell(*known, kept, identity));
  return std::move(*known);
}

}  // namespace lindung::service
