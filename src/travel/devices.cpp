#include "travel/devices.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/journey.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "travel/ground.h"
#include "travel/names.h"

namespace lindung::travel {

namespace {

struct Row {
  std::string id;
  std::string port;
  Bytes key;
  Moment added_at;
  std::optional<Moment> revoked_at;
};

Moment moment_at(const store::Row& row, int column) {
  return moment_of(static_cast<std::uint64_t>(row.integer(column)));
}

Result<void> log_device(service::LoggedUnit& unit, const std::string& id, BytesView key, bool added) {
  TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                              .owner = id,
                              .use = "travel-device",
                              .key_id = id,
                              .public_key_digest = crypto::sha256(key),
                              .added = added}));
  return ok();
}

Result<std::optional<Bytes>> key_of(store::Transaction& transaction, const std::string& id, bool& is_revoked) {
  std::optional<Bytes> key;
  TRYV(transaction.run(store::Sql{"SELECT public_key, revoked_at FROM travel_device WHERE device_id = $1"},
                       {std::string_view{id}}, [&](const store::Row& row) {
                         key = to_bytes(row.bytes(0));
                         is_revoked = !row.is_null(1);
                       }));
  return key;
}

}  // namespace

Result<void> add_device(const Ground& ground, const std::string& id, const std::string& port, BytesView public_key) {
  TRYV(check_name(id));
  const auto* place = domain::find_port(port);
  if (place == nullptr || place->state != "IDN") return fail(Errc::invalid_argument, "no port of this country");
  TRY(key, crypto::Ed25519PublicKey::from_bytes(public_key));
  return service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    const auto now = static_cast<std::int64_t>(unix_seconds(unit.now()));
    TRY(added, unit.transaction().run(
                   store::Sql{"INSERT INTO travel_device (device_id, port, public_key, added_at) VALUES ($1, $2, $3, "
                              "$4) ON CONFLICT (device_id) DO NOTHING"},
                   {std::string_view{id}, std::string_view{port}, BytesView{key.bytes()}, now}));
    if (added == 0) return fail(Errc::conflict, "there is a device of this id");
    return log_device(unit, id, key.bytes(), true);
  });
}

Result<void> revoke_device(const Ground& ground, const std::string& id) {
  return service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    bool is_revoked = false;
    TRY(key, key_of(unit.transaction(), id, is_revoked));
    if (!key) return fail(Errc::not_found, "no device of this id");
    if (is_revoked) return ok();
    TRYV(unit.transaction().run(store::Sql{"UPDATE travel_device SET revoked_at = $1 WHERE device_id = $2"},
                                {static_cast<std::int64_t>(unix_seconds(unit.now())), std::string_view{id}}));
    return log_device(unit, id, *key, false);
  });
}

Result<std::vector<Device>> list_devices(const Ground& ground) {
  std::vector<Row> rows;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    rows.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT device_id, port, public_key, added_at, revoked_at FROM travel_device ORDER BY device_id"},
        {}, [&](const store::Row& row) {
          rows.push_back({.id = std::string{row.text(0)},
                          .port = std::string{row.text(1)},
                          .key = to_bytes(row.bytes(2)),
                          .added_at = moment_at(row, 3),
                          .revoked_at = row.is_null(4) ? std::nullopt : std::optional{moment_at(row, 4)}});
        }));
    return ok();
  }));
  std::vector<Device> devices;
  for (auto& row : rows) {
    TRY(key, crypto::Ed25519PublicKey::from_bytes(row.key));
    devices.push_back(
        {.id = row.id, .port = row.port, .key = key, .added_at = row.added_at, .revoked_at = row.revoked_at});
  }
  return devices;
}

Result<Device> find_device(const Ground& ground, const std::string& id) {
  TRY(devices, list_devices(ground));
  const auto found = std::ranges::find(devices, id, &Device::id);
  if (found == devices.end() || found->revoked_at) return fail(Errc::not_found, "no device of this id");
  return *found;
}

}  // namespace lindung::travel
