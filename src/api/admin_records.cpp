#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "api/receipt_json.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "domain/record.h"
#include "service/batches.h"
#include "service/imports.h"
#include "store/database.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

// The files travel as base64 in one request, in the order in which they were signed.
Result<json::value> import_files(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"issuer", "import_id", "signature", "files"}));
  TRY(issuer, arguments.text("issuer"));
  TRY(import_id, arguments.text("import_id"));
  TRY(written, arguments.text("signature"));
  TRY(signature, codec::from_hex(written));
  const auto* listed = object.if_contains("files");
  if (listed == nullptr || !listed->is_array()) return fail(Errc::invalid_argument, "files: a list is needed");
  std::vector<Bytes> contents;
  for (const auto& file : listed->get_array()) {
    if (!file.is_string()) return fail(Errc::invalid_argument, "files: base64 texts are needed");
    TRY(content, codec::from_base64(file.get_string()));
    contents.push_back(std::move(content));
  }
  const std::vector<BytesView> views{contents.begin(), contents.end()};
  TRY(receipt,
      service::import_records(
          at.platform,
          {.issuer = IssuerId{issuer}, .import_id = import_id, .files = views, .signature = std::move(signature)}));
  return receipt_json(IssuerId{issuer}, import_id, receipt);
}

// How far an import is: for whoever waits for the answer of `import`. The parts of a batch have its number of rows, but
// for the last.
Result<json::value> import_progress(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"issuer", "import_id"}));
  TRY(issuer, arguments.text("issuer"));
  TRY(import_id, arguments.text("import_id"));
  std::uint64_t rows = 0;
  TRYV(at.platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    const auto id = domain::batch_id(IssuerId{issuer}, import_id);
    TRY(batch, service::find_batch(transaction, id));
    if (!batch) return fail(Errc::not_found, "no such import");
    TRY(parts, service::count_parts(transaction, id));
    rows = parts * batch->part_rows;
    return ok();
  }));
  return Object{{"rows_done", rows}};
}

}  // namespace

std::vector<AdminCommand> record_commands() {
  return {{.name = "import", .officers = 0, .run = import_files},  // signed by the issuer
          {.name = "import/progress", .officers = 0, .run = import_progress}};
}

}  // namespace lindung::api
