#include "api/admin.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/arguments.h"
#include "api/problem.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "http/message.h"
#include "http/router.h"
#include "service/officers.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::size_t body_limit = 256U * 1024 * 1024;  // an import travels in one
constexpr std::chrono::minutes deadline{60};
constexpr std::string_view officer_member = "officer";

using Commands = std::vector<AdminCommand>;

// {"arguments": {...}, "officer": {"id", "at", "nonce", "signature"}}; the officer may be missing, the arguments too.
struct Call {
  json::object arguments;
  std::optional<service::SignedCommand> signed_by;
};

Result<Call> read_call(const http::Request& request, const std::string& name) {
  Call call;
  if (request.body.empty()) return call;
  TRY(value, codec::parse_json(as_text(request.body), {.bytes = body_limit, .depth = 8}));
  if (!value.is_object()) return fail(Errc::malformed, "a JSON object is needed");
  auto& object = value.get_object();
  if (auto* arguments = object.if_contains("arguments")) {
    if (!arguments->is_object()) return fail(Errc::malformed, "arguments: an object is needed");
    call.arguments = std::move(arguments->get_object());
  }
  const auto* officer = object.if_contains(officer_member);
  if (officer == nullptr) return call;
  if (!officer->is_object()) return fail(Errc::malformed, "officer: an object is needed");
  TRY(fields, Arguments::read(officer->get_object(), {"id", "at", "nonce", "signature"}));
  TRY(id, fields.text("id"));
  TRY(at, fields.number("at"));
  TRY(nonce, fields.bytes<16>("nonce"));
  TRY(signature, fields.bytes<64>("signature"));
  call.signed_by = service::SignedCommand{.officer = OfficerId{id},
                                          .name = name,
                                          .arguments = codec::to_text(call.arguments),
                                          .at = moment_of(at),
                                          .nonce = nonce,
                                          .signature = signature};
  return call;
}

// Runs the command when enough officers stand behind it; else says for whom it waits.
Result<json::value> run_command(const AdminGround& ground, const AdminCommand& command, const Call& call) {
  if (command.officers == 0) return command.run(ground, call.arguments);
  TRY(registered, service::count_officers(ground.platform));
  if (registered == 0) return command.run(ground, call.arguments);
  if (!call.signed_by) return fail(Errc::denied, "an officer must sign this command (--officer FILE)");
  const auto& logged_as = command.logged_as.empty() ? command.name : command.logged_as;
  TRY(digest, service::accept_command(ground.platform, *call.signed_by, logged_as));
  const bool is_one_enough = command.officers == 1 || (command.is_founding && registered == 1);
  if (!is_one_enough) {
    TRY(id, service::ask_approval(ground.platform, *call.signed_by));
    return json::object{{"approval", codec::hex(id)}, {"waits_for", "a second officer: lindung approve"}};
  }
  auto signed_ground = ground;
  signed_ground.command = digest;
  return command.run(signed_ground, call.arguments);
}

std::string waits_text(int missing) {
  return missing == 1 ? "one more officer: lindung approve"
                      : std::to_string(missing) + " more officers: lindung approve";
}

// One more officer behind a command that waits; runs it when they are enough.
Result<json::value> approve(const AdminGround& ground, const Commands& commands, const Call& call) {
  TRY(arguments, Arguments::read(call.arguments, {"approval"}));
  TRY(id, arguments.bytes<16>("approval"));
  if (!call.signed_by) return fail(Errc::denied, "an officer must sign this command (--officer FILE)");
  const auto& officer = call.signed_by->officer;
  TRY(digest, service::accept_command(ground.platform, *call.signed_by, call.signed_by->name));
  TRY(waiting, service::find_approval(ground.platform, id, officer));
  const auto command = std::ranges::find(commands, waiting.name, &AdminCommand::name);
  if (command == commands.end()) return fail(Errc::unsupported, "this program has no command " + waiting.name);
  TRY(kept, codec::parse_json(waiting.arguments, {.bytes = body_limit, .depth = 8}));
  NeededOfficers needed{.officers = command->officers};
  if (command->needs) {
    TRY(asked, command->needs(ground, kept.as_object()));
    needed = std::move(asked);
  }
  TRY(approval, service::approve_command(ground.platform, id, officer, needed.officers));
  if (approval.officers() < needed.officers) {
    return json::object{{"approval", codec::hex(id)},
                        {"waits_for", waits_text(needed.officers - approval.officers())},
                        {"why", needed.why}};
  }
  auto signed_ground = ground;
  signed_ground.command = digest;
  return command->run(signed_ground, kept.as_object());
}

using Work = std::function<Result<json::value>(const AdminGround&, const Call&)>;

http::Route route(const std::string& name, const GroundSource& ground, Work work) {
  return {.method = "POST",
          .path = "/admin/" + name,
          .access = http::Access::operator_only,
          .body_limit = body_limit,
          .deadline = deadline,
          .runs_on = http::RunsOn::worker,
          .handler = [name, ground, work = std::move(work)](const http::Request& request, http::Responder responder) {
            const auto call = read_call(request, name);
            if (call.has_error()) {
              responder(operator_problem(call.error()));
              return;
            }
            Result<json::value> result = fail(Errc::unavailable);
            const auto reached = ground([&](const AdminGround& at) { result = work(at, call.value()); });
            if (reached.has_error()) result = reached.error();
            if (result.has_error()) {
              responder(operator_problem(result.error()));
              return;
            }
            http::Response response;
            response.content_type = "application/json";
            response.body = codec::to_text(result.value());
            responder(std::move(response));
          }};
}

}  // namespace

std::vector<http::Route> admin_routes(const GroundSource& ground) {
  auto commands = std::make_shared<Commands>();
  for (auto group :
       {partner_commands(),   canary_commands(),      venue_commands(),   log_commands(),     issuer_commands(),
        record_commands(),    batch_commands(),       why_commands(),     rules_commands(),   status_commands(),
        retention_commands(), officer_commands(),     token_commands(),   citizen_commands(), contact_commands(),
        hand_commands(),      rule_impact_commands(), sandbox_commands(), pki_commands(),     certificate_commands(),
        pass_commands()}) {
    commands->insert(commands->end(), std::make_move_iterator(group.begin()), std::make_move_iterator(group.end()));
  }
  std::vector<http::Route> routes;
  for (std::size_t i = 0; i < commands->size(); ++i) {
    routes.push_back(route((*commands)[i].name, ground, [commands, i](const AdminGround& at, const Call& call) {
      return run_command(at, (*commands)[i], call);
    }));
  }
  routes.push_back(route("approve", ground,
                         [commands](const AdminGround& at, const Call& call) { return approve(at, *commands, call); }));
  return routes;
}

}  // namespace lindung::api
