// Recovery in person: a health office sees somebody's papers and prints a code; with it and a telephone at hand they
// are in their account again. Whom the civil register does not know well enough to register by themselves gets an
// account the same way.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "people/accounts.h"
#include "people/ground.h"
#include "service/platform.h"

namespace lindung::people {

inline constexpr seconds recovery_life{7 * 86'400};

// "XXXXX-XXXXX XXXXX-XXXXX": two halves, one to print and one to say, of 100 random bits. For one use; asking again
// makes the one before void. Logged under the officer's command; the citizen is told. Errors: not_found without such a
// citizen; invalid_argument for an empty purpose.
[[nodiscard]] Result<std::string> start_recovery(const service::Platform& platform, const CitizenRef& citizen,
                                                 const Hash& command, std::string_view purpose);
// The number of this try becomes the account's; its passkeys are removed and its sessions ended. Errors: denied,
// "code", where one of the two codes is not right; conflict, "phone", when the number is another account's.
[[nodiscard]] Result<SignedIn> recover(const Ground& ground, BytesView token, std::string_view code,
                                       std::string_view recovery, const std::string& device);

}  // namespace lindung::people
