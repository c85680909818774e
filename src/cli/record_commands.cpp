#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "domain/issuer.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t file_limit = 128UL * 1024 * 1024;

struct ImportArguments {
  std::string issuer;
  std::string key_file;
  std::string import_id;
  std::vector<std::string> paths;
};

// The server knows the files by their numbers only.
void name_files(json::value& receipt, const std::vector<std::string>& paths) {
  auto* const object = receipt.if_object();
  for (const auto* list : {"rejections", "quarantines"}) {
    auto* const rows = object == nullptr ? nullptr : object->if_contains(list);
    if (rows == nullptr || !rows->is_array()) continue;
    for (auto& row : rows->get_array()) {
      auto* const file = row.is_object() ? row.get_object().if_contains("file") : nullptr;
      if (file == nullptr || !file->is_int64()) continue;
      const auto number = static_cast<std::size_t>(file->get_int64());
      if (number < paths.size()) *file = paths[number];
    }
  }
}

Result<json::value> import_files(const Context& context, const ImportArguments& arguments) {
  TRY(issuer, domain::parse_issuer_id(arguments.issuer));
  TRY(key, read_signing_key(arguments.key_file));
  std::vector<SecretBytes> contents;
  json::array files;
  for (const auto& path : arguments.paths) {
    TRY(content, store::read_file(path, file_limit));
    files.emplace_back(codec::base64(content));
    contents.push_back(std::move(content));
  }
  const std::vector<BytesView> views{contents.begin(), contents.end()};
  const auto digest = domain::content_digest(views);
  // Without an id of the caller's the content is its own: importing the same files twice changes nothing.
  const auto import_id = arguments.import_id.empty() ? codec::hex(digest).substr(0, 32) : arguments.import_id;
  TRY(message, domain::import_message(issuer, import_id, digest));
  TRY(receipt, call_server(context, "import",
                           {{"issuer", arguments.issuer},
                            {"import_id", import_id},
                            {"signature", codec::hex(key.sign(message))},
                            {"files", std::move(files)}}));
  name_files(receipt, arguments.paths);
  return receipt;
}

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string{value.get_string()} : codec::to_text(value);
}

void print_rows(const char* what, const json::value& receipt, const char* list) {
  const auto& rows = receipt.at(list).as_array();
  if (!rows.empty()) std::printf("%s:\n", what);
  for (const auto& row : rows) {
    const auto pointer = text_of(row.at("pointer"));
    std::printf("  %s, line %s%s%s: %s (%s)\n", text_of(row.at("file")).c_str(), text_of(row.at("line")).c_str(),
                pointer.empty() ? "" : " at ", pointer.c_str(), text_of(row.at("reason")).c_str(),
                text_of(row.at("meaning")).c_str());
  }
}

// The balance first, then a line for each row that does not count, with what is wrong with it.
void print_receipt(const json::value& receipt) {
  const auto number = [&](const char* name) { return text_of(receipt.at(name)); };
  std::printf(
      "import %s of %s%s\n", number("import_id").c_str(), number("issuer").c_str(),
      receipt.at("repeated").as_bool() ? ": it was imported before; nothing was done, and this is its receipt" : "");
  std::printf("%s rows: %s accepted, %s rejected, %s quarantined; entry %s of the log\n", number("rows").c_str(),
              number("accepted").c_str(), number("rejected").c_str(), number("quarantined").c_str(),
              number("log_index").c_str());
  print_rows("rejected", receipt, "rejections");
  print_rows("quarantined, until two officers decide", receipt, "quarantines");
  if (number("not_named") != "0")
    std::printf("and %s rows more, which are not named here\n", number("not_named").c_str());
  if (number("rows") == "0") std::printf("there is nothing in these files\n");
}

}  // namespace

void add_record_commands(CLI::App& program, Context& context) {
  const auto arguments = std::make_shared<ImportArguments>();
  auto* import = add_command(program, context, "import", "sign FHIR files in as an issuer",
                             "lindung import --issuer klinik-sehat --key klinik.key visits.ndjson");
  import->add_option("--issuer", arguments->issuer, "id of the issuer")->required();
  import->add_option("--key", arguments->key_file, "file of its signing key")->required()->check(CLI::ExistingFile);
  import->add_option("--import-id", arguments->import_id, "names this import; the default is its content's digest");
  import->add_option("path", arguments->paths, "FHIR files, JSON or NDJSON")->required()->check(CLI::ExistingFile);
  import->callback([&context, arguments] { finish(context, import_files(context, *arguments), print_receipt); });
}

}  // namespace lindung::cli
