#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/context.h"
#include "codec/json.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
  if (value.is_null()) return "";
  return value.is_string() ? std::string{value.get_string()} : codec::to_text(value);
}

void print_facts(const json::value& why) {
  for (const auto& fact : why.at("facts").as_array()) {
    std::string what = text_of(fact.at("kind"));
    for (const char* member : {"vaccine", "dose", "test", "result"}) {
      if (const auto* value = fact.get_object().if_contains(member)) what += " " + text_of(*value);
    }
    std::printf("  %s %s of %s, signed in by %s (import %s, key %s) at %s\n", fact.at("decides").as_bool() ? "*" : " ",
                what.c_str(), text_of(fact.at("at")).c_str(), text_of(fact.at("issuer")).c_str(),
                text_of(fact.at("import_id")).c_str(), text_of(fact.at("key_id")).c_str(),
                text_of(fact.at("entered_at")).c_str());
  }
}

void print_doors(const json::value& why, bool opens) {
  std::string doors;
  for (const auto& door : why.at("doors").as_array()) {
    if (door.at("opens").as_bool() == opens) doors += (doors.empty() ? "" : ", ") + text_of(door.at("category"));
  }
  std::printf("%s: %s\n", opens ? "opens" : "stays shut", doors.empty() ? "no door" : doors.c_str());
}

void print_why(const json::value& why) {
  const auto member = [&](const char* name) { return text_of(why.at(name)); };
  std::printf("%s at %s", member("colour").c_str(), member("at").c_str());
  std::printf(why.at("until").is_null() ? ", and stays so\n" : ", until %s\n", member("until").c_str());
  std::printf("rule %s of %s\n  %s\n  %s\n", member("rule").c_str(), member("rules").c_str(),
              text_of(why.at("reason").at("id")).c_str(), text_of(why.at("reason").at("en")).c_str());
  if (const auto& hand = why.at("hand"); !hand.is_null()) {
    std::printf("but officers decide: %s from %s until %s %s\n", text_of(hand.at("kind")).c_str(),
                text_of(hand.at("from")).c_str(), text_of(hand.at("until")).c_str(),
                text_of(hand.at("basis").at("en")).c_str());
  }
  std::printf("facts (* without it the answer would be another):\n");
  print_facts(why);
  print_doors(why, true);
  print_doors(why, false);
  if (const auto* answer = why.get_object().if_contains("answer")) {
    std::printf("answer %s to %s at %s: %s %s, proven by the log; %s\n", text_of(answer->at("log_index")).c_str(),
                text_of(answer->at("partner")).c_str(), text_of(answer->at("answered_at")).c_str(),
                text_of(answer->at("outcome")).c_str(), text_of(answer->at("colour")).c_str(),
                answer->at("derived_again").as_bool() ? "derived again, the same" : "derived again, ANOTHER COLOUR");
  }
}

}  // namespace

void add_why_command(CLI::App& program, Context& context) {
  struct Arguments {
    std::string citizen;
    std::string at;
    std::uint64_t answer{};
  };
  const auto arguments = std::make_shared<Arguments>();
  auto* command = add_command(program, context, "why", "why a citizen has, or had, a colour",
                              "lindung why --citizen HEX --answer 4711");
  command->add_option("--citizen", arguments->citizen, "16 bytes in hex (lindung citizen find)")->required();
  auto* at = command->add_option("--at", arguments->at, "RFC 3339; the default is now");
  auto* answer =
      command->add_option("--answer", arguments->answer, "of the answer with this index in the log")->excludes(at);
  command->callback([&context, arguments, answer] {
    json::object call{{"citizen", arguments->citizen}};
    if (!arguments->at.empty()) call["at"] = arguments->at;
    if (answer->count() != 0) call["answer"] = arguments->answer;
    finish(context, call_server(context, "why", call), print_why);
  });
}

}  // namespace lindung::cli
