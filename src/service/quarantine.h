// Rows of imports that wait for two officers: kept sealed, counted for nothing, until they are released or refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/import.h"
#include "service/batches.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// The numbers stand in the database.
enum class QuarantineState : std::uint8_t { held = 1, released = 2, refused = 3, undone = 4 };
[[nodiscard]] std::string_view name_of(QuarantineState state) noexcept;

// Keeps a row apart; again under the same place it changes nothing.
[[nodiscard]] Result<void> put_quarantined(store::Transaction& transaction, const store::KeyRing& ring,
                                           const Batch& batch, const domain::Quarantined& row);

// Place and reason only: what the row says stays sealed.
struct QuarantinedRow {
  IssuerId issuer;
  std::string import_id;
  std::string place;  // "file:line:pointer"
  std::string reason;
  QuarantineState state{QuarantineState::held};
  Moment held_at;
};
// By import and place; only what waits unless `all`.
[[nodiscard]] Result<std::vector<QuarantinedRow>> list_quarantined(const Platform& platform,
                                                                   const std::optional<IssuerId>& issuer, bool all);

// Which rows of an import a decision is about: one place, or all that still wait.
struct QuarantineChoice {
  IssuerId issuer;
  std::string import_id;
  std::optional<std::string> place;
};
struct QuarantineDecision {
  std::uint64_t rows{};
  std::uint64_t citizens{};  // whose colours were derived again
};
// The rows count from now on, as if they had been accepted. In the log first; then part by part: interrupted, the same
// call goes on. Errors: not_found when none waits there; conflict when the import was undone.
[[nodiscard]] Result<QuarantineDecision> release_quarantined(const Platform& platform, const QuarantineChoice& choice,
                                                             const Hash& command);
// The rows never count. In the log. Errors: not_found when none waits there.
[[nodiscard]] Result<QuarantineDecision> refuse_quarantined(const Platform& platform, const QuarantineChoice& choice,
                                                            const Hash& command);
// Those that wait go with their batch.
[[nodiscard]] Result<void> undo_quarantined(store::Transaction& transaction, const Batch& batch);

}  // namespace lindung::service
