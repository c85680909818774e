#include "service/hand_rows.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "domain/colour.h"
#include "domain/hand.h"
#include "service/partners.h"
#include "service/person_rows.h"
#include "store/database.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t items = 15;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }
store::Param as_param(const std::optional<Moment>& at) {
  return at ? store::Param{as_int(*at)} : store::Param{std::monostate{}};
}
store::Param as_param(const std::optional<std::uint64_t>& index) {
  return index ? store::Param{static_cast<std::int64_t>(*index)} : store::Param{std::monostate{}};
}

ByteArray<32> key_of(const CitizenRef& citizen, const HandId& id) {
  ByteArray<32> key;
  std::ranges::copy(citizen.value(), key.begin());
  std::ranges::copy(id.value(), key.begin() + 16);
  return key;
}

// None is written as 0, anything else as one more.
std::uint64_t shifted(const std::optional<std::uint64_t>& value) { return value ? *value + 1 : 0; }
std::optional<std::uint64_t> unshifted(std::uint64_t value) {
  return value == 0 ? std::nullopt : std::optional{value - 1};
}

Bytes encode(const KeptHand& hand) {
  codec::CborWriter out;
  out.array(items)
      .uint(1)
      .uint(static_cast<std::uint64_t>(hand.kind))
      .uint(static_cast<std::uint64_t>(hand.state))
      .uint(unix_seconds(hand.from))
      .uint(unix_seconds(hand.until))
      .uint(hand.ended_at ? unix_seconds(*hand.ended_at) + 1 : 0)
      .uint(hand.log_index_from)
      .uint(shifted(hand.log_index_until))
      .uint(static_cast<std::uint64_t>(hand.colour))
      .text(hand.basis)
      .text(hand.text)
      .text(hand.outcome)
      .bytes(hand.command)
      .bytes(hand.salt)
      .bytes(hand.facts);
  return std::move(out).take();
}

Result<KeptHand> decode(const HandId& id, BytesView stored) {
  codec::CborReader in{stored};
  TRY(count, in.array());
  TRY(version, in.uint());
  if (count != items || version != 1) return fail(Errc::corrupt, "hand: version");
  TRY(kind, in.uint());
  TRY(state, in.uint());
  TRY(from, in.uint());
  TRY(until, in.uint());
  TRY(ended_at, in.uint());
  TRY(index_from, in.uint());
  TRY(index_until, in.uint());
  TRY(colour, in.uint());
  TRY(basis, in.text());
  TRY(text, in.text());
  TRY(outcome, in.text());
  TRY(command, in.fixed<32>());
  TRY(salt, in.fixed<32>());
  TRY(facts, in.fixed<32>());
  TRYV(in.end());
  const bool is_known = kind >= 1 && kind <= static_cast<std::uint64_t>(domain::HandKind::dispute) && state >= 1 &&
                        state <= static_cast<std::uint64_t>(HandState::rejected) &&
                        colour <= static_cast<std::uint64_t>(domain::Colour::black);
  if (!is_known) return fail(Errc::corrupt, "hand: an unknown kind, state or colour");
  KeptHand hand{.id = id,
                .kind = static_cast<domain::HandKind>(kind),
                .state = static_cast<HandState>(state),
                .from = moment_of(from),
                .until = moment_of(until),
                .ended_at = {},
                .log_index_from = index_from,
                .log_index_until = unshifted(index_until),
                .colour = static_cast<domain::Colour>(colour),
                .basis = std::string{basis},
                .text = std::string{text},
                .outcome = std::string{outcome},
                .command = command,
                .salt = salt,
                .facts = facts};
  if (ended_at != 0) hand.ended_at = moment_of(ended_at - 1);
  return hand;
}

domain::Hand as_hand(const KeptHand& hand, bool is_end_known) {
  const auto until = is_end_known && hand.ended_at ? std::min(*hand.ended_at, hand.until) : hand.until;
  return {.kind = hand.kind, .from = hand.from, .until = until, .colour = hand.colour};
}

}  // namespace

std::string_view name_of(HandState state) noexcept {
  switch (state) {
    case HandState::open: return "open";
    case HandState::ended: return "ended";
    case HandState::expired: return "expired";
    case HandState::upheld: return "upheld";
    case HandState::rejected: return "rejected";
  }
  return "unknown";
}

std::string_view name_of(domain::HandKind kind) noexcept {
  return kind == domain::HandKind::override_colour ? "override" : "dispute";
}

Hash commitment(const KeptHand& hand, const CitizenRef& citizen, std::string_view action,
                const CommandDigest& command) {
  const auto key = key_of(citizen, hand.id);
  return crypto::hmac_sha256(hand.salt, {as_bytes("lindung hand v1"), ByteArray<1>{}, as_bytes(action), ByteArray<1>{},
                                         BytesView{command}, BytesView{key}, BytesView{encode(hand)}});
}

Result<void> put_hand(store::Transaction& transaction, const OpenPerson& person, const KeptHand& hand) {
  const auto key = key_of(person.citizen, hand.id);
  const auto sealed =
      store::seal_under(person.key, {.table = "hand", .primary_key = key, .version = row_version}, encode(hand));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO hand (citizen_ref, hand_id, kind, state, from_at, until_at, ended_at, log_index_from, "
                 "log_index_until, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
                 "ON CONFLICT (citizen_ref, hand_id) DO UPDATE SET state = excluded.state, "
                 "ended_at = excluded.ended_at, log_index_until = excluded.log_index_until, sealed = excluded.sealed"},
      {person.citizen.bytes(), hand.id.bytes(), static_cast<std::int64_t>(hand.kind),
       static_cast<std::int64_t>(hand.state), as_int(hand.from), as_int(hand.until), as_param(hand.ended_at),
       static_cast<std::int64_t>(hand.log_index_from), as_param(hand.log_index_until), BytesView{sealed}}));
  return ok();
}

Result<std::vector<KeptHand>> read_hands(store::Transaction& transaction, const OpenPerson& person) {
  struct Sealed {
    HandId id;
    Bytes bytes;
  };
  std::vector<Sealed> rows;
  TRYV(transaction.run(store::Sql{"SELECT hand_id, sealed FROM hand WHERE citizen_ref = $1"}, {person.citizen.bytes()},
                       [&](const store::Row& row) {
                         rows.push_back({.id = HandId{take<16>(row.bytes(0))}, .bytes = to_bytes(row.bytes(1))});
                       }));
  std::vector<KeptHand> hands;
  hands.reserve(rows.size());
  for (const auto& row : rows) {
    const auto key = key_of(person.citizen, row.id);
    TRY(plain, store::open_under(person.key, {.table = "hand", .primary_key = key, .version = row_version}, row.bytes));
    TRY(hand, decode(row.id, plain));
    hands.push_back(std::move(hand));
  }
  std::ranges::sort(hands, {}, &KeptHand::log_index_from);
  return hands;
}

Result<KeptHand> find_hand(store::Transaction& transaction, const OpenPerson& person, const HandId& id) {
  TRY(hands, read_hands(transaction, person));
  const auto found = std::ranges::find(hands, id, &KeptHand::id);
  if (found == hands.end()) return fail(Errc::not_found, "this citizen has no such override or dispute");
  return std::move(*found);
}

std::vector<domain::Hand> hands_of(std::span<const KeptHand> hands) {
  std::vector<domain::Hand> out;
  out.reserve(hands.size());
  for (const auto& hand : hands) out.push_back(as_hand(hand, true));
  return out;
}

std::vector<domain::Hand> hands_before(std::span<const KeptHand> hands, std::uint64_t log_index) {
  std::vector<domain::Hand> out;
  for (const auto& hand : hands) {
    if (hand.log_index_from >= log_index) continue;
    out.push_back(as_hand(hand, hand.log_index_until && *hand.log_index_until < log_index));
  }
  return out;
}

}  // namespace lindung::service
