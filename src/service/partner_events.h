// What partners are to be told: that a consent has ended. Written in the unit that ended it, delivered behind the
// commit and again until it was, so that a partner who is down loses nothing and blocks nobody.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/consent.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

using PartnerEventId = Id<struct PartnerEventIdTag, ByteArray<16>>;  // random; the same at every attempt

struct PartnerEvent {
  PartnerId partner;
  PartnerEventId id;
  domain::ConsentId consent;
  domain::ConsentEnd reason{};
  Moment at;
  std::uint64_t log_index{};  // of the link's end
};

// In the unit of the end; nothing for a partner that has no webhook.
[[nodiscard]] Result<void> queue_event(store::Transaction& transaction, const store::KeyRing& ring,
                                       const PartnerEvent& event);

// The way out. Telling the same event again must do no harm. Errors: any; it is tried again.
using TellPartner = std::function<Result<void>(const PartnerEvent& event, const std::string& webhook)>;

inline constexpr std::chrono::seconds first_retry{5};  // then twice as long each time
inline constexpr std::chrono::seconds longest_retry{3600};
inline constexpr std::chrono::days events_kept{7};  // then given up

// Delivers what is due, one partner after the other; behind a failure the rest of that partner waits. Errors: the first
// one that was met.
[[nodiscard]] Result<void> deliver_partner_events(const Platform& platform, const TellPartner& tell);
// How many wait, for metrics and tests.
[[nodiscard]] Result<std::uint64_t> count_partner_events(const Platform& platform);

}  // namespace lindung::service
