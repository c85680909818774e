// How long officers may lay a hand on a colour: the operator's choice (docs/configuration.md).
#pragma once

#include <chrono>

#include "base/time.h"

namespace lindung::service {

struct HandLimits {
  seconds longest_override{std::chrono::days{90}};
  seconds dispute_time{std::chrono::hours{72}};  // until a dispute has to be decided
};

}  // namespace lindung::service
