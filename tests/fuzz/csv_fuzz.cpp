// Any bytes behind a header are an import that balances or is refused whole, and in parts of one row it is the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/import.h"
#include "domain/import_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lindung;
  const domain::ImportContext context{.issuer = IssuerId{"fuzz"}, .import_id = "1", .now = moment_of(1'640'995'200)};
  const domain::ImportLimits limits{.rows = {.resource_bytes = 4096, .depth = 16}, .inflated_bytes = 1U << 20U};
  // The first byte says whether the input brings its own header.
  std::string text;
  if (size > 0 && data[0] % 2 == 0) {
    text = "nik;paspor;nama;tanggal_lahir;jenis;tanggal;jam;zona;vaksin;dosis;batch;tes;hasil;sampai\n";
  }
  if (size > 0) text.append(as_text(BytesView{data + 1, size - 1}));
  const auto file = as_bytes(std::string_view{text});
  const auto read = [&](std::size_t part_rows, domain::Balance& told) {
    return domain::read_import(
        std::span{&file, 1}, context, part_rows,
        [&](domain::ReadBatch&& part) -> Result<void> {
          told += part.balance;
          if (part.rejected.size() != part.balance.rejected) std::abort();
          if (part.quarantined.size() != part.balance.quarantined) std::abort();
          return ok();
        },
        limits);
  };
  domain::Balance whole;
  domain::Balance parts;
  const auto first = read(1'000'000, whole);
  const auto second = read(1, parts);
  if (first.has_error() != second.has_error()) std::abort();
  if (first.has_error()) return 0;
  if (!first.value().holds() || !(first.value() == whole) || !(whole == parts)) std::abort();
  return 0;
}
