// `lindung travel card …`: what a traveller's program does, over the public interface alone. The card's id and secret
// stay in a file of the traveller's.
#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/random.h"
#include "http/client.h"
#include "image/qr_image.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t file_limit = 1UL << 20U;
constexpr std::string_view secret_field = "Lindung-Card-Secret";

struct Arguments {
  std::string file;
  std::string server;
  std::string ca;
  std::string keep{"card.secret"};
  std::string output;
};

// What a traveller keeps: {"server", "ca"?, "filing", "card"?, "secret"?}.
Result<json::object> read_kept(const std::string& path) {
  TRY(content, store::read_file(path, file_limit));
  TRY(value, codec::parse_json(as_text(content)));
  if (!value.is_object() || !value.get_object().contains("server")) {
    return fail(Errc::malformed, path + " is no file of `travel card file`");
  }
  return std::move(value.get_object());
}

Result<void> write_kept(const std::string& path, const json::object& kept) {
  return store::replace_file(path, as_bytes(codec::to_pretty_text(kept) + "\n"));
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

Result<json::value> call(const json::object& kept, http::ClientRequest request) {
  TRY(url, http::parse_url(text_of(kept, "server")));
  http::ClientOptions options;
  if (url.tls) options.tls = http::ClientTls{.ca_file = text_of(kept, "ca")};
  TRY(client, http::Client::connect(url.endpoint, options));
  request.fields.insert(request.fields.begin(), {"Host", url.authority});
  const auto secret = text_of(kept, "secret");
  if (!secret.empty()) request.fields.emplace_back(secret_field, secret);
  if (!request.body.empty()) request.fields.emplace_back("Content-Type", "application/json");
  TRY(response, client.send(request));
  if (response.status / 100 != 2) return outcome::failure(problem_error(response));
  return codec::parse_json(response.body, {.bytes = file_limit, .depth = 12});
}

Result<std::string> read_card(const std::string& path) {
  TRY(content, store::read_file(path, file_limit));
  return std::string{as_text(content)};
}

Result<json::value> file_card(const Arguments& arguments) {
  TRY(text, read_card(arguments.file));
  TRY(card, codec::parse_json(text, {.bytes = file_limit, .depth = 8}));
  json::object kept;
  std::error_code error;
  if (std::filesystem::exists(arguments.keep, error)) {
    // A filing whose answer did not come: the same id again gives the same card.
    BOOST_OUTCOME_TRY(kept, read_kept(arguments.keep));
    if (kept.contains("card")) return fail(Errc::conflict, arguments.keep + " keeps another card");
  } else {
    kept = json::object{{"server", arguments.server}, {"filing", codec::hex(crypto::random_bytes<16>())}};
    if (!arguments.ca.empty()) kept["ca"] = arguments.ca;
    TRYV(write_kept(arguments.keep, kept));
  }
  const json::object body{{"filing", kept.at("filing")}, {"card", card}};
  auto answer = call(kept, {.method = "POST", .target = "/v1/cards", .fields = {}, .body = codec::to_text(body)});
  if (answer.has_error()) {
    // Nothing was filed: the next try is another filing.
    if (answer.error().code == Errc::malformed) std::filesystem::remove(arguments.keep, error);
    return answer;
  }
  auto& object = answer.value().as_object();
  kept["card"] = object.at("card");
  kept["secret"] = object.at("secret");
  TRYV(write_kept(arguments.keep, kept));
  object.erase("secret");
  object["kept_in"] = arguments.keep;
  return answer;
}

Result<json::value> on_card(const Arguments& arguments, std::string method, std::string body = {}) {
  TRY(kept, read_kept(arguments.keep));
  const auto card = text_of(kept, "card");
  if (card.empty()) return fail(Errc::not_found, arguments.keep + " keeps a filing without an answer: file it again");
  return call(kept,
              {.method = std::move(method), .target = "/v1/cards/" + card, .fields = {}, .body = std::move(body)});
}

Result<json::value> change_card(const Arguments& arguments) {
  TRY(text, read_card(arguments.file));
  return on_card(arguments, "PUT", std::move(text));
}

Result<json::value> draw(const Arguments& arguments) {
  TRY(answer, on_card(arguments, "GET"));
  const auto code = text_of(answer.as_object(), "qr");
  if (arguments.output.empty()) return json::object{{"qr", code}};
  if (arguments.output.ends_with(".svg")) {
    TRY(picture, image::qr_svg(code, image::QrRepair::low));
    TRYV(store::replace_file(arguments.output, as_bytes(picture)));
  } else {
    TRY(picture, image::qr_png(code, image::QrRepair::low));
    TRYV(store::replace_file(arguments.output, picture));
  }
  return json::object{{"file", arguments.output}};
}

}  // namespace

void add_travel_card_commands(CLI::App& travel, Context& context) {
  const auto arguments = std::make_shared<Arguments>();
  auto* group = travel.add_subcommand("card", "a traveller's own card");
  group->require_subcommand(1);
  const auto with_kept = [&](CLI::App* command) {
    command->add_option("--keep", arguments->keep, "file with the card's id and secret")->capture_default_str();
    return command;
  };
  auto* file = with_kept(add_command(*group, context, "file", "file a card; prints whether the journey can be made",
                                     "lindung travel card file journey.json --server https://travel.example"));
  file->add_option("card", arguments->file, "the card as JSON (docs/border.md)")->required();
  file->add_option("--server", arguments->server, "address of the travel server")->required();
  file->add_option("--ca", arguments->ca, "PEM file of who signed its certificate; else the machine's own");
  file->callback([&context, arguments] { finish(context, file_card(*arguments)); });

  auto* show = with_kept(
      add_command(*group, context, "show", "the card as it is now", "lindung travel card show --keep card.secret"));
  show->callback([&context, arguments] { finish(context, on_card(*arguments, "GET")); });

  auto* change = with_kept(add_command(*group, context, "change", "another journey, other people: a new code",
                                       "lindung travel card change journey.json --keep card.secret"));
  change->add_option("card", arguments->file, "the whole card as JSON")->required();
  change->callback([&context, arguments] { finish(context, change_card(*arguments)); });

  auto* withdraw = with_kept(add_command(*group, context, "withdraw", "take the card back: its data are erased",
                                         "lindung travel card withdraw --keep card.secret"));
  withdraw->callback([&context, arguments] { finish(context, on_card(*arguments, "DELETE")); });

  auto* qr = with_kept(add_command(*group, context, "qr", "the code for the border, as text or as a picture",
                                   "lindung travel card qr --keep card.secret --output card.png"));
  qr->add_option("--output", arguments->output, "a file that ends in .svg or .png; without it the text is printed");
  qr->callback([&context, arguments] { finish(context, draw(*arguments)); });
}

}  // namespace lindung::cli
