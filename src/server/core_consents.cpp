// What keeps consents: those that end by the clock, the index of who looked, and partners who are to be told.
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "people/consent_requests.h"
#include "people/consents.h"
#include "server/core.h"
#include "server/housekeeper.h"
#include "server/webhook_sender.h"
#include "service/looks.h"
#include "service/partner_events.h"

namespace lindung::server {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds ends_every{1'000};
constexpr milliseconds requests_every{60'000};
constexpr milliseconds looks_every{5'000};
constexpr milliseconds events_every{1'000};
constexpr std::size_t looks_a_turn = 16'384;  // entries of the log

}  // namespace

void Core::keep_consents(const Housekeeper::Report& report) {
  std::vector<Chore> chores;
  chores.push_back({.name = "consents", .every = ends_every, .run = [this]() -> Result<void> {
                      if (!is_first()) return ok();
                      TRYV(people::end_due_consents(*platform_));
                      return ok();
                    }});
  chores.push_back({.name = "consent-requests", .every = requests_every, .run = [this]() -> Result<void> {
                      return is_first() ? people::forget_old_requests(*platform_) : ok();
                    }});
  chores.push_back({.name = "looks", .every = looks_every, .run = [this]() -> Result<void> {
                      if (!is_first()) return ok();
                      TRYV(service::index_looks(*platform_, looks_a_turn));  // the next turn goes on
                      return ok();
                    }});
  consents_ = std::make_unique<Housekeeper>(std::move(chores), report);

  std::vector<Chore> webhooks;
  webhooks.push_back({.name = "webhooks", .every = events_every, .run = [this]() -> Result<void> {
                        if (!is_first()) return ok();
                        return service::deliver_partner_events(
                            *platform_, [this](const service::PartnerEvent& event, const std::string& url) {
                              return webhook_sender_->tell(event, url);
                            });
                      }});
  webhooks_ = std::make_unique<Housekeeper>(std::move(webhooks), report);
}

}  // namespace lindung::server
