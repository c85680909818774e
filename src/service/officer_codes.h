// One-time codes by which a registered officer binds a passkey: two officers stand behind each.
#pragma once

#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

inline constexpr seconds officer_code_age{3600};

struct OfficerCode {
  std::string code;  // shown once
  Moment expires_at;
};
// In place of a code that this officer has not used. Errors: not_found for an officer who is not registered.
[[nodiscard]] Result<OfficerCode> make_officer_code(const Platform& platform, const OfficerId& officer);
// Whose it was; it is gone then. Errors: denied for every code that does not stand; corrupt for a row that says another
// officer or another end than what was printed.
[[nodiscard]] Result<OfficerId> take_officer_code(store::Transaction& transaction, const store::KeyRing& ring,
                                                  std::string_view code, Moment now);

}  // namespace lindung::service
