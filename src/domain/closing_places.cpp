#include "domain/closing_places.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/ledger.h"

namespace lindung::domain {

std::string finding_name(std::string_view what, std::string_view part) {
  return std::string{what} + "/" + std::string{part};
}

std::vector<std::pair<std::string, std::string>> findings_of(const StepRecord& record, std::string_view what) {
  const auto prefix = finding_name(what, "");
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& [name, value] : record.findings) {
    if (name.starts_with(prefix)) found.emplace_back(name.substr(prefix.size()), value);
  }
  return found;
}

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto item = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ') || item.ends_with('\n')) item.remove_suffix(1);
    if (!item.empty()) out.emplace_back(item);
  }
  return out;
}

std::vector<std::string> service_addresses(const LedgerEntry& service, const StepRecord& listeners) {
  const auto found = listeners.findings.find(finding_name(finding::address, service.name));
  return found == listeners.findings.end() ? std::vector<std::string>{} : split_list(found->second);
}

}  // namespace lindung::domain
