// Records come in: files signed by an issuer become citizens, records and colours; every row is accounted for.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "service/import_receipt.h"
#include "service/platform.h"

namespace lindung::service {

struct SignedImport {
  IssuerId issuer;
  std::string import_id;
  std::span<const BytesView> files;  // one content, one behind the other
  Bytes signature{};                 // over domain::import_message, by a key of the issuer
};

using ImportProgress = std::function<void(std::uint64_t rows_done)>;

// Rows are written part by part; the import counts, and is in the log, with the last part. Interrupted, the same call
// goes on: a part that is written is never written again, and all parts have the time of entry of the first.
// Errors: not_found for an unknown issuer; bad_signature; denied when its licence is gone; conflict if the import id
// was used for other content, or was undone; invalid_argument for an import id of another shape; too_large.
[[nodiscard]] Result<ImportReceipt> import_records(const Platform& platform, const SignedImport& import,
                                                   const ImportProgress& progress = {});

}  // namespace lindung::service
