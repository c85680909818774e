#include "server/core.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/citizen_parts.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/alarm.h"
#include "gateway/consent_door.h"
#include "gateway/door.h"
#include "gateway/report_door.h"
#include "gateway/verify_door.h"
#include "people/delegations.h"
#include "server/announced_rules.h"
#include "server/answer_guards.h"
#include "server/data_folder.h"
#include "server/ended_systems.h"
#include "server/housekeeper.h"
#include "server/incident_post.h"
#include "server/installation_database.h"
#include "server/kernel_clock.h"
#include "server/log_lines.h"
#include "server/webhook_sender.h"
#include "server/witnesses.h"
#include "service/address_limit.h"
#include "service/alarm_board.h"
#include "service/asked.h"
#include "service/canaries.h"
#include "service/citizen_keys.h"
#include "service/consent_keys.h"
#include "service/contact_cases.h"
#include "service/derivation.h"
#include "service/disclosures.h"
#include "service/exchange.h"
#include "service/follower.h"
#include "service/gate.h"
#include "service/hands.h"
#include "service/incident_settings.h"
#include "service/incidents.h"
#include "service/install.h"
#include "service/legal_requests.h"
#include "service/log_publisher.h"
#include "service/nodes.h"
#include "service/notices.h"
#include "service/pack_telling.h"
#include "service/pass_keys.h"
#include "service/platform.h"
#include "service/report_keys.h"
#include "service/reporters.h"
#include "service/retention.h"
#include "service/sandbox.h"
#include "service/settings.h"
#include "service/signers.h"
#include "service/timeline_sweep.h"
#include "service/triage.h"
#include "service/venue_day.h"
#include "service/venues.h"
#include "service/verify_keys.h"
#include "service/visit_index.h"
#include "service/visit_sweep.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::server {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds guard_every{1'000};
constexpr milliseconds drift_every{100};
constexpr milliseconds canaries_every{1'000};
constexpr milliseconds notices_every{500};
constexpr milliseconds hands_every{1'000};
constexpr milliseconds signers_every{10'000};
constexpr milliseconds sweep_every{60'000};
constexpr milliseconds forget_every{300'000};
constexpr milliseconds rotate_every{300'000};
constexpr milliseconds clear_every{60'000};
constexpr milliseconds derive_every{500};
constexpr milliseconds citizen_keys_every{600'000};
constexpr milliseconds index_every{10'000};
constexpr std::size_t index_segments{4};  // a turn: a few seconds
constexpr milliseconds trace_every{1'000};
constexpr milliseconds ended_every{1'000};
constexpr milliseconds escalate_every{10'000};
constexpr milliseconds legal_every{10'000};
constexpr milliseconds sandbox_every{600'000};
constexpr milliseconds renew_every{1'000};
constexpr milliseconds cuts_every{50};
constexpr milliseconds follow_every{1'000};

// The name of the log is that of its first start: a moved folder or another configuration does not rename it.
Result<std::string> keep_origin(store::Database& database, const std::string& wanted) {
  std::string origin = wanted;
  TRYV(database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(known, service::read_setting(transaction, service::setting::log_origin));
    if (!known) return service::write_setting(transaction, service::setting::log_origin, as_bytes(wanted));
    origin = as_text(*known);
    return ok();
  }));
  return origin;
}

}  // namespace

Core::Core(const DataFolder& folder, store::KeyRing& ring, const Clock& clock, service::AlarmBoard& alarms,
           const service::IncidentSettings& incidents, IncidentPostTerms post)
    : ring_{ring},
      clock_{clock},
      gate_{[](const service::Gate::Change& change) { log_gate(change.guard, change.reason, change.is_open); }},
      alarms_{alarms},
      outbox_{folder.outbox()},
      incident_post_{std::move(post), clock,
                     [&ring]() -> Result<crypto::Ed25519PrivateKey> {
                       TRY(seed, ring.key({.cls = store::KeyClass::directory, .scope = "", .epoch = 1}));
                       return crypto::Ed25519PrivateKey::from_seed(seed);
                     }},
      incident_outbox_{folder.path() + "/incident-outbox", folder.path() + "/drills", incidents, &incident_post_},
      trust_{folder.trust()},
      disclosure_limit_{clock, service::AddressLimit::Limits{}} {}

Core::~Core() {
  incident_post_.stop();
  letters_.reset();
  webhooks_.reset();
  consents_.reset();
  incidents_.reset();
  timelines_.reset();
  background_.reset();
  housekeeper_.reset();
  guards_.reset();
  if (platform_) {
    // What was asked since the last look; the metric had it at once, and the log line is written whatever comes back.
    static_cast<void>(service::report_canaries(*platform_, log_canary_asked));
    static_cast<void>(service::take_alarms(*platform_, alarms_));
  }
  witnesses_.reset();
  publisher_.reset();
  joint_.reset();
  if (nodes_) nodes_->leave();
  database_.reset();  // waits for units under way, whose completions still reach the exchange
}

Result<std::unique_ptr<Core>> Core::start(const DataFolder& folder, store::KeyRing& ring, const Clock& clock,
                                          service::AlarmBoard& alarms, CoreOptions options) {
  std::unique_ptr<Core> core{
      new Core{folder, ring, clock, alarms, options.incidents, std::move(options.incident_post)}};
  core->rule_terms_ = options.rules;
  core->is_sandbox_ = options.sandbox;
  core->disclosure_ = std::move(options.disclosure);
  auto opened = open_database(folder, options.postgres);
  if (opened.has_error()) return fail("opening the database", opened.error());
  core->database_ = std::move(opened).value();
  auto& database = *core->database_;
  TRYV(database.migrate());
  TRYV(service::install(database, ring, clock));
  TRYV(service::check_sandbox(database, options.sandbox));
  TRYV(service::keep_incident_settings(database, ring, options.incidents));
  TRY(dummy, service::load_dummy(database));
  if (database.engine() == store::Engine::postgresql) {
    TRY(own, open_database(folder, options.postgres));
    core->nodes_database_ = std::move(own);
    core->nodes_ = std::make_unique<service::Nodes>(*core->nodes_database_, clock, core->in_flight_);
  }
  core->platform_ = std::make_unique<service::Platform>(service::Platform{.database = database,
                                                                          .ring = ring,
                                                                          .clock = clock,
                                                                          .directory = core->directory_,
                                                                          .venues = core->venues_,
                                                                          .in_flight = core->in_flight_,
                                                                          .canaries = core->canaries_,
                                                                          .hands = options.hands,
                                                                          .device = options.device,
                                                                          .nodes = core->nodes_.get()});
  const auto& platform = *core->platform_;
  TRYV(platform.refresh_directory());
  TRYV(service::load_venues(platform));
  TRYV(service::load_canaries(platform));
  TRYV(core->exchange_keys_.load(ring));
  TRYV(service::keep_consent_keys(database, ring, clock));
  TRY(log_seed, ring.key({.cls = store::KeyClass::log, .scope = "", .epoch = 1}));
  TRY(origin, keep_origin(database, options.log_origin));
  auto publisher =
      service::LogPublisher::start(database, crypto::Ed25519PrivateKey::from_seed(log_seed), clock, core->gate_,
                                   {.log_folder = folder.log(),
                                    .anchor_file = folder.log_anchor(),
                                    .origin = origin,
                                    .report = [](const Error& error) { log_chore_failed("publish", error); }});
  if (publisher.has_error()) return fail("the transparency log", publisher.error());
  core->publisher_ = std::move(publisher).value();
  core->witnesses_ = std::make_unique<Witnesses>(
      *core->publisher_, clock, std::move(options.witnesses),
      Witnesses::Reports{
          .failed = log_witness_failed,
          .back = log_witness_back,
          .alarm = [at = core.get()](std::string_view witness, WitnessAlarm alarm) {
            log_witness_alarm(witness, alarm);
            at->alarms_.raise(
                {.kind = domain::AlarmKind::log_forked, .subject = {}, .at = at->clock_.now(), .count = 1});
          }});
  core->verify_door_ = std::make_unique<gateway::VerifyDoor>(
      clock, options.authorities, [&platform](const KeyId& key) { return service::find_verify_key(platform, key); });
  core->report_door_ = std::make_unique<gateway::ReportDoor>(platform, options.authorities);
  core->report_fhir_door_ = std::make_unique<gateway::VerifyDoor>(
      clock, options.authorities, [&platform](const KeyId& key) { return service::find_report_signer(platform, key); },
      gateway::report_fhir_profile);
  const auto authority = options.authorities.names.empty() ? std::string{} : options.authorities.names.front();
  core->consent_door_ =
      std::make_unique<gateway::ConsentDoor>(clock, core->directory_, core->exchange_keys_, options.authorities);
  core->webhook_sender_ = std::make_unique<WebhookSender>(ring, clock, std::move(options.webhooks));
  TRYV(core->signatures_.load(ring));
  core->door_ = std::make_unique<gateway::Door>(clock, core->directory_, core->exchange_keys_,
                                                std::move(options.authorities), &core->signatures_);
  core->exchange_ = std::make_unique<service::Exchange>(
      service::ExchangeGround{
          .ring = ring, .clock = clock, .dummy = dummy, .canaries = core->canaries_, .watch = &core->watch_},
      database, core->venues_, core->in_flight_, core->gate_, service::Exchange::Limits{});

  TRYV(core->open_portal(folder, options));
  core->citizens_ = std::make_unique<api::CitizenParts>(platform, *core->exchange_, *core->door_, authority);
  core->ended_ = std::make_unique<EndedSystems>(platform);
  core->guards_ = std::make_unique<AnswerGuards>(
      database, *core->publisher_, clock, core->gate_,
      options.require_synchronised_clock ? std::function<bool()>{kernel_clock_is_synchronised} : nullptr);
  TRYV(core->guards_->look());  // before the first answer
  if (core->nodes_) {
    core->follower_ = std::make_unique<service::Follower>(platform);
    TRYV(core->show_itself());
  }
  if (options.sandbox) {
    // Somebody may have changed it so that its own issuer may not sign any more: that ends no gateway.
    const auto filled = service::fill_sandbox(platform);
    if (filled.has_error()) log_chore_failed("sandbox", filled.error());
  }

  auto* raw = core.get();
  const auto by_first = [raw](std::function<Result<void>()> run) -> std::function<Result<void>()> {
    return [raw, run = std::move(run)]() -> Result<void> { return raw->is_first() ? run() : ok(); };
  };
  std::vector<Chore> chores;
  chores.push_back({.name = "guard", .every = guard_every, .run = [raw] { return raw->guards_->look(); }});
  chores.push_back({.name = "clock", .every = drift_every, .run = [raw]() -> Result<void> {
                      raw->guards_->look_at_drift();
                      return ok();
                    }});
  chores.push_back({.name = "keys",
                    .every = rotate_every,
                    .run = by_first([raw]() -> Result<void> {
                      TRY(has_changed, service::rotate_exchange_keys(*raw->database_, raw->ring_, raw->clock_));
                      TRYV(service::keep_pass_keys(*raw->database_, raw->ring_, raw->clock_));
                      TRYV(service::keep_report_keys(*raw->database_, raw->ring_, raw->clock_));
                      TRYV(service::keep_consent_keys(*raw->database_, raw->ring_, raw->clock_));
                      if (!has_changed) return ok();
                      return raw->exchange_keys_.load(raw->ring_);
                    })});
  chores.push_back({.name = "canaries", .every = canaries_every, .run = [raw] {
                      return service::report_canaries(*raw->platform_, log_canary_asked);
                    }});
  chores.push_back({.name = "notices",
                    .every = notices_every,
                    .run = by_first([raw] { return service::deliver_notices(*raw->platform_, raw->outbox_); })});
  chores.push_back({.name = "disclosures",
                    .every = escalate_every,
                    .run = by_first([raw] {
                      return service::escalate_disclosures(
                          *raw->platform_, raw->disclosure_,
                          [raw](const service::DisclosureEscalation& each) { return raw->outbox_.escalate(each); });
                    })});
  chores.push_back({.name = "legal-requests", .every = legal_every, .run = by_first([raw]() -> Result<void> {
                                                                      TRYV(service::tell_due_requests(*raw->platform_));
                                                                      return service::tell_of_due_packs(
                                                                          *raw->platform_);
                                                                    })});
  chores.push_back({.name = "hands", .every = hands_every, .run = by_first([raw] {
                                                             return service::close_due_hands(*raw->platform_);
                                                           })});
  chores.push_back({.name = "visits", .every = sweep_every, .run = by_first([raw]() -> Result<void> {
                                                              TRY(ended, service::end_overdue_visits(*raw->platform_));
                                                              static_cast<void>(ended);
                                                              return ok();
                                                            })});
  chores.push_back({.name = "forget", .every = forget_every, .run = by_first([raw] {
                                                               return service::forget_old_hours(*raw->platform_);
                                                             })});
  chores.push_back({.name = "occupancy", .every = sweep_every, .run = by_first([raw] {
                                                                 return service::note_occupancy(*raw->platform_);
                                                               })});
  chores.push_back(
      {.name = "sessions", .every = sweep_every, .run = by_first([raw] { return raw->forget_old_sessions(); })});
  chores.push_back({.name = "signers", .every = signers_every, .run = by_first([raw]() -> Result<void> {
                                                                 TRY(ended, service::end_old_signers(*raw->platform_));
                                                                 static_cast<void>(ended);
                                                                 return ok();
                                                               })});
  chores.push_back({.name = "reports", .every = forget_every, .run = by_first([raw]() -> Result<void> {
                                                                TRYV(service::forget_old_reports(*raw->platform_));
                                                                return ok();
                                                              })});
  chores.push_back({.name = "triage", .every = sweep_every, .run = by_first([raw]() -> Result<void> {
                                                              TRY(late, service::escalate_overdue(*raw->platform_));
                                                              if (late != 0) log_reports_escalated(late);
                                                              raw->reports_escalated_ += late;
                                                              return ok();
                                                            })});
  if (options.sandbox) {
    chores.push_back({.name = "sandbox", .every = sandbox_every, .run = by_first([raw] {
                                                                   return service::fill_sandbox(*raw->platform_);
                                                                 })});
  }
  const auto announced = std::make_shared<AnnouncedRules>(platform);
  chores.push_back({.name = "rules",
                    .every = AnnouncedRules::look_every,
                    .run = by_first([announced] { return announced->look(); }),
                    .next = [announced] { return announced->next(); }});
  const auto report = [](const std::string& chore, const Error& error) { log_chore_failed(chore, error); };
  core->housekeeper_ = std::make_unique<Housekeeper>(std::move(chores), report);

  std::vector<Chore> long_chores;
  long_chores.push_back(
      {.name = "ended-systems", .every = ended_every, .run = by_first([raw] { return raw->ended_->look(); })});
  long_chores.push_back({.name = "contacts", .every = trace_every, .run = by_first([raw] {
                                                                     return service::work_traces(*raw->platform_);
                                                                   })});
  long_chores.push_back(
      {.name = "visit-index", .every = index_every, .run = by_first([raw]() -> Result<void> {
                                                      TRY(is_whole,
                                                          service::build_visit_index(*raw->platform_, index_segments));
                                                      static_cast<void>(is_whole);  // the next turn goes on
                                                      return ok();
                                                    })});
  core->background_ = std::make_unique<Housekeeper>(std::move(long_chores), report);

  // Work on everybody's timelines has a thread of its own: minutes for a nation, and nothing waits for it.
  const auto is_behind = std::make_shared<std::atomic<bool>>(false);
  std::vector<Chore> timeline_chores;
  timeline_chores.push_back(
      {.name = "derivation",
       .every = derive_every,
       .run = by_first([raw, is_behind]() -> Result<void> {
         is_behind->store(false);
         TRY(is_more, service::go_on_deriving(*raw->platform_));
         is_behind->store(is_more);
         return ok();
       }),
       .next = [is_behind] { return is_behind->load() ? std::chrono::milliseconds{0} : derive_every; }});
  timeline_chores.push_back({.name = "timelines",
                             .every = clear_every,
                             .run = by_first([raw] { return service::clear_retired_timelines(*raw->platform_); })});
  timeline_chores.push_back({.name = "citizen-keys",
                             .every = citizen_keys_every,
                             .run = by_first([raw] { return service::keep_citizen_keys(*raw->platform_); })});
  timeline_chores.push_back({.name = "delegations",
                             .every = citizen_keys_every,
                             .run = by_first([raw] { return people::forget_ended_delegations(*raw->platform_); })});
  core->timelines_ = std::make_unique<Housekeeper>(std::move(timeline_chores), report);
  core->keep_incidents(report);
  core->keep_consents(report);
  if (core->nodes_) {
    std::vector<Chore> joint;
    joint.push_back({.name = "nodes", .every = renew_every, .run = [raw] { return raw->show_itself(); }});
    joint.push_back(
        {.name = "cuts", .every = cuts_every, .run = [raw] { return raw->nodes_->drain_for_cuts(*raw->platform_); }});
    joint.push_back({.name = "others", .every = follow_every, .run = [raw] { return raw->follow_others(); }});
    core->joint_ = std::make_unique<Housekeeper>(std::move(joint), report);
  }
  return core;
}

// The others see that this node is there; where they cannot any more, it answers nothing.
Result<void> Core::show_itself() {
  auto renewed = nodes_->renew();
  if (nodes_->holds_lease()) {
    gate_.open("nodes");
  } else {
    gate_.close("nodes", "the other nodes may not know that this one is there");
  }
  return renewed;
}

// Those have their own data folders and one ring.
Result<void> Core::follow_others() {
  if (nodes_->is_alone()) return ok();
  TRY(has_changed, ring_.refresh());
  if (has_changed) {
    TRYV(exchange_keys_.load(ring_));
  }
  return follower_->look();
}

}  // namespace lindung::server
