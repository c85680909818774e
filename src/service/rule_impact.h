// What a rule set would change for the people of today, computed from their records without writing anything. Runs in
// parts, and keeps its counts here until all are counted: small ones leave the server hidden only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/rule_impact.h"
#include "service/platform.h"

namespace lindung::service {

struct ImpactOfDay {
  Moment at;
  domain::ShownTable by_province;  // in the order of Impact::provinces
  domain::ShownTable by_age;       // in the order of domain::age_bands
};

struct Impact {
  std::string rules;          // of the document
  std::string compared_with;  // the active set
  Hash digest{};
  std::uint64_t citizens{};
  std::vector<std::string> provinces;  // codes; the last one is "unknown": people without a NIK
  std::vector<ImpactOfDay> days;       // from now on, at the same time of day
};

struct ImpactPart {
  std::uint64_t citizens{};        // looked at until now
  std::optional<Impact> finished;  // once, when everybody was looked at
};

class ImpactRun;

// The computations under way on this node, the newest few: a forgotten one makes room.
class RuleImpacts {
 public:
  static constexpr std::size_t most_runs = 4;
  static constexpr std::uint64_t most_days = 90;

  RuleImpacts();
  RuleImpacts(const RuleImpacts&) = delete;
  RuleImpacts& operator=(const RuleImpacts&) = delete;
  ~RuleImpacts();

  // Errors: those of RuleDocument::read and RuleSet::parse; invalid_argument for more than most_days.
  [[nodiscard]] Result<ByteArray<16>> begin(const Platform& platform, std::string_view file, std::uint64_t days);
  // Looks at the next citizens. Errors: not_found for an unknown or finished one; conflict when other rules came into
  // force meanwhile; those of derive_timeline, for rules that do not fit the records.
  [[nodiscard]] Result<ImpactPart> go_on(const Platform& platform, const ByteArray<16>& id);

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<ImpactRun>> runs_;  // by age
  std::uint64_t begun_{};
};

}  // namespace lindung::service
