// The words for reasons of colours, kept in memory by rule set: opening and parsing a rule set for each look at a
// colour would cost a hundred times the look.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"
#include "service/platform.h"

namespace lindung::people {

// Thread-safe. A rule set of one name never changes, so nothing here grows old.
class ReasonBook {
 public:
  explicit ReasonBook(const service::Platform& platform) noexcept : platform_{platform} {}

  struct Words {
    std::string rule;  // "green-series-complete", "override" or "dispute"
    domain::Text text;
  };
  // Of a step of a timeline. Errors: not_found for rules that are not kept any more; corrupt; sealed.
  [[nodiscard]] Result<Words> find(const domain::Timeline& timeline, const domain::Step& step);

 private:
  [[nodiscard]] Result<std::shared_ptr<const domain::RuleSet>> rules(const std::string& name);

  const service::Platform& platform_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const domain::RuleSet>> known_;
};

}  // namespace lindung::people
