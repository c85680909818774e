#include "cli/delegation_commands.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "cli/context.h"

namespace lindung::cli {

namespace {

struct Arguments {
  std::string principal;
  std::string agent;
  std::string citizen;
  std::string id;
  std::string relation{"carer"};
  std::string scope{"see,check-in"};
  std::string purpose;
  std::uint64_t days{365};
};

}  // namespace

void add_delegation_commands(CLI::App& program, Context& context) {
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("delegation", "who may act for whom: guardians and carers");
  group->require_subcommand(1);

  auto* add = add_command(*group, context, "add",
                          "let one citizen act for another, both of whom were seen; a minor's ends when they are 18",
                          "lindung delegation add --for HEX --by HEX --relation parent --scope see,check-in,consent "
                          "--days 365 --purpose \"kartu keluarga\" --officer siti.key");
  add->add_option("--for", arguments->principal, "who is acted for, reference (lindung citizen find)")->required();
  add->add_option("--by", arguments->agent, "who acts, reference")->required();
  add->add_option("--relation", arguments->relation, "of who acts: parent, child, spouse, sibling or carer")
      ->check(CLI::IsMember({"parent", "child", "spouse", "sibling", "carer"}))
      ->capture_default_str();
  add->add_option("--scope", arguments->scope, "see, check-in, consent, with commas")->capture_default_str();
  add->add_option("--days", arguments->days, "for how long")->capture_default_str();
  add->add_option("--purpose", arguments->purpose, "on what it rests; the citizen sees it")->required();
  add->callback([&context, arguments] {
    finish(context, call_server(context, "delegation/add",
                                {{"for", arguments->principal},
                                 {"by", arguments->agent},
                                 {"relation", arguments->relation},
                                 {"scope", arguments->scope},
                                 {"days", arguments->days},
                                 {"purpose", arguments->purpose}}));
  });

  auto* list = add_command(*group, context, "list", "who acts for a citizen, and for whom they act",
                           "lindung delegation list HEX --purpose \"permintaan warga\" --officer siti.key");
  list->add_option("citizen", arguments->citizen, "reference (lindung citizen find)")->required();
  list->add_option("--purpose", arguments->purpose, "why it is looked at; the citizen sees it")->required();
  list->callback([&context, arguments] {
    finish(context,
           call_server(context, "delegation/list", {{"citizen", arguments->citizen}, {"purpose", arguments->purpose}}));
  });

  auto* end = add_command(*group, context, "end", "end one at once, for both",
                          "lindung delegation end ID --citizen HEX --officer siti.key");
  end->add_option("id", arguments->id, "of the delegation")->required();
  end->add_option("--citizen", arguments->citizen, "either of the two, reference")->required();
  end->callback([&context, arguments] {
    finish(context, call_server(context, "delegation/end", {{"citizen", arguments->citizen}, {"id", arguments->id}}));
  });
}

}  // namespace lindung::cli
