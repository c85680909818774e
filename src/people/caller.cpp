#include "people/caller.h"

#include <string_view>

namespace lindung::people {

std::string_view name_of(Role role) noexcept {
  switch (role) {
    case Role::citizen: return "citizen";
    case Role::venue: return "venue";
    case Role::officer: return "officer";
    case Role::nobody: break;
  }
  return "nobody";
}

}  // namespace lindung::people
