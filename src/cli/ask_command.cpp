#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/demo_setting.h"
#include "cli/partner_options.h"
#include "cli/partner_setting.h"
#include "codec/base_n.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/colour.h"
#include "domain/question.h"
#include "domain/venue_code.h"
#include "gateway/partner_session.h"
#include "http/client.h"
#include "server/demo.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

struct AskArguments {
  PartnerOptions gateway;  // for a gateway that is not the demo; its partner stands in `demo` too
  DemoChoice demo;
  std::string token;
  std::string venue;
  std::string request_id;
  std::string asked_at;
  std::string save;
  bool check_in{};
  bool check_out{};
};

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
    // The time is part of the question: another one would be another question under the same id.
    question.client_time = start_of(hour_of(now));
  }
  if (!arguments.asked_at.empty()) {
    TRY(asked_at, parse_rfc3339(arguments.asked_at));
    question.client_time = asked_at;
  }
  if (!arguments.venue.empty()) {
    auto code = domain::venue_code_bytes(arguments.venue);
    if (code.has_error()) code = codec::from_hex(arguments.venue);
    if (code.has_error()) return fail(Errc::invalid_argument, "--venue: LINDUNG:1:… or hex");
    question.venue_code = std::move(code).value();
  }
  return question;
}

json::value describe(const domain::Answer& answer, Moment asked_at) {
  json::object out{{"outcome", domain::name_of(answer.outcome)},
                   {"colour", domain::name_of(answer.colour)},
                   {"answered_before", answer.answered_before},
                   {"request_id", codec::hex(answer.request_id.bytes())},
                   {"asked_at", rfc3339(asked_at)},
                   {"answered_at", rfc3339(answer.answered_at)},
                   {"valid_until", rfc3339(answer.valid_until())},
                   {"log_index", answer.log_index},
                   {"leaf_hash", codec::hex(answer.leaf_hash)}};
  if (!all_zero(answer.next_token)) out["next_token"] = codec::hex(answer.next_token);
  return out;
}

// Of the gateway that --url names, else of the demo, from whose file token and venue may come.
Result<PartnerSetting> setting_of(const Context& context, AskArguments& arguments, Moment now) {
  TRYV(complete_options(arguments.gateway));
  if (!arguments.gateway.url.empty()) {
    if (!arguments.demo.partner.empty()) arguments.gateway.partner = arguments.demo.partner;
    return fetch_partner_setting(arguments.gateway, now);
  }
  TRY(demo, read_demo_setting(server::demo_file_of(context.data_folder), arguments.demo, now));
  if (!demo.token.empty()) arguments.token = std::move(demo.token);
  if (!demo.venue.empty()) arguments.venue = std::move(demo.venue);
  return std::move(demo.setting);
}

// PREFIX.head and PREFIX.body: what curl sends again, and `partner doctor --request` reads. No token stands in it.
Result<void> save_request(const std::string& prefix, const http::ClientRequest& request) {
  std::string head = request.method + " " + request.target + " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.fields) head += name + ": " + value + "\r\n";
  head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n";
  TRYV(store::replace_file(prefix + ".head", as_bytes(head)));
  return store::replace_file(prefix + ".body", as_bytes(request.body));
}

Result<json::value> ask(const Context& context, AskArguments arguments) {
  const SystemClock clock;
  const auto now = clock.now();
  TRY(setting, setting_of(context, arguments, now));
  TRY(question, question_of(arguments, now));
  TRYV(connect_to(setting.url, setting.tls));  // says by its own error that nobody is there
  Result<void> saved = ok();
  gateway::SessionOptions options{.url = setting.url,
                                  .tls = setting.tls,
                                  .authority = setting.authority,
                                  .partner = setting.partner,
                                  .key = setting.gateway};
  if (!arguments.save.empty()) {
    options.on_request = [&](const http::ClientRequest& sent) { saved = save_request(arguments.save, sent); };
  }
  gateway::PartnerSession session{std::move(options), clock};
  TRY(answer, session.ask(question));
  TRYV(saved);
  return describe(answer, question.client_time);
}

}  // namespace

void add_ask_command(CLI::App& partner, Context& context) {
  const auto arguments = std::make_shared<AskArguments>();
  auto* command = add_command(partner, context, "ask", "ask the gateway as a partner: of the demo, or of --url",
                              "lindung partner ask --partner gojek --token HEX --venue LINDUNG:1:… --check-in\n"
                              "  lindung partner ask --url https://gateway.example --directory-key HEX --partner gojek "
                              "--key gojek.key --key-id gojek.1 --token HEX");
  auto* partner_option = command->add_option("--partner", arguments->demo.partner, "who asks");
  auto* token = command->add_option("--token", arguments->token, "the link token, 28 bytes in hex");
  auto* link = command->add_option("--link", arguments->demo.link,
                                   "instead of --token: the N-th link of the partner in the demo, from 0");
  link->excludes(token);
  command->add_option("--venue", arguments->venue, "the code at the door: its text, or hex");
  auto* door =
      command->add_option("--door", arguments->demo.door, "instead of --venue: the N-th venue of the demo, from 0");
  add_gateway_options(*command, arguments->gateway);
  for (const char* other : {"--url", "--config"}) command->get_option(other)->excludes(link)->excludes(door);
  command->add_option("--request-id", arguments->request_id, "16 bytes in hex, to ask the same question again");
  command->add_option("--asked-at", arguments->asked_at,
                      "when it was first asked (RFC 3339); else now, or this hour's beginning with --request-id");
  command->add_option("--save", arguments->save, "also write the request as it is sent: PREFIX.head and PREFIX.body");
  auto* check_in = command->add_flag("--check-in", arguments->check_in, "the person goes in");
  command->add_flag("--check-out", arguments->check_out, "the person goes out")->excludes(check_in);
  command->callback([&context, arguments, partner_option] {
    if (partner_option->empty() && arguments->gateway.file.empty()) throw CLI::RequiredError("--partner");
    if (arguments->token.empty() && !arguments->demo.link) throw CLI::RequiredError("--token or --link");
    const auto answer = ask(context, *arguments);
    finish(context, answer);
    if (answer.has_value() && answer.value().at("outcome") != "allow") context.exit_status = 1;
  });
}

}  // namespace lindung::cli
