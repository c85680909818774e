// The signed requests of border devices, who have no pact: each endpoint of the travel server has a path and a tag of
// its own.
#pragma once

#include "gateway/signed_head.h"

namespace lindung::gateway {

inline constexpr SignatureProfile border_list_profile{
    .path = "/v1/border/list", .content_type = "application/json", .tag = "lindung-border-list", .has_pact = false};
inline constexpr SignatureProfile border_decisions_profile{.path = "/v1/border/decisions",
                                                           .content_type = "application/vnd.lindung.decisions",
                                                           .tag = "lindung-border-decisions",
                                                           .has_pact = false};
inline constexpr SignatureProfile border_queue_profile{
    .path = "/v1/border/queue", .content_type = "application/json", .tag = "lindung-border-queue", .has_pact = false};

}  // namespace lindung::gateway
