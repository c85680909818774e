// `lindung import`: signs files in as an issuer, over the socket of the data folder or over the network, and shows how
// far it is.
#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "codec/base_n.h"
#include "codec/inflate.h"
#include "codec/json.h"
#include "domain/csv.h"
#include "domain/issuer.h"
#include "http/client.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t file_limit = 128UL * 1024 * 1024;  // of the socket's one request
constexpr std::size_t sent_limit = 2UL << 30U;           // of a body over the network
constexpr std::chrono::milliseconds ask_every{250};

struct ImportArguments {
  std::string issuer;
  std::string key_file;
  std::string import_id;
  std::vector<std::string> paths;
  std::string url;
  std::string ca_file;
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

// An import over the network: it is sent once, and then asked about until it is done.
class Sender {
 public:
  Sender(http::Client client, IssuerId issuer, std::string import_id)
      : client_{std::move(client)}, issuer_{std::move(issuer)}, import_id_{std::move(import_id)} {}

  Result<json::value> send(BytesView content, const Hash& digest, const IssuerSigner& key) {
    TRY(message, domain::import_message(issuer_, import_id_, digest));
    TRY(signature, key.sign(message));
    const auto claim = R"(issuer=")" + issuer_.value() + R"(", id=")" + import_id_ + R"(", digest=:)" +
                       codec::base64(digest) + ":, signature=:" + codec::base64(signature) + ":";
    TRY(response, client_.send({.method = "POST",
                                .target = "/v1/issuer/imports",
                                .fields = {{"Content-Type", std::string{type_of(content)}},
                                           {"Lindung-Import", claim},
                                           {"Prefer", "respond-async"}},
                                .body = std::string{as_text(content)}}));
    if (response.status == 200) return codec::parse_json(response.body, limits);
    if (response.status != 202) return outcome::failure(problem_error(response));
    return wait(claim);
  }

 private:
  static constexpr codec::JsonLimits limits{.bytes = 1UL << 30U, .depth = 32};

  static std::string_view type_of(BytesView content) {
    if (codec::looks_like_gzip(content)) return "application/gzip";
    return domain::csv::is_csv(content) ? "text/csv" : "application/fhir+ndjson";
  }

  Result<json::value> wait(const std::string& claim) {
    std::optional<std::uint64_t> shown;
    while (true) {
      TRY(response, client_.send({.method = "GET",
                                  .target = "/v1/issuer/imports/" + issuer_.value() + "/" + import_id_,
                                  .fields = {{"Lindung-Import", claim}},
                                  .body = {}}));
      if (response.status != 200) return outcome::failure(problem_error(response));
      TRY(value, codec::parse_json(response.body, limits));
      const auto& object = value.as_object();
      const std::string_view state = object.at("state").as_string();
      if (state == "done") {
        std::fprintf(stderr, "%s rows\n", codec::to_text(object.at("receipt").at("rows")).c_str());
        return object.at("receipt");
      }
      if (state == "failed") {
        return outcome::failure(
            problem_error({.status = 400, .fields = {}, .body = codec::to_text(object.at("problem"))}));
      }
      if (state != "running") return fail(Errc::unavailable, "the server lost this import: send it again");
      const auto rows = object.at("rows_done").to_number<std::uint64_t>();
      if (rows != shown) std::fprintf(stderr, "%llu rows\n", static_cast<unsigned long long>(rows));
      shown = rows;
      std::this_thread::sleep_for(ask_every);
    }
  }

  http::Client client_;
  IssuerId issuer_;
  std::string import_id_;
};

// Without an id of the caller's the content is its own: importing the same files twice changes nothing.
std::string import_id_of(const ImportArguments& arguments, const Hash& digest) {
  return arguments.import_id.empty() ? codec::hex(digest).substr(0, 32) : arguments.import_id;
}

Result<json::value> send_file(const ImportArguments& arguments) {
  if (arguments.paths.size() != 1) return fail(Errc::invalid_argument, "--url: one file is one import");
  TRY(issuer, domain::parse_issuer_id(arguments.issuer));
  TRY(key, read_issuer_key(arguments.key_file));
  TRY(content, store::read_file(arguments.paths.front(), sent_limit));
  const BytesView view{content};
  const auto digest = domain::content_digest({&view, 1});
  TRY(url, http::parse_url(arguments.url));
  http::ClientOptions options;
  options.call_timeout = std::chrono::hours{1};
  options.max_response_bytes = 1UL << 30U;
  if (url.tls) {
    options.tls =
        http::ClientTls{.ca_file = arguments.ca_file, .server_name = {}, .certificate_chain = {}, .private_key = {}};
  }
  TRY(client, http::Client::connect(url.endpoint, options));
  Sender sender{std::move(client), std::move(issuer), import_id_of(arguments, digest)};
  TRY(receipt, sender.send(view, digest, key));
  name_files(receipt, arguments.paths);
  return receipt;
}

// Until the answer is there. What cannot be asked is not shown: the answer will say what is wrong.
void show_progress(const Context& context, const json::object& claim, const std::future<Result<json::value>>& answer) {
  std::uint64_t shown = 0;
  while (answer.wait_for(ask_every) == std::future_status::timeout) {
    const auto progress = call_server(context, "import/progress", claim);
    if (progress.has_error()) continue;
    const auto rows = progress.value().at("rows_done").to_number<std::uint64_t>();
    if (rows > shown) std::fprintf(stderr, "%llu rows\n", static_cast<unsigned long long>(rows));
    shown = rows;
  }
}

Result<json::value> import_files(const Context& context, const ImportArguments& arguments) {
  TRY(issuer, domain::parse_issuer_id(arguments.issuer));
  TRY(key, read_issuer_key(arguments.key_file));
  std::vector<SecretBytes> contents;
  json::array files;
  for (const auto& path : arguments.paths) {
    TRY(content, store::read_file(path, file_limit));
    files.emplace_back(codec::base64(content));
    contents.push_back(std::move(content));
  }
  const std::vector<BytesView> views{contents.begin(), contents.end()};
  const auto digest = domain::content_digest(views);
  const auto import_id = import_id_of(arguments, digest);
  TRY(message, domain::import_message(issuer, import_id, digest));
  TRY(signature, key.sign(message));
  const json::object claim{{"issuer", arguments.issuer}, {"import_id", import_id}};
  auto call = claim;
  call["signature"] = codec::hex(signature);
  call["files"] = std::move(files);
  auto answer = std::async(std::launch::async, [&] { return call_server(context, "import", call); });
  show_progress(context, claim, answer);
  TRY(receipt, answer.get());
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

void add_import_command(CLI::App& program, Context& context) {
  const auto arguments = std::make_shared<ImportArguments>();
  auto* import = add_command(program, context, "import", "sign files of records in as an issuer",
                             "lindung import --issuer klinik-sehat --key klinik.key visits.ndjson");
  import->add_option("--issuer", arguments->issuer, "id of the issuer")->required();
  import->add_option("--key", arguments->key_file, "file of its signing key")->required()->check(CLI::ExistingFile);
  import->add_option("--import-id", arguments->import_id, "names this import; the default is its content's digest");
  import->add_option("path", arguments->paths, "files: FHIR in JSON or NDJSON, CSV; gzip too")
      ->required()
      ->check(CLI::ExistingFile);
  import->add_option("--url", arguments->url,
                     "send it over the network: https://lindung.example; the data folder is not used");
  import->add_option("--ca", arguments->ca_file,
                     "PEM file of who signs the server's certificate; else the machine's own trust");
  import->callback([&context, arguments] {
    finish(context, arguments->url.empty() ? import_files(context, *arguments) : send_file(*arguments), print_receipt);
  });
}

}  // namespace lindung::cli
