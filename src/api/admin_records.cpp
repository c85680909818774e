#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "service/imports.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

json::array named(const std::vector<domain::Rejected>& rows) {
  json::array all;
  for (const auto& row : rows) {
    all.emplace_back(Object{{"file", row.place.file},
                            {"line", row.place.line},
                            {"pointer", row.place.pointer},
                            {"reason", domain::name_of(row.reason)},
                            {"meaning", domain::meaning_of(row.reason)}});
  }
  return all;
}

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
  return Object{{"issuer", issuer},
                {"import_id", import_id},
                {"rows", receipt.balance.rows_in},
                {"accepted", receipt.balance.accepted},
                {"rejected", receipt.balance.rejected},
                {"quarantined", receipt.balance.quarantined},
                {"log_index", receipt.log_index},
                {"repeated", receipt.is_repeated},
                {"rejections", named(receipt.rejected)},
                {"quarantines", named(receipt.quarantined)},
                {"not_named", receipt.unnamed()}};
}

}  // namespace

std::vector<AdminCommand> record_commands() {
  return {{.name = "import", .officers = 0, .run = import_files}};  // signed by the issuer
}

}  // namespace lindung::api
