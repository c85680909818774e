#include "border/device.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "border/schema.h"
#include "cert/card_code.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "store/database.h"
#include "store/durable_file.h"
#include "store/sealing.h"
#include "store/sqlite_database.h"

namespace lindung::border {

namespace {

namespace json = boost::json;

constexpr std::size_t identity_limit = 4096;
constexpr std::chrono::seconds tolerance{5};
constexpr store::Sql read_state{"SELECT value FROM state WHERE name = $1"};
constexpr store::Sql write_state{
    "INSERT INTO state (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"};

std::string identity_path(const std::string& folder) { return folder + "/device.json"; }

Result<std::string> member(const json::object& of, std::string_view name) {
  const auto* value = of.if_contains(name);
  if (value == nullptr || !value->is_string()) return fail(Errc::malformed, "device.json: " + std::string{name});
  return std::string{value->get_string()};
}

Result<Secret<32>> secret_member(const json::object& of, std::string_view name) {
  TRY(text, member(of, name));
  Secret<32> out;
  TRYV(codec::from_hex(text, out.mutable_view()));
  wipe(text.data(), text.size());
  return out;
}

Result<DeviceIdentity> read_identity(const std::string& folder) {
  const auto content = store::read_file(identity_path(folder), identity_limit);
  if (!content) return fail("no border device in " + folder + " (lindung border init makes one)", content.error());
  TRY(document, codec::parse_json(as_text(BytesView{content.value()}), {.bytes = identity_limit, .depth = 4}));
  if (!document.is_object()) return fail(Errc::malformed, "device.json");
  const auto& of = document.get_object();
  TRY(id, member(of, "id"));
  TRY(port, member(of, "port"));
  TRY(url, member(of, "url"));
  TRY(server, member(of, "server"));
  TRY(server_bytes, codec::from_hex(server));
  TRY(server_key, crypto::Ed25519PublicKey::from_bytes(server_bytes));
  TRY(seed, secret_member(of, "signing_key"));
  TRY(sealing, secret_member(of, "sealing_key"));
  const auto row_key = crypto::hkdf_expand<32>(seed.view(), {as_bytes("lindung border device rows v1")});
  return DeviceIdentity{.id = std::move(id),
                        .port = std::move(port),
                        .url = std::move(url),
                        .signing_key = crypto::Ed25519PrivateKey::from_seed(seed),
                        .sealing_key = crypto::X25519PrivateKey::from_bytes(sealing),
                        .server = server_key,
                        .row_key = row_key};
}

bool is_id(std::string_view id) {
  return id.size() <= 64 && id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos;
}

bool is_port(std::string_view port) {
  return port.size() == 3 && port.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos;
}

}  // namespace

DeviceKeys DeviceIdentity::public_keys() const {
  DeviceKeys out;
  std::ranges::copy(signing_key.public_key().bytes(), out.begin());
  std::ranges::copy(sealing_key.public_key(), out.begin() + 32);
  return out;
}

Result<void> Device::init(const std::string& folder, const DeviceWish& wish) {
  if (!is_id(wish.id)) return fail(Errc::invalid_argument, "a device's id is [a-z0-9.-]{1,64}");
  if (!is_port(wish.port)) return fail(Errc::invalid_argument, "a port has three letters, A to Z");
  const auto signing = crypto::Ed25519PrivateKey::generate();
  const auto sealing = crypto::X25519PrivateKey::generate();
  constexpr std::size_t name_size = 4;
  const auto made_id = "desk-" + codec::hex(BytesView{signing.public_key().bytes()}.first(name_size));
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) return fail(Errc::io, folder + ": " + error.message());
  auto text = codec::to_pretty_text(json::object{{"id", wish.id.empty() ? made_id : wish.id},
                                                 {"port", wish.port},
                                                 {"url", wish.url},
                                                 {"server", codec::hex(wish.server.bytes())},
                                                 {"signing_key", codec::hex(signing.seed().view())},
                                                 {"sealing_key", codec::hex(sealing.bytes().view())}}) +
              "\n";
  const auto made = store::create_file(identity_path(folder), as_bytes(text));
  wipe(text.data(), text.size());
  return made;
}

Result<std::unique_ptr<Device>> Device::open(const std::string& folder, const Clock& clock) {
  TRY(identity, read_identity(folder));
  TRY(database, store::open_sqlite({.path = folder + "/device.db", .max_group = 1, .readers = 1}, migrations()));
  TRYV(database->migrate());
  return std::unique_ptr<Device>{new Device{std::move(identity), std::move(database), clock}};
}

Result<Moment> Device::tick(store::Transaction& transaction) const {
  const auto now = clock_.now();
  TRY(last_s, state_number(transaction, "last_at"));
  const auto last = moment_of(last_s);
  if (now + tolerance < last) {
    return fail(Errc::clock_skew,
                "the clock of this device was set back by " + std::to_string((last - now).count()) +
                    " s: set it right, then lindung border sync",
                last_s);
  }
  const auto moment = std::max(now, last);
  TRYV(set_state_number(transaction, "last_at", unix_seconds(moment)));
  return moment;
}

Result<std::shared_ptr<const cert::TravelKeys>> Device::travel_keys(store::Transaction& transaction) {
  if (keys_ != nullptr) return keys_;
  const auto keys = std::make_shared<cert::TravelKeys>();
  Result<void> added = ok();
  TRYV(transaction.run(store::Sql{"SELECT point, not_before, not_after FROM listed_key"}, {},
                       [&](const store::Row& row) {
                         if (!added) return;
                         added = keys->add(row.bytes(0), moment_of(static_cast<std::uint64_t>(row.integer(1))),
                                           moment_of(static_cast<std::uint64_t>(row.integer(2))));
                       }));
  TRYV(std::move(added));
  keys_ = keys;
  return keys_;
}

Result<std::optional<Secret<32>>> Device::document_key(store::Transaction& transaction, Day day) const {
  std::optional<Bytes> sealed;
  TRYV(transaction.run(store::Sql{"SELECT sealed FROM document_key WHERE day = $1"}, {std::int64_t{day.number}},
                       [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  if (!sealed) return std::optional<Secret<32>>{};
  ByteArray<4> primary_key{};
  put_be(MutableBytes{primary_key}, day.number);
  TRY(opened, store::open_under(identity_.row_key, {.table = "document_key", .primary_key = primary_key, .version = 1},
                                *sealed));
  if (opened.size() != 32) return fail(Errc::corrupt, "document key");
  std::optional<Secret<32>> key{take<32>(opened)};
  wipe(opened.data(), opened.size());
  return key;
}

Result<std::optional<Bytes>> state(store::Transaction& transaction, std::string_view name) {
  std::optional<Bytes> out;
  TRYV(transaction.run(read_state, {name}, [&](const store::Row& row) { out = to_bytes(row.bytes(0)); }));
  return out;
}

Result<void> set_state(store::Transaction& transaction, std::string_view name, BytesView value) {
  TRYV(transaction.run(write_state, {name, value}));
  return ok();
}

Result<std::uint64_t> state_number(store::Transaction& transaction, std::string_view name) {
  TRY(value, state(transaction, name));
  if (!value) return std::uint64_t{0};
  if (value->size() != sizeof(std::uint64_t)) return fail(Errc::corrupt, "state of the device");
  return get_be<std::uint64_t>(*value);
}

Result<void> set_state_number(store::Transaction& transaction, std::string_view name, std::uint64_t value) {
  ByteArray<sizeof(value)> bytes{};
  put_be(MutableBytes{bytes}, value);
  return set_state(transaction, name, bytes);
}

}  // namespace lindung::border
