#include "service/links.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

// Binds link, citizen and partner without naming any of them: opened by whoever holds the ring's link_commit key.
Result<Hash> commitment_to(const store::KeyRing& ring, const LinkId& link, const CitizenRef& citizen,
                           const PartnerId& partner) {
  TRY(key, ring.hmac_key({.cls = store::KeyClass::link_commit, .scope = "", .epoch = 1}));
  constexpr ByteArray<1> separator{0};
  return key->mac({as_bytes("lindung link v1"), separator, link.bytes(), citizen.bytes(), partner.bytes()});
}

Result<std::uint64_t> active_epoch(store::Transaction& transaction, const PartnerId& partner) {
  store::ExchangeRows rows{transaction};
  TRY(row, rows.partner(partner));
  if (!row) return fail(Errc::not_found, "no such partner");
  if (row->state != domain::PartnerState::active) return fail(Errc::conflict, "the partner is not active");
  return row->epoch;
}

Result<void> grant(LoggedUnit& unit, const Platform& platform, const NewLink& link, std::uint64_t epoch,
                   domain::LinkToken& token) {
  const auto& ring = platform.ring;
  const auto planted_at = platform.canaries.partner_of(link.citizen);
  if (planted_at && *planted_at != link.partner) return fail(Errc::conflict, "a canary is known to one partner only");
  TRY(trace_key, ring.hmac_key({.cls = store::KeyClass::partner_trace, .scope = link.partner.value(), .epoch = 0}));
  token = domain::make_link_token(*trace_key, link.random);
  TRY(index, store::BlindIndex{ring}.of(
                 {.cls = store::KeyClass::partner_index, .scope = link.partner.value(), .epoch = epoch}, token.bytes));
  auto& transaction = unit.transaction();
  TRY(people,
      transaction.run(store::Sql{"SELECT created_at FROM citizen WHERE citizen_ref = $1"}, {link.citizen.bytes()}));
  if (people == 0) return fail(Errc::not_found, "no such citizen");
  const LinkId id{crypto::random_bytes<16>()};
  const auto now = static_cast<std::int64_t>(unix_seconds(unit.now()));
  TRY(added,
      transaction.run(store::Sql{"INSERT INTO token (partner_id, token_index, citizen_ref, link_id, state, born_at) "
                                 "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (partner_id, token_index) DO NOTHING"},
                      {link.partner.value(), BytesView{index}, link.citizen.bytes(), id.bytes(),
                       static_cast<std::int64_t>(store::TokenState::current), now}));
  if (added == 0) return ok();
  TRYV(transaction.run(store::Sql{"INSERT INTO link_token (citizen_ref, link_id, token_index) VALUES ($1, $2, $3)"},
                       {link.citizen.bytes(), id.bytes(), BytesView{index}}));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO link (citizen_ref, link_id, partner_id, epoch, granted_at) VALUES ($1, $2, $3, $4, $5)"},
      {link.citizen.bytes(), id.bytes(), link.partner.value(), static_cast<std::int64_t>(epoch), now}));
  TRY(commitment, commitment_to(ring, id, link.citizen, link.partner));
  TRYV(unit.log(log::LinkEntry{
      .at = unit.now(), .partner = link.partner, .epoch = epoch, .commitment = commitment, .granted = true}));
  return ok();
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

}  // namespace

Result<domain::LinkToken> grant_link(LoggedUnit& unit, const Platform& platform, const NewLink& link) {
  TRY(epoch, active_epoch(unit.transaction(), link.partner));
  domain::LinkToken token;
  TRYV(grant(unit, platform, link, epoch, token));
  return token;
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
      TRYV(grant(unit, platform, links[i], known->second, tokens[i]));
    }
    return ok();
  }));
  return tokens;
}

Result<std::uint64_t> withdraw_links(const Platform& platform, const PartnerId& partner, const CitizenRef& citizen) {
  std::uint64_t count = 0;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    struct Live {
      LinkId id;
      std::uint64_t epoch{};
    };
    std::vector<Live> live;
    TRYV(transaction.run(
        store::Sql{
            "SELECT link_id, epoch FROM link WHERE citizen_ref = $1 AND partner_id = $2 AND withdrawn_at IS NULL"},
        {citizen.bytes(), partner.value()}, [&](const store::Row& row) {
          live.push_back({.id = LinkId{take<16>(row.bytes(0))}, .epoch = static_cast<std::uint64_t>(row.integer(1))});
        }));
    const auto now = static_cast<std::int64_t>(unix_seconds(unit.now()));
    for (const auto& link : live) {
      TRYV(transaction.run(store::Sql{"UPDATE link SET withdrawn_at = $3 WHERE citizen_ref = $1 AND link_id = $2"},
                           {citizen.bytes(), link.id.bytes(), now}));
      TRYV(end_tokens(transaction, partner, citizen, link.id));
      TRY(commitment, commitment_to(platform.ring, link.id, citizen, partner));
      TRYV(unit.log(log::LinkEntry{
          .at = unit.now(), .partner = partner, .epoch = link.epoch, .commitment = commitment, .granted = false}));
    }
    count = live.size();
    return ok();
  }));
  return count;
}

}  // namespace lindung::service
