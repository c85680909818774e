// A venue: a place with a door, the QR on it, and how many people fit in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/id.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/category.h"

namespace lindung::domain {

// Key ids are per venue; one key serves its posters (Ed25519) and its screens (HMAC). Revoking it ends both.
struct VenueKey {
  crypto::Ed25519PublicKey poster;
  crypto::HmacKey screen;
  bool is_revoked{};
};

struct Venue {
  VenueId id;
  std::string name;
  Category category{};
  std::uint64_t capacity{};  // 0: no limit
  std::map<std::uint16_t, VenueKey> keys;
};

}  // namespace lindung::domain
