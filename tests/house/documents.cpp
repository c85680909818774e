#include "house/documents.h"

#include <array>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "house/tree.h"

namespace lindung::house {

namespace {

// Put together from halves: this file is read by the checks too.
constexpr std::array machine_folders{std::string_view{"/wo"
                                                      "rk/"},
                                     std::string_view{"/ro"
                                                      "ot/"},
                                     std::string_view{"/ho"
                                                      "me/"}};
constexpr std::string_view vectors_default =
    "../sha"
    "red/";
constexpr std::array unfinished{std::string_view{"TO"
                                                 "DO"},
                                std::string_view{"FIX"
                                                 "ME"}};
constexpr std::string_view records = "docs/adr/";

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool has_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !is_word_character(text[at - 1]);
    const auto end = at + word.size();
    if (begins && (end == text.size() || !is_word_character(text[end]))) return true;
  }
  return false;
}

// A folder of one machine begins a path: "/ho" "me/" inside "docs/ho" "me/" does not.
bool begins_path(std::string_view line, std::string_view folder) {
  for (auto at = line.find(folder); at != std::string_view::npos; at = line.find(folder, at + 1)) {
    if (at == 0 || (!is_word_character(line[at - 1]) && line[at - 1] != '.' && line[at - 1] != '}')) return true;
  }
  return false;
}

std::string place(std::string_view path, std::size_t line) {
  return std::string{path} + ":" + std::to_string(line + 1) + " ";
}

bool is_in(const Tree& tree, const std::string& path) {
  if (path.empty() || path == "." || tree.contains(path)) return true;
  const auto folder = path.ends_with('/') ? path : path + "/";
  const auto first = tree.lower_bound(folder);
  return first != tree.end() && first->first.starts_with(folder);
}

// The targets of [text](target) in a line, without those that leave the project.
Findings dead_links_of(const Tree& tree, const std::string& page, std::string_view line, std::size_t number) {
  Findings findings;
  constexpr std::string_view opening = "](";
  for (auto at = line.find(opening); at != std::string_view::npos; at = line.find(opening, at + 1)) {
    const auto begin = at + opening.size();
    auto target = line.substr(begin, line.find(')', begin) - begin);
    target = target.substr(0, target.find('#'));
    if (target.find(':') != std::string_view::npos) continue;
    const auto path = (std::filesystem::path{page}.parent_path() / target).lexically_normal().generic_string();
    if (!is_in(tree, path)) findings.push_back(place(page, number) + "links to " + std::string{target});
  }
  return findings;
}

}  // namespace

Findings threats_without_test(const Tree& tree, std::string_view threat_model) {
  constexpr std::size_t columns = 4;  // attacker, attempt, countermeasure, test
  Findings findings;
  for (const auto& row : table_rows(threat_model, "attacker")) {
    const auto name = row.size() > 1 ? std::string{row[1]} : std::string{"a row"};
    if (row.size() != columns || row[0].empty() || row[1].empty() || row[2].empty()) {
      findings.push_back(name + ": the row does not have its four cells");
      continue;
    }
    // `path` `test` `test`, `path`: each between backticks, a test belongs to the path before it.
    const auto parts = split(row[3], '`');
    if (parts.size() < 3) findings.push_back(name + ": no test is named");
    const std::string* file = nullptr;
    for (std::size_t i = 1; i < parts.size(); i += 2) {
      if (parts[i].starts_with("tests/") || parts[i].starts_with("sdk/")) {
        const auto found = tree.find(parts[i]);
        file = found == tree.end() ? nullptr : &found->second;
        if (file == nullptr) findings.push_back(name + ": " + std::string{parts[i]} + " does not exist");
      } else if (file == nullptr || !has_word(*file, parts[i])) {
        findings.push_back(name + ": there is no test " + std::string{parts[i]});
      }
    }
  }
  return findings;
}

Findings dead_links(const Tree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    const auto lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (path.ends_with(".md")) {
        const auto dead = dead_links_of(tree, path, lines[i], i);
        findings.insert(findings.end(), dead.begin(), dead.end());
      }
      for (auto at = lines[i].find(records); at != std::string_view::npos; at = lines[i].find(records, at + 1)) {
        const auto end = lines[i].find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-/", at);
        auto record = std::string{lines[i].substr(at, end - at)};
        if (end == std::string_view::npos || !lines[i].substr(end).starts_with(".md")) continue;
        record += ".md";
        if (!tree.contains(record)) findings.push_back(place(path, i) + "names " + record);
      }
    }
  }
  return findings;
}

Findings machine_paths(const Tree& tree) {
  Findings findings;
  std::string vectors_default_stands_in;
  for (const auto& [path, text] : tree) {
    const auto lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      for (const auto folder : machine_folders) {
        if (begins_path(lines[i], folder)) findings.push_back(place(path, i) + "has a path of one machine");
      }
      if (lines[i].find(vectors_default) == std::string_view::npos) continue;
      if (vectors_default_stands_in.empty()) vectors_default_stands_in = path;
      if (vectors_default_stands_in != path) findings.push_back(place(path, i) + "repeats the default for vectors");
    }
  }
  return findings;
}

Findings unfinished_marks(const Tree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_source(path) && !path.starts_with("script/") && !path.starts_with("cmake/")) continue;
    const auto lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      for (const auto mark : unfinished) {
        if (has_word(lines[i], mark)) findings.push_back(place(path, i) + "is unfinished");
      }
    }
  }
  return findings;
}

}  // namespace lindung::house
