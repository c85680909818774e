#include <CLI/App.hpp>
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <ios>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t piece_size = 16UL * 1024 * 1024;  // of the file, so that neither side holds more of it

bool is_run_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

// Only what a token, a number or a name can be made of goes to the server; everything else of the dump stays here.
std::string runs_of(std::string_view text) {
  std::string runs;
  for (const char c : text) {
    if (is_run_digit(c)) {
      runs += c;
    } else if (!runs.empty() && runs.back() != ' ') {
      runs += ' ';
    }
  }
  return runs;
}

// How much of a piece can go without what follows it: up to its last line end, else to the last end of a run.
std::size_t whole_part(std::string_view piece) {
  const auto line_end = piece.find_last_of('\n');
  if (line_end != std::string_view::npos) return line_end + 1;
  for (auto at = piece.size(); at > 0; --at) {
    if (!is_run_digit(piece[at - 1])) return at;
  }
  return piece.size();
}

// Calls `take` with the runs of each piece.
Result<void> for_each_piece(const std::string& path, const std::function<Result<void>(const std::string&)>& take) {
  std::ifstream file{path, std::ios::binary};
  std::string piece;
  while (file) {
    const auto kept = piece.size();
    piece.resize(kept + piece_size);
    file.read(piece.data() + kept, static_cast<std::streamsize>(piece_size));
    piece.resize(kept + static_cast<std::size_t>(file.gcount()));
    const auto end = file ? whole_part(piece) : piece.size();
    const auto runs = runs_of(std::string_view{piece}.substr(0, end));
    if (!runs.empty()) {
      TRYV(take(runs));
    }
    piece.erase(0, end);
  }
  if (!file.eof()) return fail(Errc::io, "reading " + path);
  return ok();
}

// What the server found in the pieces of a file.
class Findings {
 public:
  void add(const json::object& found) {
    tokens_found_ += found.at("tokens_found").to_number<std::uint64_t>();
    for (const auto& row : found.at("partners").as_array()) {
      auto& counts = partners_[std::string{row.at("partner").as_string()}];
      for (const auto& member : row.as_object()) {
        if (member.value().is_number()) counts[std::string{member.key()}] += member.value().to_number<std::uint64_t>();
      }
    }
  }

  // Most tokens and numbers first: a name alone proves nothing.
  [[nodiscard]] json::value take() && {
    std::vector<std::pair<std::string, Counts>> rows{partners_.begin(), partners_.end()};
    std::ranges::sort(rows, std::ranges::greater{}, [](const auto& row) {
      const auto& counts = row.second;
      return std::pair{counts.at("tokens") + counts.at("canary_niks"), counts.at("canary_names")};
    });
    json::array partners;
    for (const auto& [partner, counts] : rows) {
      json::object row{{"partner", partner}};
      for (const auto name : {"tokens", "canary_tokens", "canary_niks", "canary_names"}) row[name] = counts.at(name);
      partners.emplace_back(std::move(row));
    }
    return json::object{
        {"tokens_found", tokens_found_}, {"error_per_token_and_partner", "2^-64"}, {"partners", std::move(partners)}};
  }

 private:
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;
  std::map<std::string, Counts> partners_;
  std::uint64_t tokens_found_{};
};

Result<json::value> attribute(const Context& context, const std::string& path) {
  Findings findings;
  bool is_empty = true;
  TRYV(for_each_piece(path, [&](const std::string& runs) -> Result<void> {
    is_empty = false;
    TRY(found, call_server(context, "token/attribute", {{"text", runs}}));
    findings.add(found.as_object());
    return ok();
  }));
  if (is_empty) return fail(Errc::not_found, path + " holds no token");
  return std::move(findings).take();
}

}  // namespace

void add_token_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("token", "link tokens");
  group->require_subcommand(1);
  const auto path = std::make_shared<std::string>();
  auto* command =
      add_command(*group, context, "attribute", "name the partner behind a leaked file, by link tokens and by canaries",
                  "lindung token attribute dump.csv");
  command->add_option("file", *path, "the leaked file, in any layout and of any size")
      ->required()
      ->check(CLI::ExistingFile);
  command->callback([&context, path] {
    const auto result = attribute(context, *path);
    finish(context, result);
    if (result.has_value() && result.value().at("partners").as_array().empty()) context.exit_status = 1;
  });
}

}  // namespace lindung::cli
