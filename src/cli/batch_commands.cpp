#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/context.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

struct BatchArguments {
  std::string issuer;
  std::string import_id;
  std::string key_id;
  std::string from;
  std::string to;
};

json::object arguments_of(const BatchArguments& batch) {
  json::object arguments{{"issuer", batch.issuer}};
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) arguments[name] = value;
  };
  put("import_id", batch.import_id);
  put("key_id", batch.key_id);
  put("from", batch.from);
  put("to", batch.to);
  return arguments;
}

void add_batches(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("batch", "what imports wrote, and taking it back");
  group->require_subcommand(1);
  const auto issuer = std::make_shared<std::string>();
  auto* list =
      add_command(*group, context, "list", "an issuer's imports, newest first", "lindung batch list klinik-sehat");
  list->add_option("issuer", *issuer, "id of the issuer")->required();
  list->callback([&context, issuer] { finish(context, call_server(context, "batch/list", {{"issuer", *issuer}})); });

  const auto batch = std::make_shared<BatchArguments>();
  auto* undo =
      add_command(*group, context, "undo",
                  "take back one import, or all that a key signed in a time range, and derive the colours again",
                  "lindung batch undo klinik-sehat june  (or: --key klinik-sehat.1 --from "
                  "2026-11-20T00:00:00Z --to 2026-11-21T00:00:00Z)");
  undo->add_option("issuer", batch->issuer, "id of the issuer")->required();
  auto* import_id = undo->add_option("import-id", batch->import_id, "the import");
  auto* key = undo->add_option("--key", batch->key_id, "everything that this key signed")->excludes(import_id);
  undo->add_option("--from", batch->from, "RFC 3339, inclusive; of the time of entry")->needs(key);
  undo->add_option("--to", batch->to, "RFC 3339, exclusive")->needs(key);
  undo->callback([&context, batch] { finish(context, call_server(context, "batch/undo", arguments_of(*batch))); });
}

void add_quarantine(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("quarantine", "rows of imports that wait for two officers");
  group->require_subcommand(1);
  struct ListArguments {
    std::string issuer;
    bool all{};
  };
  const auto listing = std::make_shared<ListArguments>();
  auto* list = add_command(*group, context, "list", "place and reason of what waits", "lindung quarantine list");
  list->add_option("--issuer", listing->issuer, "of one issuer only");
  list->add_flag("--all", listing->all, "what was decided too");
  list->callback([&context, listing] {
    json::object arguments;
    if (!listing->issuer.empty()) arguments["issuer"] = listing->issuer;
    if (listing->all) arguments["all"] = 1;
    finish(context, call_server(context, "quarantine/list", arguments));
  });

  struct Choice {
    std::string issuer;
    std::string import_id;
    std::string place;
  };
  const auto decide = [&](const std::string& word, const std::string& description) {
    const auto choice = std::make_shared<Choice>();
    auto* command = add_command(*group, context, word, description,
                                "lindung quarantine " + word + " klinik-sehat june --place 0:7:/birthDate");
    command->add_option("issuer", choice->issuer, "id of the issuer")->required();
    command->add_option("import-id", choice->import_id, "the import")->required();
    command->add_option("--place", choice->place, "one row, as the list names it; the default is all that wait");
    command->callback([&context, word, choice] {
      json::object arguments{{"issuer", choice->issuer}, {"import_id", choice->import_id}};
      if (!choice->place.empty()) arguments["place"] = choice->place;
      finish(context, call_server(context, "quarantine/" + word, arguments));
    });
  };
  decide("release", "let rows count (two officers)");
  decide("refuse", "let rows never count");
}

}  // namespace

void add_batch_commands(CLI::App& program, Context& context) {
  add_batches(program, context);
  add_quarantine(program, context);
}

}  // namespace lindung::cli
