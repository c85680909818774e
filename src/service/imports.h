// Records come in: files signed by an issuer become citizens, records and colours; every row is accounted for.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "service/import_receipt.h"
#include "service/platform.h"

namespace lindung::service {

struct SignedImport {
  IssuerId issuer;
  std::string import_id;
  std::span<const BytesView> files;  // one content, one behind the other
  crypto::Ed25519Signature signature{};
};

using ImportProgress = std::function<void(std::uint64_t rows_done)>;

// Rows are written part by part; the import counts, and is in the log, with the last part. Killed in between, the same
// call goes on: what is there already is left as it is.
// Errors: not_found for an unknown issuer; bad_signature; conflict if the import id was used for other content;
// invalid_argument for an import id of another shape; too_large.
[[nodiscard]] Result<ImportReceipt> import_records(const Platform& platform, const SignedImport& import,
                                                   const ImportProgress& progress = {});

}  // namespace lindung::service
