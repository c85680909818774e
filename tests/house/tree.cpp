#include "house/tree.h"

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lindung::house {

namespace {

namespace fs = std::filesystem;

constexpr std::array left_out{std::string_view{".git"}, std::string_view{"build"},
                              std::string_view{"var"},  std::string_view{"__pycache__"},
                              std::string_view{"dist"}, std::string_view{"node_modules"}};

bool is_left_out(const fs::path& path) {
  const auto name = path.filename().string();
  for (const auto out : left_out) {
    if (name == out) return true;
  }
  return false;
}

Tree read_tree(const fs::path& root) {
  Tree tree;
  for (auto at = fs::recursive_directory_iterator{root}; at != fs::recursive_directory_iterator{}; ++at) {
    if (is_left_out(at->path())) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file()) {
      std::ifstream file{at->path(), std::ios::binary};
      tree.emplace(fs::relative(at->path(), root).generic_string(),
                   std::string{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}});
    }
  }
  return tree;
}

}  // namespace

const Tree& project() {
  static const Tree tree = read_tree(LINDUNG_SOURCE_DIR);
  return tree;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> lines_of(std::string_view text) { return split(text, '\n'); }

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string> includes_of(std::string_view source) {
  std::vector<std::string> names;
  for (const auto line : lines_of(source)) {
    auto rest = trimmed(line);
    if (!rest.starts_with('#')) continue;
    rest = trimmed(rest.substr(1));
    if (!rest.starts_with("include")) continue;
    rest = trimmed(rest.substr(std::string_view{"include"}.size()));
    if (rest.starts_with('"')) {
      names.emplace_back(rest.substr(1, rest.find('"', 1) - 1));
    } else if (rest.starts_with('<')) {
      names.emplace_back(rest.substr(0, rest.find('>') + 1));
    }
  }
  return names;
}

std::string resolve(const Tree& tree, std::string_view from, std::string_view name) {
  const auto own = fs::path{from}.parent_path() / name;
  for (const auto& candidate : {own, fs::path{"src"} / name, fs::path{"tests"} / name}) {
    auto path = candidate.lexically_normal().generic_string();
    if (tree.contains(path)) return path;
  }
  return {};
}

bool is_source(std::string_view path) {
  const bool is_ours = path.starts_with("src/") || path.starts_with("tests/") || path.starts_with("bench/");
  return is_ours && (path.ends_with(".h") || path.ends_with(".cpp"));
}

bool is_translation_unit(std::string_view path) { return is_source(path) && path.ends_with(".cpp"); }

std::vector<std::vector<std::string_view>> table_rows(std::string_view markdown, std::string_view first_column) {
  std::vector<std::vector<std::string_view>> rows;
  std::size_t lines_in = 0;  // 0: outside the table; 1: its head was read; 2: the rule below the head too
  for (const auto line : lines_of(markdown)) {
    auto text = trimmed(line);
    if (!text.starts_with('|')) {
      lines_in = 0;
      continue;
    }
    text.remove_prefix(1);
    if (text.ends_with('|')) text.remove_suffix(1);
    std::vector<std::string_view> cells;
    for (const auto cell : split(text, '|')) cells.push_back(trimmed(cell));
    if (lines_in == 0) {
      if (cells.front() == first_column) lines_in = 1;
    } else if (lines_in == 1) {
      lines_in = 2;
    } else {
      rows.push_back(std::move(cells));
    }
  }
  return rows;
}

}  // namespace lindung::house
