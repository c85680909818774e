#include "service/partners.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/partner.h"
#include "log/entry.h"
#include "service/directory.h"
#include "service/logged_unit.h"
#include "service/nodes.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

using domain::PartnerAction;
using domain::PartnerState;

constexpr std::chrono::milliseconds drain_patience{2'000};
constexpr std::size_t partner_id_max = 32;
constexpr std::size_t key_id_max = 64;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

bool is_word(std::string_view text, std::string_view alphabet, std::size_t max) {
  return !text.empty() && text.size() <= max && text.find_first_not_of(alphabet) == std::string_view::npos;
}

struct PartnerRecord {
  PartnerState state{};
  std::uint64_t epoch{};
  std::uint64_t cut_index{};  // of the last cut or shredding in the log; 0 before the first
};

Result<PartnerRecord> find(store::Transaction& transaction, const PartnerId& id) {
  std::optional<PartnerRecord> found;
  TRYV(transaction.run(store::Sql{"SELECT state, epoch, cut_index FROM partner WHERE partner_id = $1"}, {id.value()},
                       [&](const store::Row& row) {
                         found = PartnerRecord{
                             .state = static_cast<PartnerState>(row.integer(0)),
                             .epoch = static_cast<std::uint64_t>(row.integer(1)),
                             .cut_index = row.is_null(2) ? 0 : static_cast<std::uint64_t>(row.integer(2))};
                       }));
  if (!found) return fail(Errc::not_found, "no such partner");
  return *found;
}

log::PartnerChange entry_state(PartnerAction action) {
  switch (action) {
    case PartnerAction::sign_pact: return log::PartnerChange::pact_signed;
    case PartnerAction::activate: return log::PartnerChange::active;
    case PartnerAction::suspend: return log::PartnerChange::suspended;
    case PartnerAction::resume: return log::PartnerChange::resumed;
    case PartnerAction::cut: return log::PartnerChange::cut;
    case PartnerAction::uncut: return log::PartnerChange::uncut;
    case PartnerAction::shred: break;
  }
  return log::PartnerChange::shredded;
}

// The one place where a partner's state changes: from, to, and the entry that says so.
Result<std::uint64_t> change_state(LoggedUnit& unit, const PartnerId& id, PartnerAction action,
                                   const Hash& signed_digest) {
  TRY(record, find(unit.transaction(), id));
  TRY(next, domain::after(record.state, action));
  const auto epoch = action == PartnerAction::activate && record.epoch == 0 ? std::uint64_t{1} : record.epoch;
  TRY(index, unit.log(log::PartnerEntry{.at = unit.now(),
                                        .partner = id,
                                        .state = entry_state(action),
                                        .epoch = epoch,
                                        .signed_digest = signed_digest}));
  TRYV(unit.transaction().run(
      store::Sql{"UPDATE partner SET state = $2, epoch = $3, changed_at = $4 WHERE partner_id = $1"},
      {id.value(), static_cast<std::int64_t>(next), static_cast<std::int64_t>(epoch), as_int(unit.now())}));
  if (action == PartnerAction::cut || action == PartnerAction::shred) {
    TRYV(unit.transaction().run(store::Sql{"UPDATE partner SET cut_index = $2 WHERE partner_id = $1"},
                                {id.value(), static_cast<std::int64_t>(index)}));
  }
  return index;
}

Result<std::uint64_t> write_state(const Platform& platform, const PartnerId& id, PartnerAction action,
                                  const Hash& signed_digest) {
  std::uint64_t index = 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(at, change_state(unit, id, action, signed_digest));
    index = at;
    return ok();
  }));
  TRYV(platform.refresh_directory());
  return index;
}

// Index and rotation key of the first epoch, and the trace key; a repetition finds them made.
Result<void> make_epoch_keys(store::KeyRing& ring, const PartnerId& id) {
  using store::KeyClass;
  const std::vector<store::KeyName> names{{.cls = KeyClass::partner_index, .scope = id.value(), .epoch = 1},
                                          {.cls = KeyClass::partner_rotation, .scope = id.value(), .epoch = 1},
                                          {.cls = KeyClass::partner_trace, .scope = id.value(), .epoch = 0}};
  std::vector<store::NewKey> missing;
  for (const auto& name : names) {
    const auto key = ring.key(name);
    if (key.has_value()) continue;
    if (key.error().code != Errc::not_found) return key.error();
    missing.push_back({.info = {.name = name, .number = 0, .not_before = {}, .not_after = {}}, .bytes = {}});
  }
  return missing.empty() ? Result<void>{ok()} : ring.add_all(missing);
}

// False once it was destroyed, and for a partner that never had an epoch.
Result<bool> has_index_key(const store::KeyRing& ring, const PartnerId& id, std::uint64_t epoch) {
  const auto key = ring.key({.cls = store::KeyClass::partner_index, .scope = id.value(), .epoch = epoch});
  if (key.has_value()) return true;
  if (key.error().code == Errc::denied || key.error().code == Errc::not_found) return false;
  return key.error();
}

}  // namespace

Result<void> register_partner(const Platform& platform, const NewPartner& partner, const CommandDigest& command) {
  if (!is_word(partner.id.value(), "abcdefghijklmnopqrstuvwxyz0123456789-", partner_id_max)) {
    return fail(Errc::invalid_argument, "partner id: [a-z0-9-]{1,32}");
  }
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(changed, unit.transaction().run(
                     store::Sql{"INSERT INTO partner (partner_id, state, epoch, profile, per_minute, changed_at) "
                                "VALUES ($1, $2, 0, $3, $4, $5) ON CONFLICT (partner_id) DO NOTHING"},
                     {partner.id.value(), static_cast<std::int64_t>(PartnerState::registered),
                      static_cast<std::int64_t>(partner.profile), static_cast<std::int64_t>(partner.per_minute),
                      as_int(unit.now())}));
    if (changed == 0) return fail(Errc::conflict, "a partner of this id is registered");
    TRYV(unit.log(log::PartnerEntry{.at = unit.now(),
                                    .partner = partner.id,
                                    .state = log::PartnerChange::registered,
                                    .epoch = 0,
                                    .signed_digest = command}));
    return ok();
  }));
  return platform.refresh_directory();
}

Result<void> add_partner_key(const Platform& platform, const NewPartnerKey& key) {
  if (!is_word(key.id.value(), "abcdefghijklmnopqrstuvwxyz0123456789.-", key_id_max)) {
    return fail(Errc::invalid_argument, "key id: [a-z0-9.-]{1,64}");
  }
  if (key.not_after <= key.not_before) return fail(Errc::invalid_argument, "a key that ends before it begins");
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(record, find(unit.transaction(), key.partner));
    if (record.state == PartnerState::shredded) return fail(Errc::conflict, "the partner is shredded");
    TRY(changed, unit.transaction().run(
                     store::Sql{"INSERT INTO partner_key (key_id, partner_id, public_key, not_before, not_after) "
                                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key_id) DO NOTHING"},
                     {key.id.value(), key.partner.value(), BytesView{key.public_key.bytes()}, as_int(key.not_before),
                      as_int(key.not_after)}));
    if (changed == 0) return fail(Errc::conflict, "a key of this id exists");
    TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                                .owner = key.partner.value(),
                                .use = "request",
                                .key_id = key.id.value(),
                                .public_key_digest = crypto::sha256(key.public_key.bytes()),
                                .added = true}));
    return ok();
  }));
  return platform.refresh_directory();
}

Result<void> revoke_partner_key(const Platform& platform, const PartnerId& partner, const KeyId& key) {
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    std::optional<Hash> digest;
    TRYV(unit.transaction().run(
        store::Sql{"SELECT public_key FROM partner_key WHERE key_id = $1 AND partner_id = $2 AND revoked_at IS NULL"},
        {key.value(), partner.value()}, [&](const store::Row& row) { digest = crypto::sha256(row.bytes(0)); }));
    if (!digest) return fail(Errc::not_found, "the partner has no such key");
    TRYV(unit.transaction().run(store::Sql{"UPDATE partner_key SET revoked_at = $2 WHERE key_id = $1"},
                                {key.value(), as_int(unit.now())}));
    TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                                .owner = partner.value(),
                                .use = "request",
                                .key_id = key.value(),
                                .public_key_digest = *digest,
                                .added = false}));
    return ok();
  }));
  return platform.refresh_directory();
}

Bytes pact_message(const Hash& pact_digest) { return Message{}.text("lindung pact v1").u8(0).raw(pact_digest).take(); }

Result<void> sign_pact(const Platform& platform, const PartnerId& partner, const Hash& pact_digest,
                       const crypto::Ed25519Signature& signature) {
  const auto directory = platform.directory.get();
  if (directory->find_partner(partner) == nullptr) return fail(Errc::not_found, "no such partner");
  if (!directory->accepts_pact(pact_digest)) return fail(Errc::pact_outdated, "not the current pact and not the next");
  const auto now = platform.clock.now();
  const auto message = pact_message(pact_digest);
  const auto signer = std::ranges::find_if(directory->keys, [&](const auto& entry) {
    const auto& key = entry.second;
    return key.partner == partner && key.not_before <= now && now < key.not_after &&
           key.public_key.verifies(message, signature);
  });
  if (signer == directory->keys.end()) return fail(Errc::bad_signature, "not signed by a valid key of this partner");
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRYV(change_state(unit, partner, PartnerAction::sign_pact, pact_digest));
    TRYV(unit.transaction().run(store::Sql{"UPDATE partner SET pact_digest = $2 WHERE partner_id = $1"},
                                {partner.value(), BytesView{pact_digest}}));
    TRYV(unit.transaction().run(
        store::Sql{"INSERT INTO pact_signature (partner_id, pact_digest, key_id, signature, signed_at) "
                   "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (partner_id, pact_digest) DO NOTHING"},
        {partner.value(), BytesView{pact_digest}, std::string_view{signer->second.id.value()}, BytesView{signature},
         as_int(unit.now())}));
    return ok();
  }));
  return platform.refresh_directory();
}

Result<std::uint64_t> move_partner(const Platform& platform, const PartnerId& partner, PartnerAction action,
                                   const CommandDigest& command) {
  if (action == PartnerAction::activate) {
    // Only for a partner that can be activated; the unit below looks again.
    TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
      TRY(record, find(transaction, partner));
      TRYV(domain::after(record.state, action));
      return ok();
    }));
    TRYV(make_epoch_keys(platform.ring, partner));
  }
  return write_state(platform, partner, action, command);
}

Result<CutReport> cut_partner(const Platform& platform, const PartnerId& partner, const CommandDigest& command) {
  const auto began = platform.clock.since_boot();
  const auto elapsed = [&] {
    return std::chrono::duration_cast<std::chrono::microseconds>(platform.clock.since_boot() - began);
  };
  CutReport report;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(record, find(unit.transaction(), partner));
    report.was_cut_before = record.state == PartnerState::cut;
    if (report.was_cut_before) {
      report.log_index = record.cut_index;
      return ok();
    }
    TRY(index, change_state(unit, partner, PartnerAction::cut, command));
    report.log_index = index;
    return ok();
  }));
  report.until_logged = elapsed();
  TRYV(platform.refresh_directory());
  // Logged: no later transaction can answer. Effective: nothing that was answered before is on its way any more, here
  // or on another node.
  const bool is_drained = platform.in_flight.drain(partner).wait(drain_patience) &&
                          (platform.nodes == nullptr || platform.nodes->wait_for_others(report.log_index));
  if (is_drained) report.until_effective = elapsed();
  return report;
}

Result<std::uint64_t> shred_partner(const Platform& platform, const PartnerId& partner, const CommandDigest& command) {
  std::uint64_t index = 0;
  std::uint64_t epoch = 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(record, find(unit.transaction(), partner));
    epoch = record.epoch;
    if (record.state == PartnerState::shredded) {
      // Logged before, but the program ended before the keys did.
      TRY(is_left, has_index_key(platform.ring, partner, epoch));
      if (is_left) {
        index = record.cut_index;
        return ok();
      }
    }
    TRY(at, change_state(unit, partner, PartnerAction::shred, command));
    index = at;
    return ok();
  }));
  TRYV(platform.refresh_directory());
  if (epoch != 0) {
    const std::vector<store::KeyName> names{
        {.cls = store::KeyClass::partner_index, .scope = partner.value(), .epoch = epoch},
        {.cls = store::KeyClass::partner_rotation, .scope = partner.value(), .epoch = epoch}};
    TRYV(platform.ring.destroy_all(names));
  }
  return index;
}

Result<std::vector<PartnerListing>> list_partners(const Platform& platform) {
  std::vector<PartnerListing> listing;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(
        store::Sql{"SELECT p.partner_id, p.state, p.profile, p.epoch, p.per_minute, p.cut_index, "
                   "(SELECT COUNT(*) FROM partner_key k WHERE k.partner_id = p.partner_id AND k.revoked_at IS NULL), "
                   "(SELECT COUNT(*) FROM link l WHERE l.partner_id = p.partner_id AND l.withdrawn_at IS NULL) "
                   "FROM partner p ORDER BY p.partner_id"},
        {}, [&](const store::Row& row) {
          const auto number = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
          listing.push_back({.id = PartnerId{std::string{row.text(0)}},
                             .state = static_cast<PartnerState>(row.integer(1)),
                             .profile = static_cast<domain::Profile>(row.integer(2)),
                             .epoch = number(3),
                             .per_minute = number(4),
                             .keys = number(6),
                             .live_links = number(7),
                             .cut_index = row.is_null(5) ? std::nullopt : std::optional{number(5)}});
        }));
    return ok();
  }));
  return listing;
}

}  // namespace lindung::service
