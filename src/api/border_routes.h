// What registered border devices ask the travel server, each request signed by its device: its list, decisions in, and
// how the queue is.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "api/travel_ground.h"
#include "base/time.h"
#include "gateway/signed_head.h"
#include "gateway/verify_door.h"
#include "http/router.h"

namespace lindung::api {

// One for each endpoint, each with its own tag and its own memory of nonces; they live as long as the server.
struct BorderDoors {
  BorderDoors(const Clock& clock, const gateway::Authorities& authorities, const TravelSource& source);
  gateway::VerifyDoor list;
  gateway::VerifyDoor decisions;
  gateway::VerifyDoor queue;
};
using BorderDoorsSource = std::function<std::shared_ptr<BorderDoors>()>;

// POST /v1/border/list, {"sealing_key": hex}: the list, sealed for that key. POST /v1/border/decisions, a CBOR array of
// signed decisions: {"up_to", "taken", "conflicts"}. POST /v1/border/queue, {"day"}: {"passed", "expected"}.
[[nodiscard]] std::vector<http::Route> border_routes(const TravelSource& source, const BorderDoorsSource& doors);

}  // namespace lindung::api
