#include "people/recovery.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "people/accounts.h"
#include "people/caller.h"
#include "people/ground.h"
#include "people/one_time_codes.h"
#include "people/passkeys.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::people {

namespace {

// Without letters that are read as digits or as one another (Crockford); 32 of them, five bits each.
constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t code_size = 20;
constexpr std::size_t group = 5;
constexpr std::size_t longest_purpose = 200;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

Result<Hash> index_of(const store::KeyRing& ring, std::string_view code) {
  return store::BlindIndex{ring}.of("portal-code", Message{}.text("recovery").u8(0).text(code).view());
}

// Whose it is and until when, bound to its code: who can write rows makes it nobody else's.
constexpr std::uint32_t row_version = 1;

store::RowAddress address(const Hash& index) {
  return {.table = "recovery", .primary_key = index, .version = row_version};
}

Bytes terms_of(const CitizenRef& citizen, std::int64_t expires_at) {
  return Message{}.raw(citizen.bytes()).be(static_cast<std::uint64_t>(expires_at)).take();
}

std::string random_code() {
  std::string out;
  for (const auto byte : crypto::random_bytes<code_size>()) out += letters[byte % letters.size()];
  return out;
}

std::string printed(std::string_view code) {
  std::string out;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i != 0 && i % group == 0) out += i % (2 * group) == 0 ? ' ' : '-';
    out += code[i];
  }
  return out;
}

// As people write it: any case, anything between the letters, O for 0, I and L for 1.
std::string plain(std::string_view said) {
  std::string out;
  for (char c : said) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (letters.find(c) != std::string_view::npos && out.size() <= code_size) out += c;
  }
  return out;
}

domain::Text told_of_code() {
  return {
      .id = "Kantor kesehatan mencetak kode pemulihan untuk akun Anda. Bila bukan Anda yang datang, laporkan sekarang.",
      .en = "A health office printed a recovery code for your account. If it was not you who came, report it now."};
}

domain::Text told_of_recovery() {
  return {
      .id = "Akun Anda dipulihkan dengan nomor baru. Semua perangkat lain dikeluarkan dan kunci sandi dihapus.",
      .en = "Your account was recovered with a new number. All other devices were signed out and passkeys removed."};
}

Result<Account> account_of(store::Transaction& transaction, const store::KeyRing& ring, const CitizenRef& citizen,
                           Moment now) {
  TRY(known, find_account(transaction, ring, AccountName::citizen, citizen.bytes()));
  if (known) return std::move(*known);
  return add_account(
      transaction, ring,
      {.id = {}, .role = Role::citizen, .citizen = citizen, .phone = {}, .officer = {}, .created_at = {}}, now);
}

}  // namespace

Result<std::string> start_recovery(const service::Platform& platform, const CitizenRef& citizen, const Hash& command,
                                   std::string_view purpose) {
  if (purpose.empty() || purpose.size() > longest_purpose) return fail(Errc::invalid_argument, "a purpose is needed");
  const auto& ring = platform.ring;
  const auto code = random_code();
  TRY(index, index_of(ring, code));
  const auto hidden = crypto::random_bytes<32>();  // the log shows that it was done, and about nobody
  TRYV(service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(person, service::lock_person(transaction, ring, citizen));
    TRYV(transaction.run(store::Sql{"DELETE FROM recovery WHERE citizen_ref = $1"}, {citizen.bytes()}));
    const auto expires_at = as_int(unit.now() + recovery_life);
    TRY(sealed, store::RowSealer{ring}.seal(address(index), terms_of(citizen, expires_at)));
    TRYV(transaction.run(
        store::Sql{"INSERT INTO recovery (idx, citizen_ref, expires_at, sealed) VALUES ($1, $2, $3, $4)"},
        {BytesView{index}, citizen.bytes(), expires_at, BytesView{sealed}}));
    TRYV(service::put_notice(transaction, person, service::NoticeKind::account, told_of_code(), unit.now()));
    TRYV(unit.log(log::OfficerEntry{
        .at = unit.now(),
        .action = "account.recovery-printed",
        .officer_key_digest = command,
        .case_digest = crypto::sha256({as_bytes("lindung account v1"), hidden, citizen.bytes(), as_bytes(purpose)})}));
    return ok();
  }));
  return printed(code);
}

Result<SignedIn> recover(const Ground& ground, BytesView token, std::string_view code, std::string_view recovery,
                         const std::string& device) {
  const auto& ring = ground.platform.ring;
  const auto now = ground.platform.clock.now();
  TRY(phone, check_code(ground, token, code));
  TRY(index, index_of(ring, plain(recovery)));
  std::optional<SignedIn> done;
  TRYV(ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    done.reset();
    std::optional<CitizenRef> citizen;
    std::int64_t expires_at = 0;
    Bytes sealed;
    TRYV(transaction.run(
        store::Sql{"SELECT citizen_ref, expires_at, sealed FROM recovery WHERE idx = $1 AND expires_at > $2"},
        {BytesView{index}, as_int(now)}, [&](const store::Row& row) {
          citizen = CitizenRef{take<16>(row.bytes(0))};
          expires_at = row.integer(1);
          sealed = to_bytes(row.bytes(2));
        }));
    if (!citizen) return fail(Errc::denied, "code");
    TRY(terms, store::RowSealer{ring}.open(address(index), sealed));
    if (terms != terms_of(*citizen, expires_at)) return fail(Errc::corrupt, "recovery");
    TRY(person, service::lock_person(transaction, ring, *citizen));
    TRY(taken, transaction.run(store::Sql{"DELETE FROM recovery WHERE idx = $1"}, {BytesView{index}}));
    if (taken == 0) return fail(Errc::denied, "code");
    TRYV(spend_code(transaction, ground, token));
    TRY(account, account_of(transaction, ring, *citizen, now));
    TRYV(put_phone(transaction, ring, account, phone));
    TRYV(remove_passkeys(transaction, ground, account.id));
    TRY(ended, ground.sessions.end_all(transaction, account.id));
    static_cast<void>(ended);
    TRY(session, ground.sessions.open(transaction,
                                      {.role = Role::citizen,
                                       .account = account.id,
                                       .citizen = citizen,
                                       .officer = {},
                                       .device = device,
                                       .by_passkey = false},
                                      now));
    TRYV(service::put_notice(transaction, person, service::NoticeKind::account, told_of_recovery(), now));
    done = SignedIn{.session = std::move(session), .account = std::move(account)};
    return ok();
  }));
  return std::move(*done);
}

}  // namespace lindung::people
