// One server on one data folder: the key ring, the listeners, and the core while the ring is unsealed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/command_table.h"
#include "api/exchange_route.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/pkcs11_token.h"
#include "http/server.h"
#include "server/core.h"
#include "server/data_folder.h"
#include "server/failed_unseals.h"
#include "server/held_core.h"
#include "server/incident_post.h"
#include "server/key_device.h"
#include "server/listen.h"
#include "server/message_provider.h"
#include "server/own_routes.h"
#include "server/webhook_sender.h"
#include "server/witnesses.h"
#include "service/alarm_board.h"
#include "service/disclosures.h"
#include "service/hand_limits.h"
#include "service/incident_settings.h"
#include "service/rule_activation.h"
#include "store/ring.h"

namespace lindung::server {

struct NodeOptions {
  std::string data_folder;
  Listen listen{.address = "127.0.0.1", .port = 8080};
  Listen metrics{.address = "127.0.0.1", .port = 0};
  std::optional<http::TlsFiles> tls;
  std::vector<std::string> authorities;  // empty: address:port of the listener, and localhost:port
  bool https{};                          // the public scheme
  std::string log_origin;                // empty: lindung.example/<folder name>
  std::string postgres;
  bool require_synchronised_clock{};  // answer only while the kernel says that a time service keeps the clock
  bool sandbox{};                     // test citizens only, and everybody is told so
  std::string portal;                 // folder of the built portal; empty: no pages are served
  WebhookTerms webhooks{};            // whom partners' webhooks may lead to
  std::string portal_origin;          // as browsers write it; empty: terms_of() in server/portal_parts.h
  MessageOptions messages{};
  KeyDeviceOptions key_device{};
  service::HandLimits hands{};
  service::RuleTerms rules{};
  service::IncidentSettings incidents{};
  IncidentPostTerms incident_post{};
  WitnessTerms witnesses{};
  service::DisclosureOptions disclosure{};
  seconds clock_offset{0};
  unsigned io_threads{2};
  http::ServerOptions limits{};  // sizes, times and connections; addresses in it are ignored
};

class Node {
 public:
  // Takes the folder, opens the ring (sealed), listens. Errors: conflict when another server holds the folder;
  // not_found when there is no ring (make one first); those of
  // open_key_device; io.
  [[nodiscard]] static Result<std::unique_ptr<Node>> start(NodeOptions options);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();

  // Errors: denied for a wrong passphrase; those of Core::start. Unsealing twice does nothing.
  [[nodiscard]] Result<void> unseal(BytesView passphrase);
  // With the gate closed by `guard` until somebody opens it: for who has to prepare something first.
  [[nodiscard]] Result<void> unseal_closed(BytesView passphrase, std::string_view guard, std::string reason);
  void seal();

  // Null while sealed. The core lives as long as somebody holds it.
  [[nodiscard]] std::shared_ptr<Core> core() const { return core_.get(); }
  [[nodiscard]] store::KeyRing& ring() noexcept { return *ring_; }
  // None where the configuration names none.
  [[nodiscard]] const std::optional<crypto::Pkcs11Token>& key_device() const noexcept { return key_device_; }
  [[nodiscard]] const Clock& clock() const noexcept { return clock_; }
  [[nodiscard]] const DataFolder& folder() const noexcept { return folder_; }

  [[nodiscard]] std::string url() const;          // "http://127.0.0.1:8080"
  [[nodiscard]] std::uint16_t port() const;       // of the public listener
  [[nodiscard]] std::string metrics_url() const;  // "http://127.0.0.1:40404/metrics"
  [[nodiscard]] std::string authority() const;    // the first of those that are accepted
  [[nodiscard]] bool is_ready() const;

  // Graceful: takes no new connections, finishes what is under way, then lets go of everything.
  void stop();

 private:
  Node(NodeOptions options, DataFolderLock lock, std::unique_ptr<store::KeyRing> ring);
  [[nodiscard]] Result<void> listen();
  [[nodiscard]] Result<void> add_portal(std::vector<http::Route>& routes) const;
  [[nodiscard]] OwnState state() const;
  [[nodiscard]] std::vector<http::Route> public_listener_routes();
  [[nodiscard]] std::vector<http::Route> admin_listener_routes();
  using ExchangeHandler = decltype(&api::answer_exchange);
  [[nodiscard]] http::Route exchange_entry(std::string_view path, ExchangeHandler answer);

  NodeOptions options_;
  DataFolder folder_;
  DataFolderLock lock_;
  SystemClock clock_;
  std::unique_ptr<store::KeyRing> ring_;
  std::optional<crypto::Pkcs11Token> key_device_;
  std::vector<std::string> authorities_;
  std::shared_ptr<const api::CommandTable> commands_;  // of the socket and of officers' pages
  HeldCore<Core> core_;
  service::AlarmBoard alarms_;  // over sealings
  FailedUnseals failed_unseals_;
  std::mutex unsealing_;
  std::shared_ptr<const http::Router> public_router_;
  std::unique_ptr<http::Server> public_server_;
  std::unique_ptr<http::Server> admin_server_;
  std::unique_ptr<http::Server> metrics_server_;
};

}  // namespace lindung::server
