// The chores of incidents: detectors, alarms, reports on their way, persons who are told.
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/alarm.h"
#include "server/core.h"
#include "server/housekeeper.h"
#include "server/log_lines.h"
#include "service/canaries.h"
#include "service/detectors.h"
#include "service/incident_messages.h"
#include "service/incident_persons.h"
#include "service/incident_settings.h"
#include "service/incidents.h"

namespace lindung::server {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds alarms_every{1'000};
constexpr milliseconds traffic_every{10'000};
constexpr milliseconds days_every{60'000};
constexpr milliseconds forget_every{3'600'000};
constexpr milliseconds persons_every{500};

}  // namespace

// Detectors look on every node at what that node saw, and on one of them at what all counted.
void Core::keep_incidents(const Housekeeper::Report& report) {
  const auto detectors = std::make_shared<service::Detectors>(*platform_, alarms_);
  std::vector<Chore> chores;
  chores.push_back({.name = "log-alarm", .every = alarms_every, .run = [this, was = false]() mutable -> Result<void> {
                      const bool is_forked = gate_.is_closed_by("log");
                      if (is_forked && !was) {
                        alarms_.raise(
                            {.kind = domain::AlarmKind::log_forked, .subject = {}, .at = clock_.now(), .count = 1});
                      }
                      was = is_forked;
                      return ok();
                    }});
  chores.push_back({.name = "canary-alarms", .every = alarms_every, .run = [this]() -> Result<void> {
                      if (!is_first()) return ok();
                      TRY(raised, service::raise_canary_alarms(*platform_));
                      for (const auto kind : raised) alarms_.count(kind);
                      return ok();
                    }});
  chores.push_back({.name = "traffic", .every = traffic_every, .run = [this, detectors]() -> Result<void> {
                      detectors->look_at_tokens(watch_);
                      TRYV(detectors->write_traffic(watch_));
                      TRYV(detectors->write_signatures(signatures_));
                      if (!is_first()) return ok();
                      TRYV(detectors->look_at_partners());
                      return detectors->look_at_signatures();
                    }});
  chores.push_back({.name = "days", .every = days_every, .run = [this, detectors]() -> Result<void> {
                      if (!is_first()) return ok();
                      TRYV(detectors->look_at_officers());
                      return detectors->look_at_issuers();
                    }});
  chores.push_back({.name = "counts", .every = forget_every, .run = [this, detectors]() -> Result<void> {
                      return is_first() ? detectors->forget() : ok();
                    }});
  chores.push_back(
      {.name = "alarms", .every = alarms_every, .run = [this] { return service::take_alarms(*platform_, alarms_); }});
  const auto has_more = std::make_shared<bool>(false);
  chores.push_back({.name = "persons",
                    .every = persons_every,
                    .run = [this, has_more]() -> Result<void> {
                      *has_more = false;
                      if (!is_first()) return ok();
                      TRY(more, service::work_persons(*platform_));
                      *has_more = more;
                      return ok();
                    },
                    .next = [has_more] { return *has_more ? milliseconds{0} : persons_every; }});
  chores.push_back({.name = "incidents", .every = alarms_every, .run = [this] {
                      return service::show_running(*platform_, alarms_);
                    }});
  chores.push_back({.name = "incident-settings", .every = days_every, .run = [this]() -> Result<void> {
                      const auto& own = incident_outbox_.settings();
                      TRY(are_kept, service::are_incident_settings_kept(platform_->database, ring_, own));
                      if (incident_settings_differ_.exchange(!are_kept) == are_kept) log_incident_settings(are_kept);
                      return ok();
                    }});
  incidents_ = std::make_unique<Housekeeper>(std::move(chores), report);
  std::vector<Chore> letters;
  letters.push_back({.name = "messages", .every = alarms_every, .run = [this]() -> Result<void> {
                       return is_first() ? service::deliver_messages(*platform_, incident_outbox_) : ok();
                     }});
  letters_ = std::make_unique<Housekeeper>(std::move(letters), report);
}

}  // namespace lindung::server
