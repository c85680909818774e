#include "travel/rules.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/route_rules.h"
#include "domain/rule_document.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/database.h"
#include "store/sealing.h"
#include "travel/ground.h"
#include "travel/names.h"

namespace lindung::travel {

namespace {

constexpr std::string_view table = "travel_rules";
constexpr std::int64_t retired = 0;
constexpr std::int64_t active = 1;

Bytes row_key(std::string_view id, std::string_view version) { return Message{}.text(id).u8(0).text(version).take(); }

// The document of the version, where it is known; and what is in force.
struct Known {
  std::optional<Hash> same_version;
  std::optional<Hash> in_force;
};

Result<Known> read_known(store::Transaction& transaction, const domain::RouteRules& rules) {
  Known known;
  TRYV(transaction.run(store::Sql{"SELECT rule_id, version, digest, state FROM travel_rules"}, {},
                       [&](const store::Row& row) {
                         const auto digest = take<32>(row.bytes(2));
                         if (row.text(0) == rules.id() && row.text(1) == rules.version()) known.same_version = digest;
                         if (row.integer(3) == active) known.in_force = digest;
                       }));
  return known;
}

Result<void> put_in_force(const Ground& ground, service::LoggedUnit& unit, const domain::RouteRules& rules,
                          std::string_view content) {
  const auto key = row_key(rules.id(), rules.version());
  const store::RowSealer sealer{ground.ring};
  TRY(sealed, sealer.seal({.table = table, .primary_key = key, .version = 1}, as_bytes(content)));
  const auto now = static_cast<std::int64_t>(unix_seconds(unit.now()));
  auto& transaction = unit.transaction();
  TRYV(transaction.run(store::Sql{"UPDATE travel_rules SET state = $1, changed_at = $2 WHERE state = $3"},
                       {retired, now, active}));
  TRYV(transaction.run(
      store::Sql{"INSERT INTO travel_rules (rule_id, version, digest, state, changed_at, sealed) VALUES ($1, $2, $3, "
                 "$4, $5, $6) ON CONFLICT (rule_id, version) DO UPDATE SET state = $4, changed_at = $5"},
      {std::string_view{rules.id()}, std::string_view{rules.version()}, BytesView{rules.digest()}, active, now,
       BytesView{sealed}}));
  TRYV(unit.log(log::RulesEntry{.at = unit.now(),
                                .id = rules.id(),
                                .version = rules.version(),
                                .digest = rules.digest(),
                                .change = log::RulesChange::activated}));
  return ok();
}

Result<std::map<std::string, crypto::Ed25519PublicKey>> read_officers(const Ground& ground) {
  std::map<std::string, Bytes> rows;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    rows.clear();
    TRYV(transaction.run(store::Sql{"SELECT officer_id, public_key FROM travel_officer WHERE revoked_at IS NULL"}, {},
                         [&](const store::Row& row) { rows[std::string{row.text(0)}] = to_bytes(row.bytes(1)); }));
    return ok();
  }));
  std::map<std::string, crypto::Ed25519PublicKey> officers;
  for (const auto& [id, bytes] : rows) {
    TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes));
    officers.emplace(id, key);
  }
  return officers;
}

Result<void> check_signatures(const Ground& ground, const domain::RuleDocument& document) {
  TRY(officers, read_officers(ground));
  if (officers.empty()) return ok();
  int good = 0;
  for (const auto& signature : document.signatures()) {
    const auto officer = officers.find(signature.signer);
    if (officer == officers.end()) continue;
    if (!document.verifies(signature, officer->second)) {
      return fail(Errc::bad_signature, "the signature of an officer under the route rules does not hold");
    }
    ++good;
  }
  if (good < rules_officers) return fail(Errc::denied, "route rules need the signatures of two officers");
  return ok();
}

}  // namespace

Result<void> load_rules(const Ground& ground) {
  struct Found {
    std::string id;
    std::string version;
    Bytes sealed;
  };
  std::optional<Found> found;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    found.reset();
    TRYV(transaction.run(store::Sql{"SELECT rule_id, version, sealed FROM travel_rules WHERE state = $1"}, {active},
                         [&](const store::Row& row) {
                           found = Found{.id = std::string{row.text(0)},
                                         .version = std::string{row.text(1)},
                                         .sealed = to_bytes(row.bytes(2))};
                         }));
    return ok();
  }));
  if (!found) {
    TRYV(activate_rules(ground, domain::RouteRules::built_in_text()));
    return ok();
  }
  const auto key = row_key(found->id, found->version);
  const store::RowSealer sealer{ground.ring};
  TRY(content, sealer.open({.table = table, .primary_key = key, .version = 1}, found->sealed));
  TRY(rules, domain::RouteRules::parse(as_text(content)));
  ground.rules.set(std::make_shared<const domain::RouteRules>(std::move(rules)));
  return ok();
}

Result<std::vector<RulesRow>> list_rules(const Ground& ground) {
  std::vector<RulesRow> rows;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    rows.clear();
    TRYV(transaction.run(store::Sql{"SELECT rule_id, version, digest, state, changed_at FROM travel_rules "
                                    "ORDER BY changed_at, rule_id, version"},
                         {}, [&](const store::Row& row) {
                           rows.push_back({.id = std::string{row.text(0)},
                                           .version = std::string{row.text(1)},
                                           .digest = take<32>(row.bytes(2)),
                                           .is_active = row.integer(3) == active,
                                           .changed_at = moment_of(static_cast<std::uint64_t>(row.integer(4)))});
                         }));
    return ok();
  }));
  return rows;
}

Result<RulesRow> activate_rules(const Ground& ground, std::string_view file) {
  TRY(document, domain::RuleDocument::read(file));
  TRY(parsed, domain::RouteRules::parse(document.content()));
  const auto failing = failing_cases(parsed);
  if (!failing.empty()) return fail(Errc::conflict, "the route rules' own case fails: " + failing.front());
  TRYV(check_signatures(ground, document));
  const auto rules = std::make_shared<const domain::RouteRules>(std::move(parsed));
  RulesRow row{
      .id = rules->id(), .version = rules->version(), .digest = rules->digest(), .is_active = true, .changed_at = {}};
  TRYV(service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    row.changed_at = unit.now();
    TRY(known, read_known(unit.transaction(), *rules));
    if (known.same_version && *known.same_version != rules->digest()) {
      return fail(Errc::conflict, "this version of the route rules was another document before");
    }
    if (known.in_force == rules->digest()) return ok();
    return put_in_force(ground, unit, *rules, document.content());
  }));
  ground.rules.set(rules);
  return row;
}

Result<void> add_officer(const Ground& ground, const std::string& id, BytesView public_key) {
  TRYV(check_name(id));
  TRY(key, crypto::Ed25519PublicKey::from_bytes(public_key));
  const auto digest = crypto::sha256(key.bytes());
  return service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    const auto now = static_cast<std::int64_t>(unix_seconds(unit.now()));
    TRY(added, unit.transaction().run(
                   store::Sql{"INSERT INTO travel_officer (officer_id, public_key, added_at) VALUES ($1, $2, $3) "
                              "ON CONFLICT (officer_id) DO NOTHING"},
                   {std::string_view{id}, BytesView{key.bytes()}, now}));
    if (added == 0) return fail(Errc::conflict, "there is an officer of this id");
    TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                                .owner = id,
                                .use = "travel-officer",
                                .key_id = id,
                                .public_key_digest = digest,
                                .added = true}));
    return ok();
  });
}

}  // namespace lindung::travel
