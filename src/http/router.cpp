#include "http/router.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lindung::http {

namespace {

bool answers(const Route& route, std::string_view method) noexcept {
  return route.method == method || (method == "HEAD" && route.method == "GET");
}

}  // namespace

Router::Router(std::vector<Route> routes, Problem problem, Fallback fallback)
    : routes_{std::move(routes)}, problem_{std::move(problem)}, fallback_{std::move(fallback)} {
  for (std::size_t index = 0; index < routes_.size(); ++index) {
    const auto& path = routes_[index].path;
    if (!path.ends_with("/*")) {
      exact_[path].push_back(index);
      continue;
    }
    const auto prefix = path.substr(0, path.size() - 1);
    const auto known = std::ranges::find(below_, prefix, &std::pair<std::string, Indexes>::first);
    if (known == below_.end()) {
      below_.emplace_back(prefix, Indexes{index});
    } else {
      known->second.push_back(index);
    }
  }
  std::ranges::sort(below_, std::ranges::greater{}, [](const auto& entry) { return entry.first.size(); });
}

const Router::Indexes* Router::at(std::string_view path) const {
  if (const auto exact = exact_.find(path); exact != exact_.end()) return &exact->second;
  const auto below = std::ranges::find_if(below_, [&](const auto& entry) { return path.starts_with(entry.first); });
  return below == below_.end() ? nullptr : &below->second;
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
  const auto* const here = at(path);
  if (here == nullptr) return {};
  std::vector<std::string_view> allowed;
  for (const auto index : *here) {
    const auto& route = routes_[index];
    if (answers(route, method)) return {.route = &route, .path_exists = true, .allow = {}};
    allowed.emplace_back(route.method);
    if (route.method == "GET") allowed.emplace_back("HEAD");
  }
  std::ranges::sort(allowed);
  Match match{.route = nullptr, .path_exists = true, .allow = {}};
  for (const auto name : allowed) {
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += name;
  }
  return match;
}

}  // namespace lindung::http
