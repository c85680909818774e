#include "cert/json_claims.h"

#include <boost/json/object.hpp>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cert/cwt.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"

namespace lindung::cert {

Checked<std::optional<NumericDate>> date_claim(const boost::json::object& claims, std::string_view name, Step step) {
  constexpr double farthest = 1e15;  // some issuers write milliseconds: a moment all the same
  const auto* value = claims.if_contains(name);
  if (value == nullptr) return std::optional<NumericDate>{};
  const double number = value->is_number() ? value->to_number<double>() : farthest * 2;
  if (!std::isfinite(number) || std::abs(number) > farthest) return refuse(step, Reason::claim_type, std::string{name});
  return std::optional{number};
}

}  // namespace lindung::cert
