// How staff come in without a passkey: whoever runs a venue by a code to their telephone, an officer once, by the code
// that two officers had made.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "people/accounts.h"
#include "people/ground.h"

namespace lindung::people {

// A venue's account is found by a name of its own: the same telephone may be a citizen's too, and the two are strangers
// to each other. Errors: denied, "code".
[[nodiscard]] Result<SignedIn> enter_venue(const Ground& ground, BytesView token, std::string_view code,
                                           const std::string& device);

// Not here: that the session may do anything but register a passkey (api/portal_officer.cpp). Passkeys of before stay.
// Errors: denied, "code".
[[nodiscard]] Result<SignedIn> enrol_officer(const Ground& ground, std::string_view code, const std::string& device);

}  // namespace lindung::people
