#include "travel/install.h"

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "store/ring.h"
#include "travel/day_keys.h"
#include "travel/ground.h"
#include "travel/rules.h"
#include "travel/signers.h"

namespace lindung::travel {

namespace {

using store::KeyClass;

// The log's key and that of the key document, and what secrets and blind indexes are made from.
Result<std::vector<store::KeyName>> make_keys(store::KeyRing& ring) {
  const std::vector<store::KeyName> names{{.cls = KeyClass::log, .scope = "", .epoch = 1},
                                          {.cls = KeyClass::directory, .scope = "", .epoch = 1},
                                          {.cls = KeyClass::blind, .scope = "travel-secret", .epoch = 1},
                                          {.cls = KeyClass::blind, .scope = "travel-content", .epoch = 1},
                                          {.cls = KeyClass::blind, .scope = "travel-document", .epoch = 1}};
  std::vector<store::NewKey> missing;
  std::vector<store::KeyName> signing;
  for (const auto& name : names) {
    const auto key = ring.key(name);
    if (key.has_value()) continue;
    if (key.error().code != Errc::not_found) return key.error();
    missing.push_back({.info = {.name = name, .number = 0, .not_before = {}, .not_after = {}}, .bytes = {}});
    if (name.cls != KeyClass::blind) signing.push_back(name);
  }
  if (!missing.empty()) {
    TRYV(ring.add_all(missing));
  }
  return signing;
}

}  // namespace

Result<void> install(const Ground& ground) {
  TRY(fresh, make_keys(ground.ring));
  if (!fresh.empty()) {
    TRYV(service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
      for (const auto& name : fresh) {
        TRY(seed, ground.ring.key(name));
        TRYV(unit.log(log::KeyEntry{
            .at = unit.now(),
            .owner = "travel",
            .use = name.cls == KeyClass::log ? "log" : "directory",
            .key_id = "1",
            .public_key_digest = crypto::sha256(crypto::Ed25519PrivateKey::from_seed(seed).public_key().bytes()),
            .added = true}));
      }
      return ok();
    }));
  }
  TRYV(keep_day_keys(ground));
  TRYV(rotate_signers(ground));
  return load_rules(ground);
}

Result<std::string> keep_origin(const Ground& ground, const std::string& wanted) {
  std::string origin = wanted;
  TRYV(ground.database.write([&](store::Transaction& transaction) -> Result<void> {
    origin = wanted;
    TRYV(transaction.run(store::Sql{"INSERT INTO travel_setting (name, value) VALUES ('log_origin', $1) "
                                    "ON CONFLICT (name) DO NOTHING"},
                         {as_bytes(wanted)}));
    TRYV(transaction.run(store::Sql{"SELECT value FROM travel_setting WHERE name = 'log_origin'"}, {},
                         [&](const store::Row& row) { origin = as_text(row.bytes(0)); }));
    return ok();
  }));
  return origin;
}

}  // namespace lindung::travel
