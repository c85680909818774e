#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "domain/question.h"
#include "domain/venue_code.h"
#include "gateway/partner_client.h"
#include "gateway/signed_head.h"
#include "http/client.h"
#include "server/demo.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t demo_file_limit = 1UL << 30U;

struct AskArguments {
  std::string partner;
  std::string token;
  std::string venue;
  std::optional<std::size_t> link;  // of the partner's links in the demo file, counted from 0
  std::optional<std::size_t> door;  // of the demo's venues, counted from 0
  std::string request_id;
  bool check_in{};
  bool check_out{};
};

// What `partner ask` needs of the demo file.
struct Setting {
  std::string url;
  std::string authority;
  gateway::PartnerIdentity partner;
  gateway::GatewayKey gateway;
};

Result<std::string> text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string())
    return fail(Errc::malformed, "the demo file has no " + std::string{name});
  return std::string{value->get_string()};
}

Result<std::uint64_t> number_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value != nullptr && value->is_uint64()) return value->get_uint64();
  if (value != nullptr && value->is_int64() && value->get_int64() >= 0)
    return static_cast<std::uint64_t>(value->get_int64());
  return fail(Errc::malformed, "the demo file has no " + std::string{name});
}

template <std::size_t N>
Result<ByteArray<N>> hex_of(const json::object& object, std::string_view name) {
  TRY(text, text_of(object, name));
  ByteArray<N> out{};
  TRYV(codec::from_hex(text, out));
  return out;
}

Result<gateway::PartnerIdentity> find_partner(const json::object& file, const std::string& id) {
  TRY(pact, hex_of<32>(file, "pact_digest"));
  for (const auto& entry : file.at("partners").as_array()) {
    const auto& partner = entry.as_object();
    TRY(name, text_of(partner, "id"));
    if (name != id) continue;
    TRY(key_id, text_of(partner, "key_id"));
    TRY(epoch, number_of(partner, "epoch"));
    TRY(seed, hex_of<32>(partner, "signing_private_key"));
    return gateway::PartnerIdentity{.partner = PartnerId{id},
                                    .epoch = epoch,
                                    .key_id = KeyId{key_id},
                                    .signing_key = crypto::Ed25519PrivateKey::from_seed(Secret<32>{seed}),
                                    .pact_digest = pact};
  }
  return fail(Errc::not_found, "the demo has no partner " + id);
}

Result<gateway::GatewayKey> find_gateway_key(const json::object& file, Moment now) {
  for (const auto& entry : file.at("gateway_keys").as_array()) {
    const auto& key = entry.as_object();
    TRY(not_before, number_of(key, "not_before"));
    TRY(not_after, number_of(key, "not_after"));
    if (unix_seconds(now) < not_before || unix_seconds(now) > not_after) continue;
    TRY(id, number_of(key, "key_id"));
    TRY(public_key, hex_of<32>(key, "public_key"));
    return gateway::GatewayKey{.key_id = static_cast<std::uint8_t>(id), .public_key = public_key};
  }
  return fail(Errc::not_found, "the demo file holds no exchange key of today: restart the demo");
}

// Fills token and venue from the demo file where the caller named them by their place in it.
Result<void> fill_in(const json::object& file, AskArguments& arguments) {
  if (arguments.link) {
    std::size_t place = 0;
    for (const auto& entry : file.at("links").as_array()) {
      TRY(partner, text_of(entry.as_object(), "partner"));
      if (partner != arguments.partner || place++ != *arguments.link) continue;
      TRY(token, text_of(entry.as_object(), "token"));
      arguments.token = token;
    }
    if (arguments.token.empty()) return fail(Errc::not_found, arguments.partner + " has not so many links in the demo");
  }
  if (arguments.door) {
    const auto& venues = file.at("venues").as_array();
    if (*arguments.door >= venues.size()) return fail(Errc::not_found, "the demo has not so many venues");
    TRY(code, text_of(venues[*arguments.door].as_object(), "code"));
    arguments.venue = code;
  }
  return ok();
}

Result<Setting> read_setting(const std::string& path, AskArguments& arguments, Moment now) {
  auto content = store::read_file(path, demo_file_limit);
  if (content.has_error() && content.error().code == Errc::not_found) {
    return fail(Errc::not_found, path + " is not there (lindung demo writes it)", 3);
  }
  if (content.has_error()) return content.error();
  TRY(value, codec::parse_json(as_text(content.value()), {.bytes = demo_file_limit, .depth = 8}));
  if (!value.is_object() || !value.get_object().contains("partners") || !value.get_object().contains("gateway_keys")) {
    return fail(Errc::malformed, path + " is not a demo file");
  }
  const auto& file = value.get_object();
  TRY(url, text_of(file, "url"));
  TRY(authority, text_of(file, "authority"));
  TRY(identity, find_partner(file, arguments.partner));
  TRYV(fill_in(file, arguments));
  TRY(gateway_key, find_gateway_key(file, now));
  return Setting{
      .url = std::move(url), .authority = std::move(authority), .partner = std::move(identity), .gateway = gateway_key};
}

Result<domain::Question> question_of(const AskArguments& arguments, Moment now) {
  domain::Question question{.operation = domain::Operation::status,
                            .request_id = RequestId{crypto::random_bytes<16>()},
                            .token = {},
                            .client_time = now,
                            .venue_code = {}};
  if (arguments.check_in) question.operation = domain::Operation::check_in;
  if (arguments.check_out) question.operation = domain::Operation::check_out;
  TRYV(codec::from_hex(arguments.token, question.token.bytes));
  if (!arguments.request_id.empty()) {
    ByteArray<16> id{};
    TRYV(codec::from_hex(arguments.request_id, id));
    question.request_id = RequestId{id};
  }
  if (!arguments.venue.empty()) {
    auto code = domain::venue_code_bytes(arguments.venue);
    if (code.has_error()) code = codec::from_hex(arguments.venue);
    if (code.has_error()) return fail(Errc::invalid_argument, "--venue: LINDUNG:1:… or hex");
    question.venue_code = std::move(code).value();
  }
  return question;
}

json::value describe(const domain::Answer& answer) {
  json::object out{{"outcome", domain::name_of(answer.outcome)},
                   {"colour", domain::name_of(answer.colour)},
                   {"answered_before", answer.answered_before},
                   {"request_id", codec::hex(answer.request_id.bytes())},
                   {"answered_at", rfc3339(answer.answered_at)},
                   {"valid_until", rfc3339(answer.valid_until())},
                   {"log_index", answer.log_index},
                   {"leaf_hash", codec::hex(answer.leaf_hash)}};
  if (!all_zero(answer.next_token)) out["next_token"] = codec::hex(answer.next_token);
  return out;
}

Result<json::value> ask(const Context& context, AskArguments arguments) {
  const auto now = SystemClock{}.now();
  TRY(setting, read_setting(server::demo_file_of(context.data_folder), arguments, now));
  TRY(question, question_of(arguments, now));
  TRY(request, gateway::seal_request(setting.partner, setting.gateway, setting.authority, question, now));
  TRY(url, http::parse_url(setting.url));
  auto client = http::Client::connect(url.endpoint);
  if (client.has_error()) return fail(Errc::not_found, "no server at " + setting.url, 3);
  auto fields = request.fields;
  fields.insert(fields.begin(), {"Host", setting.authority});
  TRY(response, client.value().send({.method = "POST",
                                     .target = std::string{gateway::exchange_profile.path},
                                     .fields = std::move(fields),
                                     .body = std::string{as_text(request.body)}}));
  if (response.status != 200) return outcome::failure(problem_error(response));
  TRY(answer, gateway::open_answer(setting.partner, request, as_bytes(response.body)));
  return describe(answer);
}

}  // namespace

void add_ask_command(CLI::App& partner, Context& context) {
  const auto arguments = std::make_shared<AskArguments>();
  auto* command = add_command(partner, context, "ask", "ask the gateway as a partner of the demo",
                              "lindung partner ask --partner gojek --token HEX --venue LINDUNG:1:… --check-in");
  command->add_option("--partner", arguments->partner, "who asks")->required();
  auto* token = command->add_option("--token", arguments->token, "the link token, 28 bytes in hex");
  command->add_option("--link", arguments->link, "instead of --token: the N-th link of the partner in the demo, from 0")
      ->excludes(token);
  command->add_option("--venue", arguments->venue, "the code at the door: its text, or hex");
  command->add_option("--door", arguments->door, "instead of --venue: the N-th venue of the demo, from 0");
  command->add_option("--request-id", arguments->request_id, "16 bytes in hex, to ask the same question again");
  auto* check_in = command->add_flag("--check-in", arguments->check_in, "the person goes in");
  command->add_flag("--check-out", arguments->check_out, "the person goes out")->excludes(check_in);
  command->callback([&context, arguments] {
    if (arguments->token.empty() && !arguments->link) throw CLI::RequiredError("--token or --link");
    const auto answer = ask(context, *arguments);
    finish(context, answer);
    if (answer.has_value() && answer.value().at("outcome") != "allow") context.exit_status = 1;
  });
}

}  // namespace lindung::cli
