// The signature fields of a captured request, read leniently so that every departure from the one spelling gets a name.
#pragma once

#include <string>
#include <string_view>

#include "gateway/finding.h"
#include "gateway/request_check.h"

namespace lindung::gateway {

// Components and parameters of Signature-Input, its times and key id.
void check_signature_input(const CapturedRequest& request, const PartnerTruth& truth, Findings& findings);

// The signature itself; where it does not verify, over which other bytes it would. Shape: `base` is what the gateway
// verifies; empty when the fields do not give one.
void check_signature(const CapturedRequest& request, const PartnerTruth& truth, const std::string& base,
                     Findings& findings);

}  // namespace lindung::gateway
