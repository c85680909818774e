// The detectors that look by the clock: each compares what was counted with its own past (domain/usual.h) and raises an
// alarm once for each of its periods. What has an alarm of its own elsewhere: canaries (canaries.h), the log
// (server/core.cpp), unseals (server/failed_unseals.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/alarm.h"
#include "service/alarm_board.h"
#include "service/exchange_watch.h"
#include "service/platform.h"
#include "service/signature_watch.h"
#include "store/database.h"

namespace lindung::service {

inline constexpr std::uint32_t days_of_past = 28;
inline constexpr std::uint32_t days_kept = 35;  // counts are forgotten after that

// Remembers what it raised: an hour or a day that goes on raises no second alarm.
class Detectors {
 public:
  Detectors(const Platform& platform, AlarmBoard& board) : platform_{platform}, board_{board} {}

  // Writes down what the exchange counted. What the database did not take is put back.
  [[nodiscard]] Result<void> write_traffic(ExchangeWatch& watch);
  // One token polled; from write_traffic()'s watch.
  void look_at_tokens(ExchangeWatch& watch);
  // Each partner's present hour, and the one before it, against the same hour of its past days of the same kind.
  [[nodiscard]] Result<void> look_at_partners();
  // Writes down where signatures were good, and how many failed elsewhere. What the database did not take is put back.
  [[nodiscard]] Result<void> write_signatures(SignatureWatch& watch);
  // Each partner's failures from new places, of the present hour and the one before it, against its past hours.
  [[nodiscard]] Result<void> look_at_signatures();
  // Each officer's look-ups of today against their past days.
  [[nodiscard]] Result<void> look_at_officers();
  // Each issuer's rows of today against its past days.
  [[nodiscard]] Result<void> look_at_issuers();
  // Counts that are too old for any comparison.
  [[nodiscard]] Result<void> forget();

 private:
  void raise(domain::AlarmKind kind, domain::Subject subject, std::uint64_t period, std::uint64_t count, double usual);
  const Platform& platform_;
  AlarmBoard& board_;
  std::map<std::pair<domain::AlarmKind, domain::Subject>, std::uint64_t> raised_;  // the newest period of each
};

// An hour of a partner. Shape: newest last.
struct PartnerHour {
  std::uint32_t hour{};
  ExchangeWatch::Count count;
};
struct PartnerFinding {
  domain::AlarmKind kind{};
  std::uint64_t count{};
  double usual{};
};
// What is unusual about `now`, given the hours before it: pure, for the detector and for the measure of its false
// alarms. Hours of the same time of day and the same kind of day (Monday to Friday or not, in Jakarta) are compared.
[[nodiscard]] std::vector<PartnerFinding> judge_partner(const std::vector<PartnerHour>& past, const PartnerHour& now);

// An hour of a partner's signatures, wherever they came from.
struct SignatureHour {
  std::uint32_t hour{};
  std::uint64_t good{};
  std::uint64_t strange{};  // failed, from places where none of this partner was good before
};
// Whether so many strange failures are unusual, given the hours before: pure, like judge_partner(). Compared are all
// hours in which the partner was there, of any time of the day: failures have none. Not here: a partner of fewer than
// 24 such hours.
[[nodiscard]] bool is_strange(const std::vector<SignatureHour>& past, const SignatureHour& now, double& usual);

// The days of the past on which something was counted, against today. Not here: who has fewer than seven such days, for
// whom `fallback` is the limit.
[[nodiscard]] bool is_busy_day(const std::vector<std::uint64_t>& past, std::uint64_t today, std::uint64_t least_excess,
                               std::uint64_t fallback, double& usual);

// Whether an officer's command looks a person up, and the count of it, in the unit that takes the command.
[[nodiscard]] bool looks_people_up(std::string_view command) noexcept;
[[nodiscard]] Result<void> count_lookup(store::Transaction& transaction, const OfficerId& officer, Moment now);

}  // namespace lindung::service
