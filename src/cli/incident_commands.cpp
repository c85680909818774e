#include "cli/incident_commands.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/context.h"
#include "cli/text_input.h"
#include "codec/base_n.h"
#include "domain/link_token.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t name_digits = 16;
constexpr std::size_t tokens_a_call = 10'000;

struct Arguments {
  std::string id;
  std::string subject{"installation"};
  std::string aware_at;
  std::string form;
  std::string output;
  std::string to;
  std::string partner;
  std::string from;
  std::string until;
  std::string tokens;
  std::vector<std::string> citizens;
  std::string receipt;
  std::string lesson;
  std::string kind{"canary-asked"};
  bool drills{};
  // Named as on the wire.
  std::string title, description, impact, data, handling, recovery, note;
};

using Texts = std::vector<std::pair<const char*, std::string Arguments::*>>;
const Texts told{{"title", &Arguments::title},       {"description", &Arguments::description},
                 {"impact", &Arguments::impact},     {"data", &Arguments::data},
                 {"handling", &Arguments::handling}, {"recovery", &Arguments::recovery}};

// What was said, each as its argument or, for "-", from standard input.
Result<json::object> said(const Arguments& arguments, const Texts& texts) {
  json::object out;
  for (const auto& [name, member] : texts) {
    if ((arguments.*member).empty()) continue;
    TRY(text, text_input(arguments.*member));
    out[name] = text;
  }
  return out;
}

void add_texts(CLI::App& command, Arguments& arguments) {
  command.add_option("--title", arguments.title, "in a few words; - reads standard input");
  command.add_option("--description", arguments.description, "what happened");
  command.add_option("--impact", arguments.impact, "what it means");
  command.add_option("--personal-data", arguments.data, "which data of people is concerned");
  command.add_option("--handling", arguments.handling, "what is done about it");
  command.add_option("--recovery", arguments.recovery, "how it is put right");
}

Result<json::value> open(const Context& context, const Arguments& arguments) {
  TRY(wanted, said(arguments, told));
  wanted["subject"] = arguments.subject;
  if (!arguments.aware_at.empty()) wanted["aware_at"] = arguments.aware_at;
  return call_server(context, "incident/open", wanted);
}

Result<json::value> note(const Context& context, const Arguments& arguments) {
  auto texts = told;
  texts.emplace_back("note", &Arguments::note);
  TRY(wanted, said(arguments, texts));
  wanted["incident"] = arguments.id;
  return call_server(context, "incident/note", wanted);
}

Result<json::value> draft(const Context& context, const Arguments& arguments, const std::string& form) {
  TRY(made, call_server(context, "incident/draft", {{"incident", arguments.id}, {"form", form}}));
  const auto& object = made.as_object();
  const std::string id{object.at("incident").as_string()};
  TRY(pdf, codec::from_base64(object.at("pdf").as_string()));
  std::error_code code;
  std::filesystem::create_directories(arguments.output, code);
  if (code) return fail(Errc::io, arguments.output + ": " + code.message());
  const auto begin = arguments.output + "/" + id.substr(0, name_digits) + "-" + form;
  const std::string text{object.at("text").as_string()};
  const std::string document{object.at("json").as_string()};
  json::array files;
  for (const auto& [ending, content] :
       {std::pair<std::string, BytesView>{".pdf", pdf}, {".txt", as_bytes(text)}, {".json", as_bytes(document)}}) {
    TRYV(store::replace_file(begin + ending, content));
    files.emplace_back(begin + ending);
  }
  return json::object{{"incident", id}, {"form", form}, {"files", std::move(files)}};
}

// Every token that stands in a file of any layout, in hex.
Result<std::vector<std::string>> tokens_in(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::stringstream content;
  content << file.rdbuf();
  if (!file) return fail(Errc::io, "reading " + path);
  const auto text = content.str();
  constexpr std::size_t hex_size = domain::link_token_size * 2;
  constexpr std::size_t base64url_size = (domain::link_token_size * 8 + 5) / 6;
  std::vector<std::string> tokens;
  const auto is_digit = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; };
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    const auto run = std::string_view{text}.substr(at, end - at);
    domain::LinkToken token;
    const bool is_token = (run.size() == hex_size && codec::from_hex(run, token.bytes).has_value()) ||
                          (run.size() == base64url_size && codec::from_base64url(run, token.bytes).has_value());
    if (is_token) tokens.push_back(codec::hex(token.bytes));
    at = end + 1;
  }
  return tokens;
}

std::string joined(const std::vector<std::string>& words, std::size_t from, std::size_t count) {
  std::string out;
  for (auto i = from; i < words.size() && i < from + count; ++i) out += (out.empty() ? "" : " ") + words[i];
  return out;
}

Result<json::value> persons(const Context& context, const Arguments& arguments) {
  json::object wanted{{"incident", arguments.id}};
  if (!arguments.partner.empty()) {
    wanted["partner"] = arguments.partner;
    wanted["from"] = arguments.from;
    if (!arguments.until.empty()) wanted["until"] = arguments.until;
  }
  if (!arguments.citizens.empty()) wanted["citizens"] = joined(arguments.citizens, 0, arguments.citizens.size());
  if (arguments.tokens.empty()) return call_server(context, "incident/persons", wanted);
  TRY(tokens, tokens_in(arguments.tokens));
  if (tokens.empty()) return fail(Errc::not_found, arguments.tokens + " holds no token");
  std::uint64_t found = 0;
  for (std::size_t at = 0; at < tokens.size(); at += tokens_a_call) {
    TRY(part, call_server(context, "incident/persons",
                          {{"incident", arguments.id}, {"tokens", joined(tokens, at, tokens_a_call)}}));
    found += part.at("found").to_number<std::uint64_t>();
  }
  return json::object{{"incident", arguments.id}, {"tokens", tokens.size()}, {"found", found}};
}

using Shared = std::shared_ptr<Arguments>;

void add_opening(CLI::App& group, Context& context, const Shared& arguments) {
  auto* command =
      add_command(group, context, "open", "open an incident by hand: both clocks run from --aware-at on",
                  "lindung incident open --subject partner:gojek --title \"Berkas bocor\" --officer siti.key");
  command
      ->add_option("--subject", arguments->subject, "whom it is about: installation, partner:ID, officer:ID, issuer:ID")
      ->capture_default_str();
  command->add_option("--aware-at", arguments->aware_at, "when somebody here knew of it first, RFC 3339; else now");
  add_texts(*command, *arguments);
  command->callback([&context, arguments] { finish(context, open(context, *arguments)); });

  auto* drill =
      group.add_subcommand("drill", "incidents that are none: marked, to a folder of their own, in no figure");
  drill->require_subcommand(1);
  auto* start = add_command(*drill, context, "start", "begin a drill about a partner",
                            "lindung incident drill start --partner gojek --kind canary-asked --officer siti.key");
  start->add_option("--partner", arguments->partner, "the partner that it is played with; nothing happens to it")
      ->required();
  start->add_option("--kind", arguments->kind, "what the detector is to have seen")->capture_default_str();
  add_texts(*start, *arguments);
  start->callback([&context, arguments] {
    json::object wanted{{"partner", arguments->partner}, {"kind", arguments->kind}};
    if (!arguments->title.empty()) wanted["title"] = arguments->title;
    if (!arguments->description.empty()) wanted["description"] = arguments->description;
    finish(context, call_server(context, "incident/drill", wanted));
  });
}

void add_reading(CLI::App& group, Context& context, const Shared& arguments) {
  auto* list = add_command(group, context, "list", "all incidents, the newest first, with the time that is left",
                           "lindung incident list");
  list->add_flag("--drills", arguments->drills, "drills too");
  list->callback([&context, arguments] {
    finish(context, call_server(context, "incident/list", {{"drills", arguments->drills ? 1 : 0}}));
  });
  auto* show = add_command(group, context, "show", "one incident: clocks, chronology, what was sent, who was told",
                           "lindung incident show 3f9a");
  show->add_option("id", arguments->id, "the incident, or the first four digits of it")->required();
  show->callback(
      [&context, arguments] { finish(context, call_server(context, "incident/show", {{"incident", arguments->id}})); });
  auto* lessons = add_command(group, context, "lessons", "what was learned from incidents that are over",
                              "lindung incident lessons");
  lessons->add_flag("--drills", arguments->drills, "from drills too");
  lessons->callback([&context, arguments] {
    finish(context, call_server(context, "incident/lessons", {{"drills", arguments->drills ? 1 : 0}}));
  });
}

void add_drafting(CLI::App& group, Context& context, const Shared& arguments) {
  auto* command =
      add_command(group, context, "note", "say more about an incident, or add a line to its chronology",
                  "lindung incident note 3f9a --impact \"120 warga\" --note \"Mitra ditelepon\" --officer siti.key");
  command->add_option("id", arguments->id, "the incident")->required();
  add_texts(*command, *arguments);
  command->add_option("--note", arguments->note, "a line of the chronology");
  command->callback([&context, arguments] { finish(context, note(context, *arguments)); });

  auto* made =
      add_command(group, context, "draft", "what is to be sent, from the incident and the log: JSON, text and PDF",
                  "lindung incident draft 3f9a --for bssn --output drafts");
  made->add_option("id", arguments->id, "the incident")->required();
  made->add_option("--for", arguments->form, "bssn, authority, persons or public")
      ->required()
      ->check(CLI::IsMember({"bssn", "authority", "persons", "public"}));
  made->add_option("--output", arguments->output, "the folder; files of the same names are replaced")
      ->required()
      ->type_name("DIR");
  made->callback([&context, arguments] { finish(context, draft(context, *arguments, arguments->form)); });

  auto* open_to_all = add_command(group, context, "public", "the notice to the public: JSON, text and PDF",
                                  "lindung incident public 3f9a --output drafts");
  open_to_all->add_option("id", arguments->id, "the incident")->required();
  open_to_all->add_option("--output", arguments->output, "the folder")->required()->type_name("DIR");
  open_to_all->callback([&context, arguments] { finish(context, draft(context, *arguments, "public")); });
}

void add_telling(CLI::App& group, Context& context, const Shared& arguments) {
  auto* notify =
      add_command(group, context, "notify", "send a report, or tell the persons concerned, which takes two officers",
                  "lindung incident notify 3f9a --to authorities --officer siti.key");
  notify->add_option("id", arguments->id, "the incident")->required();
  notify->add_option("--to", arguments->to, "a recipient of the configuration, authorities (all of them), or persons")
      ->required();
  notify->callback([&context, arguments] {
    const bool are_persons = arguments->to == "persons";
    finish(context,
           are_persons ? call_server(context, "incident/tell", {{"incident", arguments->id}})
                       : call_server(context, "incident/notify", {{"incident", arguments->id}, {"to", arguments->to}}));
  });
  auto* receipt = add_command(group, context, "receipt", "keep what a recipient answered",
                              "lindung incident receipt 3f9a --from bssn --text \"Tiket 4711\" --officer siti.key");
  receipt->add_option("id", arguments->id, "the incident")->required();
  receipt->add_option("--from", arguments->to, "the recipient")->required();
  receipt->add_option("--text", arguments->receipt, "their number or words")->required();
  receipt->callback([&context, arguments] {
    finish(context, call_server(context, "incident/receipt",
                                {{"incident", arguments->id}, {"from", arguments->to}, {"text", arguments->receipt}}));
  });
  auto* found =
      add_command(group, context, "persons", "say whom an incident concerns; how many are found stands in `show`",
                  "lindung incident persons 3f9a --partner gojek --from 2026-11-01T00:00:00Z --officer siti.key");
  found->add_option("id", arguments->id, "the incident")->required();
  auto* from = found->add_option("--from", arguments->from, "RFC 3339");
  found->add_option("--partner", arguments->partner, "everybody who had a link to it in a time")->needs(from);
  found->add_option("--until", arguments->until, "RFC 3339; else now");
  found->add_option("--tokens", arguments->tokens, "the persons behind the tokens of a leaked file")
      ->check(CLI::ExistingFile);
  found->add_option("--citizen", arguments->citizens, "a reference (lindung citizen find); may be repeated");
  found->callback([&context, arguments] { finish(context, persons(context, *arguments)); });
}

void add_ending(CLI::App& group, Context& context, const Shared& arguments) {
  auto* contain = add_command(group, context, "contain", "say that what caused it was stopped; takes two officers",
                              "lindung incident contain 3f9a --officer siti.key");
  contain->add_option("id", arguments->id, "the incident")->required();
  contain->callback([&context, arguments] {
    finish(context, call_server(context, "incident/contain", {{"incident", arguments->id}}));
  });
  auto* close =
      add_command(group, context, "close", "close an incident with what was learned",
                  "lindung incident close 3f9a --lesson \"Kunci mitra diganti tiap bulan\" --officer siti.key");
  close->add_option("id", arguments->id, "the incident")->required();
  close->add_option("--lesson", arguments->lesson, "what will be done otherwise; - reads standard input")->required();
  close->callback([&context, arguments] {
    const auto run = [&]() -> Result<json::value> {
      TRY(lesson, text_input(arguments->lesson));
      return call_server(context, "incident/close", {{"incident", arguments->id}, {"lesson", lesson}});
    };
    finish(context, run());
  });
}

}  // namespace

void add_incident_commands(CLI::App& program, Context& context) {
  const auto arguments = std::make_shared<Arguments>();
  auto* group = program.add_subcommand("incident", "incidents: alarms, clocks, reports, notices, lessons");
  group->require_subcommand(1);
  add_opening(*group, context, arguments);
  add_reading(*group, context, arguments);
  add_drafting(*group, context, arguments);
  add_telling(*group, context, arguments);
  add_ending(*group, context, arguments);
}

}  // namespace lindung::cli
