// A question on its way through the exchange, and what every batch of them needs.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/question.h"
#include "domain/venue.h"
#include "service/canary_watch.h"
#include "service/in_flight.h"
#include "service/opened.h"
#include "store/ring.h"

namespace lindung::service {

// The person and the link that stand in for what is not there, so that the work done tells nothing.
struct Dummy {
  CitizenRef citizen;
  LinkId link;
};

class ExchangeWatch;

// Who is asked for what every batch needs; all outlive it.
struct ExchangeGround {
  const store::KeyRing& ring;
  const Clock& clock;
  Dummy dummy;
  CanaryWatch& canaries;
  ExchangeWatch* watch{};  // null: nobody counts
};

// A question in the queue, with what could be worked out before the transaction.
struct Asked {
  Opened<domain::Question> opened;
  std::shared_ptr<const domain::Venue> venue;  // null: none given, or not genuine
  Hash token_index{};
  Hash question_mac{};
  Secret<32> hour_key{};
  InFlight::Ticket ticket;
  std::size_t behind{};  // questions of the same bundle that follow: they ride in one transaction
  std::function<void(Result<domain::Answer>, const Asked&)> reply;
};

}  // namespace lindung::service
