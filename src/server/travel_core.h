// Everything of a travel installation that works while its ring is unsealed: database, log, rules, keys of days.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "api/travel_ground.h"
#include "base/result.h"
#include "base/time.h"
#include "server/answer_guards.h"
#include "server/data_folder.h"
#include "server/housekeeper.h"
#include "service/gate.h"
#include "service/log_publisher.h"
#include "service/trust_library.h"
#include "store/database.h"
#include "store/ring.h"
#include "travel/filing_rate.h"
#include "travel/ground.h"

namespace lindung::server {

struct TravelCoreOptions {
  std::string log_origin;
  std::string postgres;  // connection string; empty: SQLite in the data folder
  bool require_synchronised_clock{};
  travel::Terms terms{};
  std::uint64_t filings_per_minute{6'000};
};

class TravelCore {
 public:
  // The ring is unsealed. Errors: those of each part.
  [[nodiscard]] static Result<std::unique_ptr<TravelCore>> start(const DataFolder& folder, store::KeyRing& ring,
                                                                 const Clock& clock, TravelCoreOptions options);
  TravelCore(const TravelCore&) = delete;
  TravelCore& operator=(const TravelCore&) = delete;
  ~TravelCore();

  [[nodiscard]] api::TravelAccess access() noexcept {
    return {.ground = *ground_, .publisher = *publisher_, .gate = gate_, .filings = filings_};
  }

 private:
  TravelCore(const DataFolder& folder, std::uint64_t filings_per_minute);
  void start_chores();

  service::Gate gate_;
  service::TrustLibrary trust_;
  travel::CurrentRules rules_;
  travel::FilingRate filings_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<travel::Ground> ground_;
  std::unique_ptr<service::LogPublisher> publisher_;
  std::unique_ptr<AnswerGuards> guards_;
  std::unique_ptr<Housekeeper> housekeeper_;
};

}  // namespace lindung::server
