#include "service/links.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/consent.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/consent_rows.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/partner_events.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

Result<std::uint64_t> active_epoch(store::Transaction& transaction, const PartnerId& partner) {
  store::ExchangeRows rows{transaction};
  TRY(row, rows.partner(partner));
  if (!row) return fail(Errc::not_found, "no such partner");
  if (row->state != domain::PartnerState::active) return fail(Errc::conflict, "the partner is not active");
  return row->epoch;
}

struct Granted {
  domain::LinkToken token;
  std::optional<LinkId> link;  // none: the token was there already
  std::uint64_t log_index{};
};

Result<Granted> grant(LoggedUnit& unit, const Platform& platform, const NewLink& link, std::uint64_t epoch,
                      const Consent* consent) {
  const auto& ring = platform.ring;
  const auto planted_at = platform.canaries.partner_of(link.citizen);
  if (planted_at && *planted_at != link.partner) return fail(Errc::conflict, "a canary is known to one partner only");
  TRY(trace_key, ring.hmac_key({.cls = store::KeyClass::partner_trace, .scope = link.partner.value(), .epoch = 0}));
  const auto token = domain::make_link_token(*trace_key, link.random);
  TRY(index, store::BlindIndex{ring}.of(
                 {.cls = store::KeyClass::partner_index, .scope = link.partner.value(), .epoch = epoch}, token.bytes));
  auto& transaction = unit.transaction();
  TRY(people,
      transaction.run(store::Sql{"SELECT created_at FROM citizen WHERE citizen_ref = $1"}, {link.citizen.bytes()}));
  if (people == 0) return fail(Errc::not_found, "no such citizen");
  TRY(restrictions,
      transaction.run(store::Sql{"SELECT since FROM restriction WHERE citizen_ref = $1"}, {link.citizen.bytes()}));
  if (restrictions != 0) return fail(Errc::conflict, "the citizen restricts what is done with their data");
  const LinkId id{crypto::random_bytes<16>()};
  const auto now = static_cast<std::int64_t>(unix_seconds(unit.now()));
  TRY(added,
      transaction.run(store::Sql{"INSERT INTO token (partner_id, token_index, citizen_ref, link_id, state, born_at, "
                                 "dies_at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                                 "ON CONFLICT (partner_id, token_index) DO NOTHING"},
                      {link.partner.value(), BytesView{index}, link.citizen.bytes(), id.bytes(),
                       static_cast<std::int64_t>(store::TokenState::current), now,
                       consent ? store::Param{static_cast<std::int64_t>(unix_seconds(consent->until))}
                               : store::Param{std::monostate{}}}));
  if (added == 0) return Granted{.token = token, .link = {}};
  TRYV(transaction.run(store::Sql{"INSERT INTO link_token (citizen_ref, link_id, token_index) VALUES ($1, $2, $3)"},
                       {link.citizen.bytes(), id.bytes(), BytesView{index}}));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO link (citizen_ref, link_id, partner_id, epoch, granted_at) VALUES ($1, $2, $3, $4, $5)"},
      {link.citizen.bytes(), id.bytes(), link.partner.value(), static_cast<std::int64_t>(epoch), now}));
  TRY(commitment, link_commitment(ring, id, link.citizen, link.partner,
                                  consent != nullptr ? std::optional{consent_digest(*consent)} : std::nullopt));
  TRY(log_index,
      unit.log(log::LinkEntry{
          .at = unit.now(), .partner = link.partner, .epoch = epoch, .commitment = commitment, .granted = true}));
  return Granted{.token = token, .link = id, .log_index = log_index};
}

// All that the link ever had: the current one, the next one if it was offered, and those that they replaced.
Result<void> end_tokens(store::Transaction& transaction, const PartnerId& partner, const CitizenRef& citizen,
                        const LinkId& link) {
  std::vector<Hash> indices;
  TRYV(transaction.run(store::Sql{"SELECT token_index FROM link_token WHERE citizen_ref = $1 AND link_id = $2"},
                       {citizen.bytes(), link.bytes()},
                       [&](const store::Row& row) { indices.push_back(take<32>(row.bytes(0))); }));
  for (const auto& index : indices) {
    TRYV(transaction.run(store::Sql{"UPDATE token SET state = $3 WHERE partner_id = $1 AND token_index = $2"},
                         {partner.value(), BytesView{index}, static_cast<std::int64_t>(store::TokenState::withdrawn)}));
  }
  return ok();
}

domain::Text linked_text(const Consent& consent) {
  return {.id = "Anda menautkan mitra " + consent.partner.value() + ". Berlaku sampai " + rfc3339(consent.until) +
                "; dapat dicabut kapan saja.",
          .en = "You linked the partner " + consent.partner.value() + ". It lasts until " + rfc3339(consent.until) +
                " and can be withdrawn at any time."};
}

domain::Text ended_text(const Consent& consent, domain::ConsentEnd reason) {
  const auto& partner = consent.partner.value();
  switch (reason) {
    case domain::ConsentEnd::expired:
      return {.id = "Tautan dengan mitra " + partner + " telah habis masa berlakunya.",
              .en = "The link to the partner " + partner + " has run out."};
    case domain::ConsentEnd::erased:
    case domain::ConsentEnd::ended_by_operator:
    case domain::ConsentEnd::withdrawn: break;
  }
  return {.id = "Tautan dengan mitra " + partner + " dicabut. Mitra itu tidak lagi mendapat jawaban tentang Anda.",
          .en = "The link to the partner " + partner + " was withdrawn. It gets no answers about you any more."};
}

// The end of a live link: rows, entry, and whoever is to know.
Result<std::uint64_t> end_live(LoggedUnit& unit, const Platform& platform, const CitizenRef& citizen,
                               const LinkRow& link, domain::ConsentEnd reason) {
  auto& transaction = unit.transaction();
  TRY(changed,
      transaction.run(store::Sql{"UPDATE link SET withdrawn_at = $3 WHERE citizen_ref = $1 AND link_id = $2 "
                                 "AND withdrawn_at IS NULL"},
                      {citizen.bytes(), link.id.bytes(), static_cast<std::int64_t>(unix_seconds(unit.now()))}));
  if (changed == 0) return std::uint64_t{0};
  TRYV(end_tokens(transaction, link.partner, citizen, link.id));
  TRY(person, open_person(transaction, platform.ring, citizen));
  TRY(kept, read_consent(transaction, person, link.id));
  const auto consent = kept ? std::optional{consent_digest(kept->consent)} : std::nullopt;
  TRY(commitment, link_commitment(platform.ring, link.id, citizen, link.partner, consent));
  TRY(log_index,
      unit.log(log::LinkEntry{
          .at = unit.now(), .partner = link.partner, .epoch = link.epoch, .commitment = commitment, .granted = false}));
  if (!kept) return std::uint64_t{1};
  kept->end = reason;
  kept->ended_at = unit.now();
  kept->ended_index = log_index;
  TRYV(put_consent(transaction, person, *kept));
  TRYV(forget_due(transaction, {.citizen = citizen, .link = link.id}));
  TRYV(put_notice(transaction, person, NoticeKind::consent, ended_text(kept->consent, reason), unit.now()));
  TRYV(queue_event(transaction, platform.ring,
                   {.partner = link.partner,
                    .id = PartnerEventId{crypto::random_bytes<16>()},
                    .consent = kept->consent.id,
                    .reason = reason,
                    .at = unit.now(),
                    .log_index = log_index}));
  return std::uint64_t{1};
}

// Those of the citizen that `is_meant` finds.
template <class IsMeant>
Result<std::uint64_t> end_those(LoggedUnit& unit, const Platform& platform, const CitizenRef& citizen,
                                domain::ConsentEnd reason, const IsMeant& is_meant) {
  TRY(links, read_links(unit.transaction(), citizen));
  std::uint64_t count = 0;
  for (const auto& link : links) {
    if (link.ended_at || !is_meant(link)) continue;
    TRY(ended, end_live(unit, platform, citizen, link, reason));
    count += ended;
  }
  return count;
}

}  // namespace

Result<Hash> link_commitment(const store::KeyRing& ring, const LinkId& link, const CitizenRef& citizen,
                             const PartnerId& partner, const std::optional<Hash>& consent) {
  TRY(key, ring.hmac_key({.cls = store::KeyClass::link_commit, .scope = "", .epoch = 1}));
  constexpr ByteArray<1> separator{0};
  if (!consent) {
    return key->mac({as_bytes("lindung link v1"), separator, link.bytes(), citizen.bytes(), partner.bytes()});
  }
  return key->mac({as_bytes("lindung link v2"), separator, link.bytes(), citizen.bytes(), *consent, partner.bytes()});
}

Result<domain::LinkToken> grant_link(LoggedUnit& unit, const Platform& platform, const NewLink& link) {
  TRY(epoch, active_epoch(unit.transaction(), link.partner));
  TRY(granted, grant(unit, platform, link, epoch, nullptr));
  return granted.token;
}

Result<ConsentedLink> grant_consented_link(LoggedUnit& unit, const Platform& platform, const NewLink& link,
                                           const Consent& consent) {
  TRY(epoch, active_epoch(unit.transaction(), link.partner));
  TRY(granted, grant(unit, platform, link, epoch, &consent));
  if (!granted.link) return fail(Errc::conflict, "this token was granted before");
  auto& transaction = unit.transaction();
  TRY(person, open_person(transaction, platform.ring, link.citizen));
  TRYV(put_consent(transaction, person,
                   {.link = *granted.link,
                    .consent = consent,
                    .granted_index = granted.log_index,
                    .end = {},
                    .ended_at = {},
                    .ended_index = 0}));
  TRYV(put_due(transaction, {.citizen = link.citizen, .link = *granted.link}, consent.until));
  TRYV(put_notice(transaction, person, NoticeKind::consent, linked_text(consent), unit.now()));
  return ConsentedLink{.token = granted.token, .log_index = granted.log_index};
}

Result<std::vector<domain::LinkToken>> grant_links(const Platform& platform, std::span<const NewLink> links) {
  std::vector<domain::LinkToken> tokens;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    tokens.assign(links.size(), {});
    std::map<PartnerId, std::uint64_t> epochs;
    for (std::size_t i = 0; i < links.size(); ++i) {
      auto known = epochs.find(links[i].partner);
      if (known == epochs.end()) {
        TRY(epoch, active_epoch(unit.transaction(), links[i].partner));
        known = epochs.emplace(links[i].partner, epoch).first;
      }
      TRY(granted, grant(unit, platform, links[i], known->second, nullptr));
      tokens[i] = granted.token;
    }
    return ok();
  }));
  return tokens;
}

Result<std::uint64_t> withdraw_links(const Platform& platform, const PartnerId& partner, const CitizenRef& citizen) {
  std::uint64_t count = 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(ended, end_links(unit, platform, partner, citizen, domain::ConsentEnd::ended_by_operator));
    count = ended;
    return ok();
  }));
  return count;
}

Result<std::uint64_t> end_links(LoggedUnit& unit, const Platform& platform, const PartnerId& partner,
                                const CitizenRef& citizen, domain::ConsentEnd reason) {
  return end_those(unit, platform, citizen, reason, [&](const LinkRow& link) { return link.partner == partner; });
}

Result<std::uint64_t> end_all_links(LoggedUnit& unit, const Platform& platform, const CitizenRef& citizen,
                                    domain::ConsentEnd reason) {
  return end_those(unit, platform, citizen, reason, [](const LinkRow&) { return true; });
}

Result<std::uint64_t> end_link(LoggedUnit& unit, const Platform& platform, const CitizenRef& citizen, const LinkId& id,
                               domain::ConsentEnd reason) {
  return end_those(unit, platform, citizen, reason, [&](const LinkRow& link) { return link.id == id; });
}

Result<std::vector<LinkRow>> read_links(store::Transaction& transaction, const CitizenRef& citizen) {
  std::vector<LinkRow> links;
  TRYV(transaction.run(
      store::Sql{"SELECT link_id, partner_id, epoch, granted_at, withdrawn_at FROM link WHERE citizen_ref = $1 "
                 "ORDER BY link_id"},
      {citizen.bytes()}, [&](const store::Row& row) {
        links.push_back({.id = LinkId{take<16>(row.bytes(0))},
                         .partner = PartnerId{std::string{row.text(1)}},
                         .epoch = static_cast<std::uint64_t>(row.integer(2)),
                         .granted_at = moment_of(static_cast<std::uint64_t>(row.integer(3))),
                         .ended_at = row.is_null(4)
                                         ? std::nullopt
                                         : std::optional{moment_of(static_cast<std::uint64_t>(row.integer(4)))}});
      }));
  return links;
}

}  // namespace lindung::service
