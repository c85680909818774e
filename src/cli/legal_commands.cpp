#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t number_limit = 64;

struct Arguments {
  std::string id;
  std::string authority;
  std::string role;
  std::string basis;
  std::string reference;
  std::string question;
  std::string file;
  std::string about;
  std::string from;
  std::string until;
  std::string told_on;
  std::string because;
  std::string reason;
};

// The number comes from a file: every user of the machine can read the arguments of a process.
Result<json::value> ask(const Context& context, const Arguments& wanted) {
  json::object asked{{"authority", wanted.authority}, {"role", wanted.role},         {"basis", wanted.basis},
                     {"reference", wanted.reference}, {"question", wanted.question}, {"from", wanted.from}};
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) asked[name] = value;
  };
  put("about", wanted.about);
  put("until", wanted.until);
  put("told_on", wanted.told_on);
  put("because", wanted.because);
  if (!wanted.file.empty()) {
    TRY(content, store::read_file(wanted.file, number_limit));
    auto number = as_text(content);
    while (number.ends_with('\n') || number.ends_with(' ')) number.remove_suffix(1);
    asked["nik"] = number;
  }
  return call_server(context, "legal/ask", asked);
}

void add_ask(CLI::App& group, Context& context, const std::shared_ptr<Arguments>& arguments) {
  auto* command = add_command(group, context, "ask", "write down what an authority asks, and on what law",
                              "lindung legal ask --authority \"Polda Metro Jaya\" --role \"Penyidik\" --basis "
                              "criminal-investigation --reference \"B/12/XI/2026\" --question colour-on --file nik.txt "
                              "--from 2026-11-20T12:00:00Z --officer siti.key");
  command->add_option("--authority", arguments->authority, "the office that asks")->required();
  command->add_option("--role", arguments->role, "the role of who signed the letter; no name")->required();
  command->add_option("--basis", arguments->basis, "the law (lindung legal bases)")->required();
  command->add_option("--reference", arguments->reference, "the number of the letter")->required();
  command->add_option("--question", arguments->question, "colour-on, visited, linked, certificate-genuine")->required();
  command->add_option("--file", arguments->file, "file with the NIK of the person")->check(CLI::ExistingFile);
  command->add_option("--about", arguments->about, "the venue, the partner, or the digest of the certificate");
  command->add_option("--from", arguments->from, "the moment, or the beginning of the range (RFC 3339)")->required();
  command->add_option("--until", arguments->until, "the end of the range, at most 31 days later");
  command->add_option("--told-on", arguments->told_on, "when the person is told; at once without it");
  command->add_option("--because", arguments->because, "why not at once");
  command->callback([&context, arguments] { finish(context, ask(context, *arguments)); });
}

}  // namespace

void add_legal_commands(CLI::App& program, Context& context) {
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("legal", "what authorities ask, and what they are answered");
  group->require_subcommand(1);
  add_ask(*group, context, arguments);
  const auto by_id = [&](const std::string& name, const std::string& route, const std::string& what) {
    auto* command = add_command(*group, context, name, what, "lindung legal " + name + " ID --officer siti.key");
    command->add_option("request", arguments->id, "as the list has it")->required();
    command->callback(
        [&context, arguments, route] { finish(context, call_server(context, route, {{"request", arguments->id}})); });
  };
  by_id("answer", "legal/answer", "compute the answer; the second officer's lindung approve shows it, once");
  by_id("tell", "legal/tell", "tell the person now, before the day that was set");
  by_id("show", "legal/show", "one request, without its answer");

  auto* refuse = add_command(*group, context, "refuse", "refuse a request, with the reason",
                             "lindung legal refuse ID --reason \"no order of a court\" --officer siti.key");
  refuse->add_option("request", arguments->id, "as the list has it")->required();
  refuse->add_option("--reason", arguments->reason, "one line")->required();
  refuse->callback([&context, arguments] {
    finish(context, call_server(context, "legal/refuse", {{"request", arguments->id}, {"reason", arguments->reason}}));
  });

  const auto plain = [&](const std::string& name, const std::string& what, const std::string& example) {
    auto* command = add_command(*group, context, name, what, example);
    command->callback([&context, name] { finish(context, call_server(context, "legal/" + name, {})); });
  };
  plain("list", "every request, newest first, without answers", "lindung legal list --officer siti.key");
  plain("figures", "how many, by month and law, as everybody may read it", "lindung legal figures --json");
  plain("bases", "the laws on which an authority may ask", "lindung legal bases");
}

}  // namespace lindung::cli
