// One running installation as the use cases see it: what the server composed, by reference. Each use case takes the
// parts that it needs out of here, and nothing else is global.
#pragma once

#include "base/time.h"
#include "service/canary_watch.h"
#include "service/directory.h"
#include "service/hand_limits.h"
#include "service/in_flight.h"
#include "service/venue_register.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::crypto {
class Pkcs11Token;
}

namespace lindung::service {

class Nodes;

struct Platform {
  store::Database& database;
  store::KeyRing& ring;
  const Clock& clock;
  CurrentDirectory& directory;
  VenueRegister& venues;
  InFlight& in_flight;
  CanaryWatch& canaries;
  HandLimits hands{};
  const crypto::Pkcs11Token* device{};  // null: every key is in the ring
  Nodes* nodes{};                       // null: no other node can be on this database

  // Reads partners, keys and pacts anew; called behind every commit that changed one.
  [[nodiscard]] Result<void> refresh_directory() const;
};

}  // namespace lindung::service
