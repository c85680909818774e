// Claims of a JSON Web Token (RFC 7519) as numbers and texts.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string_view>

#include "cert/cwt.h"
#include "cert/refusal.h"
#include "cert/step.h"

namespace lindung::cert {

// None if the claim is missing. Errors (of the step): claim_type unless a finite number.
[[nodiscard]] Checked<std::optional<NumericDate>> date_claim(const boost::json::object& claims, std::string_view name,
                                                             Step step);

}  // namespace lindung::cert
