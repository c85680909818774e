#include "travel/carriers.h"

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
#include "base/result.h"
#include "base/time.h"
#include "codec/utf8.h"
#include "crypto/digest.h"
#include "domain/journey.h"
#include "domain/route_rules.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "travel/cards.h"
#include "travel/ground.h"

namespace lindung::travel {

namespace {

constexpr std::size_t longest_name = 100;

bool is_carrier(std::string_view id) {
  return id.size() >= 2 && id.size() <= 8 &&
         std::ranges::all_of(id, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

Moment moment_at(const store::Row& row, int column) {
  return moment_of(static_cast<std::uint64_t>(row.integer(column)));
}

std::string key_name(const std::string& carrier, std::int64_t number) {
  return number == 1 ? carrier : carrier + "." + std::to_string(number);
}
std::string carrier_of(const std::string& key) { return key.substr(0, key.find('.')); }

Result<std::vector<CarrierKey>> read_keys(store::Transaction& transaction, const std::string& carrier) {
  std::vector<CarrierKey> out;
  TRYV(transaction.run(store::Sql{"SELECT number, public_key, added_at, revoked_at FROM travel_carrier_key "
                                  "WHERE carrier_id = $1 ORDER BY number"},
                       {std::string_view{carrier}}, [&](const store::Row& row) {
                         out.push_back(
                             {.id = key_name(carrier, row.integer(0)),
                              .public_key = to_bytes(row.bytes(1)),
                              .added_at = moment_at(row, 2),
                              .revoked_at = row.is_null(3) ? std::nullopt : std::optional{moment_at(row, 3)}});
                       }));
  return out;
}

Result<void> put_key(store::Transaction& transaction, const std::string& carrier, std::size_t number, BytesView key,
                     Moment now) {
  TRYV(transaction.run(store::Sql{"INSERT INTO travel_carrier_key (carrier_id, number, public_key, added_at) "
                                  "VALUES ($1, $2, $3, $4)"},
                       {std::string_view{carrier}, static_cast<std::int64_t>(number), key,
                        static_cast<std::int64_t>(unix_seconds(now))}));
  return ok();
}

std::size_t in_force(const std::vector<CarrierKey>& keys) {
  return static_cast<std::size_t>(std::ranges::count_if(keys, [](const auto& each) { return !each.revoked_at; }));
}

Result<void> log_carrier(service::LoggedUnit& unit, const std::string& id, BytesView key, bool added) {
  TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                              .owner = carrier_of(id),
                              .use = "travel-carrier",
                              .key_id = id,
                              .public_key_digest = crypto::sha256(key),
                              .added = added}));
  return ok();
}

}  // namespace

Result<void> add_carrier(const Ground& ground, const std::string& id, const std::string& name, BytesView public_key) {
  if (!is_carrier(id)) return fail(Errc::invalid_argument, "carrier: an id of [A-Z0-9]{2,8} is needed");
  if (name.empty() || name.size() > longest_name || !codec::is_utf8(name)) {
    return fail(Errc::invalid_argument, "carrier: a name of 1 to 100 bytes is needed");
  }
  if (public_key.empty() || public_key.size() > 1024) return fail(Errc::invalid_argument, "carrier: a key is needed");
  return service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    const auto now = static_cast<std::int64_t>(unix_seconds(unit.now()));
    TRY(added, unit.transaction().run(
                   store::Sql{"INSERT INTO travel_carrier (carrier_id, name, public_key, added_at) VALUES ($1, $2, $3, "
                              "$4) ON CONFLICT (carrier_id) DO NOTHING"},
                   {std::string_view{id}, std::string_view{name}, public_key, now}));
    if (added == 0) return fail(Errc::conflict, "there is a carrier of this id");
    TRYV(put_key(unit.transaction(), id, 1, public_key, unit.now()));
    return log_carrier(unit, id, public_key, true);
  });
}

Result<void> revoke_carrier(const Ground& ground, const std::string& id) {
  TRYV(find_carrier(ground, id));
  return service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    TRY(changed, unit.transaction().run(store::Sql{"UPDATE travel_carrier SET revoked_at = $1 WHERE carrier_id = $2 "
                                                   "AND revoked_at IS NULL"},
                                        {static_cast<std::int64_t>(unix_seconds(unit.now())), std::string_view{id}}));
    if (changed == 0) return ok();
    TRY(keys, read_keys(unit.transaction(), id));
    for (const auto& each : keys) {
      if (each.revoked_at) continue;
      TRYV(log_carrier(unit, each.id, each.public_key, false));
    }
    return ok();
  });
}

Result<std::vector<Carrier>> list_carriers(const Ground& ground) {
  std::vector<Carrier> out;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT carrier_id, name, public_key, added_at, revoked_at FROM travel_carrier ORDER BY carrier_id"},
        {}, [&](const store::Row& row) {
          out.push_back({.id = std::string{row.text(0)},
                         .name = std::string{row.text(1)},
                         .public_key = to_bytes(row.bytes(2)),
                         .added_at = moment_at(row, 3),
                         .revoked_at = row.is_null(4) ? std::nullopt : std::optional{moment_at(row, 4)}});
        }));
    return ok();
  }));
  return out;
}

Result<Carrier> find_carrier(const Ground& ground, const std::string& id) {
  TRY(carriers, list_carriers(ground));
  const auto found = std::ranges::find(carriers, id, &Carrier::id);
  if (found == carriers.end() || found->revoked_at) return fail(Errc::not_found, "no carrier of this id");
  return *found;
}

Result<std::string> add_carrier_key(const Ground& ground, const std::string& carrier, BytesView public_key) {
  if (public_key.empty() || public_key.size() > 1024) return fail(Errc::invalid_argument, "carrier: a key is needed");
  TRYV(find_carrier(ground, carrier));
  std::string name;
  TRYV(service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    TRY(keys, read_keys(unit.transaction(), carrier));
    if (std::ranges::any_of(keys, [&](const auto& each) { return std::ranges::equal(each.public_key, public_key); })) {
      return fail(Errc::conflict, "this carrier has or had this key");
    }
    if (in_force(keys) > 1) return fail(Errc::conflict, "two keys are in force: one is revoked first");
    const auto number = keys.size() + 1;
    name = key_name(carrier, static_cast<std::int64_t>(number));
    TRYV(put_key(unit.transaction(), carrier, number, public_key, unit.now()));
    return log_carrier(unit, name, public_key, true);
  }));
  return name;
}

Result<void> revoke_carrier_key(const Ground& ground, const std::string& key) {
  TRY(carrier, find_carrier_of_key(ground, key));
  return service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    TRY(keys, read_keys(unit.transaction(), carrier.id));
    const auto found = std::ranges::find(keys, key, &CarrierKey::id);
    if (found == keys.end() || found->revoked_at) return ok();
    if (in_force(keys) == 1) return fail(Errc::conflict, "the only key: revoke the carrier");
    TRYV(unit.transaction().run(store::Sql{"UPDATE travel_carrier_key SET revoked_at = $1 WHERE carrier_id = $2 AND "
                                           "public_key = $3"},
                                {static_cast<std::int64_t>(unix_seconds(unit.now())), std::string_view{carrier.id},
                                 BytesView{found->public_key}}));
    return log_carrier(unit, key, found->public_key, false);
  });
}

Result<std::vector<CarrierKey>> list_carrier_keys(const Ground& ground, const std::string& carrier) {
  std::vector<CarrierKey> keys;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(read, read_keys(transaction, carrier));
    keys = std::move(read);
    return ok();
  }));
  return keys;
}

Result<Carrier> find_carrier_of_key(const Ground& ground, const std::string& key) {
  TRY(carrier, find_carrier(ground, carrier_of(key)));
  TRY(keys, list_carrier_keys(ground, carrier.id));
  const auto found = std::ranges::find(keys, key, &CarrierKey::id);
  if (found == keys.end() || found->revoked_at) return fail(Errc::not_found, "no key of this name");
  carrier.public_key = found->public_key;
  return carrier;
}

Result<bool> may_board(const Ground& ground, const std::string& carrier, const ShownCard& shown) {
  const auto read = shown.secret ? show_card(ground, shown.id, *shown.secret) : read_card(ground, shown.id);
  if (read.has_error()) {
    if (read.error().code == Errc::not_found) return false;
    return read.error();
  }
  const auto& card = read.value();
  if (!shown.secret && shown.version != card.version) return false;
  if (card.card.journey.carrier != carrier) return false;
  const bool test_comes_later = card.card.journey.scope == domain::JourneyScope::international;
  return card.answer.fitness == domain::Fitness::fit ||
         (test_comes_later && card.answer.fitness == domain::Fitness::fit_with_test);
}

}  // namespace lindung::travel
