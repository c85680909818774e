// What answers in the place of a system that was closed: 410, for people and programs, and nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "http/message.h"
#include "http/router.h"

namespace lindung::api {

struct GoneSystem {
  std::string name;
  std::string successor;  // what took its place, as the ledger says it; empty: nothing did
  Moment closed_at;
  std::vector<std::string> hosts;  // its domains: requests for them are answered for it
};

// HTML where the request asks for it, else application/problem+json (urn:lindung:problem:gone), in Indonesian and
// English.
[[nodiscard]] http::Response gone_response(const GoneSystem& system, const http::Request& request);

// A table without routes: whatever is asked gets gone_response().
[[nodiscard]] http::Router gone_router(GoneSystem system);

// The system whose domain the request names as its host; null: none.
[[nodiscard]] const GoneSystem* gone_host(const std::vector<GoneSystem>& systems, const http::Request& request);

// Whether a response is the 410 of this system: what a probe of its old address compares.
[[nodiscard]] bool is_gone_response(unsigned status, std::string_view body, std::string_view system);

}  // namespace lindung::api
