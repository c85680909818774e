#include "service/partner_events.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "domain/consent.h"
#include "service/partner_web.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t row_items = 5;
constexpr std::int64_t events_a_turn = 50;
constexpr std::int64_t most_doublings = 10;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

Bytes key_of(const PartnerEvent& event) {
  return Message{}.text(event.partner.value()).u8(0).raw(event.id.bytes()).take();
}

struct Due {
  PartnerEvent event;
  Moment queued_at;
  std::int64_t attempts{};
  std::string webhook;
};

struct Stored {
  Due due;
  Bytes sealed;
};

Result<PartnerEvent> open_event(const store::KeyRing& ring, PartnerEvent event, BytesView sealed) {
  const auto key = key_of(event);
  TRY(plain,
      store::RowSealer{ring}.open({.table = "partner_event", .primary_key = key, .version = row_version}, sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != row_items || version != row_version) return fail(Errc::corrupt, "partner_event: version");
  TRY(consent, in.fixed<16>());
  TRY(reason, in.uint());
  TRY(at, in.uint());
  TRY(log_index, in.uint());
  TRYV(in.end());
  event.consent = domain::ConsentId{consent};
  event.reason = static_cast<domain::ConsentEnd>(reason);
  event.at = moment_of(at);
  event.log_index = log_index;
  return event;
}

Result<std::vector<Due>> read_due(const Platform& platform, Moment now) {
  std::vector<Stored> stored;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    stored.clear();
    // A moment further ahead than any wait was set by a clock that has been put back since.
    TRYV(transaction.run(store::Sql{"SELECT partner_id, event_id, queued_at, attempts, sealed FROM partner_event "
                                    "WHERE next_at <= $1 OR next_at > $2 ORDER BY next_at, event_id LIMIT $3"},
                         {as_int(now), as_int(now + longest_retry), events_a_turn}, [&](const store::Row& row) {
                           stored.push_back({.due = {.event = {.partner = PartnerId{std::string{row.text(0)}},
                                                               .id = PartnerEventId{take<16>(row.bytes(1))},
                                                               .consent = {},
                                                               .at = {}},
                                                     .queued_at = moment_of(static_cast<std::uint64_t>(row.integer(2))),
                                                     .attempts = row.integer(3),
                                                     .webhook = {}},
                                             .sealed = to_bytes(row.bytes(4))});
                         }));
    for (auto& each : stored) {
      TRY(web, read_partner_web(transaction, each.due.event.partner));
      each.due.webhook = std::move(web.webhook);
    }
    return ok();
  }));
  std::vector<Due> due;
  due.reserve(stored.size());
  for (auto& each : stored) {
    TRY(event, open_event(platform.ring, each.due.event, each.sealed));
    each.due.event = std::move(event);
    due.push_back(std::move(each.due));
  }
  return due;
}

Result<void> forget(const Platform& platform, const PartnerEvent& event) {
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"DELETE FROM partner_event WHERE partner_id = $1 AND event_id = $2"},
                         {event.partner.value(), event.id.bytes()}));
    return ok();
  });
}

// The partner's other events wait as long: it is the partner that is down.
Result<void> put_off(const Platform& platform, const Due& due, Moment now) {
  const auto doublings = std::min(due.attempts, most_doublings);
  const auto wait = std::min(std::chrono::seconds{first_retry.count() << doublings}, longest_retry);
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"UPDATE partner_event SET attempts = attempts + 1 WHERE partner_id = $1 AND "
                                    "event_id = $2"},
                         {due.event.partner.value(), due.event.id.bytes()}));
    TRYV(transaction.run(
        store::Sql{"UPDATE partner_event SET next_at = $2 WHERE partner_id = $1 AND (next_at <= $2 OR next_at > $3)"},
        {due.event.partner.value(), as_int(now + wait), as_int(now + longest_retry)}));
    return ok();
  });
}

}  // namespace

Result<void> queue_event(store::Transaction& transaction, const store::KeyRing& ring, const PartnerEvent& event) {
  TRY(web, read_partner_web(transaction, event.partner));
  if (web.webhook.empty()) return ok();
  codec::CborWriter plain;
  plain.array(row_items)
      .uint(row_version)
      .bytes(event.consent.bytes())
      .uint(static_cast<std::uint64_t>(event.reason))
      .uint(unix_seconds(event.at))
      .uint(event.log_index);
  const auto key = key_of(event);
  TRY(sealed, store::RowSealer{ring}.seal({.table = "partner_event", .primary_key = key, .version = row_version},
                                          plain.view()));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO partner_event (partner_id, event_id, queued_at, next_at, attempts, sealed) "
                 "VALUES ($1, $2, $3, $3, 0, $4)"},
      {event.partner.value(), event.id.bytes(), as_int(event.at), BytesView{sealed}}));
  return ok();
}

Result<void> deliver_partner_events(const Platform& platform, const TellPartner& tell) {
  const auto now = platform.clock.now();
  TRY(due, read_due(platform, now));
  std::optional<Error> first_failure;
  std::map<PartnerId, bool> is_down;
  for (const auto& each : due) {
    if (is_down[each.event.partner]) continue;
    if (each.webhook.empty() || now > each.queued_at + events_kept) {
      TRYV(forget(platform, each.event));
      continue;
    }
    const auto told = tell(each.event, each.webhook);
    if (told.has_value()) {
      TRYV(forget(platform, each.event));
      continue;
    }
    if (!first_failure) first_failure = told.error();
    is_down[each.event.partner] = true;
    TRYV(put_off(platform, each, now));
  }
  return first_failure ? Result<void>{*first_failure} : ok();
}

Result<std::uint64_t> count_partner_events(const Platform& platform) {
  std::uint64_t count = 0;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT count(*) FROM partner_event"}, {},
                         [&](const store::Row& row) { count = static_cast<std::uint64_t>(row.integer(0)); }));
    return ok();
  }));
  return count;
}

}  // namespace lindung::service
