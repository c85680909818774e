#include "service/incident_messages.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/random.h"
#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "domain/rule_set.h"
#include "service/incident_drafts.h"
#include "service/incident_rows.h"
#include "service/incident_settings.h"
#include "service/incidents.h"
#include "service/logged_unit.h"
#include "service/partners.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::int64_t messages_a_turn = 10;
constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t items_in_row = 5;
constexpr std::int64_t first_wait_s = 5;
constexpr std::int64_t longest_wait_s = 300;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }
Moment from_int(std::int64_t at) { return moment_of(static_cast<std::uint64_t>(at)); }

Bytes key_of(const domain::IncidentId& incident, const MessageId& id) {
  return Message{}.raw(incident.bytes()).raw(id.bytes()).take();
}

struct Content {
  DraftFiles files;
  std::string receipt;
};

Result<Bytes> seal_content(const Platform& platform, const domain::IncidentId& incident, const MessageId& id,
                           const Content& content) {
  codec::CborWriter plain;
  plain.array(items_in_row)
      .uint(row_version)
      .text(content.files.json)
      .text(content.files.text)
      .bytes(content.files.pdf)
      .text(content.receipt);
  return seal_for_incident(platform.ring, "incident_message", key_of(incident, id), plain.view());
}

Result<Content> open_content(const Platform& platform, const domain::IncidentId& incident, const MessageId& id,
                             BytesView sealed) {
  TRY(plain, open_of_incident(platform.ring, "incident_message", key_of(incident, id), sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != items_in_row || version != row_version) return fail(Errc::corrupt, "incident_message: version");
  TRY(json, in.text());
  TRY(text, in.text());
  TRY(pdf, in.bytes());
  TRY(receipt, in.text());
  TRYV(in.end());
  return Content{.files = {.json = std::string{json}, .text = std::string{text}, .pdf = to_bytes(pdf)},
                 .receipt = std::string{receipt}};
}

// A message that is due, and where it stands.
struct Due {
  IncidentMessage message;
  std::int64_t attempts{};
  Bytes sealed;
};

Result<std::vector<Due>> read_due(const Platform& platform, Moment now) {
  std::vector<Due> due;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    due.clear();
    // A moment further ahead than any wait was set by a clock that has been put back since.
    TRYV(transaction.run(
        store::Sql{"SELECT m.incident_id, m.message_id, m.recipient, m.form, i.is_drill, m.attempts, m.sealed "
                   "FROM incident_message m JOIN incident i ON i.incident_id = m.incident_id "
                   "WHERE m.state = 1 AND (m.next_at <= $1 OR m.next_at > $2) ORDER BY m.next_at LIMIT $3"},
        {as_int(now), as_int(now) + longest_wait_s, messages_a_turn}, [&](const store::Row& row) {
          due.push_back({.message = {.incident = domain::IncidentId{take<16>(row.bytes(0))},
                                     .id = MessageId{take<16>(row.bytes(1))},
                                     .recipient = std::string{row.text(2)},
                                     .form = static_cast<domain::DraftForm>(row.integer(3)),
                                     .is_drill = row.integer(4) != 0,
                                     .files = {}},
                         .attempts = row.integer(5),
                         .sealed = to_bytes(row.bytes(6))});
        }));
    return ok();
  }));
  for (auto& each : due) {
    TRY(content, open_content(platform, each.message.incident, each.message.id, each.sealed));
    each.message.files = std::move(content.files);
  }
  return due;
}

Result<void> note_failure(const Platform& platform, const Due& due, Moment now) {
  const auto shift = std::min<std::int64_t>(due.attempts, 6);
  const auto wait = std::min(first_wait_s << shift, longest_wait_s);
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"UPDATE incident_message SET attempts = attempts + 1, next_at = $3 "
                                    "WHERE incident_id = $1 AND message_id = $2 AND state = 1"},
                         {due.message.incident.bytes(), due.message.id.bytes(), as_int(now) + wait}));
    return ok();
  });
}

Result<void> note_delivery(const Platform& platform, const Due& due) {
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(moved, unit.transaction().run(
                   store::Sql{"UPDATE incident_message SET state = 2, attempts = attempts + 1, delivered_at = $3 "
                              "WHERE incident_id = $1 AND message_id = $2 AND state = 1"},
                   {due.message.incident.bytes(), due.message.id.bytes(), as_int(unit.now())}));
    if (moved == 0) return ok();
    TRY(row, read_incident(unit.transaction(), platform.ring, due.message.incident));
    const auto& name = due.message.recipient;
    TRYV(add_event(unit.transaction(), platform.ring, row.id,
                   {.at = unit.now(),
                    .log_index = {},
                    .text = {.id = "Laporan kepada " + name + " disampaikan.",
                             .en = "The report to " + name + " was delivered."}}));
    TRYV(settle_clocks(unit, platform, row));
    return update_incident(unit.transaction(), platform.ring, row);
  });
}

Result<std::set<std::string>> delivered_to(store::Transaction& transaction, const domain::IncidentId& id) {
  std::set<std::string> names;
  TRYV(transaction.run(store::Sql{"SELECT recipient FROM incident_message WHERE incident_id = $1 AND state >= 2"},
                       {id.bytes()}, [&](const store::Row& row) { names.emplace(row.text(0)); }));
  return names;
}

}  // namespace

std::string_view name_of(MessageState state) noexcept {
  switch (state) {
    case MessageState::queued: return "queued";
    case MessageState::delivered: return "delivered";
    case MessageState::acknowledged: return "acknowledged";
  }
  return "unknown";
}

Result<void> put_message(LoggedUnit& unit, const Platform& platform, const IncidentRow& row,
                         const std::string& recipient, domain::DraftForm form, const MessageId& id) {
  TRY(facts, read_draft_facts(unit.transaction(), platform, row.id));
  TRY(files, render_draft(domain::make_draft(form, facts), facts));
  TRY(sealed, seal_content(platform, row.id, id, {.files = std::move(files), .receipt = {}}));
  TRYV(unit.transaction().run(
      store::Sql{"INSERT INTO incident_message (incident_id, message_id, recipient, form, state, queued_at, next_at, "
                 "attempts, sealed) VALUES ($1, $2, $3, $4, 1, $5, $5, 0, $6)"},
      {row.id.bytes(), id.bytes(), std::string_view{recipient}, static_cast<std::int64_t>(form), as_int(unit.now()),
       BytesView{sealed}}));
  return ok();
}

Result<MessageId> queue_message(const Platform& platform, const domain::IncidentId& id, const std::string& recipient,
                                const CommandDigest& command) {
  const MessageId message{crypto::random_bytes<16>()};
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(settings, read_incident_settings(unit.transaction(), platform.ring));
    const auto found = std::ranges::find(settings.recipients, recipient, &IncidentRecipient::name);
    if (found == settings.recipients.end()) return fail(Errc::not_found, "no recipient is called " + recipient);
    TRY(row, read_incident(unit.transaction(), platform.ring, id));
    if (row.state == domain::IncidentState::closed) return fail(Errc::conflict, "the incident is closed");
    TRYV(log_incident(
        unit, platform, row, "reported",
        {.id = "Laporan kepada " + recipient + " dikirim.", .en = "A report to " + recipient + " was sent."}, command));
    return put_message(unit, platform, row, recipient, found->form, message);
  }));
  return message;
}

Result<std::vector<std::string>> queue_all_messages(const Platform& platform, const domain::IncidentId& id,
                                                    const CommandDigest& command) {
  IncidentSettings settings;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(read, read_incident_settings(transaction, platform.ring));
    settings = std::move(read);
    return ok();
  }));
  std::vector<std::string> names;
  for (const auto& recipient : settings.recipients) {
    TRYV(queue_message(platform, id, recipient.name, command));
    names.push_back(recipient.name);
  }
  return names;
}

Result<void> deliver_messages(const Platform& platform, MessageCarrier& carrier) {
  const auto now = platform.clock.now();
  TRY(due, read_due(platform, now));
  std::optional<Error> first_failure;
  for (const auto& each : due) {
    const auto carried = carrier.carry(each.message);
    if (carried.has_value()) {
      TRYV(note_delivery(platform, each));
      continue;
    }
    if (!first_failure) first_failure = carried.error();
    TRYV(note_failure(platform, each, now));
  }
  return first_failure ? Result<void>{*first_failure} : ok();
}

Result<void> acknowledge_message(const Platform& platform, const domain::IncidentId& id, const std::string& recipient,
                                 std::string_view receipt, const CommandDigest& command) {
  TRY(said, domain::clean_text(receipt, domain::longest_incident_text));
  if (said.empty()) return fail(Errc::invalid_argument, "receipt: a text is needed");
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    std::optional<std::pair<MessageId, Bytes>> found;
    TRYV(unit.transaction().run(store::Sql{"SELECT message_id, sealed FROM incident_message WHERE incident_id = $1 AND "
                                           "recipient = $2 AND state >= 2 ORDER BY queued_at, message_id"},
                                {id.bytes(), std::string_view{recipient}}, [&](const store::Row& row) {
                                  found = std::pair{MessageId{take<16>(row.bytes(0))}, to_bytes(row.bytes(1))};
                                }));
    if (!found) return fail(Errc::conflict, "nothing was delivered to " + recipient);
    TRY(content, open_content(platform, id, found->first, found->second));
    content.receipt = said;
    TRY(sealed, seal_content(platform, id, found->first, content));
    TRYV(unit.transaction().run(
        store::Sql{"UPDATE incident_message SET state = 3, sealed = $3 WHERE incident_id = $1 AND message_id = $2"},
        {id.bytes(), found->first.bytes(), BytesView{sealed}}));
    TRY(row, read_incident(unit.transaction(), platform.ring, id));
    TRYV(log_incident(unit, platform, row, "acknowledged",
                      {.id = recipient + " mengakui penerimaan: " + said, .en = recipient + " acknowledged: " + said},
                      command));
    return ok();
  });
}

Result<std::vector<MessageListing>> list_messages(const Platform& platform, const domain::IncidentId& id) {
  struct Stored {
    MessageListing listing;
    Bytes sealed;
  };
  std::vector<Stored> stored;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    stored.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT message_id, recipient, form, state, attempts, queued_at, delivered_at, sealed "
                   "FROM incident_message WHERE incident_id = $1 ORDER BY queued_at, recipient, message_id"},
        {id.bytes()}, [&](const store::Row& row) {
          stored.push_back(
              {.listing = {.id = MessageId{take<16>(row.bytes(0))},
                           .recipient = std::string{row.text(1)},
                           .form = static_cast<domain::DraftForm>(row.integer(2)),
                           .state = static_cast<MessageState>(row.integer(3)),
                           .attempts = static_cast<std::uint64_t>(row.integer(4)),
                           .queued_at = from_int(row.integer(5)),
                           .delivered_at = row.is_null(6) ? std::nullopt : std::optional{from_int(row.integer(6))},
                           .receipt = {}},
               .sealed = to_bytes(row.bytes(7))});
        }));
    return ok();
  }));
  std::vector<MessageListing> listing;
  listing.reserve(stored.size());
  for (auto& each : stored) {
    TRY(content, open_content(platform, id, each.listing.id, each.sealed));
    each.listing.receipt = std::move(content.receipt);
    listing.push_back(std::move(each.listing));
  }
  return listing;
}

Result<void> settle_clocks(LoggedUnit& unit, const Platform& platform, IncidentRow& row) {
  using domain::IncidentClock;
  TRY(names, delivered_to(unit.transaction(), row.id));
  TRY(settings, read_incident_settings(unit.transaction(), platform.ring));
  const auto has_all = [&](IncidentClock clock) {
    std::size_t asked = 0;
    const bool have_all = std::ranges::all_of(settings.recipients, [&](const IncidentRecipient& recipient) {
      if (recipient.clock != clock) return true;
      ++asked;
      return names.contains(recipient.name);
    });
    return have_all && asked != 0;
  };
  const auto meet = [&](std::optional<Moment>& met, const domain::Text& line) -> Result<void> {
    met = unit.now();
    TRYV(log_incident(unit, platform, row, "notified", line, {}));
    return ok();
  };
  if (!row.met_first && has_all(IncidentClock::authorities_24h)) {
    TRYV(meet(row.met_first, {.id = "Semua penerima laporan 24 jam telah diberi tahu.",
                              .en = "All who are reported to within 24 hours were told."}));
  }
  const bool are_persons_told = row.telling == Telling::done;
  if (!row.met_second && are_persons_told && has_all(IncidentClock::persons_72h)) {
    TRYV(meet(row.met_second, {.id = "Otoritas dan orang yang terdampak telah diberi tahu.",
                               .en = "The authority and the persons concerned were told."}));
  }
  if (row.met_first && row.met_second && row.state == domain::IncidentState::contained) {
    row.state = domain::IncidentState::notified;
  }
  return ok();
}

}  // namespace lindung::service
