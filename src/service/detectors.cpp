#include "service/detectors.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
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
#include "domain/usual.h"
#include "service/exchange_watch.h"
#include "service/platform.h"
#include "service/signature_watch.h"
#include "store/database.h"

namespace lindung::service {

namespace {

using domain::AlarmKind;
using domain::Subject;
using domain::SubjectKind;

constexpr std::uint32_t hours_a_day = 24;
constexpr std::int64_t hours_to_jakarta = 7;
constexpr std::uint64_t least_lookups = 15;         // of an officer, above what is usual
constexpr std::uint64_t most_lookups_of_new = 100;  // of one without a past
constexpr std::uint64_t least_rows = 100;           // of an issuer
constexpr std::uint64_t most_rows_of_new = 0;       // its cap is in its terms (import_guard.h)
constexpr domain::UsualLimits strange_limits{.least_past = hours_a_day};
// Commands that show a person, or what is known of one.
constexpr std::array lookups{std::string_view{"citizen/find"},    std::string_view{"why"},
                             std::string_view{"trace/start"},     std::string_view{"notice/list"},
                             std::string_view{"override/list"},   std::string_view{"dispute/list"},
                             std::string_view{"certificate/list"}};

// Whether people work, and the hour of the day, where the hour is.
std::pair<bool, std::uint32_t> kind_of(std::uint32_t hour) {
  const auto local = static_cast<std::int64_t>(hour) + hours_to_jakarta;
  const auto day = std::chrono::sys_days{std::chrono::days{local / hours_a_day}};
  const auto weekday = std::chrono::weekday{day}.iso_encoding();
  return {weekday <= 5, static_cast<std::uint32_t>(local % hours_a_day)};
}

std::uint64_t rounded(double value) { return static_cast<std::uint64_t>(std::llround(std::max(0.0, value))); }

std::uint64_t number(const store::Row& row, int column) { return static_cast<std::uint64_t>(row.integer(column)); }

using Days = std::map<std::string, std::map<std::uint32_t, std::uint64_t>>;  // by whom and day

Result<Days> read_days(const Platform& platform, store::Sql sql, Day today) {
  Days days;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    days.clear();
    TRYV(transaction.run(sql, {static_cast<std::int64_t>(today.number) - days_of_past}, [&](const store::Row& row) {
      days[std::string{row.text(0)}][static_cast<std::uint32_t>(row.integer(1))] = number(row, 2);
    }));
    return ok();
  }));
  return days;
}

}  // namespace

bool looks_people_up(std::string_view command) noexcept { return std::ranges::find(lookups, command) != lookups.end(); }

Result<void> count_lookup(store::Transaction& transaction, const OfficerId& officer, Moment now) {
  TRYV(transaction.run(store::Sql{"INSERT INTO officer_day (officer_id, day, lookups) VALUES ($1, $2, 1) "
                                  "ON CONFLICT (officer_id, day) DO UPDATE SET lookups = officer_day.lookups + 1"},
                       {officer.value(), std::int64_t{day_of(now).number}}));
  return ok();
}

std::vector<PartnerFinding> judge_partner(const std::vector<PartnerHour>& past, const PartnerHour& now) {
  std::vector<std::uint64_t> questions;
  std::vector<domain::Share> unlinked;
  std::vector<domain::Share> denied;
  const auto kind = kind_of(now.hour);
  for (const auto& each : past) {
    if (each.hour >= now.hour || kind_of(each.hour) != kind) continue;
    questions.push_back(each.count.questions);
    unlinked.push_back({.part = each.count.unlinked, .whole = each.count.questions});
    denied.push_back({.part = each.count.denied, .whole = each.count.questions});
  }
  std::vector<PartnerFinding> findings;
  const auto usual = domain::usual_of(questions);
  if (domain::is_unusual(usual, now.count.questions)) {
    findings.push_back({.kind = AlarmKind::partner_pattern, .count = now.count.questions, .usual = usual.median});
  }
  const auto whole = now.count.questions;
  const auto usual_denied = domain::usual_share_of(denied);
  if (findings.empty() && domain::is_unusual(usual_denied, {.part = now.count.denied, .whole = whole})) {
    findings.push_back({.kind = AlarmKind::partner_pattern,
                        .count = now.count.denied,
                        .usual = usual_denied.median * static_cast<double>(whole)});
  }
  const auto usual_unlinked = domain::usual_share_of(unlinked);
  if (domain::is_unusual(usual_unlinked, {.part = now.count.unlinked, .whole = whole})) {
    findings.push_back({.kind = AlarmKind::junk_tokens,
                        .count = now.count.unlinked,
                        .usual = usual_unlinked.median * static_cast<double>(whole)});
  }
  return findings;
}

bool is_busy_day(const std::vector<std::uint64_t>& past, std::uint64_t today, std::uint64_t least_excess,
                 std::uint64_t fallback, double& usual) {
  const domain::UsualLimits limits{.least_excess = least_excess};
  const auto known = domain::usual_of(past);
  usual = known.median;
  if (known.past < limits.least_past) return fallback != 0 && today > fallback;
  return domain::is_unusual(known, today, limits);
}

bool is_strange(const std::vector<SignatureHour>& past, const SignatureHour& now, double& usual) {
  std::vector<std::uint64_t> counts;
  for (const auto& each : past) {
    if (each.hour < now.hour && each.good != 0) counts.push_back(each.strange);
  }
  const auto known = domain::usual_of(counts);
  usual = known.median;
  return domain::is_unusual(known, now.strange, strange_limits);
}

void Detectors::raise(AlarmKind kind, Subject subject, std::uint64_t period, std::uint64_t count, double usual) {
  const auto [held, is_new] = raised_.try_emplace({kind, subject}, period);
  if (!is_new && held->second >= period) return;
  held->second = period;
  board_.raise({.kind = kind,
                .subject = std::move(subject),
                .at = platform_.clock.now(),
                .count = count,
                .usual = rounded(usual)});
}

Result<void> Detectors::write_traffic(ExchangeWatch& watch) {
  const auto counts = watch.take();
  if (counts.empty()) return ok();
  const auto written = platform_.database.write([&](store::Transaction& transaction) -> Result<void> {
    for (const auto& [key, count] : counts) {
      TRYV(transaction.run(
          store::Sql{"INSERT INTO partner_hour (partner_id, hour, questions, unlinked, denied) VALUES ($1, $2, $3, $4, "
                     "$5) ON CONFLICT (partner_id, hour) DO UPDATE SET questions = partner_hour.questions + $3, "
                     "unlinked = partner_hour.unlinked + $4, denied = partner_hour.denied + $5"},
          {key.first.value(), std::int64_t{key.second}, static_cast<std::int64_t>(count.questions),
           static_cast<std::int64_t>(count.unlinked), static_cast<std::int64_t>(count.denied)}));
    }
    return ok();
  });
  if (written.has_error()) watch.put_back(counts);
  return written;
}

void Detectors::look_at_tokens(ExchangeWatch& watch) {
  const auto window =
      unix_seconds(platform_.clock.now()) / static_cast<std::uint64_t>(ExchangeWatch::poll_window.count());
  for (const auto& [partner, tokens] : watch.take_polled()) {
    raise(AlarmKind::token_polled, {.kind = SubjectKind::partner, .id = partner.value()}, window,
          tokens * ExchangeWatch::poll_limit, ExchangeWatch::poll_limit);
  }
}

Result<void> Detectors::look_at_partners() {
  const auto present = hour_of(platform_.clock.now()).number;
  std::map<std::string, std::vector<PartnerHour>> partners;
  TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
    partners.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT partner_id, hour, questions, unlinked, denied FROM partner_hour WHERE hour >= $1 "
                   "ORDER BY partner_id, hour"},
        {static_cast<std::int64_t>(present) - std::int64_t{days_of_past} * hours_a_day - 1},
        [&](const store::Row& row) {
          partners[std::string{row.text(0)}].push_back(
              {.hour = static_cast<std::uint32_t>(row.integer(1)),
               .count = {.questions = number(row, 2), .unlinked = number(row, 3), .denied = number(row, 4)}});
        }));
    return ok();
  }));
  for (const auto& [partner, hours] : partners) {
    for (const auto& hour : hours) {
      if (hour.hour + 1 < present || hour.hour > present) continue;
      for (const auto& finding : judge_partner(hours, hour)) {
        raise(finding.kind, {.kind = SubjectKind::partner, .id = partner}, hour.hour, finding.count, finding.usual);
      }
    }
  }
  return ok();
}

Result<void> Detectors::write_signatures(SignatureWatch& watch) {
  const auto counts = watch.take();
  if (counts.empty()) return ok();
  const auto written = platform_.database.write([&](store::Transaction& transaction) -> Result<void> {
    for (const auto& [where, count] : counts) {
      if (count.good == 0) continue;
      TRYV(transaction.run(store::Sql{"INSERT INTO signature_place (partner_id, place, last_hour) VALUES ($1, $2, $3) "
                                      "ON CONFLICT (partner_id, place) DO UPDATE SET last_hour = $3"},
                           {where.partner.value(), BytesView{where.place}, std::int64_t{where.hour}}));
    }
    struct Failed {
      std::uint64_t good{};
      std::uint64_t failed{};
      std::uint64_t strange{};
    };
    std::map<std::pair<PartnerId, std::uint32_t>, Failed> hours;
    for (const auto& [where, count] : counts) {
      auto& hour = hours[{where.partner, where.hour}];
      hour.good += count.good;
      hour.failed += count.failed;
      if (count.failed == 0 || count.good != 0) continue;
      TRY(known,
          transaction.run(store::Sql{"SELECT last_hour FROM signature_place WHERE partner_id = $1 AND place = $2"},
                          {where.partner.value(), BytesView{where.place}}));
      if (known == 0) hour.strange += count.failed;
    }
    for (const auto& [key, count] : hours) {
      TRYV(transaction.run(
          store::Sql{"INSERT INTO signature_hour (partner_id, hour, good, failed, strange) VALUES ($1, $2, $3, $4, $5) "
                     "ON CONFLICT (partner_id, hour) DO UPDATE SET good = signature_hour.good + $3, "
                     "failed = signature_hour.failed + $4, strange = signature_hour.strange + $5"},
          {key.first.value(), std::int64_t{key.second}, static_cast<std::int64_t>(count.good),
           static_cast<std::int64_t>(count.failed), static_cast<std::int64_t>(count.strange)}));
    }
    return ok();
  });
  if (written.has_error()) watch.put_back(counts);
  return written;
}

// The past is read for those only who may be told of.
Result<void> Detectors::look_at_signatures() {
  const auto present = hour_of(platform_.clock.now()).number;
  struct Judged {
    std::string partner;
    SignatureHour now;
    std::vector<SignatureHour> past;
  };
  std::vector<Judged> judged;
  TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
    judged.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT partner_id, hour, good, strange FROM signature_hour WHERE hour >= $1 AND hour <= $2 AND "
                   "strange >= $3 ORDER BY partner_id, hour"},
        {std::int64_t{present} - 1, std::int64_t{present}, static_cast<std::int64_t>(strange_limits.least_excess)},
        [&](const store::Row& row) {
          judged.push_back({.partner = std::string{row.text(0)},
                            .now = {.hour = static_cast<std::uint32_t>(row.integer(1)),
                                    .good = number(row, 2),
                                    .strange = number(row, 3)},
                            .past = {}});
        }));
    for (auto& each : judged) {
      TRYV(transaction.run(
          store::Sql{
              "SELECT hour, good, strange FROM signature_hour WHERE partner_id = $1 AND hour >= $2 AND hour < $3"},
          {std::string_view{each.partner}, std::int64_t{present} - std::int64_t{days_of_past} * hours_a_day,
           std::int64_t{each.now.hour}},
          [&](const store::Row& row) {
            each.past.push_back({.hour = static_cast<std::uint32_t>(row.integer(0)),
                                 .good = number(row, 1),
                                 .strange = number(row, 2)});
          }));
    }
    return ok();
  }));
  for (const auto& each : judged) {
    double usual = 0;
    if (is_strange(each.past, each.now, usual)) {
      raise(AlarmKind::signatures_failed, {.kind = SubjectKind::partner, .id = each.partner}, each.now.hour,
            each.now.strange, usual);
    }
  }
  return ok();
}

Result<void> Detectors::look_at_officers() {
  const auto today = day_of(platform_.clock.now());
  TRY(officers,
      read_days(platform_, store::Sql{"SELECT officer_id, day, lookups FROM officer_day WHERE day >= $1"}, today));
  for (const auto& [officer, days] : officers) {
    const auto now = days.find(today.number);
    if (now == days.end()) continue;
    std::vector<std::uint64_t> past;
    for (const auto& [day, lookups_of_day] : days) {
      if (day < today.number) past.push_back(lookups_of_day);
    }
    double usual = 0;
    if (is_busy_day(past, now->second, least_lookups, most_lookups_of_new, usual)) {
      raise(AlarmKind::officer_lookups, {.kind = SubjectKind::officer, .id = officer}, today.number, now->second,
            usual);
    }
  }
  return ok();
}

Result<void> Detectors::look_at_issuers() {
  const auto today = day_of(platform_.clock.now());
  TRY(issuers,
      read_days(platform_,
                store::Sql{"SELECT issuer_id, day, accepted FROM issuer_day WHERE day >= $1 AND accepted > 0"}, today));
  for (const auto& [issuer, days] : issuers) {
    const auto now = days.find(today.number);
    if (now == days.end()) continue;
    std::vector<std::uint64_t> past;
    for (const auto& [day, rows] : days) {
      if (day < today.number) past.push_back(rows);
    }
    double usual = 0;
    if (is_busy_day(past, now->second, least_rows, most_rows_of_new, usual)) {
      raise(AlarmKind::issuer_velocity, {.kind = SubjectKind::issuer, .id = issuer}, today.number, now->second, usual);
    }
  }
  return ok();
}

Result<void> Detectors::forget() {
  const auto today = std::int64_t{day_of(platform_.clock.now()).number};
  return platform_.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"DELETE FROM partner_hour WHERE hour < $1"}, {(today - days_kept) * hours_a_day}));
    TRYV(transaction.run(store::Sql{"DELETE FROM signature_place WHERE last_hour < $1"},
                         {(today - days_kept) * hours_a_day}));
    TRYV(
        transaction.run(store::Sql{"DELETE FROM signature_hour WHERE hour < $1"}, {(today - days_kept) * hours_a_day}));
    TRYV(transaction.run(store::Sql{"DELETE FROM officer_day WHERE day < $1"}, {today - days_kept}));
    return ok();
  });
}

}  // namespace lindung::service
