#include "cli/rules_impact.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/context.h"
#include "codec/json.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;

std::string move_text(const json::object& move) {
  return std::string{move.at("from").as_string()} + ">" + std::string{move.at("to").as_string()};
}

// The columns that anybody is in.
using Columns = std::set<std::string>;
void gather(Columns& columns, const json::value& moves) {
  for (const auto& move : moves.as_array()) columns.insert(move_text(move.as_object()));
}

// "-" is hidden, nothing is nobody.
std::string cell(const json::value& moves, const std::string& column) {
  for (const auto& move : moves.as_array()) {
    const auto& object = move.as_object();
    if (move_text(object) == column) {
      return object.at("citizens").is_null() ? "-" : codec::to_text(object.at("citizens"));
    }
  }
  return "";
}

void print_lines(std::string_view title, const json::array& rows, std::string_view name) {
  Columns columns;
  for (const auto& row : rows) gather(columns, row.at("moves"));
  std::printf("\n%-22s", std::string{title}.c_str());
  for (const auto& column : columns) std::printf("  %13s", column.c_str());
  std::printf("\n");
  for (const auto& row : rows) {
    std::printf("%-22.22s", std::string{row.at(name).as_string()}.c_str());
    for (const auto& column : columns) std::printf("  %13s", cell(row.at("moves"), column).c_str());
    std::printf("\n");
  }
}

}  // namespace

Result<json::value> rules_impact(const Context& context, const std::string& path, std::size_t file_limit,
                                 std::uint64_t days) {
  TRY(content, store::read_file(path, file_limit));
  TRY(begun, call_server(context, "rules/impact", {{"document", as_text(content)}, {"days", days}}));
  const auto* id = begun.as_object().if_contains("impact");
  if (id == nullptr) return begun;
  const auto total = begun.at("of").to_number<std::uint64_t>();
  while (true) {
    TRY(part, call_server(context, "rules/impact-part", {{"impact", *id}}));
    auto& figures = part.as_object();
    if (!context.json) {
      std::cerr << "looked at " << figures.at("citizens").to_number<std::uint64_t>() << " of " << total
                << " citizens\n";
    }
    if (auto* finished = figures.if_contains("finished")) return std::move(*finished);
  }
}

void print_rules_impact(const json::value& impact) {
  const auto* days = impact.as_object().if_contains("days");
  if (days == nullptr) return print_for_people(impact);
  std::printf("%s instead of %s, %s citizens\n", impact.at("rules").as_string().c_str(),
              impact.at("compared_with").as_string().c_str(), codec::to_text(impact.at("citizens")).c_str());
  std::printf("-: fewer than 10 citizens, or a figure that would tell such a one\n");
  print_lines("at", days->as_array(), "at");
  if (days->as_array().empty()) return;
  const auto& first = days->as_array().front();
  print_lines("province, at first", first.at("provinces").as_array(), "name");
  print_lines("age, at first", first.at("ages").as_array(), "age");
}

}  // namespace lindung::cli
