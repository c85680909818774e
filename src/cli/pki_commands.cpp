#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/context.h"

namespace lindung::cli {

void add_pki_commands(CLI::App& program, Context& context) {
  struct Arguments {
    std::string country;
    std::string organisation;
    std::string card_issuer;
    std::string kid;
  };
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("pki", "the authority and the keys that sign certificates");
  group->require_subcommand(1);

  auto* init = add_command(*group, context, "init", "make the authority over document signers, once and for ever",
                           "lindung pki init --country ID --organisation \"Kementerian Kesehatan\" "
                           "--card-issuer https://cards.example.go.id --officer siti.key");
  init->add_option("--country", arguments->country, "two letters")->required();
  init->add_option("--organisation", arguments->organisation, "who issues, as certificates say it")->required();
  init->add_option("--card-issuer", arguments->card_issuer,
                   "where this server is reached, for SMART Health Cards; without it none are made")
      ->type_name("URL");
  init->callback([&context, arguments] {
    boost::json::object wanted{{"country", arguments->country}, {"organisation", arguments->organisation}};
    if (!arguments->card_issuer.empty()) wanted["card_issuer"] = arguments->card_issuer;
    finish(context, call_server(context, "pki/init", wanted));
  });

  auto* list =
      add_command(*group, context, "list", "the authority, and how many keys sign under it", "lindung pki list --json");
  list->callback([&context] { finish(context, call_server(context, "pki/list", {})); });

  auto* signers = add_command(*group, context, "signers", "the keys that sign, have signed or were taken back",
                              "lindung pki signers");
  signers->callback([&context] { finish(context, call_server(context, "pki/signers", {})); });

  auto* revoke = add_command(*group, context, "revoke", "take a key back, for all that it signed",
                             "lindung pki revoke 3a5f0c1122d4e6b8 --officer siti.key");
  revoke->add_option("kid", arguments->kid, "the key (lindung pki signers)")->required();
  revoke->callback(
      [&context, arguments] { finish(context, call_server(context, "pki/revoke", {{"kid", arguments->kid}})); });
}

}  // namespace lindung::cli
