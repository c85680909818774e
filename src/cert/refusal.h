// Checked<T>: a value, or the step that failed with its reason. One step returns it and TRY passes it on.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "cert/reason.h"
#include "cert/step.h"

namespace lindung::cert {

// Privacy: `detail` names a field or a position, never what stands there.
struct Refusal {
  Step step;
  Reason reason;
  std::string detail{};
};

template <class T>
using Checked = outcome::basic_result<T, Refusal, outcome::policy::terminate>;

[[nodiscard]] inline auto refuse(Step step, Reason reason, std::string detail = {}) {
  return outcome::failure(Refusal{.step = step, .reason = reason, .detail = std::move(detail)});
}

}  // namespace lindung::cert
