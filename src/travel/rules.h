// The route rules of a travel installation: kept sealed, of which one is in force; another takes its place when its
// own cases hold and, once officers are registered, two of them have signed it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "travel/ground.h"

namespace lindung::travel {

// Reads those in force into Ground::rules; a new installation gets the program's draft. Errors: corrupt.
[[nodiscard]] Result<void> load_rules(const Ground& ground);

struct RulesRow {
  std::string id;
  std::string version;
  Hash digest{};
  bool is_active{};
  Moment changed_at;
};
[[nodiscard]] Result<std::vector<RulesRow>> list_rules(const Ground& ground);

inline constexpr int rules_officers = 2;

// Puts a document in force, from the next filing on. Shape: the file alone, or signed (domain/rule_document.h).
// Errors: malformed, unsupported, too_large for the document; conflict when one of its cases fails (the detail names
// it) or when this version was another document before; denied without enough signatures of officers.
[[nodiscard]] Result<RulesRow> activate_rules(const Ground& ground, std::string_view file);

// An officer of this installation, who signs rules. Errors: conflict when the id is taken.
[[nodiscard]] Result<void> add_officer(const Ground& ground, const std::string& id, BytesView public_key);

}  // namespace lindung::travel
