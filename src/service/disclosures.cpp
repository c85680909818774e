#include "service/disclosures.h"

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
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/utf8.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/disclosure.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::array<std::string_view, 4> states{"unread", "read", "answered", "closed"};
constexpr std::size_t longest_answer = 4096;
constexpr ByteArray<1> nothing{};  // what is left of a message that was deleted
constexpr std::chrono::days fresh_for{182};
constexpr std::string_view received_action = "disclosure.received";
constexpr std::string_view escalated_action = "disclosure.escalated";
constexpr std::string_view closed_action = "disclosure.closed";

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }
Moment from_int(std::int64_t at) { return moment_of(static_cast<std::uint64_t>(at)); }

store::RowAddress answer_address(const Hash& id) {
  return {.table = "disclosure.answer", .primary_key = id, .version = 1};
}

struct Row {
  Hash id{};
  DisclosureStatus status;
  std::size_t size{};
  Bytes answer;  // sealed
};

Row row_of(const store::Row& row) {
  return {.id = take<32>(row.bytes(0)),
          .status = {.state = static_cast<DisclosureState>(row.integer(1)),
                     .at = from_int(row.integer(2)),
                     .changed_at = from_int(row.integer(3)),
                     .log_index = static_cast<std::uint64_t>(row.integer(4)),
                     .answer = {}},
          .size = static_cast<std::size_t>(row.integer(5)),
          .answer = row.is_null(6) ? Bytes{} : to_bytes(row.bytes(6))};
}

Result<Row> read_row(store::Transaction& transaction, const store::KeyRing& ring, const Hash& id) {
  std::optional<Row> found;
  TRYV(transaction.run(
      store::Sql{"SELECT receipt_digest, state, at, changed_at, log_index, CAST(length(body) AS BIGINT), answer "
                 "FROM disclosure WHERE receipt_digest = $1"},
      {BytesView{id}}, [&](const store::Row& row) { found = row_of(row); }));
  if (!found) return fail(Errc::not_found, "there is no such message");
  if (!found->answer.empty()) {
    TRY(plain, store::RowSealer{ring}.open(answer_address(id), found->answer));
    found->status.answer = std::string{as_text(plain)};
  }
  return std::move(*found);
}

Result<void> set_state(store::Transaction& transaction, const Hash& id, DisclosureState state, Moment now) {
  TRYV(transaction.run(store::Sql{"UPDATE disclosure SET state = $2, changed_at = $3 WHERE receipt_digest = $1"},
                       {BytesView{id}, static_cast<std::int64_t>(state), as_int(now)}));
  TRYV(transaction.run(store::Sql{"DELETE FROM disclosure_due WHERE receipt_digest = $1"}, {BytesView{id}}));
  return ok();
}

Result<std::uint64_t> note(LoggedUnit& unit, std::string_view action, const Hash& digest) {
  return unit.log(log::OfficerEntry{
      .at = unit.now(), .action = std::string{action}, .officer_key_digest = {}, .case_digest = digest});
}

// Of what follows a receipt: its holder can name it, nobody else can guess it.
Hash commitment(const Hash& id, std::string_view action, std::size_t level) {
  return crypto::sha256(Message{}.text(action).u8(0).raw(id).be(static_cast<std::uint64_t>(level)).view());
}

struct Due {
  Hash id{};
  Moment at;
  std::size_t escalated{};
};

std::size_t levels_due(Moment at, Moment now) {
  return static_cast<std::size_t>(
      std::ranges::count_if(escalated_after, [&](std::chrono::days after) { return now - at >= after; }));
}

domain::Text escalation_text(const Due& due, Moment now) {
  const auto days = std::to_string(std::chrono::duration_cast<std::chrono::days>(now - due.at).count());
  const auto id = codec::hex(BytesView{due.id}.first(8));
  return {.id = "Laporan keamanan " + id + " belum dibaca selama " + days + " hari. lindung disclosure list",
          .en = "The security report " + id + " has not been read for " + days + " days. lindung disclosure list"};
}

}  // namespace

std::string_view name_of(DisclosureState state) noexcept { return states.at(static_cast<std::size_t>(state) - 1); }

Result<NewDisclosure> take_disclosure(const Platform& platform, BytesView sealed) {
  TRYV(domain::check_sealed_disclosure(sealed));
  const auto receipt = crypto::random_bytes<16>();
  const auto id = crypto::sha256(receipt);
  const auto body = crypto::sha256(sealed);
  NewDisclosure taken{.receipt = receipt, .status = {}};
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(open, transaction.run(store::Sql{"SELECT receipt_digest FROM disclosure WHERE state < 4 LIMIT $1"},
                              {static_cast<std::int64_t>(most_open_disclosures)}));
    if (open >= most_open_disclosures) return fail(Errc::busy, "the inbox is full", 3600);
    TRY(index, note(unit, received_action, crypto::sha256({BytesView{receipt}, BytesView{body}})));
    taken.status = {
        .state = DisclosureState::unread, .at = unit.now(), .changed_at = unit.now(), .log_index = index, .answer = {}};
    const auto at = as_int(unit.now());
    TRYV(transaction.run(store::Sql{"INSERT INTO disclosure (receipt_digest, at, state, changed_at, log_index, body) "
                                    "VALUES ($1, $2, 1, $2, $3, $4)"},
                         {BytesView{id}, at, static_cast<std::int64_t>(index), sealed}));
    TRYV(transaction.run(store::Sql{"INSERT INTO disclosure_due (receipt_digest, at, escalated) VALUES ($1, $2, 0)"},
                         {BytesView{id}, at}));
    return ok();
  }));
  return taken;
}

Result<DisclosureStatus> find_disclosure(const Platform& platform, const domain::DisclosureReceipt& receipt) {
  DisclosureStatus status;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(row, read_row(transaction, platform.ring, crypto::sha256(receipt)));
    status = std::move(row.status);
    return ok();
  }));
  return status;
}

Result<DisclosureFigures> disclosure_figures(const Platform& platform) {
  DisclosureFigures figures;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    figures = {};
    TRYV(transaction.run(store::Sql{"SELECT state, at FROM disclosure ORDER BY at"}, {}, [&](const store::Row& row) {
      ++figures.received;
      const auto state = static_cast<DisclosureState>(row.integer(0));
      if (state == DisclosureState::answered || state == DisclosureState::closed) return;
      ++figures.open;
      if (state == DisclosureState::unread) ++figures.unread;
      if (!figures.oldest_open) figures.oldest_open = from_int(row.integer(1));
    }));
    return ok();
  }));
  return figures;
}

Result<std::vector<ListedDisclosure>> list_disclosures(const Platform& platform) {
  std::vector<ListedDisclosure> listed;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    listed.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT receipt_digest, state, at, changed_at, log_index, CAST(length(body) AS BIGINT), answer "
                   "FROM disclosure ORDER BY at, receipt_digest"},
        {}, [&](const store::Row& row) {
          auto read = row_of(row);
          listed.push_back({.id = read.id, .status = std::move(read.status), .size = read.size});
        }));
    return ok();
  }));
  return listed;
}

Result<Bytes> read_disclosure(const Platform& platform, const Hash& id) {
  Bytes body;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    body.clear();
    TRY(row, read_row(transaction, platform.ring, id));
    if (row.status.state == DisclosureState::closed) return fail(Errc::conflict, "this message was closed and deleted");
    TRYV(transaction.run(store::Sql{"SELECT body FROM disclosure WHERE receipt_digest = $1"}, {BytesView{id}},
                         [&](const store::Row& kept) { body = to_bytes(kept.bytes(0)); }));
    if (row.status.state != DisclosureState::unread) return ok();
    return set_state(transaction, id, DisclosureState::read, platform.clock.now());
  }));
  return body;
}

Result<DisclosureStatus> answer_disclosure(const Platform& platform, const Hash& id, const std::string& text) {
  if (text.empty() || text.size() > longest_answer || !codec::is_utf8(text)) {
    return fail(Errc::invalid_argument, "an answer has 1 to 4096 bytes of UTF-8");
  }
  TRY(sealed, store::RowSealer{platform.ring}.seal(answer_address(id), as_bytes(text)));
  DisclosureStatus status;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(row, read_row(transaction, platform.ring, id));
    if (row.status.state == DisclosureState::closed) return fail(Errc::conflict, "this message was closed");
    TRYV(transaction.run(store::Sql{"UPDATE disclosure SET answer = $2 WHERE receipt_digest = $1"},
                         {BytesView{id}, BytesView{sealed}}));
    TRYV(set_state(transaction, id, DisclosureState::answered, platform.clock.now()));
    TRY(now, read_row(transaction, platform.ring, id));
    status = std::move(now.status);
    return ok();
  }));
  return status;
}

Result<DisclosureStatus> close_disclosure(const Platform& platform, const Hash& id) {
  DisclosureStatus status;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(row, read_row(unit.transaction(), platform.ring, id));
    status = row.status;
    if (status.state == DisclosureState::closed) return ok();
    TRYV(unit.transaction().run(store::Sql{"UPDATE disclosure SET body = $2 WHERE receipt_digest = $1"},
                                {BytesView{id}, BytesView{nothing}}));
    TRYV(set_state(unit.transaction(), id, DisclosureState::closed, unit.now()));
    status.state = DisclosureState::closed;
    status.changed_at = unit.now();
    TRYV(note(unit, closed_action, commitment(id, closed_action, 0)));
    return ok();
  }));
  return status;
}

Result<void> escalate_disclosures(const Platform& platform, const DisclosureOptions& options,
                                  const Escalate& escalate) {
  if (options.chain.empty()) return ok();
  const auto now = platform.clock.now();
  std::vector<Due> waiting;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    waiting.clear();
    TRYV(transaction.run(store::Sql{"SELECT receipt_digest, at, escalated FROM disclosure_due WHERE at <= $1"},
                         {as_int(now - escalated_after.front())}, [&](const store::Row& row) {
                           waiting.push_back({.id = take<32>(row.bytes(0)),
                                              .at = from_int(row.integer(1)),
                                              .escalated = static_cast<std::size_t>(row.integer(2))});
                         }));
    return ok();
  }));
  for (const auto& due : waiting) {
    for (auto level = due.escalated + 1; level <= levels_due(due.at, now); ++level) {
      const auto& to = options.chain.at(std::min(level, options.chain.size()) - 1);
      TRYV(escalate({.id = due.id, .level = level, .to = to, .since = due.at, .text = escalation_text(due, now)}));
      TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
        TRY(changed, unit.transaction().run(
                         store::Sql{"UPDATE disclosure_due SET escalated = $2 WHERE receipt_digest = $1 "
                                    "AND escalated = $3"},
                         {BytesView{due.id}, static_cast<std::int64_t>(level), static_cast<std::int64_t>(level) - 1}));
        if (changed == 0) return ok();  // somebody read it meanwhile
        TRYV(note(unit, escalated_action, commitment(due.id, escalated_action, level)));
        return ok();
      }));
    }
  }
  return ok();
}

std::string security_txt(const DisclosureOptions& options, Moment now) {
  const auto expires = start_of(day_of(now)) + fresh_for;
  std::string text;
  if (!options.contact.empty()) text += "Contact: " + options.contact + "\n";
  text += "Contact: " + options.url + "/disclosure\nExpires: " + rfc3339(expires) + "\nEncryption: " + options.url +
          "/v1/disclosure/key\nPreferred-Languages: " + options.languages + "\nCanonical: " + options.url +
          "/.well-known/security.txt\n";
  if (!options.policy.empty()) text += "Policy: " + options.policy + "\n";
  return text;
}

}  // namespace lindung::service
