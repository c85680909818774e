#include "api/command_table.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/admin_consents.h"
#include "api/admin_incidents.h"
#include "api/admin_people.h"
#include "api/arguments.h"
#include "api/officer_powers.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "service/detectors.h"
#include "service/looks.h"
#include "service/officer_purposes.h"
#include "service/officer_roles.h"
#include "service/officers.h"

namespace lindung::api {

namespace {

namespace json = boost::json;

constexpr std::string_view purpose_member = "purpose";

// What the command itself reads, and what a person is looked at for.
struct Work {
  json::object arguments;
  std::string purpose;
};

Result<Work> work_of(std::string_view name, const json::object& arguments, CommandProof proof) {
  Work work{.arguments = arguments, .purpose = std::string{service::unstated_purpose}};
  if (!service::looks_people_up(name)) return work;
  const auto* stated = arguments.if_contains(purpose_member);
  if (stated == nullptr) {
    if (proof == CommandProof::passkey) return fail(Errc::invalid_argument, "purpose: whoever looks says what for");
    return work;
  }
  if (!stated->is_string() || !service::is_officer_purpose(stated->get_string())) {
    return fail(Errc::invalid_argument, "purpose: one of the closed list");
  }
  work.purpose = stated->get_string();
  work.arguments.erase(purpose_member);
  return work;
}

// An officer of a key alone may give every command at the socket, as before there were roles.
Result<service::OfficerRoles> check_roles(const AdminGround& ground, std::string_view name, const OfficerId& officer,
                                          CommandProof proof) {
  TRY(roles, service::find_officer_roles(ground.platform, officer));
  if (roles.empty() && proof == CommandProof::signature) return roles;
  if (!may_give(roles, name)) return fail(Errc::denied, "no role of this officer gives this command");
  return roles;
}

Result<service::AcceptedCommand> accept(const AdminGround& ground, const CommandCall& call,
                                        std::string_view logged_as) {
  return call.proof == CommandProof::passkey ? service::accept_proved_command(ground.platform, *call.given, logged_as)
                                             : service::accept_command(ground.platform, *call.given, logged_as);
}

std::optional<CitizenRef> citizen_in(const json::value* value) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  ByteArray<16> bytes{};
  if (codec::from_hex(std::string_view{value->get_string()}, bytes).has_error()) return std::nullopt;
  return CitizenRef{bytes};
}

// Whom it was about: the command's argument, or what it found.
std::optional<CitizenRef> person_shown(const json::object& arguments, const json::value& result) {
  if (const auto named = citizen_in(arguments.if_contains("citizen"))) return named;
  return result.is_object() ? citizen_in(result.get_object().if_contains("citizen")) : std::nullopt;
}

struct Behind {
  OfficerId officer;
  service::OfficerRoles roles;
  service::AcceptedCommand accepted;
};

Result<Hash> key_digest_of(const AdminGround& ground, const OfficerId& officer) {
  TRY(officers, service::list_officers(ground.platform));
  const auto known = std::ranges::find(officers, officer, &service::OfficerListing::id);
  return known == officers.end() ? Hash{} : known->key_digest;
}

// What it shows of a person leaves only behind the row that says so.
Result<json::value> run_behind(const AdminGround& ground, const AdminCommand& command, const Work& work,
                               const Behind& behind) {
  auto signed_ground = ground;
  signed_ground.command = behind.accepted.digest;
  TRY(result, command.run(signed_ground, work.arguments));
  if (!service::looks_people_up(command.name)) return result;
  const auto person = person_shown(work.arguments, result);
  if (!person) return result;
  TRY(key_digest, key_digest_of(ground, behind.officer));
  TRYV(service::record_look(ground.platform, {.citizen = *person,
                                              .officer = service::text_of(behind.roles),
                                              .counted = behind.officer,
                                              .officer_key_digest = key_digest,
                                              .action = command.name,
                                              .purpose = work.purpose}));
  return result;
}

std::string waits_text(int missing) {
  return missing == 1 ? "one more officer: lindung approve"
                      : std::to_string(missing) + " more officers: lindung approve";
}

Result<void> need_officer(const CommandCall& call) {
  if (!call.given) return fail(Errc::denied, "an officer must sign this command (--officer FILE)");
  return ok();
}

}  // namespace

std::vector<AdminCommand> CommandTable::all_commands() {
  std::vector<AdminCommand> commands;
  for (auto group : {partner_commands(),      traffic_commands(),     canary_commands(),      venue_commands(),
                     venue_staff_commands(),  log_commands(),         issuer_commands(),      record_commands(),
                     batch_commands(),        why_commands(),         rules_commands(),       status_commands(),
                     officer_commands(),      retention_commands(),   token_commands(),       citizen_commands(),
                     contact_commands(),      hand_commands(),        rule_impact_commands(), sandbox_commands(),
                     pki_commands(),          certificate_commands(), pass_commands(),        reporter_commands(),
                     surveillance_commands(), triage_commands(),      incident_commands(),    evidence_commands(),
                     ledger_commands(),       disclosure_commands(),  legal_commands(),       account_commands(),
                     people_commands(),       consent_commands()}) {
    commands.insert(commands.end(), std::make_move_iterator(group.begin()), std::make_move_iterator(group.end()));
  }
  return commands;
}

const AdminCommand* CommandTable::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(commands_, name, &AdminCommand::name);
  return found == commands_.end() ? nullptr : &*found;
}

Result<NeededOfficers> CommandTable::needed(const AdminGround& ground, const AdminCommand& command,
                                            const json::object& arguments) {
  if (command.needs) return command.needs(ground, arguments);
  return NeededOfficers{.officers = command.officers};
}

Result<json::value> CommandTable::run(const AdminGround& ground, const AdminCommand& command,
                                      const CommandCall& call) const {
  TRY(work, work_of(command.name, call.arguments, call.proof));
  if (command.officers == 0) return command.run(ground, work.arguments);
  TRY(registered, service::count_officers(ground.platform));
  if (registered == 0 && call.proof == CommandProof::signature) return run_behind(ground, command, work, {});
  TRYV(need_officer(call));
  TRY(roles, check_roles(ground, command.name, call.given->officer, call.proof));
  TRY(accepted, accept(ground, call, command.logged_as.empty() ? command.name : command.logged_as));
  TRY(wanted, needed(ground, command, work.arguments));  // for these arguments one may not be enough
  const bool is_one_enough = wanted.officers == 1 || (command.is_founding && registered == 1);
  if (!is_one_enough) {
    TRY(id, service::ask_approval(ground.platform, *call.given));
    return json::object{{"approval", codec::hex(id)}, {"waits_for", "a second officer: lindung approve"}};
  }
  return run_behind(ground, command, work,
                    {.officer = call.given->officer, .roles = std::move(roles), .accepted = accepted});
}

Result<json::value> CommandTable::approve(const AdminGround& ground, const CommandCall& call) const {
  TRY(arguments, Arguments::read(call.arguments, {"approval"}));
  TRY(id, arguments.bytes<16>("approval"));
  TRYV(need_officer(call));
  const auto& officer = call.given->officer;
  TRY(accepted, accept(ground, call, call.given->name));
  TRY(waiting, service::find_approval(ground.platform, id, officer));
  const auto* command = find(waiting.name);
  if (command == nullptr) return fail(Errc::unsupported, "this program has no command " + waiting.name);
  TRY(roles, check_roles(ground, command->name, officer, call.proof));
  TRY(kept, codec::parse_json(waiting.arguments, command_limits));
  // Asked at the socket without a purpose, it stays without: the second officer adds none.
  TRY(work, work_of(command->name, kept.as_object(), CommandProof::signature));
  TRY(wanted, needed(ground, *command, work.arguments));
  TRY(approval, service::approve_command(ground.platform, id, officer, wanted.officers));
  if (approval.officers() < wanted.officers) {
    return json::object{{"approval", codec::hex(id)},
                        {"waits_for", waits_text(wanted.officers - approval.officers())},
                        {"why", wanted.why}};
  }
  return run_behind(ground, *command, work, {.officer = officer, .roles = std::move(roles), .accepted = accepted});
}

}  // namespace lindung::api
