// The operator's commands, spoken as JSON over the Unix socket of the data folder: POST /admin/<group>/<command>.
// One table a group; each command is one declaration and one function over the platform.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/borrow.h"
#include "base/result.h"
#include "http/router.h"
#include "service/exchange.h"
#include "service/gate.h"
#include "service/log_publisher.h"
#include "service/partners.h"
#include "service/platform.h"
#include "service/rule_activation.h"
#include "service/rule_impact.h"
#include "service/trust_library.h"

namespace lindung::api {

// What commands reach.
struct AdminGround {
  service::CommandDigest command{};  // of the officer's signed command; zeros while no officer is registered
  const service::Platform& platform;
  service::LogPublisher& publisher;
  const service::Exchange& exchange;
  const service::Gate& gate;
  const service::RuleTerms& rule_terms;
  service::RuleImpacts& impacts;
  service::TrustLibrary& trust;
  bool is_sandbox{};
};

// How many officers one call of a command takes, and for whoever approves it, why.
struct NeededOfficers {
  int officers{};
  std::string why{};  // empty: it always takes as many
};

struct AdminCommand {
  std::string name;  // "partner/cut"
  int officers{};    // how many it takes once officers are registered; 0: it changes nothing that is theirs to decide
  std::function<Result<boost::json::value>(const AdminGround&, const boost::json::object& arguments)> run;
  bool is_founding{};       // one officer is enough while there is only one: how the second comes to be
  std::string logged_as{};  // what the log calls it where its own name would tell too much; empty: its name
  // For a command that takes more officers for some arguments than for others, at least `officers`.
  std::function<Result<NeededOfficers>(const AdminGround&, const boost::json::object& arguments)> needs{};
};

[[nodiscard]] std::vector<AdminCommand> partner_commands();
[[nodiscard]] std::vector<AdminCommand> traffic_commands();  // partner traffic
[[nodiscard]] std::vector<AdminCommand> canary_commands();   // partner canary
[[nodiscard]] std::vector<AdminCommand> venue_commands();
[[nodiscard]] std::vector<AdminCommand> venue_staff_commands();  // venue owner, applications
[[nodiscard]] std::vector<AdminCommand> log_commands();
[[nodiscard]] std::vector<AdminCommand> issuer_commands();  // issuer, licences, lots
[[nodiscard]] std::vector<AdminCommand> record_commands();  // import
[[nodiscard]] std::vector<AdminCommand> batch_commands();   // batch, quarantine, citizen repair
[[nodiscard]] std::vector<AdminCommand> why_commands();
[[nodiscard]] std::vector<AdminCommand> rules_commands();
[[nodiscard]] std::vector<AdminCommand> rule_impact_commands();  // rules impact
[[nodiscard]] std::vector<AdminCommand> sandbox_commands();
[[nodiscard]] std::vector<AdminCommand> status_commands();
[[nodiscard]] std::vector<AdminCommand> retention_commands();  // retention, backup

[[nodiscard]] std::vector<AdminCommand> officer_commands();
[[nodiscard]] std::vector<AdminCommand> token_commands();  // token attribute
[[nodiscard]] std::vector<AdminCommand> citizen_commands();
[[nodiscard]] std::vector<AdminCommand> account_commands();  // account, register
[[nodiscard]] std::vector<AdminCommand> contact_commands();  // trace
[[nodiscard]] std::vector<AdminCommand> hand_commands();     // override, dispute, notice
[[nodiscard]] std::vector<AdminCommand> pass_commands();     // pass

[[nodiscard]] std::vector<AdminCommand> reporter_commands();      // reporter, report office, report held
[[nodiscard]] std::vector<AdminCommand> triage_commands();        // triage, report open
[[nodiscard]] std::vector<AdminCommand> surveillance_commands();  // surveillance

[[nodiscard]] std::vector<AdminCommand> pki_commands();
[[nodiscard]] std::vector<AdminCommand> certificate_commands();
[[nodiscard]] std::vector<AdminCommand> ledger_commands();  // decommission
[[nodiscard]] std::vector<AdminCommand> disclosure_commands();
[[nodiscard]] std::vector<AdminCommand> legal_commands();

[[nodiscard]] std::vector<AdminCommand> evidence_commands();

class CommandTable;

// The routes of all commands, and of /admin/approve, which finishes what needs several officers. `ground` gives an
// error (sealed) while there is nothing to command.
using GroundSource = Source<const AdminGround>;
[[nodiscard]] std::vector<http::Route> admin_routes(const GroundSource& ground,
                                                    const std::shared_ptr<const CommandTable>& table);

}  // namespace lindung::api
