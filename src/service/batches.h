// A batch is one import as it is written: begun, done, or undone. Its parts are the units in which it was written, each
// with its outcome and whom it concerned.
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
#include "domain/import.h"
#include "domain/record.h"
#include "service/platform.h"
#include "service/row_list.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// The numbers stand in the database.
enum class BatchState : std::uint8_t {
  begun = 1,    // being written; interrupted, the same import goes on
  done = 2,     // in the log
  undoing = 3,  // its records are being taken back
  undone = 4,
};
[[nodiscard]] std::string_view name_of(BatchState state) noexcept;

struct Batch {
  domain::BatchId id;
  IssuerId issuer;
  std::string import_id;
  KeyId key;  // that signed it
  Hash content{};
  Moment begun_at;            // the time of entry of all its records
  std::uint64_t part_rows{};  // rows a part, for whoever goes on
  BatchState state{BatchState::begun};
};

// What came of one part.
struct PartOutcome {
  domain::Balance balance;
  RowList quarantined;
};

// The batch, new or begun before. An id of which nothing came, since the files could not be read, is free for others.
// Errors: conflict when its id was used for other content, or it was undone.
[[nodiscard]] Result<Batch> begin_batch(store::Transaction& transaction, const Batch& batch, BytesView signature);
// None if it was never begun.
[[nodiscard]] Result<std::optional<Batch>> find_batch(store::Transaction& transaction, const domain::BatchId& id);
// As it is now, and held so until the unit ends. Errors: not_found.
[[nodiscard]] Result<Batch> hold_batch(store::Transaction& transaction, const domain::BatchId& id);
[[nodiscard]] Result<void> move_batch(store::Transaction& transaction, const domain::BatchId& id, BatchState state);

// Newest first. Errors: those of the database.
[[nodiscard]] Result<std::vector<Batch>> list_batches(store::Transaction& transaction, const IssuerId& issuer);

// False if this part was not written yet; else fills what came of it. Errors: sealed; corrupt.
[[nodiscard]] Result<bool> find_part(store::Transaction& transaction, const store::KeyRing& ring,
                                     const domain::BatchId& batch, std::uint64_t part, PartOutcome& outcome);
[[nodiscard]] Result<void> put_part(store::Transaction& transaction, const store::KeyRing& ring,
                                    const domain::BatchId& batch, std::uint64_t part, const PartOutcome& outcome,
                                    const std::vector<CitizenRef>& citizens);
// Parts of the files that are written.
[[nodiscard]] Result<std::uint64_t> count_parts(store::Transaction& transaction, const domain::BatchId& batch);
// Rows of them that were accepted. Errors: sealed; corrupt.
[[nodiscard]] Result<std::uint64_t> count_accepted(store::Transaction& transaction, const store::KeyRing& ring,
                                                   const domain::BatchId& batch);
// Somebody who came into the batch later: released from quarantine, or found to be meant.
[[nodiscard]] Result<void> add_to_batch(store::Transaction& transaction, const store::KeyRing& ring,
                                        const domain::BatchId& batch, const CitizenRef& citizen);
// Everybody whom the batch concerned, each once, in their order.
[[nodiscard]] Result<std::vector<CitizenRef>> citizens_of(store::Transaction& transaction,
                                                          const domain::BatchId& batch);

}  // namespace lindung::service
