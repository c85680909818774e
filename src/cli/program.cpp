#include "cli/program.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <cstdlib>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/delegation_commands.h"
#include "cli/incident_commands.h"
#include "cli/manual.h"

namespace lindung::cli {

int run(int argc, char** argv) {
  CLI::App program{"Lindung, the health-status platform: colours at doors, sealed, logged, provable.", "lindung"};
  program.set_version_flag("--version", "lindung " LINDUNG_VERSION);
  program.require_subcommand(1);
  program.footer(
      "Commands speak to the server of a data folder: --data DIR, else LINDUNG_DATA, else var/demo.\n"
      "Exit status: 0 done, 1 negative result or error, 2 wrong usage, 3 no server.\n"
      "Example:\n  lindung demo --data var/demo --listen 127.0.0.1:8080");
  Context context;
  // Not by CLI11's envname(): all commands share the setting, and those that were not named would overrule the one that
  // was.
  if (const char* folder = std::getenv("LINDUNG_DATA"); folder != nullptr && *folder != '\0') {
    context.data_folder = folder;
  }
  add_server_commands(program, context);
  add_partner_commands(program, context);
  add_venue_commands(program, context);
  add_sandbox_commands(program, context);
  add_log_commands(program, context);
  add_issuer_commands(program, context);
  add_batch_commands(program, context);
  add_why_command(program, context);
  add_import_command(program, context);
  add_storage_commands(program, context);
  add_ring_commands(program, context);
  add_officer_commands(program, context);
  add_token_commands(program, context);
  add_citizen_commands(program, context);
  add_rules_commands(program, context);
  add_trace_commands(program, context);
  add_override_commands(program, context);
  add_delegation_commands(program, context);
  add_dispute_commands(program, context);
  add_notice_commands(program, context);
  add_bench_commands(program, context);
  add_certificate_commands(program, context);
  add_pass_commands(program, context);
  add_verify_command(program, context);
  add_trust_commands(program, context);
  add_pki_commands(program, context);
  add_border_commands(program, context);
  add_carrier_commands(program, context);
  add_travel_commands(program, context);
  add_reporter_commands(program, context);
  add_report_commands(program, context);
  add_triage_commands(program, context);
  add_surveillance_commands(program, context);
  add_incident_commands(program, context);
  add_witness_commands(program, context);
  add_evidence_commands(program, context);
  add_decommission_commands(program, context);
  add_disclosure_commands(program, context);
  add_legal_commands(program, context);
  add_account_commands(program, context);
  add_manual_command(program);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = program.exit(error);
    return status == 0 ? done : usage;
  }
  return context.exit_status;
}

}  // namespace lindung::cli
