#include "people/accounts.h"

#include <algorithm>
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
#include "codec/cbor.h"
#include "codec/utf8.h"
#include "crypto/random.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/rule_set.h"
#include "domain/travel_card_json.h"
#include "people/caller.h"
#include "people/ground.h"
#include "people/identity.h"
#include "people/one_time_codes.h"
#include "people/passkeys.h"
#include "people/phone.h"
#include "people/sessions.h"
#include "service/notices.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "service/timeline_writer.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::people {

namespace {

constexpr std::string_view purpose = "account";
constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t items = 4;
constexpr std::size_t card_size = 16;
constexpr std::size_t longest_name = 200;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

Result<Hash> index_of(const store::KeyRing& ring, AccountName name, BytesView value) {
  return store::BlindIndex{ring}.of(purpose, Message{}.u8(static_cast<std::uint8_t>(name)).raw(value).view());
}

store::RowAddress address(const AccountId& id) {
  return {.table = "account", .primary_key = id.bytes(), .version = row_version};
}

AccountName phone_name(Role role) noexcept {
  return role == Role::venue ? AccountName::venue_phone : AccountName::phone;
}

// A citizen's fields go with the citizen's key.
Result<Bytes> seal(store::Transaction& transaction, const store::KeyRing& ring, const Account& account) {
  codec::CborWriter out;
  out.array(items)
      .uint(1)
      .uint(static_cast<std::uint64_t>(account.role))
      .text(account.phone.value())
      .text(account.officer.value());
  if (!account.citizen) return store::RowSealer{ring}.seal(address(account.id), out.view());
  TRY(person, service::open_person(transaction, ring, *account.citizen));
  return store::seal_under(person.key, address(account.id), out.view());
}

Result<void> unseal(store::Transaction& transaction, const store::KeyRing& ring, BytesView sealed, Account& account) {
  Bytes plain;
  if (account.citizen) {
    TRY(person, service::open_person(transaction, ring, *account.citizen));
    TRY(opened, store::open_under(person.key, address(account.id), sealed));
    plain = std::move(opened);
  } else {
    TRY(opened, store::RowSealer{ring}.open(address(account.id), sealed));
    plain = std::move(opened);
  }
  codec::CborReader in{plain};
  TRY(count, in.array());
  TRY(version, in.uint());
  if (count != items || version != 1) return fail(Errc::corrupt, "account: version");
  TRY(role, in.uint());
  TRY(phone, in.text());
  TRY(officer, in.text());
  TRYV(in.end());
  if (role != static_cast<std::uint64_t>(account.role)) return fail(Errc::corrupt, "account: role");
  account.phone = Phone{std::string{phone}};
  account.officer = OfficerId{std::string{officer}};
  return ok();
}

Result<void> add_name(store::Transaction& transaction, const store::KeyRing& ring, const AccountId& account,
                      AccountName name, BytesView value) {
  TRY(index, index_of(ring, name, value));
  TRY(added, transaction.run(store::Sql{"INSERT INTO account_index (idx, account_id) VALUES ($1, $2) "
                                        "ON CONFLICT (idx) DO NOTHING"},
                             {BytesView{index}, account.bytes()}));
  if (added == 0) return fail(Errc::conflict, name == AccountName::phone ? "phone" : "account");
  return ok();
}

Result<void> remove_name(store::Transaction& transaction, const store::KeyRing& ring, const AccountId& account,
                         AccountName name, BytesView value) {
  TRY(index, index_of(ring, name, value));
  TRYV(transaction.run(store::Sql{"DELETE FROM account_index WHERE idx = $1 AND account_id = $2"},
                       {BytesView{index}, account.bytes()}));
  return ok();
}

bool bears(const Account& account, AccountName name, BytesView value) {
  switch (name) {
    case AccountName::citizen: return account.citizen && std::ranges::equal(account.citizen->bytes(), value);
    case AccountName::officer:
      return account.role == Role::officer && std::ranges::equal(account.officer.bytes(), value);
    case AccountName::phone:
    case AccountName::venue_phone:
      return phone_name(account.role) == name && std::ranges::equal(account.phone.bytes(), value);
  }
  return false;
}

domain::Text told_of_sign_in(bool is_new) {
  if (is_new) {
    return {.id = "Akun Anda dibuat dan sebuah perangkat masuk. Bila bukan Anda, datanglah ke kantor kesehatan.",
            .en = "Your account was made and a device signed in. If that was not you, go to a health office."};
  }
  return {.id = "Sebuah perangkat masuk ke akun Anda dengan kode. Bila bukan Anda, akhiri semua sesi.",
          .en = "A device signed in to your account by a code. If that was not you, sign out everywhere."};
}

Result<SignedIn> open_session(store::Transaction& transaction, const Ground& ground, Account account,
                              const std::string& device, bool is_new, Moment now) {
  TRY(session, ground.sessions.open(transaction,
                                    {.role = account.role,
                                     .account = account.id,
                                     .citizen = account.citizen,
                                     .officer = account.officer,
                                     .device = device,
                                     .by_passkey = false},
                                    now));
  if (account.citizen) {
    TRYV(service::put_notice(transaction, ground.platform.ring, *account.citizen, service::NoticeKind::account,
                             told_of_sign_in(is_new), now));
  }
  return SignedIn{.session = std::move(session), .account = std::move(account)};
}

struct Asked {
  domain::Identity identity;
  IdentityClaim claim;
};

Result<Asked> asked_of(const Registration& registration, const Phone& phone) {
  auto nik = domain::parse_nik(registration.nik);
  if (nik.has_error()) return fail(Errc::malformed, "nik");
  const auto born = domain::parse_partial_date(registration.born);
  if (born.has_error() || born.value().day == 0) return fail(Errc::malformed, "born");
  const auto& card = registration.family_card;
  if (card.size() != card_size || !std::ranges::all_of(card, [](char c) { return c >= '0' && c <= '9'; })) {
    return fail(Errc::malformed, "family_card");
  }
  const auto& name = registration.name;
  const bool has_controls =
      std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (name.empty() || name.size() > longest_name || !codec::is_utf8(name) || has_controls) {
    return fail(Errc::malformed, "name");
  }
  return Asked{.identity = {.nik = nik.value(),
                            .passport = {},
                            .local = domain::LocalId{ByteArray<16>{}},
                            .name = name,
                            .birth = born.value()},
               .claim = {.nik = nik.value(), .name = name, .born = born.value(), .family_card = card, .phone = phone}};
}

// The citizen with this identity, locked; somebody whom nobody knew yet gets a reference, a key and timelines.
Result<CitizenRef> citizen_of(store::Transaction& transaction, const Ground& ground, const domain::Identity& identity,
                              Moment now) {
  service::TimelineWriter timelines{ground.platform.ring};
  TRYV(timelines.begin(transaction));
  TRY(finder, service::PersonFinder::begin(transaction, ground.platform.ring));
  TRY(known, finder.find(identity));
  if (known) return known->citizen;
  TRY(added, finder.add(identity, now));
  if (added.is_new) {
    TRYV(timelines.write_first(transaction, added.person, {}, now));
  }
  return added.person.citizen;
}

}  // namespace

Result<std::optional<Account>> find_account(store::Transaction& transaction, const store::KeyRing& ring,
                                            AccountName name, BytesView value) {
  TRY(index, index_of(ring, name, value));
  std::optional<AccountId> found;
  TRYV(transaction.run(store::Sql{"SELECT account_id FROM account_index WHERE idx = $1"}, {BytesView{index}},
                       [&](const store::Row& row) { found = AccountId{take<16>(row.bytes(0))}; }));
  if (!found) return std::optional<Account>{};
  TRY(account, read_account(transaction, ring, *found));
  if (!bears(account, name, value)) return fail(Errc::corrupt, "account: name");
  return std::optional{std::move(account)};
}

Result<Account> read_account(store::Transaction& transaction, const store::KeyRing& ring, const AccountId& id) {
  Account account{.id = id, .citizen = {}, .phone = {}, .officer = {}, .created_at = {}};
  Bytes sealed;
  TRYV(transaction.run(store::Sql{"SELECT role, citizen_ref, created_at, sealed FROM account WHERE account_id = $1"},
                       {id.bytes()}, [&](const store::Row& row) {
                         account.role = static_cast<Role>(row.integer(0));
                         if (!row.is_null(1)) account.citizen = CitizenRef{take<16>(row.bytes(1))};
                         account.created_at = moment_of(static_cast<std::uint64_t>(row.integer(2)));
                         sealed = to_bytes(row.bytes(3));
                       }));
  if (sealed.empty()) return fail(Errc::not_found, "no such account");
  TRYV(unseal(transaction, ring, sealed, account));
  return account;
}

Result<Account> add_account(store::Transaction& transaction, const store::KeyRing& ring, Account account, Moment now) {
  account.id = AccountId{crypto::random_bytes<16>()};
  account.created_at = now;
  if (account.citizen) {
    TRYV(add_name(transaction, ring, account.id, AccountName::citizen, account.citizen->bytes()));
  }
  if (!account.phone.value().empty()) {
    TRYV(add_name(transaction, ring, account.id, phone_name(account.role), account.phone.bytes()));
  }
  if (!account.officer.value().empty()) {
    TRYV(add_name(transaction, ring, account.id, AccountName::officer, account.officer.bytes()));
  }
  TRY(sealed, seal(transaction, ring, account));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO account (account_id, role, citizen_ref, created_at, sealed) VALUES ($1, $2, $3, $4, $5)"},
      {account.id.bytes(), static_cast<std::int64_t>(account.role),
       account.citizen ? store::Param{account.citizen->bytes()} : store::Param{}, as_int(now), BytesView{sealed}}));
  return account;
}

Result<void> put_phone(store::Transaction& transaction, const store::KeyRing& ring, Account& account,
                       const Phone& phone) {
  if (account.phone == phone) return ok();
  if (!account.phone.value().empty()) {
    TRYV(remove_name(transaction, ring, account.id, phone_name(account.role), account.phone.bytes()));
  }
  TRYV(add_name(transaction, ring, account.id, phone_name(account.role), phone.bytes()));
  account.phone = phone;
  TRY(sealed, seal(transaction, ring, account));
  TRYV(transaction.run(store::Sql{"UPDATE account SET sealed = $2 WHERE account_id = $1"},
                       {account.id.bytes(), BytesView{sealed}}));
  return ok();
}

Result<void> remove_account(store::Transaction& transaction, const Ground& ground, const AccountId& id) {
  const auto& ring = ground.platform.ring;
  TRY(account, read_account(transaction, ring, id));
  if (account.citizen) {
    TRYV(remove_name(transaction, ring, id, AccountName::citizen, account.citizen->bytes()));
    TRYV(transaction.run(store::Sql{"DELETE FROM recovery WHERE citizen_ref = $1"}, {account.citizen->bytes()}));
  }
  if (!account.phone.value().empty()) {
    TRYV(remove_name(transaction, ring, id, phone_name(account.role), account.phone.bytes()));
  }
  if (!account.officer.value().empty()) {
    TRYV(remove_name(transaction, ring, id, AccountName::officer, account.officer.bytes()));
  }
  TRYV(remove_passkeys(transaction, ground, id));
  TRY(ended, ground.sessions.end_all(transaction, id));
  static_cast<void>(ended);
  TRYV(transaction.run(store::Sql{"DELETE FROM account WHERE account_id = $1"}, {id.bytes()}));
  return ok();
}

Result<SignedIn> sign_in_by_code(const Ground& ground, Role role, BytesView token, std::string_view code,
                                 const std::string& device) {
  const auto now = ground.platform.clock.now();
  TRY(phone, check_code(ground, token, code));
  std::optional<SignedIn> done;
  TRYV(ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    done.reset();
    TRY(account, find_account(transaction, ground.platform.ring, phone_name(role), phone.bytes()));
    if (!account) return fail(Errc::conflict, "register");
    TRYV(spend_code(transaction, ground, token));
    TRY(signed_in, open_session(transaction, ground, std::move(*account), device, false, now));
    done = std::move(signed_in);
    return ok();
  }));
  return std::move(*done);
}

Result<SignedIn> register_citizen(const Ground& ground, const IdentityVerifier& verifier, BytesView token,
                                  std::string_view code, const Registration& registration, const std::string& device) {
  const auto now = ground.platform.clock.now();
  const auto& ring = ground.platform.ring;
  TRY(phone, check_code(ground, token, code));
  TRY(asked, asked_of(registration, phone));
  TRY(agrees, verifier.agrees(asked.claim));
  if (!agrees) return fail(Errc::denied, "identity");
  std::optional<SignedIn> done;
  TRYV(ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    done.reset();
    TRY(citizen, citizen_of(transaction, ground, asked.identity, now));
    TRY(known, find_account(transaction, ring, AccountName::citizen, citizen.bytes()));
    TRYV(spend_code(transaction, ground, token));
    Account account;
    if (known) {
      account = std::move(*known);
      // Somebody moved the account to another number, in person: the register's old one opens nothing any more.
      if (account.phone != phone) return fail(Errc::denied, "identity");
    } else {
      TRY(added,
          add_account(
              transaction, ring,
              {.id = {}, .role = Role::citizen, .citizen = citizen, .phone = phone, .officer = {}, .created_at = {}},
              now));
      account = std::move(added);
    }
    TRY(signed_in, open_session(transaction, ground, std::move(account), device, !known, now));
    done = std::move(signed_in);
    return ok();
  }));
  return std::move(*done);
}

}  // namespace lindung::people
