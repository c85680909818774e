// Everything that works while the key ring is unsealed: database, directory, log, exchange, in the order in which they
// need each other. Built at unsealing, gone at sealing.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/admin.h"
#include "api/citizen_parts.h"
#include "api/consent_routes.h"
#include "api/portal_ground.h"
#include "api/public_routes.h"
#include "api/report_routes.h"
#include "api/verify_route.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "gateway/consent_door.h"
#include "gateway/door.h"
#include "gateway/exchange_keys.h"
#include "gateway/report_door.h"
#include "gateway/signed_head.h"
#include "gateway/verify_door.h"
#include "people/portal_terms.h"
#include "server/answer_guards.h"
#include "server/data_folder.h"
#include "server/ended_systems.h"
#include "server/housekeeper.h"
#include "server/incident_outbox.h"
#include "server/incident_post.h"
#include "server/message_provider.h"
#include "server/outbox.h"
#include "server/portal_parts.h"
#include "server/webhook_sender.h"
#include "server/witnesses.h"
#include "service/address_limit.h"
#include "service/alarm_board.h"
#include "service/canary_watch.h"
#include "service/directory.h"
#include "service/disclosures.h"
#include "service/exchange.h"
#include "service/exchange_watch.h"
#include "service/follower.h"
#include "service/gate.h"
#include "service/hand_limits.h"
#include "service/in_flight.h"
#include "service/incident_settings.h"
#include "service/log_publisher.h"
#include "service/nodes.h"
#include "service/own_trust.h"
#include "service/platform.h"
#include "service/rule_activation.h"
#include "service/rule_impact.h"
#include "service/signature_watch.h"
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
  service::IncidentSettings incidents{};
  IncidentPostTerms incident_post{};
  WitnessTerms witnesses{};
  const crypto::Pkcs11Token* device{};  // outlives the core
  service::DisclosureOptions disclosure{};
  people::PortalTerms portal{};
  WebhookTerms webhooks{};
  MessageOptions messages{};
};

class Core {
 public:
  // The ring is unsealed. `alarms` outlives the core: what the database did not take before a sealing is there behind
  // it. Errors: those of each part, with the part named.
  [[nodiscard]] static Result<std::unique_ptr<Core>> start(const DataFolder& folder, store::KeyRing& ring,
                                                           const Clock& clock, service::AlarmBoard& alarms,
                                                           CoreOptions options);
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
  [[nodiscard]] const EndedSystems& ended() const noexcept { return *ended_; }
  [[nodiscard]] const Outbox& outbox() const noexcept { return outbox_; }
  [[nodiscard]] const IncidentOutbox& incident_outbox() const noexcept { return incident_outbox_; }
  // Another node was started later with other [incidents]: the database has its.
  [[nodiscard]] bool incident_settings_differ() const noexcept { return incident_settings_differ_; }
  // Reports that no office took in time, since the start.
  [[nodiscard]] std::uint64_t reports_escalated() const noexcept { return reports_escalated_; }
  [[nodiscard]] service::AlarmBoard& alarms() noexcept { return alarms_; }
  [[nodiscard]] const service::AlarmBoard& alarms() const noexcept { return alarms_; }
  [[nodiscard]] const Witnesses& witnesses() const noexcept { return *witnesses_; }

  [[nodiscard]] api::AdminGround admin_ground() noexcept;
  [[nodiscard]] api::PublicGround public_ground() noexcept;
  [[nodiscard]] api::VerifyGround verify_ground() noexcept;
  [[nodiscard]] api::ReportGround report_ground() noexcept;
  [[nodiscard]] api::PortalGround portal_ground() noexcept;
  [[nodiscard]] api::ConsentGround consent_ground() noexcept;
  [[nodiscard]] const api::VerifyCounters& verified() const noexcept { return verified_; }

 private:
  Core(const DataFolder& folder, store::KeyRing& ring, const Clock& clock, service::AlarmBoard& alarms,
       const service::IncidentSettings& incidents, IncidentPostTerms post);
  void keep_consents(const Housekeeper::Report& report);
  void keep_incidents(const Housekeeper::Report& report);
  [[nodiscard]] Result<void> open_portal(const DataFolder& folder, CoreOptions& options);
  [[nodiscard]] Result<void> forget_old_sessions() const;
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
  service::AlarmBoard& alarms_;
  service::ExchangeWatch watch_;
  service::SignatureWatch signatures_;
  Outbox outbox_;
  IncidentPost incident_post_;
  IncidentOutbox incident_outbox_;
  std::atomic<bool> incident_settings_differ_{false};
  std::atomic<std::uint64_t> reports_escalated_{};
  gateway::ExchangeKeys exchange_keys_;
  service::RuleTerms rule_terms_;
  bool is_sandbox_{};
  service::RuleImpacts impacts_;
  service::TrustLibrary trust_;
  service::OwnTrust own_trust_;
  service::DisclosureOptions disclosure_;
  service::AddressLimit disclosure_limit_;
  api::VerifyCounters verified_;
  std::unique_ptr<service::Platform> platform_;
  std::unique_ptr<gateway::Door> door_;
  std::unique_ptr<gateway::ConsentDoor> consent_door_;
  std::unique_ptr<WebhookSender> webhook_sender_;
  std::unique_ptr<gateway::VerifyDoor> verify_door_;
  std::unique_ptr<gateway::ReportDoor> report_door_;
  std::unique_ptr<gateway::VerifyDoor> report_fhir_door_;
  std::unique_ptr<service::Exchange> exchange_;
  std::unique_ptr<store::Database> database_;        // behind the exchange: its last completions call into it
  std::unique_ptr<store::Database> nodes_database_;  // its own connections: a renewal waits for no batch
  std::unique_ptr<service::Nodes> nodes_;            // null on SQLite, which has one node
  std::unique_ptr<service::Follower> follower_;      // likewise
  std::unique_ptr<service::LogPublisher> publisher_;
  std::unique_ptr<Witnesses> witnesses_;
  std::unique_ptr<EndedSystems> ended_;
  std::unique_ptr<PortalParts> portal_;
  std::unique_ptr<api::CitizenParts> citizens_;
  std::unique_ptr<AnswerGuards> guards_;
  std::unique_ptr<Housekeeper> housekeeper_;
  std::unique_ptr<Housekeeper> background_;
  std::unique_ptr<Housekeeper> incidents_;  // detectors, and whoever is to be told
  std::unique_ptr<Housekeeper> letters_;    // what goes to other machines, which may be slow
  std::unique_ptr<Housekeeper> consents_;   // what ends by the clock, and the index of who looked
  std::unique_ptr<Housekeeper> webhooks_;   // a partner who does not answer holds up nothing else
  std::unique_ptr<Housekeeper> timelines_;  // what takes seconds at a time: the guards do not wait for it
  std::unique_ptr<Housekeeper> joint_;      // what the other nodes wait for
};

}  // namespace lindung::server
