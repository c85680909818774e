#include "people/reason_book.h"

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "domain/colour_reason.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"
#include "service/rule_set_rows.h"
#include "store/database.h"

namespace lindung::people {

Result<std::shared_ptr<const domain::RuleSet>> ReasonBook::rules(const std::string& name) {
  {
    const std::scoped_lock lock{mutex_};
    if (const auto known = known_.find(name); known != known_.end()) return known->second;
  }
  std::shared_ptr<const domain::RuleSet> read;
  TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(rows, service::read_rule_sets(transaction));
    const auto* row = service::find_rule_set(rows, name);
    if (row == nullptr) return fail(Errc::not_found, "these rules are not here any more");
    TRY(opened, service::open_rule_set(transaction, platform_.ring, *row));
    read = std::make_shared<const domain::RuleSet>(std::move(opened));
    return ok();
  }));
  const std::scoped_lock lock{mutex_};
  return known_.emplace(name, std::move(read)).first->second;
}

Result<ReasonBook::Words> ReasonBook::find(const domain::Timeline& timeline, const domain::Step& step) {
  TRY(set, rules(timeline.rules()));
  TRY(reason, domain::reason_of(*set, step.rule));
  return Words{.rule = std::string{reason.id}, .text = *reason.text};
}

}  // namespace lindung::people
