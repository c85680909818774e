#include <CLI/App.hpp>
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/leak_search.h"
#include "codec/base_n.h"
#include "domain/link_token.h"
#include "domain/token_scan.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

constexpr int error_bits = 64;  // of a tag: one token, one partner

std::uint64_t number(const json::object& row, std::string_view name) {
  const auto* value = row.if_contains(name);
  return value == nullptr ? 0 : value->to_number<std::uint64_t>();
}

// What the server found in the pieces.
class Findings {
 public:
  void add_tokens(const json::object& found) {
    partners_tested_ = number(found, "partners_tested");
    canaries_ = number(found, "canaries");
    for (const auto& each : found.at("origins").as_array()) {
      const auto& row = each.as_object();
      auto& origin = origins_[std::string{row.at("partner").as_string()}];
      for (const auto* name : {"tokens", "canary_tokens", "looked_up", "known"})
        origin.counts[name] += number(row, name);
      origin.epoch = std::max(origin.epoch, number(row, "epoch"));
      const auto* first = row.at("first_made").if_string();
      const auto* last = row.at("last_made").if_string();
      if (first != nullptr && (origin.first.empty() || *first < std::string_view{origin.first})) origin.first = *first;
      if (last != nullptr && *last > std::string_view{origin.last}) origin.last = *last;
    }
  }
  void add_canaries(const json::object& found) {
    for (const auto& each : found.at("partners").as_array()) {
      const auto& row = each.as_object();
      auto& origin = origins_[std::string{row.at("partner").as_string()}];
      for (const auto* name : {"canary_niks", "canary_names"}) origin.counts[name] += number(row, name);
    }
  }
  [[nodiscard]] bool has_canaries() const { return canaries_ != 0; }

  [[nodiscard]] json::object take(const LeakFigures& figures, bool knows_all) && {
    json::array partners;
    json::array made;
    std::vector<std::string> proven;
    for (const auto* each : in_order()) {
      const auto& [partner, origin] = *each;
      json::object row{{"partner", partner}};
      for (const auto* name : {"tokens", "canary_tokens", "canary_niks", "canary_names"})
        row[name] = origin.count(name);
      partners.emplace_back(std::move(row));
      if (origin.proofs() != 0) proven.push_back(partner);
      if (origin.count("tokens") == 0) continue;
      const auto text_or_null = [](const std::string& text) {
        return text.empty() ? json::value(nullptr) : json::value(text);
      };
      made.emplace_back(json::object{{"partner", partner},
                                     {"looked_up", origin.count("looked_up")},
                                     {"still_known", origin.count("known")},
                                     {"epoch", origin.epoch == 0 ? json::value(nullptr) : json::value(origin.epoch)},
                                     {"first_made", text_or_null(origin.first)},
                                     {"last_made", text_or_null(origin.last)}});
    }
    return {{"verdict", verdict(proven, figures)},
            {"tokens_found", figures.candidates},
            {"repeated", figures.repeated},
            {"repeated_is_whole", knows_all},
            {"error_per_token_and_partner", "2^-64"},
            {"error_of_all",
             std::ldexp(static_cast<double>(figures.candidates) * static_cast<double>(partners_tested_), -error_bits)},
            {"partners", std::move(partners)},
            {"tokens_made", std::move(made)},
            {"searched", searched(figures)}};
  }

 private:
  struct Origin {
    std::map<std::string, std::uint64_t, std::less<>> counts;
    std::uint64_t epoch{};
    std::string first;
    std::string last;
    [[nodiscard]] std::uint64_t count(std::string_view name) const {
      const auto found = counts.find(name);
      return found == counts.end() ? 0 : found->second;
    }
    [[nodiscard]] std::uint64_t proofs() const { return count("tokens") + count("canary_niks"); }
  };
  using Row = std::pair<const std::string, Origin>;

  // Most tokens and numbers first: a name alone proves nothing.
  [[nodiscard]] std::vector<const Row*> in_order() const {
    std::vector<const Row*> rows;
    for (const auto& row : origins_) {
      if (row.second.proofs() + row.second.count("canary_names") != 0) rows.push_back(&row);
    }
    std::ranges::sort(rows, [](const Row* a, const Row* b) {
      const auto rank = [](const Row* row) {
        return std::pair{row->second.proofs(), row->second.count("canary_names")};
      };
      return rank(a) != rank(b) ? rank(a) > rank(b) : a->first < b->first;
    });
    return rows;
  }

  [[nodiscard]] std::string verdict(const std::vector<std::string>& proven, const LeakFigures& figures) const {
    if (proven.size() == 1) return "partner " + proven.front();
    if (proven.empty()) {
      return "not ours: " + std::to_string(figures.candidates) + " candidates tested against the keys of " +
             std::to_string(partners_tested_) + " partners, and " + std::to_string(canaries_) + " canaries, in " +
             std::to_string(figures.lines) + " lines";
    }
    std::string out = "several partners:";
    for (const auto& partner : proven) out += " " + partner;
    return out;
  }

  [[nodiscard]] json::object searched(const LeakFigures& figures) const {
    json::object spellings;
    for (std::size_t i = 0; i < figures.spellings.size(); ++i) {
      spellings[domain::name_of(static_cast<domain::TokenSpelling>(i))] = figures.spellings.at(i);
    }
    return {{"files", figures.files},
            {"gzip_files", figures.gzip_files},
            {"bytes", figures.bytes},
            {"bytes_unpacked", figures.text_bytes},
            {"lines", figures.lines},
            {"candidates_by_spelling", std::move(spellings)},
            {"partners_tested", partners_tested_},
            {"canaries", canaries_}};
  }

  std::map<std::string, Origin> origins_;
  std::uint64_t partners_tested_{};
  std::uint64_t canaries_{};
};

Result<json::value> attribute(const Context& context, const std::vector<std::string>& paths) {
  Findings findings;
  const auto trace = [&](const std::vector<domain::LinkToken>& tokens) -> Result<void> {
    Message all{tokens.size() * domain::link_token_size};
    for (const auto& token : tokens) all.raw(token.bytes);
    TRY(found, call_server(context, "token/trace", {{"tokens", codec::base64url(all.view())}}));
    findings.add_tokens(found.as_object());
    return ok();
  };
  TRYV(trace({}));  // who is there to be tested
  LeakSearch::TakeText canaries;
  if (findings.has_canaries()) {
    canaries = [&](const std::string& text) -> Result<void> {
      TRY(found, call_server(context, "token/attribute", {{"text", text}}));
      findings.add_canaries(found.as_object());
      return ok();
    };
  }
  LeakSearch search{trace, std::move(canaries)};
  for (const auto& path : paths) {
    TRYV(search.read(path));
  }
  TRYV(search.finish());
  return std::move(findings).take(search.figures(), search.knows_all());
}

}  // namespace

void add_token_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("token", "link tokens");
  group->require_subcommand(1);
  const auto paths = std::make_shared<std::vector<std::string>>();
  auto* command =
      add_command(*group, context, "attribute", "name the partner behind leaked files, by link tokens and by canaries",
                  "lindung token attribute dump.csv more.json.gz");
  command->add_option("file", *paths, "leaked files, in any layout and of any size, gzip or not; -: standard input")
      ->required();
  command->callback([&context, paths] {
    const auto result = attribute(context, *paths);
    finish(context, result);
    if (result.has_value() && result.value().at("partners").as_array().empty()) context.exit_status = 1;
  });
}

}  // namespace lindung::cli
