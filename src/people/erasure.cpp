#include "people/erasure.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/consent.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/passport.h"
#include "domain/record.h"
#include "log/entry.h"
#include "people/delegations.h"
#include "service/certificate_rows.h"
#include "service/citizen_keys.h"
#include "service/hands.h"
#include "service/links.h"
#include "service/logged_unit.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/retention.h"
#include "service/visit.h"
#include "service/visit_sweep.h"
#include "store/database.h"

namespace lindung::people {

namespace {

// The rows of one citizen, by their reference; those of the citizen's key last.
constexpr std::array own_rows{
    store::Sql{"DELETE FROM identity WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM record WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM timeline WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM hand WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM hand_due WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM notice WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM notice_due WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM certificate WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM incident_person WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM restriction WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM consent WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM consent_due WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM officer_look WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM link_token WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM link WHERE citizen_ref = $1"},
    store::Sql{"DELETE FROM citizen WHERE citizen_ref = $1"},
};

Result<void> drop_tokens(store::Transaction& transaction, const CitizenRef& citizen) {
  TRY(links, service::read_links(transaction, citizen));
  for (const auto& link : links) {
    std::vector<Hash> tokens;
    TRYV(transaction.run(store::Sql{"SELECT token_index FROM link_token WHERE citizen_ref = $1 AND link_id = $2"},
                         {citizen.bytes(), link.id.bytes()},
                         [&](const store::Row& row) { tokens.push_back(take<32>(row.bytes(0))); }));
    for (const auto& token : tokens) {
      TRYV(transaction.run(store::Sql{"DELETE FROM token WHERE partner_id = $1 AND token_index = $2"},
                           {link.partner.value(), BytesView{token}}));
    }
    TRYV(transaction.run(store::Sql{"DELETE FROM quota WHERE link_id = $1"}, {link.id.bytes()}));
  }
  return ok();
}

// The blind indexes that lead to the person: of NIK and passport, and of an import's own id where there is neither.
Result<void> drop_indexes(store::Transaction& transaction, const service::Platform& platform,
                          const service::OpenPerson& person) {
  TRY(kept, service::read_identity(transaction, person));
  domain::Identity identity{.nik = {}, .passport = {}, .local = {}, .name = {}, .birth = {}};
  std::uint64_t dropped = 0;
  const auto drop = [&]() -> Result<void> {
    TRY(index, service::person_index(platform.ring, identity));
    TRY(rows, transaction.run(store::Sql{"DELETE FROM citizen_index WHERE idx = $1 AND citizen_ref = $2"},
                              {BytesView{index}, person.citizen.bytes()}));
    dropped += rows;
    return ok();
  };
  if (!kept.passport.empty()) {
    TRY(passport, domain::parse_passport(kept.passport));
    identity.passport = passport;
    TRYV(drop());
  }
  if (!kept.nik.empty()) {
    TRY(nik, domain::parse_nik(kept.nik));
    identity.nik = nik;
    TRYV(drop());
  }
  if (dropped != 0) return ok();
  TRYV(transaction.run(store::Sql{"DELETE FROM citizen_index WHERE citizen_ref = $1"}, {person.citizen.bytes()}));
  return ok();
}

// What is signed stays the holder's; what leads from its name to the person goes.
Result<void> drop_certificates(store::Transaction& transaction, const service::OpenPerson& person) {
  TRY(certificates, service::read_certificates(transaction, person));
  for (const auto& each : certificates) {
    const auto hash = service::name_hash(each.name);
    TRYV(transaction.run(store::Sql{"DELETE FROM certificate_name WHERE hash = $1"}, {BytesView{hash}}));
    TRYV(service::forget_key(transaction, person.citizen, each.id, each.kid));
  }
  return ok();
}

Result<void> end_visit(store::Transaction& transaction, const service::Platform& platform,
                       const service::OpenPerson& person, Moment now) {
  std::optional<Bytes> sealed;
  TRYV(transaction.run(store::Sql{"SELECT sealed FROM open_visit WHERE citizen_ref = $1"}, {person.citizen.bytes()},
                       [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  if (!sealed) return ok();
  TRY(visit, service::open_open_visit(person.key, person.citizen, *sealed));
  return service::end_open_visit(transaction, platform, person, visit, service::VisitPart::check_out,
                                 std::min(now, visit.due_at));
}

Result<std::vector<domain::BatchId>> batches_of(store::Transaction& transaction, const service::OpenPerson& person) {
  TRY(history, service::read_history(transaction, person));
  std::vector<domain::BatchId> batches;
  for (const auto& each : history) batches.push_back(each.record.batch);
  std::ranges::sort(batches);
  const auto repeated = std::ranges::unique(batches);
  batches.erase(repeated.begin(), repeated.end());
  return batches;
}

struct Part {
  std::int64_t number{};
  Bytes citizens;
};

// Imports remember whom they concerned, as a list of references: this one becomes zeros there.
Result<void> leave_batch(store::Transaction& transaction, const domain::BatchId& batch, const CitizenRef& citizen) {
  constexpr std::size_t size = 16;
  std::vector<Part> parts;
  TRYV(transaction.run(store::Sql{"SELECT part, citizens FROM batch_part WHERE batch = $1"}, {batch.bytes()},
                       [&](const store::Row& row) {
                         const auto refs = row.bytes(1);
                         for (std::size_t at = 0; at + size <= refs.size(); at += size) {
                           if (!std::ranges::equal(refs.subspan(at, size), citizen.bytes())) continue;
                           Part part{.number = row.integer(0), .citizens = to_bytes(refs)};
                           std::ranges::fill(MutableBytes{part.citizens}.subspan(at, size), std::uint8_t{0});
                           parts.push_back(std::move(part));
                           return;
                         }
                       }));
  for (const auto& part : parts) {
    TRYV(transaction.run(store::Sql{"UPDATE batch_part SET citizens = $3 WHERE batch = $1 AND part = $2"},
                         {batch.bytes(), part.number, BytesView{part.citizens}}));
  }
  return ok();
}

}  // namespace

Hash erasure_commitment(const ByteArray<32>& opening) noexcept {
  return crypto::sha256(Message{}.text("lindung erased v1").u8(0).raw(opening).view());
}

Result<Erased> erase_citizen(const service::Platform& platform, const CitizenRef& citizen, const AlsoErase& also) {
  Erased out;
  out.opening = crypto::random_bytes<32>();
  std::vector<domain::BatchId> batches;
  TRYV(service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(person, service::hold_citizen(unit, platform, citizen));
    out.at = unit.now();
    if (also) {
      TRYV(also(transaction));
    }
    TRY(of, batches_of(transaction, person));
    batches = std::move(of);
    TRYV(end_visit(transaction, platform, person, unit.now()));
    TRYV(end_all_delegations(unit, platform, person));
    TRYV(service::end_all_links(unit, platform, citizen, domain::ConsentEnd::erased));
    TRYV(drop_tokens(transaction, citizen));
    TRYV(drop_certificates(transaction, person));
    TRYV(drop_indexes(transaction, platform, person));
    for (const auto& statement : own_rows) {
      TRYV(transaction.run(statement, {citizen.bytes()}));
    }
    TRYV(service::note_erasure(transaction, unit.now()));
    TRY(index, unit.log(log::OfficerEntry{.at = unit.now(),
                                          .action = std::string{erased_action},
                                          .officer_key_digest = {},
                                          .case_digest = erasure_commitment(out.opening)}));
    out.log_index = index;
    return ok();
  }));
  out.backups_unreadable_from = service::unreadable_from(out.at);
  out.visits_unreadable_from = day_of(out.at + service::visits_kept + std::chrono::days{1});
  // Behind it and not under the head of the log: an import of a nation has thousands of parts. The reference leads
  // nowhere by now, so that being interrupted here loses nothing.
  for (const auto& batch : batches) {
    TRYV(platform.database.write(
        [&](store::Transaction& transaction) -> Result<void> { return leave_batch(transaction, batch, citizen); }));
  }
  return out;
}

}  // namespace lindung::people
