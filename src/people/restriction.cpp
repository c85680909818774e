#include "people/restriction.h"

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
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/hands.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/exchange_rows.h"
#include "store/token_restriction.h"

namespace lindung::people {

namespace {

const domain::Text restricted_text{
    .id = "Anda membatasi pemrosesan data Anda. Mitra dijawab seolah-olah tidak ada tautan, sampai Anda mencabutnya.",
    .en =
        "You restricted what is done with your data. Partners are answered as if there were no link, until you lift "
        "it."};
const domain::Text lifted_text{.id = "Pembatasan pemrosesan data Anda telah dicabut.",
                               .en = "The restriction on your data was lifted."};

struct LinkToken {
  std::string partner;
  Hash index{};
};

Result<std::vector<LinkToken>> tokens_of(store::Transaction& transaction, const CitizenRef& citizen) {
  std::vector<LinkToken> tokens;
  TRYV(transaction.run(
      store::Sql{"SELECT l.partner_id, t.token_index FROM link l JOIN link_token t ON t.citizen_ref = l.citizen_ref "
                 "AND t.link_id = l.link_id WHERE l.citizen_ref = $1 AND l.withdrawn_at IS NULL"},
      {citizen.bytes()}, [&](const store::Row& row) {
        tokens.push_back({.partner = std::string{row.text(0)}, .index = take<32>(row.bytes(1))});
      }));
  return tokens;
}

// Adds to the state of each live token, or takes it away again.
Result<void> move_tokens(store::Transaction& transaction, const CitizenRef& citizen, bool is_restricted) {
  TRY(tokens, tokens_of(transaction, citizen));
  for (const auto& token : tokens) {
    const BytesView index{token.index};
    if (is_restricted) {
      TRYV(transaction.run(
          store::Sql{"UPDATE token SET state = state + $3 WHERE partner_id = $1 AND token_index = $2 "
                     "AND state < $4"},
          {token.partner, index, store::restricted_token, static_cast<std::int64_t>(store::TokenState::withdrawn)}));
    } else {
      TRYV(transaction.run(store::Sql{"UPDATE token SET state = state - $3 WHERE partner_id = $1 AND token_index = $2 "
                                      "AND state > $3"},
                           {token.partner, index, store::restricted_token}));
    }
  }
  return ok();
}

Result<void> note(service::LoggedUnit& unit, const service::OpenPerson& person, std::string_view action,
                  const domain::Text& text) {
  const auto at = Message{}.be(unix_seconds(unit.now())).take();
  TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                  .action = std::string{action},
                                  .officer_key_digest = {},
                                  .case_digest = right_commitment(person, action, at)}));
  return service::put_notice(unit.transaction(), person, service::NoticeKind::right, text, unit.now());
}

}  // namespace

Hash right_commitment(const service::OpenPerson& person, std::string_view action, BytesView what) {
  constexpr ByteArray<1> separator{0};
  return crypto::hmac_sha256(person.key.view(), {as_bytes("lindung right v1"), as_bytes(action), separator, what});
}

Result<void> restrict_citizen(const service::Platform& platform, const CitizenRef& citizen) {
  return service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(person, service::hold_citizen(unit, platform, citizen));
    TRY(is_new, transaction.run(store::Sql{"INSERT INTO restriction (citizen_ref, since) VALUES ($1, $2) "
                                           "ON CONFLICT (citizen_ref) DO NOTHING"},
                                {citizen.bytes(), static_cast<std::int64_t>(unix_seconds(unit.now()))}));
    if (is_new == 0) return ok();
    TRYV(move_tokens(transaction, citizen, true));
    return note(unit, person, "citizen.restricted", restricted_text);
  });
}

Result<void> lift_restriction(const service::Platform& platform, const CitizenRef& citizen) {
  return service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(person, service::hold_citizen(unit, platform, citizen));
    TRY(was, transaction.run(store::Sql{"DELETE FROM restriction WHERE citizen_ref = $1"}, {citizen.bytes()}));
    if (was == 0) return ok();
    TRYV(move_tokens(transaction, citizen, false));
    return note(unit, person, "citizen.unrestricted", lifted_text);
  });
}

Result<std::optional<Moment>> restricted_since(const service::Platform& platform, const CitizenRef& citizen) {
  std::optional<Moment> since;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    since.reset();
    TRYV(
        transaction.run(store::Sql{"SELECT since FROM restriction WHERE citizen_ref = $1"}, {citizen.bytes()},
                        [&](const store::Row& row) { since = moment_of(static_cast<std::uint64_t>(row.integer(0))); }));
    return ok();
  }));
  return since;
}

}  // namespace lindung::people
