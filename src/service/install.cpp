#include "service/install.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "domain/colour.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"
#include "embedded/pact_integrity_pact_1_txt.h"
#include "embedded/rules_id_2021_json.h"
#include "log/entry.h"
#include "service/asked.h"
#include "service/logged_unit.h"
#include "service/person_rows.h"
#include "service/rule_sets.h"
#include "service/settings.h"
#include "store/database.h"
#include "store/log_head.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::chrono::days exchange_key_life{1};
constexpr seconds exchange_key_overlap{600};  // a key begins before the one before it ends
constexpr seconds open_after_end{120};        // protocol.md section 3: opens until not_after + 120 s

Result<bool> has_key(const store::KeyRing& ring, const store::KeyName& name) {
  const auto key = ring.key(name);
  if (key.has_value()) return true;
  if (key.error().code == Errc::not_found) return false;
  return key.error();
}

// The keys that every installation has once. Blind indexes: by what people are found, what ids of traces are made from,
// by what an open incident is found, what places of partners are known by, and those of the portal.
Result<void> make_keys(store::KeyRing& ring) {
  using store::KeyClass;
  const std::vector<store::KeyName> names{{.cls = KeyClass::directory, .scope = "", .epoch = 1},
                                          {.cls = KeyClass::log, .scope = "", .epoch = 1},
                                          {.cls = KeyClass::blind, .scope = "person", .epoch = 1},
                                          {.cls = KeyClass::blind, .scope = "trace", .epoch = 1},
                                          {.cls = KeyClass::link_commit, .scope = "", .epoch = 1},
                                          {.cls = KeyClass::blind, .scope = "incident", .epoch = 1},
                                          {.cls = KeyClass::blind, .scope = "place", .epoch = 1},
                                          {.cls = KeyClass::blind, .scope = "session", .epoch = 1},
                                          {.cls = KeyClass::blind, .scope = "account", .epoch = 1},
                                          {.cls = KeyClass::blind, .scope = "portal-code", .epoch = 1},
                                          {.cls = KeyClass::blind, .scope = "civil-register", .epoch = 1}};
  std::vector<store::NewKey> missing;
  for (const auto& name : names) {
    TRY(is_there, has_key(ring, name));
    if (!is_there)
      missing.push_back({.info = {.name = name, .number = 0, .not_before = {}, .not_after = {}}, .bytes = {}});
  }
  if (missing.empty()) return ok();
  return ring.add_all(missing);
}

// What an installation begins with; others come by `lindung rules propose`.
std::string_view first_rule_set() { return embedded::rules_id_2021_json; }

Result<void> put_dummy(LoggedUnit& unit, const store::KeyRing& ring) {
  const CitizenRef citizen{crypto::random_bytes<16>()};
  const auto link = crypto::random_bytes<16>();
  const auto key = crypto::random_secret<32>();
  TRY(wrapped, store::wrap_citizen_key(ring, citizen, key));
  // Two steps, as most people have: the bytes that are opened are as long as for somebody who is there.
  TRY(timeline,
      domain::Timeline::make(
          "id-2021@1.0.0", {domain::Step{.from = Moment{}, .colour = domain::Colour::red, .rule = 0, .doors = 0},
                            domain::Step{.from = unit.now(), .colour = domain::Colour::black, .rule = 1, .doors = 0}}));
  TRYV(unit.transaction().run(
      store::Sql{"INSERT INTO citizen (citizen_ref, wrapped_key, created_at) VALUES ($1, $2, $3)"},
      {citizen.bytes(), BytesView{wrapped}, static_cast<std::int64_t>(unix_seconds(unit.now()))}));
  TRY(generation, store::read_timeline_generation(unit.transaction()));
  TRYV(put_timeline(unit.transaction(), {.citizen = citizen, .key = key}, timeline, generation));
  TRYV(write_setting(unit.transaction(), setting::dummy_citizen, citizen.bytes()));
  return write_setting(unit.transaction(), setting::dummy_link, link);
}

Result<void> put_pact(LoggedUnit& unit) {
  TRY(known, read_setting(unit.transaction(), setting::current_pact));
  if (known) return ok();
  const auto digest = pact_digest();
  TRYV(unit.transaction().run(
      store::Sql{"INSERT INTO pact (digest, body, added_at) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING"},
      {BytesView{digest}, pact_text(), static_cast<std::int64_t>(unix_seconds(unit.now()))}));
  return write_setting(unit.transaction(), setting::current_pact, digest);
}

Hash exchange_digest(const Secret<32>& key) {
  return crypto::sha256(crypto::X25519PrivateKey::from_bytes(key).public_key());
}

Result<Hash> signing_digest(const store::KeyRing& ring, store::KeyClass cls) {
  TRY(seed, ring.key({.cls = cls, .scope = "", .epoch = 1}));
  return crypto::sha256(crypto::Ed25519PrivateKey::from_seed(seed).public_key().bytes());
}

Result<void> log_gateway_key(LoggedUnit& unit, const Hash& public_key_digest, std::string use, std::string key_id,
                             bool added) {
  TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                              .owner = "gateway",
                              .use = std::move(use),
                              .key_id = std::move(key_id),
                              .public_key_digest = public_key_digest,
                              .added = added}));
  return ok();
}

}  // namespace

std::string_view pact_text() noexcept { return embedded::pact_integrity_pact_1_txt; }
Hash pact_digest() noexcept { return crypto::sha256(as_bytes(pact_text())); }

Result<void> install(store::Database& database, store::KeyRing& ring, const Clock& clock) {
  TRYV(make_keys(ring));
  TRY(rules, domain::RuleSet::parse(first_rule_set()));
  TRYV(write_logged(database, clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(dummy, read_setting(unit.transaction(), setting::dummy_citizen));
    if (dummy) return ok();  // installed before
    TRYV(put_dummy(unit, ring));
    TRYV(put_pact(unit));
    TRY(directory, signing_digest(ring, store::KeyClass::directory));
    TRYV(log_gateway_key(unit, directory, "directory", "1", true));
    TRY(log_key, signing_digest(ring, store::KeyClass::log));
    TRYV(log_gateway_key(unit, log_key, "log", "1", true));
    return install_rule_set(unit, ring, rules, first_rule_set());
  }));
  TRYV(rotate_exchange_keys(database, ring, clock));
  return ok();
}

Result<bool> rotate_exchange_keys(store::Database& database, store::KeyRing& ring, const Clock& clock) {
  return rotate_keys(database, ring, clock, {});
}

Result<bool> rotate_keys(store::Database& database, store::KeyRing& ring, const Clock& clock, const SealedFor& keys) {
  const auto now = clock.now();
  TRY(infos, ring.list(keys.cls));
  Moment covered_until = now - seconds{60};
  std::uint64_t last_number = 255;
  std::uint64_t last_epoch = 0;
  std::vector<store::KeyInfo> ended;
  for (const auto& info : infos) {
    covered_until = std::max(covered_until, info.not_after);
    if (info.name.epoch > last_epoch) {
      last_epoch = info.name.epoch;
      last_number = info.number;
    }
    if (info.not_after + open_after_end < now) ended.push_back(info);
  }
  std::vector<store::NewKey> fresh;
  TRY(next_epoch, ring.next_epoch(keys.cls));
  while (covered_until < now + exchange_key_life) {
    const auto begin = infos.empty() && fresh.empty() ? covered_until : covered_until - exchange_key_overlap;
    last_number = (last_number + 1) % 256;
    fresh.push_back({.info = {.name = {.cls = keys.cls, .scope = "", .epoch = next_epoch++},
                              .number = last_number,
                              .not_before = begin,
                              .not_after = covered_until + exchange_key_life},
                     .bytes = {}});
    covered_until += exchange_key_life;
  }
  if (fresh.empty() && ended.empty()) return false;
  struct Change {
    Hash digest{};
    std::uint64_t number{};
    bool added{};
  };
  std::vector<Change> changes;
  for (const auto& info : ended) {
    TRY(key, ring.key(info.name));
    changes.push_back({.digest = exchange_digest(key), .number = info.number, .added = false});
  }
  for (auto& key : fresh) {
    key.bytes = crypto::random_secret<32>();
    changes.push_back({.digest = exchange_digest(*key.bytes), .number = key.info.number, .added = true});
  }
  // Logged before it is used: killed in between, the log names a key that nobody ever had, and never the other way
  // round.
  TRYV(write_logged(database, clock, [&](LoggedUnit& unit) -> Result<void> {
    for (const auto& change : changes) {
      TRYV(log_gateway_key(unit, change.digest, std::string{keys.use}, std::to_string(change.number), change.added));
    }
    return ok();
  }));
  TRYV(ring.add_all(fresh));
  std::vector<store::KeyName> names;
  names.reserve(ended.size());
  for (const auto& info : ended) names.push_back(info.name);
  if (!names.empty()) {
    TRYV(ring.destroy_all(names));
  }
  return true;
}

Result<Dummy> load_dummy(store::Database& database) {
  std::optional<Bytes> citizen;
  std::optional<Bytes> link;
  TRYV(database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(first, read_setting(transaction, setting::dummy_citizen));
    citizen = std::move(first);
    TRY(second, read_setting(transaction, setting::dummy_link));
    link = std::move(second);
    return ok();
  }));
  if (!citizen || citizen->size() != 16 || !link || link->size() != 16) {
    return fail(Errc::corrupt, "this database is not an installation");
  }
  return Dummy{.citizen = CitizenRef{take<16>(*citizen)}, .link = LinkId{take<16>(*link)}};
}

}  // namespace lindung::service
