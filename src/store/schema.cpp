#include "store/schema.h"

#include <span>
#include <vector>

#include "store/schema_parts.h"

namespace lindung::store {

std::span<const Migration> migrations() {
  static const auto all = [] {
    std::vector<Migration> made;
    for (const auto part : {spine_migrations(), report_migrations(), people_migrations()}) {
      made.insert(made.end(), part.begin(), part.end());
    }
    return made;
  }();
  return all;
}

}  // namespace lindung::store
