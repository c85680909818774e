// `lindung carrier check`: a carrier's side of the question before departure, for gates and for who builds a system.
#include <CLI/App.hpp>
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/card_code.h"
#include "cert/reason.h"
#include "cli/border_talk.h"
#include "cli/certificate_input.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/key_file.h"
#include "cli/program.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/carrier_check.h"
#include "gateway/carrier_profile.h"
#include "gateway/envelope.h"
#include "gateway/sealed_client.h"
#include "http/client.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::string_view keys_label = "lindung carrier keys v1";
constexpr std::size_t keys_limit = std::size_t{1} << 20U;
constexpr std::chrono::seconds patience{20};

struct CarrierArguments {
  std::string code;
  std::string carrier;
  std::string number;
  std::string date;
  std::string key;
  std::string key_name;
  std::string url;
  std::string server_keys;
  std::string ca_file;
};

// The newest key that counts now, out of a document that the server's known signer has signed.
Result<gateway::GatewayKey> newest_key(std::string_view document, const crypto::Ed25519PublicKey& signer, Moment now) {
  TRY(payload, signed_payload(document, keys_label, signer));
  TRY(content, codec::parse_json(payload));
  const auto* object = content.if_object();
  const auto* keys = object == nullptr ? nullptr : object->if_contains("keys");
  if (keys == nullptr || !keys->is_array()) return fail(Errc::malformed, "keys");
  gateway::GatewayKey out;
  std::uint64_t newest = 0;
  for (const auto& each : keys->get_array()) {
    const auto* key = each.if_object();
    const auto* text = key == nullptr ? nullptr : key->if_contains("public_key");
    if (text == nullptr || !text->is_string()) return fail(Errc::malformed, "keys: public_key");
    const auto number = [&](std::string_view name) {
      const auto* value = key->if_contains(name);
      return value != nullptr && value->is_int64() ? static_cast<std::uint64_t>(value->get_int64()) : std::uint64_t{0};
    };
    const auto not_after = number("not_after");
    if (not_after <= newest || moment_of(not_after) <= now) continue;
    TRYV(codec::from_base64url(std::string_view{text->get_string()}, out.public_key));
    out.key_id = static_cast<std::uint8_t>(number("id"));
    newest = not_after;
  }
  if (newest == 0) return fail(Errc::unsupported_key, "no key of the server counts now");
  return out;
}

Result<domain::CarrierQuestion> question_of(const CarrierArguments& arguments) {
  TRY(text, certificate_text(arguments.code));
  const auto card = cert::read_card_code(text);
  if (!card)
    return fail(Errc::invalid_argument, "no code of a travel card: " + std::string{name_of(card.error().reason)});
  const auto day = parse_rfc3339(arguments.date + "T00:00:00Z");
  if (!day) return fail(Errc::invalid_argument, "--date: a day of departure like 2026-11-22");
  const domain::CarrierQuestion question{.id = crypto::random_bytes<16>(),
                                         .card = card.value().claims.id,
                                         .version = card.value().claims.version,
                                         .number = arguments.number,
                                         .departure = day_of(day.value())};
  if (!domain::parse_carrier_question(domain::encode(question))) {
    return fail(Errc::invalid_argument, "--number: 1 to 16 capitals, digits, spaces and hyphens");
  }
  return question;
}

Result<json::value> check(const CarrierArguments& arguments) {
  TRY(question, question_of(arguments));
  TRY(key, read_signing_key(arguments.key));
  TRY(content, store::read_file(arguments.server_keys, keys_limit));
  TRY(signer, server_key_in(as_text(BytesView{content})));
  TRY(parsed, http::parse_url(arguments.url));
  http::ClientOptions options;
  options.call_timeout = patience;
  if (parsed.tls) options.tls = http::ClientTls{.ca_file = arguments.ca_file};
  TRY(client, http::Client::connect(parsed.endpoint, options));
  TRY(keys,
      client.send({.method = "GET", .target = "/v1/carrier/keys", .fields = {{"Host", parsed.authority}}, .body = {}}));
  if (keys.status != 200) return outcome::failure(problem_error(keys));
  const auto now = SystemClock{}.now();
  TRY(server_key, newest_key(keys.body, signer, now));
  auto key_id = arguments.key_name.empty() ? arguments.carrier : arguments.key_name;
  std::ranges::transform(key_id, key_id.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const gateway::KeyHolder holder{.key_id = KeyId{key_id}, .signing_key = key, .pact_digest = {}};
  TRY(sealed, gateway::seal_envelope(gateway::carrier_envelope, holder, server_key, parsed.authority,
                                     domain::encode(question), now));
  auto fields = sealed.fields;
  fields.insert(fields.begin(), {"Host", parsed.authority});
  TRY(response, client.send({.method = "POST",
                             .target = std::string{gateway::carrier_envelope.signature.path},
                             .fields = std::move(fields),
                             .body = std::string{as_text(BytesView{sealed.body})}}));
  if (response.status != 200) return outcome::failure(problem_error(response));
  TRY(opened, gateway::open_reply(sealed.reply_key, as_bytes(response.body), domain::carrier_answer_size));
  TRY(answer, domain::parse_carrier_answer(opened));
  if (answer.id != question.id) return fail(Errc::corrupt, "the answer is to another question");
  return json::object{{"fit", answer.is_fit}};
}

}  // namespace

void add_carrier_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("carrier", "a carrier's question before departure");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<CarrierArguments>();
  auto* command = add_command(*group, context, "check",
                              "may everybody on this card board? fit or not, and nothing else; exit status 1 for not",
                              "lindung carrier check code.png --carrier GA --number 'GA 825' --date 2026-12-01 "
                              "--key ga.key --url https://travel.example --server-keys keys.json");
  command->add_option("code", arguments->code, "the text of the code, a file with it or its picture, or -")->required();
  command->add_option("--carrier", arguments->carrier, "the carrier's id")->required();
  command->add_option("--number", arguments->number, "of flight, voyage or train, as the card has it")->required();
  command->add_option("--date", arguments->date, "day of departure, UTC")->required();
  command->add_option("--key", arguments->key, "the carrier's signing key")->type_name("FILE")->required();
  command->add_option("--key-name", arguments->key_name, "of a key that is not the carrier's first: GA.2");
  command->add_option("--url", arguments->url, "address of the travel server")->type_name("URL")->required();
  command->add_option("--server-keys", arguments->server_keys, "the travel server's key document")
      ->type_name("FILE")
      ->required();
  command->add_option("--ca", arguments->ca_file, "certificate authority of the server, PEM")->type_name("FILE");
  command->callback([arguments, &context] {
    const auto answer = check(*arguments);
    if (answer.has_value() && !answer.value().at("fit").as_bool()) context.exit_status = negative;
    finish(context, answer);
  });
}

}  // namespace lindung::cli
