// The sealed endpoint of carriers: a path, a signature tag, media types and HPKE labels of its own, so that nothing
// that was made for a partner's exchange is taken here, nor the other way round.
#pragma once

#include "gateway/envelope.h"

namespace lindung::gateway {

inline constexpr EnvelopeProfile carrier_envelope{.signature = {.path = "/v1/carrier/check",
                                                                .content_type = "application/vnd.lindung.carrier-check",
                                                                .tag = "lindung-carrier-check",
                                                                .has_pact = false},
                                                  .reply_content_type = "application/vnd.lindung.carrier-answer",
                                                  .request_label = "lindung carrier check v1",
                                                  .response_label = "lindung carrier answer v1"};

}  // namespace lindung::gateway
