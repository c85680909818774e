// On whose behalf a request of the portal is: the header Lindung-For names a delegation, and this table says which
// routes one may be used for, and how far it must go. What is not in the table nobody does for anybody else.
#pragma once

#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "http/message.h"
#include "people/caller.h"
#include "service/platform.h"

namespace lindung::api {

// Errors: not_found, for a delegation that is not theirs, over, or does not go as far, and for every other route.
[[nodiscard]] Result<CitizenRef> acting_for(const service::Platform& platform, const people::Caller& caller,
                                            std::string_view delegation, const http::Request& request);

}  // namespace lindung::api
