#include "service/reporters.h"

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
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/issuer_terms.h"
#include "domain/report.h"
#include "domain/syndrome.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::size_t longest_id = 32;
constexpr std::size_t longest_key_id = 64;
constexpr std::size_t longest_name = 200;
constexpr std::uint64_t most_a_day = 1'000'000;
constexpr std::string_view id_letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
constexpr std::string_view key_id_letters = "abcdefghijklmnopqrstuvwxyz0123456789.-";

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }
std::int64_t as_int(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t count_in(const store::Row& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); }

bool is_made_of(std::string_view text, std::string_view letters, std::size_t longest) {
  return !text.empty() && text.size() <= longest && text.find_first_not_of(letters) == std::string_view::npos;
}

Result<void> check(const ReporterLimits& limits) {
  if (limits.per_day == 0 || limits.per_day > most_a_day || limits.per_minute == 0 || limits.per_minute > most_a_day) {
    return fail(Errc::invalid_argument, "limits: 1 to 1000000 a day and a minute");
  }
  return ok();
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : ",") + part;
  return out;
}

std::string text_of(const std::vector<domain::Syndrome>& syndromes) {
  std::vector<std::string> ids;
  ids.reserve(syndromes.size());
  for (const auto each : syndromes) ids.emplace_back(domain::name_of(each));
  return joined(ids);
}

Result<void> log_state(LoggedUnit& unit, const ReporterId& id, std::string_view action, const Hash& command) {
  TRYV(unit.log(log::OfficerEntry{
      .at = unit.now(),
      .action = std::string{action},
      .officer_key_digest = command,
      .case_digest = crypto::sha256(Message{}.text("lindung reporter v1").u8(0).text(id.value()).view())}));
  return ok();
}

Result<void> log_key(LoggedUnit& unit, const ReporterId& reporter, const KeyId& id, const Hash& digest, bool added) {
  TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                              .owner = reporter.value(),
                              .use = "report",
                              .key_id = id.value(),
                              .public_key_digest = digest,
                              .added = added}));
  return ok();
}

std::string_view action_of(ReporterState state) noexcept {
  switch (state) {
    case ReporterState::active: return "reporter.resumed";
    case ReporterState::suspended: return "reporter.suspended";
    case ReporterState::cut: break;
  }
  return "reporter.cut";
}

}  // namespace

std::string_view name_of(ReporterState state) noexcept {
  switch (state) {
    case ReporterState::active: return "active";
    case ReporterState::suspended: return "suspended";
    case ReporterState::cut: break;
  }
  return "cut";
}

bool ReportScope::covers(const domain::Report& report) const {
  const bool has_place =
      districts.empty() || report.district.empty() ||
      std::ranges::any_of(districts, [&](const auto& each) { return report.district.starts_with(each); });
  return has_place && (syndromes.empty() || std::ranges::all_of(domain::syndromes_of(report), [&](auto each) {
                         return std::ranges::find(syndromes, each) != syndromes.end();
                       }));
}

Result<ReportScope> parse_scope(std::string_view districts, std::string_view syndromes) {
  ReportScope scope;
  if (!districts.empty()) {
    TRY(parsed, domain::parse_districts(districts));
    scope.districts = std::move(parsed);
  }
  while (!syndromes.empty()) {
    const auto end = std::min(syndromes.find(','), syndromes.size());
    TRY(syndrome, domain::parse_syndrome(syndromes.substr(0, end)));
    scope.syndromes.push_back(syndrome);
    syndromes.remove_prefix(std::min(end + 1, syndromes.size()));
  }
  return scope;
}

Result<void> add_reporter(const Platform& platform, const ReporterId& id, const std::string& name,
                          const ReporterLimits& limits, const Hash& command) {
  if (!is_made_of(id.value(), id_letters, longest_id)) return fail(Errc::invalid_argument, "id: [a-z0-9-]{1,32}");
  if (name.empty() || name.size() > longest_name) return fail(Errc::invalid_argument, "name: 1 to 200 bytes");
  TRYV(check(limits));
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(added, unit.transaction().run(
                   store::Sql{"INSERT INTO reporter (reporter_id, name, state, per_day, per_minute, added_at) "
                              "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (reporter_id) DO NOTHING"},
                   {id.value(), std::string_view{name}, static_cast<std::int64_t>(ReporterState::active),
                    as_int(limits.per_day), as_int(limits.per_minute), as_int(unit.now())}));
    if (added == 0) return fail(Errc::conflict, "a reporter of this id exists");
    return log_state(unit, id, "reporter.added", command);
  });
}

Result<void> set_reporter_state(const Platform& platform, const ReporterId& id, ReporterState state,
                                const Hash& command) {
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    std::optional<ReporterState> known;
    TRYV(unit.transaction().run(store::Sql{"SELECT state FROM reporter WHERE reporter_id = $1"}, {id.value()},
                                [&](const store::Row& row) { known = static_cast<ReporterState>(row.integer(0)); }));
    if (!known) return fail(Errc::not_found, "no such reporter");
    if (*known == ReporterState::cut) return fail(Errc::conflict, "it is cut, for ever");
    TRYV(unit.transaction().run(store::Sql{"UPDATE reporter SET state = $2 WHERE reporter_id = $1"},
                                {id.value(), static_cast<std::int64_t>(state)}));
    return log_state(unit, id, action_of(state), command);
  });
}

Result<void> set_reporter_limits(const Platform& platform, const ReporterId& id, const ReporterLimits& limits) {
  TRYV(check(limits));
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(changed, transaction.run(store::Sql{"UPDATE reporter SET per_day = $2, per_minute = $3 WHERE reporter_id = $1"},
                                 {id.value(), as_int(limits.per_day), as_int(limits.per_minute)}));
    return changed == 0 ? fail(Errc::not_found, "no such reporter") : Result<void>{ok()};
  });
}

Result<void> add_reporter_key(const Platform& platform, const ReporterId& reporter, const KeyId& id,
                              const crypto::Ed25519PublicKey& key, const ReportScope& scope) {
  if (!is_made_of(id.value(), key_id_letters, longest_key_id)) {
    return fail(Errc::invalid_argument, "key id: [a-z0-9.-]{1,64}");
  }
  const auto districts = joined(scope.districts);
  const auto syndromes = text_of(scope.syndromes);
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(known,
        transaction.run(store::Sql{"SELECT reporter_id FROM reporter WHERE reporter_id = $1"}, {reporter.value()}));
    if (known == 0) return fail(Errc::not_found, "no such reporter");
    TRY(taken,
        transaction.run(store::Sql{"SELECT key_id FROM reporter_key WHERE public_key = $1"}, {BytesView{key.bytes()}}));
    if (taken != 0) return fail(Errc::conflict, "this key is registered already");
    TRY(added,
        transaction.run(store::Sql{"INSERT INTO reporter_key (key_id, reporter_id, public_key, districts, syndromes, "
                                   "added_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key_id) DO NOTHING"},
                        {id.value(), reporter.value(), BytesView{key.bytes()}, std::string_view{districts},
                         std::string_view{syndromes}, as_int(unit.now())}));
    if (added == 0) return fail(Errc::conflict, "a key of this id exists");
    return log_key(unit, reporter, id, crypto::sha256(key.bytes()), true);
  });
}

Result<void> revoke_reporter_key(const Platform& platform, const ReporterId& reporter, const KeyId& id) {
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    std::optional<Hash> digest;
    TRYV(transaction.run(store::Sql{"SELECT public_key FROM reporter_key WHERE key_id = $1 AND reporter_id = $2 AND "
                                    "revoked_at IS NULL"},
                         {id.value(), reporter.value()},
                         [&](const store::Row& row) { digest = crypto::sha256(row.bytes(0)); }));
    if (!digest) return fail(Errc::not_found, "the reporter has no such key that is not revoked");
    TRYV(transaction.run(store::Sql{"UPDATE reporter_key SET revoked_at = $2 WHERE key_id = $1"},
                         {id.value(), as_int(unit.now())}));
    return log_key(unit, reporter, id, *digest, false);
  });
}

Result<std::optional<ReporterKey>> find_reporter_key(store::Transaction& transaction, const KeyId& id) {
  std::optional<ReporterKey> found;
  Result<ReportScope> scope = ReportScope{};
  TRYV(transaction.run(
      store::Sql{"SELECT k.reporter_id, k.public_key, k.districts, k.syndromes, r.state, r.per_day, r.per_minute "
                 "FROM reporter_key k JOIN reporter r ON r.reporter_id = k.reporter_id "
                 "WHERE k.key_id = $1 AND k.revoked_at IS NULL"},
      {id.value()}, [&](const store::Row& row) {
        auto key = crypto::Ed25519PublicKey::from_bytes(row.bytes(1));
        if (key.has_error()) return;  // was checked when it was registered; a damaged row admits nobody
        scope = parse_scope(row.text(2), row.text(3));
        found = ReporterKey{.id = id,
                            .reporter = ReporterId{std::string{row.text(0)}},
                            .key = std::move(key).value(),
                            .scope = {},
                            .state = static_cast<ReporterState>(row.integer(4)),
                            .limits = {.per_day = count_in(row, 5), .per_minute = count_in(row, 6)}};
      }));
  if (!found) return found;
  if (scope.has_error()) return fail(Errc::corrupt, "the scope of a reporter's key");
  found->scope = std::move(scope).value();
  return found;
}

Result<std::optional<crypto::Ed25519PublicKey>> find_report_signer(const Platform& platform, const KeyId& id) {
  std::optional<crypto::Ed25519PublicKey> key;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    key.reset();
    TRY(found, find_reporter_key(transaction, id));
    if (found && found->state == ReporterState::active) key = found->key;
    return ok();
  }));
  return key;
}

Result<std::vector<ReporterListing>> list_reporters(const Platform& platform) {
  std::vector<ReporterListing> listing;
  const std::int64_t today = day_of(platform.clock.now()).number;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    listing.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT r.reporter_id, r.name, r.state, r.per_day, r.per_minute, COALESCE(d.reports, 0), "
                   "COALESCE(d.held, 0) FROM reporter r LEFT JOIN reporter_day d ON d.reporter_id = r.reporter_id AND "
                   "d.day = $1 ORDER BY r.reporter_id"},
        {today}, [&](const store::Row& row) {
          listing.push_back({.id = ReporterId{std::string{row.text(0)}},
                             .name = std::string{row.text(1)},
                             .state = static_cast<ReporterState>(row.integer(2)),
                             .limits = {.per_day = count_in(row, 3), .per_minute = count_in(row, 4)},
                             .keys = {},
                             .today = count_in(row, 5),
                             .held_today = count_in(row, 6)});
        }));
    for (auto& reporter : listing) {
      TRYV(transaction.run(store::Sql{"SELECT key_id, districts, syndromes, added_at, revoked_at FROM reporter_key "
                                      "WHERE reporter_id = $1 ORDER BY added_at, key_id"},
                           {reporter.id.value()}, [&](const store::Row& row) {
                             reporter.keys.push_back({.id = KeyId{std::string{row.text(0)}},
                                                      .districts = std::string{row.text(1)},
                                                      .syndromes = std::string{row.text(2)},
                                                      .added_at = moment_of(count_in(row, 3)),
                                                      .revoked_at = row.is_null(4)
                                                                        ? std::nullopt
                                                                        : std::optional{moment_of(count_in(row, 4))}});
                           }));
    }
    return ok();
  }));
  return listing;
}

Result<bool> has_reporters(store::Transaction& transaction) {
  TRY(rows, transaction.run(store::Sql{"SELECT reporter_id FROM reporter LIMIT 1"}, {}));
  return rows != 0;
}

}  // namespace lindung::service
