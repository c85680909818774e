#include "cli/manual.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace lindung::cli {

namespace {

constexpr std::string_view help_option = "--help";

// Every command behind its words; a group has further commands and is none itself.
void for_each_command(const CLI::App& app, const std::string& words,
                      const std::function<void(const std::string&, const CLI::App&)>& use) {
  const auto below = app.get_subcommands([](const CLI::App*) { return true; });
  if (below.empty()) use(words, app);
  for (const auto* each : below) {
    for_each_command(*each, words.empty() ? each->get_name() : words + " " + each->get_name(), use);
  }
}

std::string roff(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') out += "\\e";
    if (text[i] == '-') out += "\\-";
    if ((text[i] == '.' || text[i] == '\'') && (i == 0 || text[i - 1] == '\n')) out += "\\&";
    if (text[i] != '\\' && text[i] != '-') out += text[i];
  }
  return out;
}

// "Example:\n  lindung …\n  lindung …": the lines behind the first.
std::string example_of(const CLI::App& app) {
  const auto footer = app.get_footer();
  const auto at = footer.find("Example:\n");
  if (at == std::string::npos) return {};
  std::string out;
  std::string_view rest{footer};
  rest.remove_prefix(at + std::string_view{"Example:\n"}.size());
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto line = rest.substr(0, end);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    out += std::string{line} + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

void append_option(std::string& page, const CLI::Option& option) {
  page += ".TP\n.B " + roff(option.get_name(false, true));
  if (option.get_items_expected_max() > 0 && !option.get_positional()) page += " " + roff(option.get_type_name());
  page += "\n" + roff(option.get_description());
  if (!option.get_default_str().empty()) page += " [" + roff(option.get_default_str()) + "]";
  page += "\n";
}

void append_command(std::string& page, const std::string& words, const CLI::App& app) {
  page += ".SS lindung " + roff(words) + "\n" + roff(app.get_description()) + ".\n";
  for (const auto* option : app.get_options()) {
    if (option->get_name(false, true).find(help_option) == std::string::npos) append_option(page, *option);
  }
  const auto example = example_of(app);
  if (!example.empty()) page += ".PP\n.nf\n.RS\n" + roff(example) + ".RE\n.fi\n";
}

// What may follow these words: further commands, or long options.
std::string followers(const CLI::App& app) {
  std::string out;
  for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; })) out += " " + each->get_name();
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) out += " --" + name;
  }
  return out.substr(std::min<std::size_t>(1, out.size()));
}

void append_cases(std::string& script, const CLI::App& app, const std::string& words) {
  script += "    \"" + words + "\") next=\"" + followers(app) + "\" ;;\n";
  for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; })) {
    append_cases(script, *each, words + " " + each->get_name());
  }
}

}  // namespace

std::string man_page(const CLI::App& program) {
  std::string page =
      ".TH LINDUNG 1 \"\" \"lindung " LINDUNG_VERSION "\" \"Lindung\"\n.SH NAME\nlindung \\- " +
      roff(program.get_description()) + "\n.SH SYNOPSIS\n.B lindung\n.I command\n[\\fIoptions\\fR]\n.SH DESCRIPTION\n" +
      "Commands speak to the server of a data folder over its Unix socket: \\fB\\-\\-data\\fR DIR, else\n"
      "LINDUNG_DATA, else var/demo. \\fB\\-\\-json\\fR prints JSON. Only \\fBserve\\fR and \\fBdemo\\fR stay.\n"
      ".SH COMMANDS\n";
  for_each_command(program, {},
                   [&](const std::string& words, const CLI::App& app) { append_command(page, words, app); });
  page +=
      ".SH EXIT STATUS\n0 done, 1 a negative result or an error, 2 wrong usage, 3 no server.\n"
      ".SH ENVIRONMENT\n.TP\n.B LINDUNG_DATA\nThe data folder of commands without \\fB\\-\\-data\\fR.\n"
      ".SH FILES\n.TP\n.I /etc/lindung/lindung.toml\nThe configuration of the packaged service.\n"
      ".TP\n.I /var/lib/lindung\nIts data folder; \\fIrun/admin.sock\\fR in it is the operator's socket.\n";
  return page;
}

std::string bash_completion(const CLI::App& program) {
  std::string script =
      "# Completion of lindung for bash; made by `lindung manual --bash`.\n"
      "_lindung() {\n"
      "  local word words next=\"\"\n"
      "  words=lindung\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case $word in -*) break ;; *) words+=\" $word\" ;; esac\n"
      "  done\n"
      "  case $words in\n";
  append_cases(script, program, "lindung");
  // Behind the words of a command stand its arguments: its options may still follow.
  script +=
      "    *) while [[ $words == *' '* && -z $next ]]; do words=${words% *}; next=$(_lindung_options \"$words\"); done "
      ";;\n"
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$next\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
      "  [[ ${#COMPREPLY[@]} -gt 0 ]] || mapfile -t COMPREPLY < <(compgen -f -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
      "}\n"
      "_lindung_options() {\n"
      "  local next=\"\"\n"
      "  case $1 in\n";
  append_cases(script, program, "lindung");
  script += "  esac\n  printf '%s' \"$next\"\n}\ncomplete -F _lindung lindung\n";
  return script;
}

void add_manual_command(CLI::App& program) {
  auto* command = program.add_subcommand("manual", "print this program's man page, or its completion for bash");
  command->footer("Example:\n  lindung manual | man -l -");
  const auto wants_bash = std::make_shared<bool>(false);
  command->add_flag("--bash", *wants_bash, "the completion for bash");
  command->callback([&program, wants_bash] {
    const auto text = *wants_bash ? bash_completion(program) : man_page(program);
    std::fwrite(text.data(), 1, text.size(), stdout);
  });
}

}  // namespace lindung::cli
