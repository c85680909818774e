// Reporters: telehealth services that may send reports of suspected cases, with their keys, what each key may report,
// and how many a day and a minute.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/report.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

using ReporterId = Id<struct ReporterIdTag, std::string>;  // [a-z0-9-]{1,32}

// The numbers stand in the database.
enum class ReporterState : std::uint8_t { active = 1, suspended = 2, cut = 3 };
[[nodiscard]] std::string_view name_of(ReporterState state) noexcept;

struct ReporterLimits {
  std::uint64_t per_day{2'000};
  std::uint64_t per_minute{60};
};

// What a key may report; empty lists: everything.
struct ReportScope {
  std::vector<std::string> districts;  // first 2 or 4 digits
  std::vector<domain::Syndrome> syndromes;
  // Of a report that says both. Every syndrome must be in it.
  [[nodiscard]] bool covers(const domain::Report& report) const;
};
// "31,3273" and "ili,sari". Errors: invalid_argument.
[[nodiscard]] Result<ReportScope> parse_scope(std::string_view districts, std::string_view syndromes);

// Errors: invalid_argument for an id, name or limit of another shape; conflict for one that exists. In the log.
[[nodiscard]] Result<void> add_reporter(const Platform& platform, const ReporterId& id, const std::string& name,
                                        const ReporterLimits& limits, const Hash& command);
// At once, on every node; a cut is for ever. In the log. Errors: not_found; conflict for one that is cut.
[[nodiscard]] Result<void> set_reporter_state(const Platform& platform, const ReporterId& id, ReporterState state,
                                              const Hash& command);
// Errors: not_found; invalid_argument.
[[nodiscard]] Result<void> set_reporter_limits(const Platform& platform, const ReporterId& id,
                                               const ReporterLimits& limits);

// In the log with the key's digest. Errors: not_found; conflict for an id or a key that was used before;
// invalid_argument for an id outside [a-z0-9.-]{1,64}.
[[nodiscard]] Result<void> add_reporter_key(const Platform& platform, const ReporterId& reporter, const KeyId& id,
                                            const crypto::Ed25519PublicKey& key, const ReportScope& scope);
// At once, on every node. Errors: not_found.
[[nodiscard]] Result<void> revoke_reporter_key(const Platform& platform, const ReporterId& reporter, const KeyId& id);

struct ReporterKey {
  KeyId id;
  ReporterId reporter;
  crypto::Ed25519PublicKey key;
  ReportScope scope;
  ReporterState state{};  // of its reporter
  ReporterLimits limits;  // likewise
};
// None for a key that is unknown or revoked.
[[nodiscard]] Result<std::optional<ReporterKey>> find_reporter_key(store::Transaction& transaction, const KeyId& id);
// Its public key alone, for a door that only signs; none too while its reporter is suspended or cut.
[[nodiscard]] Result<std::optional<crypto::Ed25519PublicKey>> find_report_signer(const Platform& platform,
                                                                                 const KeyId& id);

struct ReporterListing {
  ReporterId id;
  std::string name;
  ReporterState state{};
  ReporterLimits limits;
  struct Key {
    KeyId id;
    std::string districts;
    std::string syndromes;
    Moment added_at;
    std::optional<Moment> revoked_at;
  };
  std::vector<Key> keys;
  std::uint64_t today{};       // reports of this day (UTC)
  std::uint64_t held_today{};  // of those, in quarantine
};
[[nodiscard]] Result<std::vector<ReporterListing>> list_reporters(const Platform& platform);
[[nodiscard]] Result<bool> has_reporters(store::Transaction& transaction);

}  // namespace lindung::service
