// POST /v1/verify: doors of venues and officers have a health certificate judged. Nothing of it is stored or logged; it
// is counted by key and day.
#pragma once

#include <atomic>
#include <cstdint>

#include "api/borrow.h"
#include "gateway/verify_door.h"
#include "http/router.h"
#include "service/own_trust.h"
#include "service/platform.h"
#include "service/trust_library.h"

namespace lindung::api {

struct VerifyCounters {
  std::atomic<std::uint64_t> valid{};
  std::atomic<std::uint64_t> invalid{};
  std::atomic<std::uint64_t> unsupported{};
  std::atomic<std::uint64_t> refused{};  // requests that were not admitted
};

// What the route works on; alive as long as `use` runs.
struct VerifyGround {
  gateway::VerifyDoor& door;
  const service::Platform& platform;
  service::TrustLibrary& trust;
  VerifyCounters& counters;
  service::OwnTrust& own;  // asked where the folder trusts nobody of that name
};
// Errors: sealed.
using VerifySource = Source<const VerifyGround>;

// Shape: {"text", "at"?} in, the object of `lindung verify --json` out.
[[nodiscard]] http::Route verify_route(const VerifySource& source);

}  // namespace lindung::api
