// Carriers at the travel server: the keys that questions are sealed for, and the sealed question itself.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/travel_ground.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "gateway/exchange_keys.h"
#include "gateway/sealed_door.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "http/router.h"
#include "travel/ground.h"

namespace lindung::api {

// Safe from many threads; lives as long as the server.
class CarrierDoor {
 public:
  CarrierDoor(const Clock& clock, gateway::Authorities authorities);
  // The sealed answer. Errors: those of SealedDoor, in its order; replay_conflict; those of travel::answer_carrier().
  [[nodiscard]] Result<Bytes> answer(const travel::Ground& ground, const http::Request& request);

 private:
  [[nodiscard]] Result<void> keep_keys(const travel::Ground& ground);
  [[nodiscard]] Result<void> take_in(const gateway::SignedHead& head, Moment now);

  const Clock& clock_;
  gateway::ExchangeKeys keys_;
  gateway::SealedDoor sealed_;
  std::mutex mutex_;
  std::uint64_t loaded_{};                                 // generation of the ring that keys_ is of
  std::unordered_map<std::string, std::uint64_t> nonces_;  // key id and nonce -> the second in which it expires
};
using CarrierDoorSource = std::function<std::shared_ptr<CarrierDoor>()>;

// POST /v1/carrier/check; GET /v1/carrier/keys.
[[nodiscard]] std::vector<http::Route> carrier_routes(const TravelSource& source, const CarrierDoorSource& door);

}  // namespace lindung::api
