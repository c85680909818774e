#include "people/passkeys.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
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
#include "codec/cbor.h"
#include "codec/cbor_tree.h"
#include "codec/utf8.h"
#include "crypto/random.h"
#include "crypto/webauthn.h"
#include "people/accounts.h"
#include "people/caller.h"
#include "people/challenge.h"
#include "people/client_data.h"
#include "people/ground.h"
#include "service/notices.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::people {

namespace {

namespace json = boost::json;

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t items = 5;
constexpr std::int64_t timeout_ms = 120'000;
constexpr std::size_t longest_attestation = 8'192;
constexpr std::string_view create_purpose = "create";
constexpr std::string_view login_purpose = "login";

auto refused(std::string_view name) { return fail(Errc::denied, "passkey: " + std::string{name}); }
std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

struct Kept {
  crypto::PasskeyKey key;
  Bytes credential;
  std::string name;
};

Bytes row_key(const AccountId& account, const PasskeyId& id) {
  return Message{}.raw(account.bytes()).raw(id.bytes()).take();
}

Result<Bytes> seal(const store::KeyRing& ring, const AccountId& account, const PasskeyId& id, const Kept& kept) {
  codec::CborWriter out;
  out.array(items)
      .uint(1)
      .uint(kept.key.algorithm == crypto::PasskeyAlgorithm::es256 ? 1 : 2)
      .bytes(kept.key.bytes)
      .bytes(kept.credential)
      .text(kept.name);
  const auto key = row_key(account, id);
  return store::RowSealer{ring}.seal({.table = "passkey", .primary_key = key, .version = row_version}, out.view());
}

Result<Kept> unseal(const store::KeyRing& ring, const AccountId& account, const PasskeyId& id, BytesView sealed) {
  const auto row = row_key(account, id);
  TRY(plain, store::RowSealer{ring}.open({.table = "passkey", .primary_key = row, .version = row_version}, sealed));
  codec::CborReader in{plain};
  TRY(count, in.array());
  TRY(version, in.uint());
  if (count != items || version != 1) return fail(Errc::corrupt, "passkey: version");
  TRY(algorithm, in.uint());
  TRY(key, in.bytes());
  TRY(credential, in.bytes());
  TRY(name, in.text());
  TRYV(in.end());
  return Kept{.key = {.algorithm = algorithm == 1 ? crypto::PasskeyAlgorithm::es256 : crypto::PasskeyAlgorithm::eddsa,
                      .bytes = to_bytes(key)},
              .credential = to_bytes(credential),
              .name = std::string{name}};
}

Result<Hash> credential_index(const store::KeyRing& ring, BytesView credential) {
  return store::BlindIndex{ring}.of("account", Message{}.u8(0).text("passkey").u8(0).raw(credential).view());
}

Result<Bytes> bytes_in(const json::object& object, std::string_view name, std::size_t longest) {
  const auto* const value = object.if_contains(name);
  if (value == nullptr || !value->is_string() || value->get_string().size() > 2 * longest) return refused("form");
  auto bytes = codec::from_base64url(std::string_view{value->get_string()});
  if (bytes.has_error() || bytes.value().size() > longest) return refused("form");
  return std::move(bytes).value();
}

Result<const json::object*> response_in(const json::object& credential) {
  const auto* const type = credential.if_contains("type");
  const auto* const response = credential.if_contains("response");
  if (type == nullptr || *type != json::value("public-key") || response == nullptr || !response->is_object()) {
    return refused("form");
  }
  return &response->get_object();
}

// "fmt" and "attStmt" are read for their form and believed in nothing.
Result<Bytes> authenticator_data_in(BytesView attestation) {
  const auto tree = codec::CborTree::read(attestation, {.depth = 8, .nodes = 256});
  if (tree.has_error() || !tree.value().root().is_map()) return refused("form");
  const auto root = tree.value().root();
  const auto format = root.find("fmt");
  const auto statement = root.find("attStmt");
  const auto data = root.find("authData");
  if (!format || !format->text() || !statement || !statement->is_map() || !data || !data->bytes()) {
    return refused("form");
  }
  return to_bytes(*data->bytes());
}

json::object describe(BytesView credential) { return {{"type", "public-key"}, {"id", codec::base64url(credential)}}; }

struct Found {
  AccountId account;
  PasskeyId id;
  std::int64_t counter{};
  Kept kept;
};

Result<std::optional<Found>> find(store::Transaction& transaction, const store::KeyRing& ring, BytesView credential) {
  TRY(index, credential_index(ring, credential));
  std::optional<Found> found;
  TRYV(transaction.run(store::Sql{"SELECT account_id, passkey_id FROM passkey_index WHERE idx = $1"},
                       {BytesView{index}}, [&](const store::Row& row) {
                         found = Found{.account = AccountId{take<16>(row.bytes(0))},
                                       .id = PasskeyId{take<16>(row.bytes(1))},
                                       .kept = {}};
                       }));
  if (!found) return found;
  Bytes sealed;
  TRYV(transaction.run(store::Sql{"SELECT counter, sealed FROM passkey WHERE account_id = $1 AND passkey_id = $2"},
                       {found->account.bytes(), found->id.bytes()}, [&](const store::Row& row) {
                         found->counter = row.integer(0);
                         sealed = to_bytes(row.bytes(1));
                       }));
  if (sealed.empty()) return std::optional<Found>{};
  TRY(kept, unseal(ring, found->account, found->id, sealed));
  found->kept = std::move(kept);
  return found;
}

struct SealedRow {
  PasskeyId id;
  Bytes sealed;
};

Result<std::vector<SealedRow>> sealed_rows(store::Transaction& transaction, const AccountId& account) {
  std::vector<SealedRow> out;
  TRYV(transaction.run(store::Sql{"SELECT passkey_id, sealed FROM passkey WHERE account_id = $1"}, {account.bytes()},
                       [&](const store::Row& row) {
                         out.push_back({.id = PasskeyId{take<16>(row.bytes(0))}, .sealed = to_bytes(row.bytes(1))});
                       }));
  return out;
}

// With the way that leads to it.
Result<void> remove_row(store::Transaction& transaction, const store::KeyRing& ring, const AccountId& account,
                        const SealedRow& row) {
  TRY(kept, unseal(ring, account, row.id, row.sealed));
  TRY(index, credential_index(ring, kept.credential));
  TRYV(transaction.run(store::Sql{"DELETE FROM passkey_index WHERE idx = $1"}, {BytesView{index}}));
  TRYV(transaction.run(store::Sql{"DELETE FROM passkey WHERE account_id = $1 AND passkey_id = $2"},
                       {account.bytes(), row.id.bytes()}));
  return ok();
}

// What a credential says and how far it is proved: everything but whose it should be.
struct Proved {
  Found passkey;
  ByteArray<32> challenge{};
  std::uint32_t counter{};
};

// A counter that does not grow is a copy of a key, or a key that was put back.
Result<void> tell_of_copy(const Ground& ground, const AccountId& id) {
  return ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(account, read_account(transaction, ground.platform.ring, id));
    if (!account.citizen) return ok();
    return service::put_notice(
        transaction, ground.platform.ring, *account.citizen, service::NoticeKind::account,
        {.id = "Sebuah kunci sandi Anda mungkin disalin: masuk dengannya ditolak. Hapus kunci itu dan buat yang baru.",
         .en = "One of your passkeys may have been copied: signing in with it was refused. Remove it and make a new "
               "one."},
        ground.platform.clock.now());
  });
}

Result<Proved> prove(const Ground& ground, const json::object& credential) {
  TRY(response, response_in(credential));
  TRY(id, bytes_in(credential, "rawId", 1023));
  TRY(client_data, bytes_in(*response, "clientDataJSON", 4096));
  TRY(data, bytes_in(*response, "authenticatorData", 4096));
  TRY(signature, bytes_in(*response, "signature", 256));
  TRY(challenge, read_client_data(client_data, Ceremony::get, ground.terms.origin));
  std::optional<Found> known;
  TRYV(ground.platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(read, find(transaction, ground.platform.ring, id));
    known = std::move(read);
    return ok();
  }));
  if (!known) return refused("unknown");
  const auto* const handle = response->if_contains("userHandle");
  if (handle != nullptr && !handle->is_null()) {
    TRY(bytes, bytes_in(*response, "userHandle", 64));
    if (!std::ranges::equal(bytes, known->account.bytes())) return refused("unknown");
  }
  TRY(counter,
      crypto::verify_assertion(ground.terms.relying_party, known->kept.key,
                               {.authenticator_data = data, .client_data = client_data, .signature = signature}));
  if ((counter != 0 || known->counter != 0) && std::int64_t{counter} <= known->counter) {
    TRYV(tell_of_copy(ground, known->account));
    return refused("counter");
  }
  return Proved{.passkey = std::move(*known), .challenge = challenge, .counter = counter};
}

Result<void> note_use(store::Transaction& transaction, const Proved& proved, Moment now) {
  TRY(noted, transaction.run(store::Sql{"UPDATE passkey SET counter = $4, used_at = $5 WHERE account_id = $1 AND "
                                        "passkey_id = $2 AND counter = $3"},
                             {proved.passkey.account.bytes(), proved.passkey.id.bytes(), proved.passkey.counter,
                              std::int64_t{proved.counter}, as_int(now)}));
  if (noted == 0) return refused("counter");
  return ok();
}

std::string shown_name(std::string_view name) {
  if (!codec::is_utf8(name) || name.size() > longest_passkey_name) return {};
  std::string out{name};
  std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return out;
}

}  // namespace

Result<json::object> start_passkey(const Ground& ground, const AccountId& account, std::string_view binding,
                                   std::string_view shown) {
  TRY(passkeys, list_passkeys(ground, account));
  if (passkeys.size() >= most_passkeys) return fail(Errc::conflict, "passkeys");
  TRY(challenge, new_challenge(ground, create_purpose, binding));
  json::array there;
  for (const auto& each : passkeys) there.emplace_back(describe(each.credential));
  const auto parameter = [](crypto::PasskeyAlgorithm algorithm) {
    return json::object{{"type", "public-key"}, {"alg", static_cast<int>(algorithm)}};
  };
  return json::object{
      {"publicKey",
       json::object{
           {"rp", json::object{{"id", ground.terms.relying_party}, {"name", "Lindung"}}},
           {"user", json::object{{"id", codec::base64url(account.bytes())}, {"name", shown}, {"displayName", shown}}},
           {"challenge", codec::base64url(challenge)},
           {"pubKeyCredParams",
            json::array{parameter(crypto::PasskeyAlgorithm::eddsa), parameter(crypto::PasskeyAlgorithm::es256)}},
           {"timeout", timeout_ms},
           {"excludeCredentials", std::move(there)},
           {"authenticatorSelection",
            json::object{{"residentKey", "required"}, {"requireResidentKey", true}, {"userVerification", "required"}}},
           {"attestation", "none"}}}};
}

Result<PasskeyId> finish_passkey(const Ground& ground, const AccountId& account, std::string_view binding,
                                 const json::object& credential, std::string_view name) {
  TRY(response, response_in(credential));
  TRY(client_data, bytes_in(*response, "clientDataJSON", 4096));
  TRY(attestation, bytes_in(*response, "attestationObject", longest_attestation));
  TRY(challenge, read_client_data(client_data, Ceremony::create, ground.terms.origin));
  TRY(until, check_challenge(ground, create_purpose, binding, challenge));
  TRY(data, authenticator_data_in(attestation));
  TRY(made, crypto::read_new_passkey(ground.terms.relying_party, data));
  const auto& ring = ground.platform.ring;
  const auto now = ground.platform.clock.now();
  const PasskeyId id{crypto::random_bytes<16>()};
  TRY(index, credential_index(ring, made.credential));
  TRY(sealed, seal(ring, account, id, {.key = made.key, .credential = made.credential, .name = shown_name(name)}));
  TRYV(ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(spend_challenge(transaction, challenge, until));
    TRY(owner, read_account(transaction, ring, account));
    TRY(added, transaction.run(store::Sql{"INSERT INTO passkey_index (idx, account_id, passkey_id) "
                                          "VALUES ($1, $2, $3) ON CONFLICT (idx) DO NOTHING"},
                               {BytesView{index}, account.bytes(), id.bytes()}));
    if (added == 0) return refused("registered");
    TRYV(transaction.run(store::Sql{"INSERT INTO passkey (account_id, passkey_id, added_at, used_at, counter, sealed) "
                                    "VALUES ($1, $2, $3, $3, $4, $5)"},
                         {account.bytes(), id.bytes(), as_int(now), std::int64_t{made.counter}, BytesView{sealed}}));
    if (!owner.citizen) return ok();
    return service::put_notice(
        transaction, ring, *owner.citizen, service::NoticeKind::account,
        {.id = "Kunci sandi baru ditambahkan ke akun Anda. Bila bukan Anda, hapus kunci itu dan akhiri semua sesi.",
         .en = "A new passkey was added to your account. If that was not you, remove it and sign out everywhere."},
        now);
  }));
  return id;
}

Result<json::object> start_passkey_login(const Ground& ground) {
  TRY(challenge, new_challenge(ground, login_purpose, ""));
  return json::object{{"publicKey", json::object{{"challenge", codec::base64url(challenge)},
                                                 {"rpId", ground.terms.relying_party},
                                                 {"timeout", timeout_ms},
                                                 {"allowCredentials", json::array{}},
                                                 {"userVerification", "required"}}}};
}

Result<SignedIn> finish_passkey_login(const Ground& ground, Role role, const json::object& credential,
                                      const std::string& device) {
  const auto now = ground.platform.clock.now();
  TRY(proved, prove(ground, credential));
  TRY(until, check_challenge(ground, login_purpose, "", proved.challenge));
  std::optional<SignedIn> done;
  TRYV(ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    done.reset();
    TRYV(spend_challenge(transaction, proved.challenge, until));
    TRY(account, read_account(transaction, ground.platform.ring, proved.passkey.account));
    if (account.role != role) return refused("unknown");
    TRYV(note_use(transaction, proved, now));
    TRY(session, ground.sessions.open(transaction,
                                      {.role = account.role,
                                       .account = account.id,
                                       .citizen = account.citizen,
                                       .officer = account.officer,
                                       .device = device,
                                       .by_passkey = true},
                                      now));
    done = SignedIn{.session = std::move(session), .account = std::move(account)};
    return ok();
  }));
  return std::move(*done);
}

Result<void> check_passkey(const Ground& ground, const AccountId& account, const Hash& challenge,
                           const json::object& credential) {
  TRY(proved, prove(ground, credential));
  if (proved.passkey.account != account) return refused("unknown");
  if (!equal_secret(proved.challenge, challenge)) return refused("challenge");
  const auto now = ground.platform.clock.now();
  return ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(spend_challenge(transaction, challenge, now + ceremony_time));
    return note_use(transaction, proved, now);
  });
}

Result<std::vector<PasskeyLine>> list_passkeys(const Ground& ground, const AccountId& account) {
  std::vector<PasskeyLine> out;
  TRYV(ground.platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.clear();
    std::vector<Bytes> sealed;
    TRYV(transaction.run(store::Sql{"SELECT passkey_id, added_at, used_at, sealed FROM passkey WHERE account_id = $1 "
                                    "ORDER BY added_at, passkey_id"},
                         {account.bytes()}, [&](const store::Row& row) {
                           out.push_back({.id = PasskeyId{take<16>(row.bytes(0))},
                                          .credential = {},
                                          .name = {},
                                          .added_at = moment_of(static_cast<std::uint64_t>(row.integer(1))),
                                          .used_at = moment_of(static_cast<std::uint64_t>(row.integer(2)))});
                           sealed.push_back(to_bytes(row.bytes(3)));
                         }));
    for (std::size_t i = 0; i < out.size(); ++i) {
      TRY(kept, unseal(ground.platform.ring, account, out[i].id, sealed[i]));
      out[i].credential = std::move(kept.credential);
      out[i].name = std::move(kept.name);
    }
    return ok();
  }));
  return out;
}

Result<bool> remove_passkey(const Ground& ground, const AccountId& account, const PasskeyId& passkey) {
  bool is_removed = false;
  TRYV(ground.platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    is_removed = false;
    TRY(rows, sealed_rows(transaction, account));
    for (const auto& row : rows) {
      if (row.id != passkey) continue;
      TRYV(remove_row(transaction, ground.platform.ring, account, row));
      is_removed = true;
    }
    return ok();
  }));
  return is_removed;
}

Result<void> remove_passkeys(store::Transaction& transaction, const Ground& ground, const AccountId& account) {
  TRY(rows, sealed_rows(transaction, account));
  for (const auto& row : rows) {
    TRYV(remove_row(transaction, ground.platform.ring, account, row));
  }
  return ok();
}

}  // namespace lindung::people
