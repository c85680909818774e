#include "people/one_time_codes.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "people/ground.h"
#include "people/messages.h"
#include "people/phone.h"
#include "service/platform.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::people {

namespace {

constexpr std::string_view purpose = "portal-code";
constexpr std::uint32_t row_version = 1;
constexpr std::size_t short_size = 6;
constexpr std::size_t long_size = 12;
constexpr seconds day_s{86'400};
constexpr seconds hour_s{3'600};

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }
Moment moment_in(const store::Row& row, int column) {
  return moment_of(static_cast<std::uint64_t>(row.integer(column)));
}

Result<Hash> mac_of(const store::KeyRing& ring, std::string_view what, BytesView first, std::string_view second = {}) {
  return store::BlindIndex{ring}.of(purpose, Message{}.text(what).u8(0).raw(first).text(second).view());
}

store::RowAddress address(const Hash& index) {
  return {.table = "portal_try", .primary_key = index, .version = row_version};
}

// Each digit by itself, and none more often than another: 250 is a multiple of ten.
std::string random_digits(std::size_t count) {
  constexpr std::uint8_t fair = 250;
  std::string out;
  while (out.size() < count) {
    for (const auto byte : crypto::random_bytes<32>()) {
      if (byte < fair && out.size() < count) out += static_cast<char>('0' + byte % 10);
    }
  }
  return out;
}

PhoneMessage message_of(const Phone& phone, const std::string& code, Moment now) {
  return {.id = MessageId{crypto::random_bytes<16>()},
          .kind = MessageKind::code,
          .phone = phone.value(),
          .text = {.id = "Lindung: kode Anda " + code +
                         ". Berlaku 10 menit. Jangan berikan kepada siapa pun; petugas tidak pernah memintanya.",
                   .en = "Lindung: your code is " + code +
                         ". Valid for 10 minutes. Give it to nobody; officers never ask for it."},
          .at = now};
}

// What a number was sent so far.
struct Sent {
  Moment day_from;
  std::int64_t in_day{};
  Moment hour_from;
  Hash long_mac{};
};

// Locks the number's row until the unit ends.
Result<Sent> lock_sent(store::Transaction& transaction, const Hash& phone, Moment now) {
  const Hash none{};
  TRYV(transaction.run(
      store::Sql{"INSERT INTO code_phone (idx, day_from, day_sent, hour_from, long_mac) VALUES ($1, $2, 0, 0, $3) "
                 "ON CONFLICT (idx) DO UPDATE SET day_sent = code_phone.day_sent"},
      {BytesView{phone}, as_int(now), BytesView{none}}));
  Sent sent;
  TRYV(transaction.run(store::Sql{"SELECT day_from, day_sent, hour_from, long_mac FROM code_phone WHERE idx = $1"},
                       {BytesView{phone}}, [&](const store::Row& row) {
                         sent = {.day_from = moment_in(row, 0),
                                 .in_day = row.integer(1),
                                 .hour_from = moment_in(row, 2),
                                 .long_mac = take<32>(row.bytes(3))};
                       }));
  return sent;
}

}  // namespace

Result<void> send_code(const Ground& ground, BytesView token, const Phone& phone) {
  const auto& ring = ground.platform.ring;
  const auto now = ground.platform.clock.now();
  const auto short_code = random_digits(short_size);
  const auto long_code = random_digits(long_size);
  TRY(index, mac_of(ring, "try", token));
  TRY(phone_index, mac_of(ring, "phone", phone.bytes()));
  TRY(short_mac, mac_of(ring, "code", index, short_code));
  TRY(long_mac, mac_of(ring, "long", phone_index, long_code));
  TRY(sealed, store::RowSealer{ring}.seal(address(index), phone.bytes()));
  const std::string* due = nullptr;
  TRYV(ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    due = nullptr;
    TRY(sent, lock_sent(transaction, phone_index, now));
    if (now - sent.day_from >= day_s) sent = {.day_from = now, .hour_from = sent.hour_from, .long_mac = sent.long_mac};
    Hash mac = sent.long_mac;
    if (sent.in_day < short_codes_a_day) {
      ++sent.in_day;
      due = &short_code;
      mac = short_mac;
    } else if (now - sent.hour_from >= hour_s) {
      sent.hour_from = now;
      sent.long_mac = long_mac;
      due = &long_code;
      mac = long_mac;
    }
    TRYV(transaction.run(store::Sql{"UPDATE code_phone SET day_from = $2, day_sent = $3, hour_from = $4, "
                                    "long_mac = $5 WHERE idx = $1"},
                         {BytesView{phone_index}, as_int(sent.day_from), sent.in_day, as_int(sent.hour_from),
                          BytesView{sent.long_mac}}));
    TRYV(transaction.run(
        store::Sql{"INSERT INTO portal_try (idx, expires_at, tries, mac, sealed) VALUES ($1, $2, 0, $3, $4) "
                   "ON CONFLICT (idx) DO UPDATE SET expires_at = excluded.expires_at, tries = 0, "
                   "mac = excluded.mac, sealed = excluded.sealed"},
        {BytesView{index}, as_int(now + code_life), BytesView{mac}, BytesView{sealed}}));
    return ok();
  }));
  return due == nullptr ? Result<void>{ok()} : ground.messages.post(message_of(phone, *due, now));
}

Result<Phone> check_code(const Ground& ground, BytesView token, std::string_view code) {
  const auto& ring = ground.platform.ring;
  const auto now = as_int(ground.platform.clock.now());
  TRY(index, mac_of(ring, "try", token));
  Hash mac{};
  Bytes sealed;
  TRYV(ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    sealed.clear();
    TRY(counted, transaction.run(store::Sql{"UPDATE portal_try SET tries = tries + 1 WHERE idx = $1 AND "
                                            "expires_at > $2 AND tries < $3"},
                                 {BytesView{index}, now, most_tries}));
    if (counted == 0) return ok();
    TRYV(transaction.run(store::Sql{"SELECT mac, sealed FROM portal_try WHERE idx = $1"}, {BytesView{index}},
                         [&](const store::Row& row) {
                           mac = take<32>(row.bytes(0));
                           sealed = to_bytes(row.bytes(1));
                         }));
    return ok();
  }));
  if (sealed.empty()) return fail(Errc::denied, "code");
  TRY(plain, store::RowSealer{ring}.open(address(index), sealed));
  TRY(phone_index, mac_of(ring, "phone", plain));
  TRY(as_short, mac_of(ring, "code", index, code));
  TRY(as_long, mac_of(ring, "long", phone_index, code));
  const bool is_right = (code.size() == short_size && equal_secret(mac, as_short)) ||
                        (code.size() == long_size && equal_secret(mac, as_long));
  if (!is_right) return fail(Errc::denied, "code");
  return Phone{std::string{as_text(plain)}};
}

Result<void> spend_code(store::Transaction& transaction, const Ground& ground, BytesView token) {
  TRY(index, mac_of(ground.platform.ring, "try", token));
  TRY(gone, transaction.run(store::Sql{"DELETE FROM portal_try WHERE idx = $1"}, {BytesView{index}}));
  if (gone == 0) return fail(Errc::denied, "code");
  return ok();
}

Result<void> forget_old_tries(const service::Platform& platform) {
  const auto now = platform.clock.now();
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"DELETE FROM portal_try WHERE expires_at <= $1"}, {as_int(now)}));
    TRYV(transaction.run(store::Sql{"DELETE FROM spent_challenge WHERE expires_at <= $1"}, {as_int(now)}));
    TRYV(transaction.run(store::Sql{"DELETE FROM recovery WHERE expires_at <= $1"}, {as_int(now)}));
    TRYV(transaction.run(store::Sql{"DELETE FROM code_phone WHERE day_from <= $1 AND hour_from <= $1"},
                         {as_int(now - day_s - hour_s)}));
    return ok();
  });
}

}  // namespace lindung::people
