// `lindung border mrz`: machine-readable zones read from a file or standard input, each with its verdict.
#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cli/border_zones.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/program.h"
#include "codec/json.h"
#include "domain/mrz.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t input_limit = std::size_t{16} << 20U;

struct MrzArguments {
  std::string file{"-"};
  std::string at;
};

Result<std::string> input_of(const std::string& file) {
  if (file != "-") {
    TRY(content, store::read_file(file, input_limit));
    return std::string{as_text(BytesView{content})};
  }
  std::string out;
  std::string line;
  while (std::getline(std::cin, line)) {
    out += line + "\n";
    if (out.size() > input_limit) return fail(Errc::too_large, "more than 16 MiB");
  }
  return out;
}

std::string text_of(const json::object& of, std::string_view name) {
  const auto* value = of.if_contains(name);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

void print_zone(const json::object& of) {
  if (text_of(of, "zone") == "refused") {
    std::printf("refused: %s, line %s, column %s\n", text_of(of, "reason").c_str(),
                codec::to_text(of.at("line")).c_str(), codec::to_text(of.at("column")).c_str());
    return;
  }
  std::printf("%s %s %s %s, %s, until %s%s\n", text_of(of, "form").c_str(), text_of(of, "state").c_str(),
              text_of(of, "number").c_str(), text_of(of, "family").c_str(), text_of(of, "given").c_str(),
              text_of(of, "until").c_str(), of.at("ended").as_bool() ? " (ended)" : "");
}

Result<void> run_mrz(const MrzArguments& arguments, Context& context) {
  auto at = SystemClock{}.now();
  if (!arguments.at.empty()) {
    TRY(given, parse_rfc3339(arguments.at));
    at = given;
  }
  TRY(text, input_of(arguments.file));
  const auto zones = zones_in(text);
  if (zones.empty()) return fail(Errc::invalid_argument, "no line to read");
  for (const auto& each : zones) {
    const auto zone = domain::read_zone(each, at);
    const auto out = zone_json(zone, at);
    if (!zone || domain::has_ended(zone.value(), at)) context.exit_status = negative;
    if (context.json) {
      std::printf("%s\n", codec::to_text(out).c_str());
    } else {
      print_zone(out);
    }
  }
  return ok();
}

}  // namespace

void add_border_mrz_command(CLI::App& group, Context& context) {
  auto* command = add_command(group, context, "mrz",
                              "read the machine-readable zones of passports, cards and visas under all of their check "
                              "digits; one line of JSON each with --json",
                              "lindung border mrz scanned.txt --json");
  const auto arguments = std::make_shared<MrzArguments>();
  command->add_option("file", arguments->file, "file with the lines of zones, or - for standard input")
      ->capture_default_str();
  command->add_option("--at", arguments->at, "the moment of reading, RFC 3339; now without it")->type_name("TIME");
  command->callback([arguments, &context] {
    const auto done = run_mrz(*arguments, context);
    if (done.has_error()) finish(context, Result<json::value>{done.error()});
  });
}

}  // namespace lindung::cli
