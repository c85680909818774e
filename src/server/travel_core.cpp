#include "server/travel_core.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "server/answer_guards.h"
#include "server/data_folder.h"
#include "server/housekeeper.h"
#include "server/kernel_clock.h"
#include "server/log_lines.h"
#include "service/gate.h"
#include "service/log_publisher.h"
#include "store/database.h"
#include "store/postgres_database.h"
#include "store/ring.h"
#include "store/sqlite_database.h"
#include "travel/carrier_checks.h"
#include "travel/day_keys.h"
#include "travel/ground.h"
#include "travel/install.h"
#include "travel/schema.h"
#include "travel/signers.h"

namespace lindung::server {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds guard_every{1'000};
constexpr milliseconds drift_every{100};
constexpr milliseconds keys_every{60'000};

Result<std::unique_ptr<store::Database>> open_travel_database(const DataFolder& folder, const std::string& postgres) {
  if (!postgres.empty()) return store::open_postgres({.conninfo = postgres}, travel::migrations());
  return store::open_sqlite({.path = folder.path() + "/travel.db"}, travel::migrations());
}

}  // namespace

TravelCore::TravelCore(const DataFolder& folder, std::uint64_t filings_per_minute)
    : gate_{[](const service::Gate::Change& change) { log_gate(change.guard, change.reason, change.is_open); }},
      trust_{folder.trust()},
      filings_{filings_per_minute} {}

TravelCore::~TravelCore() {
  housekeeper_.reset();
  guards_.reset();
  publisher_.reset();
  database_.reset();
}

Result<std::unique_ptr<TravelCore>> TravelCore::start(const DataFolder& folder, store::KeyRing& ring,
                                                      const Clock& clock, TravelCoreOptions options) {
  std::unique_ptr<TravelCore> core{new TravelCore{folder, options.filings_per_minute}};
  auto opened = open_travel_database(folder, options.postgres);
  if (opened.has_error()) return fail("opening the database", opened.error());
  core->database_ = std::move(opened).value();
  auto& database = *core->database_;
  TRYV(database.migrate());
  core->ground_ =
      std::make_unique<travel::Ground>(travel::Ground{.database = database,
                                                      .ring = ring,
                                                      .clock = clock,
                                                      .rules = core->rules_,
                                                      .trust = [&trust = core->trust_] { return trust.get(); },
                                                      .terms = options.terms});
  TRYV(travel::install(*core->ground_));
  TRYV(travel::keep_carrier_keys(*core->ground_));
  TRY(log_seed, ring.key({.cls = store::KeyClass::log, .scope = "", .epoch = 1}));
  TRY(origin, travel::keep_origin(*core->ground_, options.log_origin));
  auto publisher =
      service::LogPublisher::start(database, crypto::Ed25519PrivateKey::from_seed(log_seed), clock, core->gate_,
                                   {.log_folder = folder.log(),
                                    .anchor_file = folder.log_anchor(),
                                    .origin = origin,
                                    .report = [](const Error& error) { log_chore_failed("publish", error); }});
  if (publisher.has_error()) return fail("the transparency log", publisher.error());
  core->publisher_ = std::move(publisher).value();
  core->guards_ = std::make_unique<AnswerGuards>(
      database, *core->publisher_, clock, core->gate_,
      options.require_synchronised_clock ? std::function<bool()>{kernel_clock_is_synchronised} : nullptr);
  TRYV(core->guards_->look());  // before the first answer
  core->start_chores();
  return core;
}

void TravelCore::start_chores() {
  std::vector<Chore> chores;
  chores.push_back({.name = "guard", .every = guard_every, .run = [this] { return guards_->look(); }});
  chores.push_back({.name = "clock", .every = drift_every, .run = [this]() -> Result<void> {
                      guards_->look_at_drift();
                      return ok();
                    }});
  chores.push_back({.name = "travel-keys", .every = keys_every, .run = [this]() -> Result<void> {
                      TRYV(travel::keep_day_keys(*ground_));
                      TRYV(travel::rotate_signers(*ground_));
                      TRYV(travel::keep_carrier_keys(*ground_));
                      return ok();
                    }});
  // A clock that was set ahead must not destroy days: the guards close the gate first.
  chores.push_back({.name = "travel-days", .every = keys_every, .run = [this]() -> Result<void> {
                      if (!gate_.is_open()) return ok();
                      TRYV(travel::forget_old_days(*ground_));
                      return ok();
                    }});
  housekeeper_ = std::make_unique<Housekeeper>(
      std::move(chores), [](const std::string& chore, const Error& error) { log_chore_failed(chore, error); });
}

}  // namespace lindung::server
