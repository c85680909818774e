// What an import has come to: its balance, its place in the log, and every row that does not count, by place and
// reason. It is kept sealed, so that the same import again gets the same receipt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/import.h"
#include "service/batches.h"
#include "service/row_list.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// Rows that one receipt names, at most; of the others it says how many they are.
inline constexpr std::size_t max_named_rows = 200'000;

struct ImportReceipt {
  domain::Balance balance;
  RowList rejected;
  RowList quarantined;  // place and reason; the rows themselves wait for two officers
  std::uint64_t log_index{};
  bool is_repeated{};  // this import id with this content was imported before; nothing was done

  // Takes in the outcome of one part and the rows that were rejected while reading it; names them while there is room.
  void add(const PartOutcome& part, const RowList& rejected_rows);
  [[nodiscard]] std::uint64_t unnamed() const noexcept {
    return balance.rejected + balance.quarantined - rejected.size() - quarantined.size();
  }
};

// What an import is known by, and what it held.
struct ImportName {
  const IssuerId& issuer;
  const std::string& import_id;
  const Hash& content;
};

// None if there is no such import. Errors: conflict if the import id was used for other content; sealed; corrupt.
[[nodiscard]] Result<std::optional<ImportReceipt>> find_receipt(store::Transaction& transaction,
                                                                const store::KeyRing& ring, const ImportName& name);
// Errors: sealed; those of the database.
[[nodiscard]] Result<void> put_receipt(store::Transaction& transaction, const store::KeyRing& ring,
                                       const ImportName& name, const ImportReceipt& receipt, Moment now);

}  // namespace lindung::service
