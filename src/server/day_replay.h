// Replays a made-up day of a nation (`lindung bench day`): bundles of check-ins and check-outs, sealed before the watch
// runs, through door, exchange, store and log as fast as they go, on a clock of the replay's own.
//
// What runs under the watch: all that a server does from a request that was read to the reply that is written, and
// whatever its housekeeping and its log do meanwhile. Not under it: sockets and TLS, the partners' own cryptography.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/answer.h"
#include "domain/day_plan.h"
#include "gateway/partner_client.h"
#include "server/day_clock.h"
#include "server/day_world.h"

namespace lindung::server {

struct DayReport {
  std::uint64_t check_ins{}, check_outs{}, looks{};
  std::uint64_t allowed{}, denied{};  // of the check-ins
  std::uint64_t bundles{};            // of check-ins and check-outs
  double wall_s{}, cpu_s{};           // of check-ins and check-outs
  double looks_wall_s{};
  double bundle_p50_ms{}, bundle_p99_ms{};     // from the request to its reply, as many at once as `in_flight`
  std::uint64_t occupancies_compared{};        // how often all venues were counted again
  std::uint64_t most_inside{};                 // in all venues together, when they were
  std::uint64_t log_entries{}, log_answers{};  // verified at the end
};

class DayReplay {
 public:
  static constexpr std::size_t in_flight = 32;  // bundles, as of so many connections

  DayReplay(DayWorld& world, DayClock& clock, domain::DayPlan::Size size);
  DayReplay(const DayReplay&) = delete;
  DayReplay& operator=(const DayReplay&) = delete;

  // The log is exported into this folder to be verified, and the folder removed.
  // Errors: conflict when an occupancy or the log is not what the answers say; unavailable when a question was refused;
  // those of gateway and database.
  [[nodiscard]] Result<DayReport> run(const std::string& export_folder);

 private:
  struct Bundle {
    std::size_t partner{};
    std::uint32_t second{};  // when it is sent
    std::vector<domain::DayEvent> events;
    gateway::SealedBundle sealed;
    unsigned status{};
    std::string reply;
    double took_ms{};
  };

  [[nodiscard]] Result<void> prepare();
  void close(std::vector<Bundle>& out, std::size_t partner, std::vector<domain::DayEvent>& events) const;
  [[nodiscard]] Result<void> seal(Bundle& bundle);
  [[nodiscard]] Result<double> send_all(std::span<Bundle> bundles);
  void send(Bundle& bundle);
  [[nodiscard]] Result<void> check(std::span<const Bundle> bundles);
  void count(const domain::DayEvent& event, domain::Outcome outcome);
  [[nodiscard]] Result<void> compare_occupancy();
  [[nodiscard]] Result<void> verify_log(const std::string& folder);

  DayWorld& world_;
  DayClock& clock_;
  Moment midnight_;
  std::uint64_t check_ins_of_day_;
  domain::DayPlan plan_;
  bool is_over_{};
  std::uint32_t second_{};                                           // of the newest event
  std::vector<std::vector<domain::DayEvent>> visits_of_, looks_of_;  // gathering, by partner
  std::vector<Bundle> visits_, looks_;                               // closed
  std::vector<bool> is_inside_;                                      // by person, as the answers say
  std::vector<std::uint64_t> inside_;                                // by venue
  std::vector<double> took_ms_;
  DayReport report_;

  std::mutex mutex_;
  std::condition_variable answered_;
  std::size_t waiting_{};
};

}  // namespace lindung::server
