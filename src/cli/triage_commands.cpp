#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/context.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

struct TriageArguments {
  std::string office;
  std::string report;
  std::string purpose;
  std::string outcome;
  std::string case_number;
};
using Shared = std::shared_ptr<TriageArguments>;

CLI::App* with_office(CLI::App* command, const Shared& arguments) {
  command->add_option("office", arguments->office, "id of the health office")->required();
  return command;
}

CLI::App* with_report(CLI::App* command, const Shared& arguments) {
  with_office(command, arguments)
      ->add_option("report", arguments->report, "as `triage next` shows it, hex")
      ->required();
  return command;
}

json::object call_of(const TriageArguments& arguments) {
  return {{"office", arguments.office}, {"report", arguments.report}};
}

}  // namespace

void add_triage_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("triage", "what health offices do with reports, one at a time");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<TriageArguments>();
  auto* next = with_office(add_command(*group, context, "next", "the most urgent report that nobody has taken",
                                       "lindung triage next dinkes-3174"),
                           arguments);
  next->callback(
      [&context, arguments] { finish(context, call_server(context, "triage/next", {{"office", arguments->office}})); });

  auto* take = with_report(add_command(*group, context, "take", "look at a report; counted, and written into the log",
                                       "lindung triage take dinkes-3174 HEX --purpose investigation"),
                           arguments);
  take->add_option("--purpose", arguments->purpose, "investigation, sampling, contact-tracing, follow-up, audit")
      ->required();
  take->callback([&context, arguments] {
    auto call = call_of(*arguments);
    call["purpose"] = arguments->purpose;
    finish(context, call_server(context, "triage/take", call));
  });

  auto* decide = with_report(add_command(*group, context, "decide", "say what came of a report that was taken",
                                         "lindung triage decide dinkes-3174 HEX --outcome probable"),
                             arguments);
  decide->add_option("--outcome", arguments->outcome, "probable or discarded")->required();
  decide->callback([&context, arguments] {
    auto call = call_of(*arguments);
    call["outcome"] = arguments->outcome;
    finish(context, call_server(context, "triage/decide", call));
  });

  auto* hand_over = with_report(add_command(*group, context, "hand-over", "make a case of a report that was taken",
                                            "lindung triage hand-over dinkes-3174 HEX --case KLB-2026-117"),
                                arguments);
  hand_over->add_option("--case", arguments->case_number, "number of the case")->required();
  hand_over->callback([&context, arguments] {
    auto call = call_of(*arguments);
    call["outcome"] = "handed-over";
    call["case_number"] = arguments->case_number;
    finish(context, call_server(context, "triage/decide", call));
  });

  auto* due = add_command(*group, context, "due", "how much waits before which office, and how much of it is late",
                          "lindung triage due");
  due->callback([&context] { finish(context, call_server(context, "triage/due", {})); });
  auto* views =
      add_command(*group, context, "views", "how often offices looked, by day and purpose", "lindung triage views");
  views->callback([&context] { finish(context, call_server(context, "triage/views", {})); });
}

}  // namespace lindung::cli
