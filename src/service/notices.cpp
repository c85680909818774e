#include "service/notices.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/random.h"
#include "domain/rule_set.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::size_t longest_text = 2'000;

// Where a notice stands.
struct Place {
  CitizenRef citizen;
  NoticeId id;
};

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }
Moment from_int(std::int64_t at) { return moment_of(static_cast<std::uint64_t>(at)); }

ByteArray<32> key_of(const CitizenRef& citizen, const NoticeId& id) {
  ByteArray<32> key;
  std::ranges::copy(citizen.value(), key.begin());
  std::ranges::copy(id.value(), key.begin() + 16);
  return key;
}

bool is_good(std::string_view text) { return !text.empty() && text.size() <= longest_text; }

Result<Notice> open_notice(const OpenPerson& person, const NoticeId& id, Moment at, BytesView sealed) {
  const auto key = key_of(person.citizen, id);
  TRY(plain, store::open_under(person.key, {.table = "notice", .primary_key = key, .version = row_version}, sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != 5 || version != 1) return fail(Errc::corrupt, "notice: version");
  TRY(kind, in.uint());
  TRY(sealed_at, in.uint());
  TRY(indonesian, in.text());
  TRY(english, in.text());
  TRYV(in.end());
  if (kind == 0 || kind > static_cast<std::uint64_t>(last_notice_kind) || moment_of(sealed_at) != at) {
    return fail(Errc::corrupt, "notice: another one than its row says");
  }
  return Notice{.id = id,
                .citizen = person.citizen,
                .kind = static_cast<NoticeKind>(kind),
                .at = at,
                .text = {.id = std::string{indonesian}, .en = std::string{english}}};
}

// Nobody else takes up what this unit took up, until the claim is over.
Result<bool> claim(store::Transaction& transaction, const Place& place, Moment now) {
  TRY(taken, transaction.run(store::Sql{"UPDATE notice_due SET claimed_until = $3 WHERE citizen_ref = $1 AND "
                                        "notice_id = $2 AND claimed_until <= $4"},
                             {place.citizen.bytes(), place.id.bytes(), as_int(now + notice_claim), as_int(now)}));
  return taken == 1;
}

Result<void> forget_due(store::Transaction& transaction, const Place& place) {
  TRYV(transaction.run(store::Sql{"DELETE FROM notice_due WHERE citizen_ref = $1 AND notice_id = $2"},
                       {place.citizen.bytes(), place.id.bytes()}));
  return ok();
}

Result<Notice> read_notice(store::Transaction& transaction, const store::KeyRing& ring, const Place& place) {
  TRY(person, open_person(transaction, ring, place.citizen));
  Bytes sealed;
  Moment at;
  TRYV(transaction.run(store::Sql{"SELECT at, sealed FROM notice WHERE citizen_ref = $1 AND notice_id = $2"},
                       {place.citizen.bytes(), place.id.bytes()}, [&](const store::Row& row) {
                         at = from_int(row.integer(0));
                         sealed = to_bytes(row.bytes(1));
                       }));
  return open_notice(person, place.id, at, sealed);
}

// What one turn took up, and the first thing that went wrong.
struct Turn {
  std::vector<Notice> notices;
  std::optional<Error> failed;
  void note(const Error& error) {
    if (!failed) failed = error;
  }
};

Result<Turn> take_up(const Platform& platform, Moment now) {
  std::vector<Place> due;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    due.clear();
    TRYV(transaction.run(store::Sql{"SELECT citizen_ref, notice_id FROM notice_due WHERE claimed_until <= $1 LIMIT $2"},
                         {as_int(now), static_cast<std::int64_t>(notices_a_turn)}, [&](const store::Row& row) {
                           due.push_back(
                               {.citizen = CitizenRef{take<16>(row.bytes(0))}, .id = NoticeId{take<16>(row.bytes(1))}});
                         }));
    return ok();
  }));
  std::ranges::sort(due, {}, &Place::id);
  Turn turn;
  if (due.empty()) return turn;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    turn = {};
    for (const auto& place : due) {
      TRY(is_ours, claim(transaction, place, now));
      if (!is_ours) continue;
      auto notice = read_notice(transaction, platform.ring, place);
      if (notice.has_value()) {
        turn.notices.push_back(std::move(notice).value());
      } else if (notice.error().code == Errc::not_found) {  // erased since
        TRYV(forget_due(transaction, place));
      } else {
        turn.note(notice.error());
      }
    }
    return ok();
  }));
  return turn;
}

}  // namespace

std::string_view name_of(NoticeKind kind) noexcept {
  switch (kind) {
    case NoticeKind::override_set: return "override-set";
    case NoticeKind::override_ended: return "override-ended";
    case NoticeKind::dispute_opened: return "dispute-opened";
    case NoticeKind::dispute_decided: return "dispute-decided";
    case NoticeKind::contact: return "contact";
    case NoticeKind::records_corrected: return "records-corrected";
    case NoticeKind::records_undone: return "records-undone";
    case NoticeKind::incident: return "incident";
    case NoticeKind::report_identity_opened: return "report-identity-opened";
    case NoticeKind::legal_request: return "legal-request";
    case NoticeKind::certificate_taken_back: return "certificate-revoked";
    case NoticeKind::account: return "account";
    case NoticeKind::delegation: return "delegation";
    case NoticeKind::consent: return "consent";
    case NoticeKind::right: return "right";
  }
  return "unknown";
}

Result<void> put_notice(store::Transaction& transaction, const OpenPerson& person, NoticeKind kind,
                        const domain::Text& text, Moment now) {
  return put_notice(transaction, person, NoticeId{crypto::random_bytes<16>()}, kind, text, now);
}

Result<void> put_notice(store::Transaction& transaction, const OpenPerson& person, const NoticeId& id, NoticeKind kind,
                        const domain::Text& text, Moment now) {
  if (!is_good(text.id) || !is_good(text.en)) return fail(Errc::invalid_argument, "notice: 1 to 2000 bytes of text");
  codec::CborWriter plain;
  plain.array(5).uint(1).uint(static_cast<std::uint64_t>(kind)).uint(unix_seconds(now)).text(text.id).text(text.en);
  const auto key = key_of(person.citizen, id);
  const auto sealed =
      store::seal_under(person.key, {.table = "notice", .primary_key = key, .version = row_version}, plain.view());
  TRYV(transaction.run(store::Sql{"INSERT INTO notice (citizen_ref, notice_id, at, sealed) VALUES ($1, $2, $3, $4)"},
                       {person.citizen.bytes(), id.bytes(), as_int(now), BytesView{sealed}}));
  TRYV(transaction.run(store::Sql{"INSERT INTO notice_due (citizen_ref, notice_id, claimed_until) VALUES ($1, $2, 0)"},
                       {person.citizen.bytes(), id.bytes()}));
  return ok();
}

Result<void> put_notice(store::Transaction& transaction, const store::KeyRing& ring, const CitizenRef& citizen,
                        NoticeKind kind, const domain::Text& text, Moment now) {
  TRY(person, open_person(transaction, ring, citizen));
  return put_notice(transaction, person, kind, text, now);
}

Result<void> deliver_notices(const Platform& platform, Notifier& notifier) {
  const auto now = platform.clock.now();
  TRY(turn, take_up(platform, now));
  std::vector<Place> delivered;
  for (const auto& notice : turn.notices) {
    const auto done = notifier.deliver(notice);
    if (done.has_value()) {
      delivered.push_back({.citizen = notice.citizen, .id = notice.id});
    } else {
      turn.note(done.error());
    }
  }
  if (!delivered.empty()) {
    TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
      for (const auto& place : delivered) {
        TRYV(
            transaction.run(store::Sql{"UPDATE notice SET delivered_at = $3 WHERE citizen_ref = $1 AND notice_id = $2"},
                            {place.citizen.bytes(), place.id.bytes(), as_int(now)}));
        TRYV(forget_due(transaction, place));
      }
      return ok();
    }));
  }
  if (turn.failed) return *turn.failed;
  return ok();
}

Result<std::vector<KeptNotice>> list_notices(const Platform& platform, const CitizenRef& citizen) {
  struct Sealed {
    NoticeId id;
    Moment at;
    std::optional<Moment> delivered_at;
    Bytes bytes;
  };
  std::vector<KeptNotice> notices;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    notices.clear();
    TRY(person, open_person(transaction, platform.ring, citizen));
    std::vector<Sealed> rows;
    TRYV(transaction.run(store::Sql{"SELECT notice_id, at, delivered_at, sealed FROM notice WHERE citizen_ref = $1 "
                                    "ORDER BY at DESC, notice_id"},
                         {citizen.bytes()}, [&](const store::Row& row) {
                           rows.push_back(
                               {.id = NoticeId{take<16>(row.bytes(0))},
                                .at = from_int(row.integer(1)),
                                .delivered_at = row.is_null(2) ? std::nullopt : std::optional{from_int(row.integer(2))},
                                .bytes = to_bytes(row.bytes(3))});
                         }));
    for (const auto& row : rows) {
      TRY(notice, open_notice(person, row.id, row.at, row.bytes));
      notices.push_back({.notice = std::move(notice), .delivered_at = row.delivered_at});
    }
    return ok();
  }));
  return notices;
}

}  // namespace lindung::service
