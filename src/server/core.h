// Everything that works while the key ring is unsealed: database, directory, log, exchange, in the order in which they
// need each other. Built at unsealing, gone at sealing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/admin.h"
#include "api/public_routes.h"
#include "api/verify_route.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "gateway/door.h"
#include "gateway/exchange_keys.h"
#include "gateway/signed_head.h"
#include "gateway/verify_door.h"
#include "server/answer_guards.h"
#include "server/data_folder.h"
#include "server/housekeeper.h"
#include "server/outbox.h"
#include "service/canary_watch.h"
#include "service/directory.h"
#include "service/exchange.h"
#include "service/follower.h"
#include "service/gate.h"
#include "service/hand_limits.h"
#include "service/in_flight.h"
#include "service/log_publisher.h"
#include "service/nodes.h"
#include "service/own_trust.h"
#include "service/platform.h"
#include "service/rule_activation.h"
#include "service/rule_impact.h"
#include "service/trust_library.h"
#include "service/venue_register.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::server {

struct CoreOptions {
  gateway::Authorities authorities;
  std::string log_origin;
  std::string postgres;               // connection string; empty: SQLite in the data folder
  bool require_synchronised_clock{};  // answer only while the kernel says that a time service keeps the clock
  bool sandbox{};                     // only over a database that is one, or that is empty
  service::HandLimits hands{};
  service::RuleTerms rules;
  const crypto::Pkcs11Token* device{};  // outlives the core
};

class Core {
 public:
  // The ring is unsealed. Errors: those of each part, with the part named.
  [[nodiscard]] static Result<std::unique_ptr<Core>> start(const DataFolder& folder, store::KeyRing& ring,
                                                           const Clock& clock, CoreOptions options);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core();

  [[nodiscard]] const service::Platform& platform() const noexcept { return *platform_; }
  [[nodiscard]] service::LogPublisher& publisher() noexcept { return *publisher_; }
  [[nodiscard]] service::Gate& gate() noexcept { return gate_; }
  [[nodiscard]] service::Exchange& exchange() noexcept { return *exchange_; }
  [[nodiscard]] const gateway::Door& door() const noexcept { return *door_; }
  [[nodiscard]] store::Database& database() noexcept { return *database_; }
  [[nodiscard]] bool is_sandbox() const noexcept { return is_sandbox_; }
  [[nodiscard]] const Outbox& outbox() const noexcept { return outbox_; }

  [[nodiscard]] api::AdminGround admin_ground() noexcept;
  [[nodiscard]] api::PublicGround public_ground() noexcept;
  [[nodiscard]] api::VerifyGround verify_ground() noexcept;
  [[nodiscard]] const api::VerifyCounters& verified() const noexcept { return verified_; }

 private:
  Core(const DataFolder& folder, store::KeyRing& ring, const Clock& clock);
  [[nodiscard]] Result<void> show_itself();
  [[nodiscard]] Result<void> follow_others();
  // What one of the nodes on a database does for all of them.
  [[nodiscard]] bool is_first() const noexcept { return !nodes_ || nodes_->is_first(); }

  store::KeyRing& ring_;
  const Clock& clock_;
  service::Gate gate_;
  service::CurrentDirectory directory_;
  service::VenueRegister venues_;
  service::InFlight in_flight_;
  service::CanaryWatch canaries_;
  Outbox outbox_;
  gateway::ExchangeKeys exchange_keys_;
  service::RuleTerms rule_terms_;
  bool is_sandbox_{};
  service::RuleImpacts impacts_;
  service::TrustLibrary trust_;
  service::OwnTrust own_trust_;
  api::VerifyCounters verified_;
  std::unique_ptr<service::Platform> platform_;
  std::unique_ptr<gateway::Door> door_;
  std::unique_ptr<gateway::VerifyDoor> verify_door_;
  std::unique_ptr<service::Exchange> exchange_;
  std::unique_ptr<store::Database> database_;        // behind the exchange: its last completions call into it
  std::unique_ptr<store::Database> nodes_database_;  // its own connections: a renewal waits for no batch
  std::unique_ptr<service::Nodes> nodes_;            // null on SQLite, which has one node
  std::unique_ptr<service::Follower> follower_;      // likewise
  std::unique_ptr<service::LogPublisher> publisher_;
  std::unique_ptr<AnswerGuards> guards_;
  std::unique_ptr<Housekeeper> housekeeper_;
  std::unique_ptr<Housekeeper> background_;
  std::unique_ptr<Housekeeper> timelines_;  // what takes seconds at a time: the guards do not wait for it
  std::unique_ptr<Housekeeper> joint_;      // what the other nodes wait for
};

}  // namespace lindung::server
