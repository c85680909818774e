// Taking imports back: one batch, or everything that one key of an issuer signed in a time range. What the records
// decided before stays explainable; from the undoing on they count for nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/batches.h"
#include "service/platform.h"

namespace lindung::service {

struct UndoReport {
  std::uint64_t batches{};
  std::uint64_t records{};   // that counted and count no more
  std::uint64_t citizens{};  // whose colours were derived again, counted once a batch
};
using UndoProgress = std::function<void(const UndoReport&)>;

// In the log first; then part by part. Interrupted, the same call goes on. Errors: not_found for an import that never
// was; conflict when it was undone already.
[[nodiscard]] Result<UndoReport> undo_batch(const Platform& platform, const IssuerId& issuer,
                                            const std::string& import_id, const Hash& command,
                                            const UndoProgress& progress = {});

struct KeyRange {
  IssuerId issuer;
  KeyId key;
  Moment from;
  Moment to;  // exclusive; of the time of entry
};
// All of them are marked in one unit, so that none goes on meanwhile. Errors: not_found when there is none left.
[[nodiscard]] Result<UndoReport> undo_signed_by(const Platform& platform, const KeyRange& range, const Hash& command,
                                                const UndoProgress& progress = {});

}  // namespace lindung::service
