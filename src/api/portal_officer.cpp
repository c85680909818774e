#include "api/portal_officer.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/command_table.h"
#include "api/officer_powers.h"
#include "api/portal_accounts.h"
#include "api/portal_ground.h"
#include "api/portal_route.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "http/message.h"
#include "http/router.h"
#include "people/approval.h"
#include "people/caller.h"
#include "people/passkeys.h"
#include "people/staff_entry.h"
#include "service/detectors.h"
#include "service/officer_purposes.h"
#include "service/officer_roles.h"
#include "service/officers.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using json::object;
using people::Caller;
using service::SignedCommand;

constexpr std::string_view prefix = "/v1/portal/officer/";
constexpr std::string_view approve_name = "approve";
constexpr std::string_view approval_kind = "officer.command";

// What the routes of one server share.
class Desk {
 public:
  Desk(GroundSource commands, std::shared_ptr<const CommandTable> table)
      : commands_{std::move(commands)}, table_{std::move(table)} {}

  [[nodiscard]] Result<json::value> me(const PortalGround& at, const Caller& caller) const;
  [[nodiscard]] Result<json::value> ask(const PortalGround& at, const Caller& caller, const object& body) const;
  [[nodiscard]] Result<json::value> prepare(const PortalGround& at, const Caller& caller, const object& body) const;
  [[nodiscard]] Result<json::value> command(const PortalGround& at, const Caller& caller, const object& body) const;
  [[nodiscard]] Result<json::value> approvals(const PortalGround& at, const Caller& caller) const;
  [[nodiscard]] Result<json::value> approve(const PortalGround& at, const Caller& caller, const object& body) const;

 private:
  using Work = std::function<Result<json::value>(const AdminGround&)>;
  [[nodiscard]] Result<json::value> on_ground(const Work& work) const;
  // Errors: not_found for a command that a browser cannot give; denied for one that no role of theirs gives.
  [[nodiscard]] Result<const AdminCommand*> command_of(const PortalGround& at, const Caller& caller,
                                                       std::string_view name) const;

  GroundSource commands_;
  std::shared_ptr<const CommandTable> table_;
};

Result<object> arguments_of(const object& body) {
  const auto* arguments = body.if_contains("arguments");
  if (arguments == nullptr) return object{};
  if (!arguments->is_object()) return fail(Errc::malformed, "arguments");
  return arguments->get_object();
}

object row_of(const AdminCommand& command) {
  return {{"command", command.name},
          {"officers", command.officers},
          {"shows_person", service::looks_people_up(command.name)}};
}

// What the page was given by `prepare` and sends back, over which the passkey signed.
Result<CommandCall> given_call(const Caller& caller, std::string_view name, object arguments, const object& body) {
  TRY(at_text, text_of(body, "at"));
  const auto at = parse_rfc3339(std::string{at_text});
  if (at.has_error()) return fail(Errc::malformed, "at");
  CommandCall call{.arguments = std::move(arguments), .given = {}, .proof = CommandProof::passkey};
  SignedCommand given{.officer = caller.officer,
                      .name = std::string{name},
                      .arguments = codec::to_text(call.arguments),
                      .at = at.value()};
  TRYV(hex_of(body, "nonce", given.nonce));
  call.given = std::move(given);
  return call;
}

Result<void> check_proof(const PortalGround& at, const Caller& caller, const CommandCall& call, const object& body) {
  return people::finish_approval(at.people(), caller, approval_kind,
                                 crypto::sha256(service::command_message(*call.given)), body);
}

Result<const AdminCommand*> Desk::command_of(const PortalGround& at, const Caller& caller,
                                             std::string_view name) const {
  const auto* command = table_->find(name);
  if (command == nullptr || !is_for_browsers(name)) return fail(Errc::not_found, "command");
  TRY(roles, service::find_officer_roles(at.platform, caller.officer));
  if (!may_give(roles, name)) return fail(Errc::denied, "role");
  return command;
}

Result<json::value> Desk::on_ground(const Work& work) const {
  Result<json::value> result = fail(Errc::unavailable);
  TRYV(commands_([&](const AdminGround& ground) { result = work(ground); }));
  return result;
}

Result<json::value> Desk::me(const PortalGround& at, const Caller& caller) const {
  TRY(roles, service::find_officer_roles(at.platform, caller.officer));
  json::array names;
  for (const auto role : roles) names.emplace_back(service::name_of(role));
  json::array may;
  for (const auto& command : table_->all()) {
    if (is_for_browsers(command.name) && may_give(roles, command.name)) may.emplace_back(row_of(command));
  }
  json::array purposes;
  for (const auto purpose : service::officer_purposes) purposes.emplace_back(purpose);
  return object{{"officer", caller.officer.value()},
                {"roles", std::move(names)},
                {"may", std::move(may)},
                {"purposes", std::move(purposes)}};
}

// Nothing that is read without an officer's proof shows a person: the table's own promise (docs/threat-model.md).
Result<json::value> Desk::ask(const PortalGround& at, const Caller& caller, const object& body) const {
  TRY(name, text_of(body, "command"));
  TRY(command, command_of(at, caller, name));
  if (command->officers != 0) return fail(Errc::denied, "approval: missing");
  TRY(arguments, arguments_of(body));
  return on_ground([&](const AdminGround& ground) {
    return table_->run(ground, *command, {.arguments = arguments, .given = {}, .proof = CommandProof::passkey});
  });
}

Result<json::value> Desk::prepare(const PortalGround& at, const Caller& caller, const object& body) const {
  TRY(name, text_of(body, "command"));
  TRY(arguments, arguments_of(body));
  NeededOfficers needed{.officers = 1};
  if (name != approve_name) {
    TRY(command, command_of(at, caller, name));
    needed.officers = command->officers;
  }
  const SignedCommand fixed{.officer = caller.officer,
                            .name = std::string{name},
                            .arguments = codec::to_text(arguments),
                            .at = at.platform.clock.now(),
                            .nonce = crypto::random_bytes<16>()};
  return object{{"at", rfc3339(fixed.at)},
                {"nonce", codec::hex(fixed.nonce)},
                {"digest", codec::hex(crypto::sha256(service::command_message(fixed)))},
                {"kind", approval_kind},
                {"officers", needed.officers}};
}

Result<json::value> finished(const Result<json::value>& result) {
  if (result.has_error()) return result.error();
  const auto* waits = result.value().is_object() ? result.value().get_object().if_contains("waits_for") : nullptr;
  if (waits != nullptr) return result.value();
  return object{{"result", result.value()}};
}

Result<json::value> Desk::command(const PortalGround& at, const Caller& caller, const object& body) const {
  TRY(name, text_of(body, "command"));
  TRY(command, command_of(at, caller, name));
  if (command->officers == 0) return fail(Errc::malformed, "command: it is asked, not given");
  TRY(arguments, arguments_of(body));
  TRY(call, given_call(caller, name, std::move(arguments), body));
  TRYV(check_proof(at, caller, call, body));
  return finished(on_ground([&](const AdminGround& ground) { return table_->run(ground, *command, call); }));
}

Result<json::value> Desk::approvals(const PortalGround& at, const Caller& caller) const {
  TRY(roles, service::find_officer_roles(at.platform, caller.officer));
  TRY(waiting, service::list_approvals(at.platform));
  return on_ground([&](const AdminGround& ground) -> Result<json::value> {
    json::array rows;
    for (const auto& [approval, asked_at] : waiting) {
      const auto* command = table_->find(approval.name);
      if (command == nullptr || !may_give(roles, approval.name)) continue;
      TRY(arguments, codec::parse_json(approval.arguments, command_limits));
      // What cannot be counted now is counted when somebody approves.
      const auto needed = CommandTable::needed(ground, *command, arguments.as_object());
      json::array approved_by;
      for (const auto& officer : approval.approved_by) approved_by.emplace_back(officer.value());
      const bool is_mine = approval.asked_by == caller.officer ||
                           std::ranges::find(approval.approved_by, caller.officer) != approval.approved_by.end();
      rows.emplace_back(object{{"approval", codec::hex(approval.id)},
                               {"command", approval.name},
                               {"arguments", std::move(arguments)},
                               {"asked_by", approval.asked_by.value()},
                               {"asked_at", rfc3339(asked_at)},
                               {"approved_by", std::move(approved_by)},
                               {"officers", needed.has_value() ? needed.value().officers : command->officers},
                               {"mine", is_mine}});
    }
    return object{{"approvals", std::move(rows)}};
  });
}

Result<json::value> Desk::approve(const PortalGround& at, const Caller& caller, const object& body) const {
  ByteArray<16> id{};
  TRYV(hex_of(body, "approval", id));
  TRY(call, given_call(caller, approve_name, {{"approval", codec::hex(id)}}, body));
  TRYV(check_proof(at, caller, call, body));
  return finished(on_ground([&](const AdminGround& ground) { return table_->approve(ground, call); }));
}

// The one thing that a session of a code is for is a passkey.
Result<http::Response> enrol(const PortalGround& at, const Caller& caller, const http::Request&, const object& body) {
  TRY(code, text_of(body, "code"));
  TRY(device, device_of(body));
  TRY(entered, people::enrol_officer(at.people(), code, device));
  return answer_sign_in(at, caller, entered);
}

Result<http::Response> login(const PortalGround& at, const Caller& caller, const http::Request&, const object& body) {
  const auto* credential = body.if_contains("credential");
  if (credential == nullptr || !credential->is_object()) return fail(Errc::malformed, "credential");
  TRY(device, device_of(body));
  TRY(entered, people::finish_passkey_login(at.people(), people::Role::officer, credential->get_object(), device));
  return answer_sign_in(at, caller, entered);
}

}  // namespace

std::vector<http::Route> portal_officer_routes(const PortalSource& source, const GroundSource& commands,
                                               const std::shared_ptr<const CommandTable>& table) {
  const auto desk = std::make_shared<const Desk>(commands, table);
  std::vector<http::Route> routes;
  // A session that a one-time code opened registers a passkey and does nothing else.
  const auto add = [&](std::string method, std::string_view path, auto work) {
    routes.push_back(portal_route(std::move(method), std::string{prefix} + std::string{path}, Who::officer, source,
                                  [desk, work](const PortalGround& at, const Caller& caller, const http::Request&,
                                               const object& body) -> Result<json::value> {
                                    if (!caller.by_passkey) return fail(Errc::denied, "passkey: missing");
                                    return work(*desk, at, caller, body);
                                  }));
  };
  routes.push_back(portal_answer_route("POST", std::string{prefix} + "enrol", Who::anyone, source, enrol));
  routes.push_back(portal_answer_route("POST", std::string{prefix} + "login", Who::anyone, source, login));
  add("GET", "me", [](const Desk& at_desk, const PortalGround& at, const Caller& caller, const object&) {
    return at_desk.me(at, caller);
  });
  add("POST", "ask", [](const Desk& at_desk, const PortalGround& at, const Caller& caller, const object& body) {
    return at_desk.ask(at, caller, body);
  });
  add("POST", "prepare", [](const Desk& at_desk, const PortalGround& at, const Caller& caller, const object& body) {
    return at_desk.prepare(at, caller, body);
  });
  add("POST", "commands", [](const Desk& at_desk, const PortalGround& at, const Caller& caller, const object& body) {
    return at_desk.command(at, caller, body);
  });
  add("GET", "approvals", [](const Desk& at_desk, const PortalGround& at, const Caller& caller, const object&) {
    return at_desk.approvals(at, caller);
  });
  add("POST", "approve", [](const Desk& at_desk, const PortalGround& at, const Caller& caller, const object& body) {
    return at_desk.approve(at, caller, body);
  });
  return routes;
}

}  // namespace lindung::api
