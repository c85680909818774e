#include "house/floors.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "house/tree.h"

namespace lindung::house {

namespace {

constexpr std::string_view planned_mark = "(planned)";

// "codec" of "src/codec/cbor.h"; empty for what stands directly in src/.
std::string_view component_of(std::string_view path) {
  path.remove_prefix(std::string_view{"src/"}.size());
  const auto end = path.find('/');
  return end == std::string_view::npos ? std::string_view{} : path.substr(0, end);
}

const Component* find(const std::vector<Component>& floors, std::string_view name) {
  const auto found = std::ranges::find(floors, name, &Component::name);
  return found == floors.end() ? nullptr : &*found;
}

bool has_files_below(const Tree& tree, const std::string& folder) {
  const auto first = tree.lower_bound(folder);
  return first != tree.end() && first->first.starts_with(folder);
}

bool is_asio(std::string_view include) {
  return include.starts_with("<boost/beast") || include.starts_with("<boost/asio");
}

bool reaches_asio(const Tree& tree, const std::string& path, std::set<std::string>& seen) {
  if (!seen.insert(path).second) return false;
  for (const auto& name : includes_of(tree.at(path))) {
    if (is_asio(name)) return true;
    const auto ours = resolve(tree, path, name);
    if (!ours.empty() && reaches_asio(tree, ours, seen)) return true;
  }
  return false;
}

}  // namespace

std::vector<Component> read_floors(std::string_view architecture) {
  std::vector<Component> floors;
  for (const auto& row : table_rows(architecture, "floor")) {
    if (row.size() < 2) continue;
    unsigned floor = 0;
    const auto* const end = row[0].data() + row[0].size();
    if (std::from_chars(row[0].data(), end, floor) != std::from_chars_result{end, std::errc{}}) continue;
    for (auto name : split(row[1], ',')) {
      name = trimmed(name);
      const bool is_planned = name.ends_with(planned_mark);
      if (is_planned) name = trimmed(name.substr(0, name.size() - planned_mark.size()));
      floors.push_back({.name = std::string{name}, .floor = floor, .is_planned = is_planned});
    }
  }
  return floors;
}

Findings climbing_includes(const Tree& tree, const std::vector<Component>& floors) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!path.starts_with("src/") || !is_source(path)) continue;
    const auto* from = find(floors, component_of(path));
    if (from == nullptr) continue;
    for (const auto& name : includes_of(text)) {
      const auto target = resolve(tree, path, name);
      if (!target.starts_with("src/")) continue;
      const auto* to = find(floors, component_of(target));
      if (to == nullptr || to == from || to->floor < from->floor) continue;
      findings.push_back(path + " (floor " + std::to_string(from->floor) + ") includes " + target + " (floor " +
                         std::to_string(to->floor) + ")");
    }
  }
  return findings;
}

Findings files_without_floor(const Tree& tree, const std::vector<Component>& floors) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!path.starts_with("src/") || path == "src/CMakeLists.txt") continue;
    if (find(floors, component_of(path)) == nullptr) findings.push_back(path + " belongs to no floor");
  }
  return findings;
}

Findings components_without_folder(const Tree& tree, const std::vector<Component>& floors) {
  Findings findings;
  for (const auto& component : floors) {
    const auto folder = "src/" + component.name + "/";
    if (has_files_below(tree, folder) == component.is_planned) {
      findings.push_back(folder + (component.is_planned ? " is there but marked as planned" : " is not there"));
    }
  }
  return findings;
}

Findings components_without_readme(const Tree& tree, const std::vector<Component>& floors) {
  Findings findings;
  for (const auto& component : floors) {
    const auto readme = "src/" + component.name + "/README.md";
    if (!component.is_planned && !tree.contains(readme)) findings.push_back(readme + " is missing");
  }
  return findings;
}

Findings includes_beyond(const Tree& tree, std::string_view from, std::string_view of,
                         const std::vector<std::string>& allowed) {
  Findings findings;
  const auto below = [](std::string_view component) { return "src/" + std::string{component} + "/"; };
  std::set<std::string> seen;
  std::vector<std::string> waiting;
  for (const auto& [path, text] : tree) {
    if (path.starts_with(below(from)) && is_source(path)) waiting.push_back(path);
  }
  while (!waiting.empty()) {
    const auto path = waiting.back();
    waiting.pop_back();
    if (!seen.insert(path).second) continue;
    for (const auto& name : includes_of(tree.at(path))) {
      const auto target = resolve(tree, path, name);
      if (target.empty()) continue;
      if (target.starts_with(below(of)) && std::ranges::find(allowed, target) == allowed.end()) {
        findings.push_back(path + " includes " + target);
      } else {
        waiting.push_back(target);
      }
    }
  }
  std::ranges::sort(findings);
  return findings;
}

std::vector<std::string> units_with_asio(const Tree& tree) {
  std::vector<std::string> units;
  for (const auto& [path, text] : tree) {
    std::set<std::string> seen;
    if (is_translation_unit(path) && reaches_asio(tree, path, seen)) units.push_back(path);
  }
  return units;
}

}  // namespace lindung::house
