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
#include "crypto/ed25519.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "service/imports.h"
#include "service/issuers.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Result<json::value> add_issuer(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"issuer", "name", "key_id", "public_key"}));
  TRY(issuer, arguments.text("issuer"));
  TRY(bytes, arguments.bytes<32>("public_key"));
  TRY(key, crypto::Ed25519PublicKey::from_bytes(bytes));
  const auto key_id = arguments.text_or("key_id", issuer + ".1");
  TRYV(service::add_issuer_key(at.platform, IssuerId{issuer}, arguments.text_or("name", issuer), KeyId{key_id}, key));
  return Object{{"issuer", issuer}, {"key_id", key_id}};
}

Result<json::value> list_issuers(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(issuers, service::list_issuers(at.platform));
  json::array rows;
  for (const auto& issuer : issuers) {
    json::array keys;
    for (const auto& key : issuer.keys) {
      keys.emplace_back(Object{{"key_id", key.id.value()}, {"public_key", codec::hex(key.key.bytes())}});
    }
    rows.emplace_back(Object{{"issuer", issuer.id.value()}, {"name", issuer.name}, {"keys", std::move(keys)}});
  }
  return Object{{"issuers", std::move(rows)}};
}

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
  TRY(signature, arguments.bytes<64>("signature"));
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
          at.platform, {.issuer = IssuerId{issuer}, .import_id = import_id, .files = views, .signature = signature}));
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
  return {{.name = "issuer/add", .officers = 1, .run = add_issuer},
          {.name = "issuer/list", .officers = 0, .run = list_issuers},
          {.name = "import", .officers = 0, .run = import_files}};  // signed by the issuer
}

}  // namespace lindung::api
