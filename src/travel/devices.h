// Devices of border desks, each at one port with a key of its own; what reaches a device and what it reports is checked
// against that key by whoever speaks with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "travel/ground.h"

namespace lindung::travel {

struct Device {
  std::string id;
  std::string port;
  crypto::Ed25519PublicKey key;
  Moment added_at;
  std::optional<Moment> revoked_at;
};

// Errors: invalid_argument for an id, port or key that cannot be; conflict when the id is taken.
[[nodiscard]] Result<void> add_device(const Ground& ground, const std::string& id, const std::string& port,
                                      BytesView public_key);
// Final. Again: done already. Errors: not_found.
[[nodiscard]] Result<void> revoke_device(const Ground& ground, const std::string& id);
[[nodiscard]] Result<std::vector<Device>> list_devices(const Ground& ground);
// Errors: not_found for an unknown one and a revoked one.
[[nodiscard]] Result<Device> find_device(const Ground& ground, const std::string& id);

}  // namespace lindung::travel
