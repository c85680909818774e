#include "server/day_replay.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <mutex>
#include <numeric>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "api/exchange_route.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "domain/day_plan.h"
#include "domain/day_shape.h"
#include "domain/question.h"
#include "gateway/partner_client.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "log/verifier.h"
#include "server/day_clock.h"
#include "server/day_world.h"
#include "store/export_folder.h"

namespace lindung::server {

namespace {

using Watch = std::chrono::steady_clock;

constexpr std::size_t questions_a_bundle = domain::bundle_slots.back();
// Prepared at a time: 50 MB with their replies.
constexpr std::size_t bundles_a_turn = 1'024;
// A bundle is sent when it is full, and no later than this behind its first question: by night, or at a small scale.
constexpr std::uint32_t gathers_for = 3'600;
constexpr std::uint32_t seconds_an_hour = 3'600;
constexpr std::uint32_t look_every = 60;

double cpu_now() {
  timespec at{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) * 1e-9;
}

double seconds_since(Watch::time_point begin) { return std::chrono::duration<double>(Watch::now() - begin).count(); }

double quantile(const std::vector<double>& sorted, double q) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

DayReplay::DayReplay(DayWorld& world, DayClock& clock, domain::DayPlan::Size size)
    : world_{world},
      clock_{clock},
      midnight_{clock.now()},
      check_ins_of_day_{size.check_ins},
      plan_{size},
      visits_of_(world.partners()),
      looks_of_(world.partners()),
      is_inside_(size.people),
      inside_(size.venues) {}

Result<DayReport> DayReplay::run(const std::string& export_folder) {
  std::uint32_t compared_hour = 0;
  while (!is_over_) {
    visits_.clear();
    looks_.clear();
    TRYV(prepare());
    const auto cpu = cpu_now();
    TRY(wall, send_all(visits_));
    report_.cpu_s += cpu_now() - cpu;
    report_.wall_s += wall;
    report_.bundles += visits_.size();
    for (const auto& bundle : visits_) took_ms_.push_back(bundle.took_ms);
    TRYV(check(visits_));
    clock_.move_to(midnight_ + seconds{second_});
    TRY(looks_wall, send_all(looks_));
    report_.looks_wall_s += looks_wall;
    TRYV(check(looks_));
    if (const auto hour = second_ / seconds_an_hour; hour != compared_hour || is_over_) {
      compared_hour = hour;
      TRYV(compare_occupancy());
    }
    std::fprintf(stderr, "bench: %02u:%02u, %llu of %llu check-ins, %.0f a second\n", second_ / seconds_an_hour,
                 second_ / 60 % 60, static_cast<unsigned long long>(report_.check_ins),
                 static_cast<unsigned long long>(check_ins_of_day_),
                 static_cast<double>(report_.check_ins) / report_.wall_s);
  }
  std::ranges::sort(took_ms_);
  report_.bundle_p50_ms = quantile(took_ms_, 0.5);
  report_.bundle_p99_ms = quantile(took_ms_, 0.99);
  TRYV(verify_log(export_folder));
  return report_;
}

// The next bundles of the day, those of an hour at most, signed and sealed, in the order in which they are sent. Looks
// are all sent at the end.
Result<void> DayReplay::prepare() {
  const auto hour = second_ / seconds_an_hour;
  auto looked_at = second_ / look_every;
  while (!is_over_ && visits_.size() < bundles_a_turn && second_ / seconds_an_hour == hour) {
    const auto event = plan_.next();
    is_over_ = !event;
    second_ = event ? event->second : domain::seconds_a_day - 1;
    if (is_over_ || second_ / look_every != looked_at) {
      looked_at = second_ / look_every;
      for (std::size_t partner = 0; partner < visits_of_.size(); ++partner) {
        auto& events = visits_of_[partner];
        if (!events.empty() && (is_over_ || events.front().second + gathers_for <= second_))
          close(visits_, partner, events);
        if (is_over_ && !looks_of_[partner].empty()) close(looks_, partner, looks_of_[partner]);
      }
    }
    if (!event) break;
    const auto partner = world_.partner_of(event->person);
    const bool is_look = event->operation == domain::Operation::status;
    auto& events = (is_look ? looks_of_ : visits_of_)[partner];
    events.push_back(*event);
    if (events.size() == questions_a_bundle) close(is_look ? looks_ : visits_, partner, events);
  }
  for (auto& bundle : visits_) {
    TRYV(seal(bundle));
  }
  for (auto& bundle : looks_) {
    bundle.second = second_;
    TRYV(seal(bundle));
  }
  return ok();
}

void DayReplay::close(std::vector<Bundle>& out, std::size_t partner, std::vector<domain::DayEvent>& events) const {
  Bundle bundle;
  bundle.partner = partner;
  bundle.second = second_;
  bundle.events = std::exchange(events, {});
  out.push_back(std::move(bundle));
}

Result<void> DayReplay::seal(Bundle& bundle) {
  std::vector<domain::Question> questions;
  questions.reserve(bundle.events.size());
  for (const auto& event : bundle.events) {
    const bool is_look = event.operation == domain::Operation::status;
    questions.push_back({.operation = event.operation,
                         .request_id = RequestId{crypto::random_bytes<16>()},
                         .token = world_.token_of(event.person),
                         .client_time = midnight_ + seconds{event.second},
                         .venue_code = is_look ? Bytes{} : world_.code_of(event.venue)});
  }
  const auto at = midnight_ + seconds{bundle.second};
  TRY(key, world_.gateway_key(at));
  TRY(sealed, gateway::seal_bundle(world_.partner(bundle.partner), key, DayWorld::authority, questions, at));
  bundle.sealed = std::move(sealed);
  return ok();
}

// Sends them in their order, so many at once, until all are answered and their entries are public.
// Units: seconds of the wall.
Result<double> DayReplay::send_all(std::span<Bundle> bundles) {
  const auto begin = Watch::now();
  for (auto& bundle : bundles) {
    {
      std::unique_lock lock{mutex_};
      answered_.wait(lock, [&] { return waiting_ < in_flight; });
      ++waiting_;
    }
    clock_.move_to(midnight_ + seconds{bundle.second});
    send(bundle);
  }
  {
    std::unique_lock lock{mutex_};
    answered_.wait(lock, [&] { return waiting_ == 0; });
  }
  TRYV(world_.core().publisher().publish());
  return seconds_since(begin);
}

void DayReplay::send(Bundle& bundle) {
  std::vector<http::Field> fields{{.name = "Host", .value = DayWorld::authority}};
  for (const auto& [name, value] : bundle.sealed.fields) fields.push_back({.name = name, .value = value});
  const http::Request request{.method = "POST",
                              .target = gateway::bundle_profile.path,
                              .fields = fields,
                              .body = bundle.sealed.body,
                              .framed_by_content_length = true,
                              .client_certificate_subject = {}};
  const auto begin = Watch::now();
  http::Responder responder{[this, &bundle, begin](http::Response&& response) {
    bundle.status = response.status;
    bundle.reply = std::move(response.body);
    bundle.took_ms = seconds_since(begin) * 1e3;
    const std::scoped_lock lock{mutex_};
    --waiting_;
    answered_.notify_one();
  }};
  auto& core = world_.core();
  api::answer_bundle(core.door(), core.exchange(), clock_, request, std::move(responder), nullptr);
}

// Opens the replies as their partners do, and counts by them who is inside.
Result<void> DayReplay::check(std::span<const Bundle> bundles) {
  for (const auto& bundle : bundles) {
    if (bundle.status != 200) {
      return fail(Errc::unavailable, "a bundle was answered by " + std::to_string(bundle.status) + ": " + bundle.reply);
    }
    TRY(answers, gateway::open_bundle_answer(world_.partner(bundle.partner), bundle.sealed, as_bytes(bundle.reply)));
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (answers[i].answer.has_error()) return fail("a question of a bundle", answers[i].answer.error());
      count(bundle.events.at(i), answers[i].answer.value().outcome);
    }
  }
  return ok();
}

void DayReplay::count(const domain::DayEvent& event, domain::Outcome outcome) {
  const bool is_allowed = outcome == domain::Outcome::allow;
  switch (event.operation) {
    case domain::Operation::status: ++report_.looks; return;
    case domain::Operation::check_in:
      ++report_.check_ins;
      ++(is_allowed ? report_.allowed : report_.denied);
      if (!is_allowed) return;
      is_inside_[event.person] = true;
      ++inside_.at(event.venue);
      return;
    case domain::Operation::check_out:
      ++report_.check_outs;
      if (!is_inside_[event.person]) return;  // was turned away, and so does not leave
      is_inside_[event.person] = false;
      --inside_.at(event.venue);
      return;
  }
}

Result<void> DayReplay::compare_occupancy() {
  TRY(counted, world_.occupancy());
  for (std::size_t venue = 0; venue < counted.size(); ++venue) {
    if (counted[venue] == inside_[venue]) continue;
    return fail(Errc::conflict, "venue " + std::to_string(venue + 1) + " holds " + std::to_string(counted[venue]) +
                                    " people, by the answers " + std::to_string(inside_[venue]));
  }
  ++report_.occupancies_compared;
  report_.most_inside = std::max(report_.most_inside, std::reduce(counted.begin(), counted.end()));
  return ok();
}

Result<void> DayReplay::verify_log(const std::string& folder) {
  TRY(checkpoint, world_.core().publisher().export_to(folder));
  TRY(report, log::verify_export(store::export_folder(folder), {.key = {}, .partner = {}}));
  std::error_code ignored;  // what is left of it goes with the folder around it
  std::filesystem::remove_all(folder, ignored);
  report_.log_entries = report.size;
  for (std::size_t i = 0; i < report.entries.size(); ++i) {
    if (log::entry_type(i) == "answer") report_.log_answers = report.entries.at(i);
  }
  const auto given = report_.check_ins + report_.check_outs + report_.looks;
  if (report.size != checkpoint.size || report_.log_answers != given) {
    return fail(Errc::conflict,
                "the log holds " + std::to_string(report_.log_answers) + " answers of " + std::to_string(given));
  }
  return ok();
}

}  // namespace lindung::server
