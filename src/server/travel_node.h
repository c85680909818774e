// One travel server on one data folder: the second server of the program, with a ring, sockets and listeners of its
// own.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/border_routes.h"
#include "api/carrier_routes.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "gateway/signed_head.h"
#include "http/router.h"
#include "http/server.h"
#include "server/data_folder.h"
#include "server/held_core.h"
#include "server/listen.h"
#include "server/own_routes.h"
#include "server/travel_core.h"
#include "store/ring.h"
#include "travel/ground.h"

namespace lindung::server {

struct TravelOptions {
  std::string data_folder;
  Listen listen{.address = "127.0.0.1", .port = 8090};
  std::optional<http::TlsFiles> tls;
  std::vector<std::string> authorities;  // under which it is reached; empty: its own address and localhost
  std::string log_origin;                // empty: lindung.example/<folder name>
  std::string postgres;
  bool require_synchronised_clock{};
  travel::Terms terms{};
  std::uint64_t filings_per_minute{6'000};
  seconds clock_offset{0};
  http::ServerOptions limits{};  // sizes, times and connections; addresses in it are ignored
};

class TravelNode {
 public:
  // Takes the folder, opens the ring (sealed), listens. Errors: as Node::start().
  [[nodiscard]] static Result<std::unique_ptr<TravelNode>> start(TravelOptions options);
  TravelNode(const TravelNode&) = delete;
  TravelNode& operator=(const TravelNode&) = delete;
  ~TravelNode();

  // Errors: denied for a wrong passphrase; those of TravelCore::start. Unsealing twice does nothing.
  [[nodiscard]] Result<void> unseal(BytesView passphrase);
  void seal();
  // Null while sealed.
  [[nodiscard]] std::shared_ptr<TravelCore> core() const { return core_.get(); }
  [[nodiscard]] std::string url() const;
  [[nodiscard]] bool is_ready() const;
  [[nodiscard]] const DataFolder& folder() const noexcept { return folder_; }
  void stop();

 private:
  TravelNode(TravelOptions options, DataFolderLock lock, std::unique_ptr<store::KeyRing> ring);
  [[nodiscard]] Result<void> listen();
  [[nodiscard]] OwnState state() const;
  [[nodiscard]] gateway::Authorities authorities() const;
  [[nodiscard]] std::vector<http::Route> public_listener_routes();
  [[nodiscard]] std::vector<http::Route> admin_listener_routes();

  TravelOptions options_;
  DataFolder folder_;
  DataFolderLock lock_;
  SystemClock clock_;
  std::unique_ptr<store::KeyRing> ring_;
  HeldCore<TravelCore> core_;
  mutable std::mutex mutex_;                        // guards the doors
  std::shared_ptr<api::BorderDoors> border_doors_;  // made when the port is known, as is the next
  std::shared_ptr<api::CarrierDoor> carrier_door_;
  std::mutex unsealing_;
  std::shared_ptr<const http::Router> public_router_;
  std::unique_ptr<http::Server> public_server_;
  std::unique_ptr<http::Server> admin_server_;
};

}  // namespace lindung::server
