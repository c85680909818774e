#include "service/venue_register.h"

#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/venue.h"
#include "domain/venue_code.h"

namespace lindung::service {

std::size_t VenueRegister::HashOfHash::operator()(const Hash& hash) const noexcept {
  std::size_t value = 0;
  std::memcpy(&value, hash.data(), sizeof value);  // a digest is spread evenly already
  return value;
}

void VenueRegister::put(domain::Venue venue) {
  auto shared = std::make_shared<const domain::Venue>(std::move(venue));
  const std::unique_lock lock{mutex_};
  venues_[shared->id] = std::move(shared);
}

std::shared_ptr<const domain::Venue> VenueRegister::find(const VenueId& id) const {
  const std::shared_lock lock{mutex_};
  const auto found = venues_.find(id);
  return found == venues_.end() ? nullptr : found->second;
}

std::shared_ptr<const domain::Venue> VenueRegister::check(BytesView bytes, Moment now) const {
  const auto code = domain::parse_venue_code(bytes);
  if (code.has_error()) return nullptr;
  auto venue = find(code.value().venue);
  if (!venue) return nullptr;
  const auto key = venue->keys.find(code.value().key_id);
  if (key == venue->keys.end() || key->second.is_revoked) return nullptr;
  if (!domain::is_current(code.value(), now)) return nullptr;
  if (code.value().kind == domain::VenueCodeKind::screen) {
    return domain::screen_is_genuine(code.value(), key->second.screen) ? venue : nullptr;
  }
  const auto digest = crypto::sha256(bytes);
  if (was_verified(digest)) return venue;
  if (!domain::poster_is_genuine(code.value(), key->second.poster)) return nullptr;
  remember(digest);
  return venue;
}

bool VenueRegister::was_verified(const Hash& digest) const {
  const std::shared_lock lock{posters_mutex_};
  return verified_posters_.contains(digest);
}

void VenueRegister::remember(const Hash& digest) const {
  const std::unique_lock lock{posters_mutex_};
  if (verified_posters_.size() >= verified_posters_max) verified_posters_.clear();
  verified_posters_.insert(digest);
}

}  // namespace lindung::service
