// The groups of commands; each adds its own to the program.
#pragma once

#include <CLI/App.hpp>

#include "cli/context.h"

namespace lindung::cli {

void add_server_commands(CLI::App& program, Context& context);   // demo, serve, status, api
void add_ring_commands(CLI::App& program, Context& context);     // init, unseal, seal, passphrase, rekey
void add_partner_commands(CLI::App& program, Context& context);  // partner …, link …
void add_ask_command(CLI::App& partner, Context& context);       // partner ask
void add_doctor_command(CLI::App& partner, Context& context);    // partner doctor
void add_venue_commands(CLI::App& program, Context& context);    // venue …
void add_sandbox_commands(CLI::App& program, Context& context);  // sandbox …
void add_log_commands(CLI::App& program, Context& context);      // log export, log status, log verify
void add_issuer_commands(CLI::App& program, Context& context);   // issuer …
void add_batch_commands(CLI::App& program, Context& context);    // batch …, quarantine …
void add_why_command(CLI::App& program, Context& context);       // why
void add_import_command(CLI::App& program, Context& context);    // import
void add_storage_commands(CLI::App& program, Context& context);  // retention, backup, restore, migrate

void add_officer_commands(CLI::App& program, Context& context);  // officer …, approve, key make
void add_rules_commands(CLI::App& program, Context& context);    // rules …
void add_token_commands(CLI::App& program, Context& context);    // token attribute
void add_citizen_commands(CLI::App& program, Context& context);  // citizen …
void add_trace_commands(CLI::App& program, Context& context);    // trace …

void add_override_commands(CLI::App& program, Context& context);  // override …
void add_dispute_commands(CLI::App& program, Context& context);   // dispute …
void add_notice_commands(CLI::App& program, Context& context);    // notice list
void add_bench_commands(CLI::App& program, Context& context);     // bench day

void add_verify_command(CLI::App& program, Context& context);  // verify
void add_trust_commands(CLI::App& program, Context& context);  // trust …

}  // namespace lindung::cli
