#include "server/travel_node.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/border_routes.h"
#include "api/carrier_routes.h"
#include "api/problem.h"
#include "api/surface.h"
#include "api/travel_admin.h"
#include "api/travel_ground.h"
#include "api/travel_routes.h"
#include "base/bytes.h"
#include "base/result.h"
#include "codec/json.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "server/data_folder.h"
#include "server/log_lines.h"
#include "server/travel_core.h"
#include "store/ring.h"

namespace lindung::server {

namespace {

constexpr std::chrono::milliseconds stop_patience{5'000};
constexpr std::chrono::seconds short_deadline{5};
constexpr std::chrono::minutes unseal_deadline{5};
constexpr std::chrono::milliseconds let_go_interval{1};

std::string bracketed(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

http::Response text_response(std::string body) {
  http::Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.fields.emplace_back("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

}  // namespace

TravelNode::TravelNode(TravelOptions options, DataFolderLock lock, std::unique_ptr<store::KeyRing> ring)
    : options_{std::move(options)},
      folder_{options_.data_folder},
      lock_{std::move(lock)},
      clock_{options_.clock_offset},
      ring_{std::move(ring)} {}

TravelNode::~TravelNode() { stop(); }

Result<std::unique_ptr<TravelNode>> TravelNode::start(TravelOptions options) {
  const DataFolder folder{options.data_folder};
  TRYV(folder.create());
  TRY(lock, DataFolderLock::take(folder));
  auto ring = store::KeyRing::open(folder.ring());
  if (ring.has_error()) return fail("the key ring", ring.error());
  std::unique_ptr<TravelNode> node{new TravelNode{std::move(options), std::move(lock), std::move(ring).value()}};
  TRYV(node->listen());
  return node;
}

Result<void> TravelNode::listen() {
  auto limits = options_.limits;
  limits.address = options_.listen.address;
  limits.port = options_.listen.port;
  limits.tls = options_.tls;
  public_router_ = std::make_shared<const http::Router>(public_listener_routes(), api::problem);
  TRY(public_server, http::Server::start(limits, public_router_));
  public_server_ = std::move(public_server);
  {
    const std::scoped_lock lock{mutex_};
    border_doors_ = std::make_shared<api::BorderDoors>(clock_, authorities(), source());
    carrier_door_ = std::make_shared<api::CarrierDoor>(clock_, authorities());
  }
  const http::ServerOptions admin{.address = "unix:" + folder_.admin_socket(), .io_threads = 1, .worker_threads = 2};
  TRY(admin_server,
      http::Server::start(admin, std::make_shared<const http::Router>(admin_listener_routes(), api::operator_problem)));
  admin_server_ = std::move(admin_server);
  return ok();
}

gateway::Authorities TravelNode::authorities() const {
  auto names = options_.authorities;
  if (names.empty()) {
    const auto port = std::to_string(public_server_->port());
    names = {bracketed(options_.listen.address) + ":" + port, "localhost:" + port};
  }
  return {.names = std::move(names), .https = options_.tls.has_value()};
}

api::TravelSource TravelNode::source() {
  return [this](const auto& use) -> Result<void> {
    const auto held = core();
    if (!held) return fail(Errc::sealed);
    use(held->access());
    return ok();
  };
}

std::vector<http::Route> TravelNode::public_listener_routes() {
  auto routes = api::travel_routes(source());
  const auto doors = [this] {
    const std::scoped_lock lock{mutex_};
    return border_doors_;
  };
  std::ranges::move(api::border_routes(source(), doors), std::back_inserter(routes));
  const auto carriers = [this] {
    const std::scoped_lock lock{mutex_};
    return carrier_door_;
  };
  std::ranges::move(api::carrier_routes(source(), carriers), std::back_inserter(routes));
  const auto probe = [&](std::string path, std::function<http::Response()> answer) {
    routes.push_back({.method = "GET",
                      .path = std::move(path),
                      .access = http::Access::anyone,
                      .body_limit = 0,
                      .deadline = short_deadline,
                      .runs_on = http::RunsOn::io_thread,
                      .handler = [answer = std::move(answer)](const http::Request&, http::Responder responder) {
                        responder(answer());
                      }});
  };
  probe("/healthz", [] { return text_response("ok\n"); });
  probe("/readyz", [this] {
    if (is_ready()) return text_response("ready\n");
    return api::problem({.code = core() ? Errc::unavailable : Errc::sealed, .detail = {}, .number = {}});
  });
  return routes;
}

std::vector<http::Route> TravelNode::admin_listener_routes() {
  auto routes = api::travel_admin_routes([this](const auto& use) -> Result<void> {
    const auto held = core();
    if (!held) return fail(Errc::sealed, "unseal the travel server first");
    use(held->access());
    return ok();
  });
  routes.push_back(api::surface_route(public_router_));
  const auto on_ring = [&](std::string path, std::function<Result<void>(BytesView)> act) {
    routes.push_back({.method = "POST",
                      .path = std::move(path),
                      .access = http::Access::operator_only,
                      .body_limit = 4096,
                      .deadline = unseal_deadline,
                      .runs_on = http::RunsOn::worker,
                      .handler = [this, act = std::move(act)](const http::Request& request, http::Responder responder) {
                        const auto done = act(request.body);
                        if (done.has_error()) {
                          responder(api::operator_problem(done.error()));
                          return;
                        }
                        http::Response response;
                        response.content_type = "application/json";
                        response.body = codec::to_text(
                            boost::json::object{{"sealed", ring_->is_sealed()}, {"answering", is_ready()}});
                        responder(std::move(response));
                      }});
  };
  on_ring("/admin/unseal", [this](BytesView passphrase) { return unseal(passphrase); });
  on_ring("/admin/seal", [this](BytesView) -> Result<void> {
    seal();
    return ok();
  });
  return routes;
}

Result<void> TravelNode::unseal(BytesView passphrase) {
  const std::scoped_lock one_at_a_time{unsealing_};
  if (core()) return ok();
  TRYV(ring_->unseal(passphrase));
  auto origin = options_.log_origin;
  if (origin.empty()) {
    auto name = std::filesystem::path{folder_.path()}.lexically_normal().filename().string();
    if (name.empty() || name.find_first_of(" +") != std::string::npos) name = "travel";
    origin = "lindung.example/" + name;
  }
  auto core = TravelCore::start(folder_, *ring_, clock_,
                                {.log_origin = std::move(origin),
                                 .postgres = options_.postgres,
                                 .require_synchronised_clock = options_.require_synchronised_clock,
                                 .terms = options_.terms,
                                 .filings_per_minute = options_.filings_per_minute});
  if (core.has_error()) {
    ring_->seal();
    return core.error();
  }
  const std::scoped_lock lock{mutex_};
  core_ = std::move(core).value();
  log_unsealed();
  return ok();
}

void TravelNode::seal() {
  const std::scoped_lock one_at_a_time{unsealing_};
  ring_->seal();
  let_go_of_core();
  log_sealed();
}

// As Node::let_go_of_core().
void TravelNode::let_go_of_core() {
  std::shared_ptr<TravelCore> gone;
  {
    const std::scoped_lock lock{mutex_};
    gone.swap(core_);
  }
  while (gone.use_count() > 1) std::this_thread::sleep_for(let_go_interval);
}

std::shared_ptr<TravelCore> TravelNode::core() const {
  const std::scoped_lock lock{mutex_};
  return core_;
}

std::string TravelNode::url() const {
  return (options_.tls ? "https://" : "http://") + bracketed(options_.listen.address) + ":" +
         std::to_string(public_server_->port());
}

bool TravelNode::is_ready() const {
  const auto held = core();
  return held && held->access().gate.is_open();
}

void TravelNode::stop() {
  if (!public_server_) return;
  log_stopping();
  public_server_->stop(stop_patience);
  if (admin_server_) admin_server_->stop(stop_patience);
  let_go_of_core();
  public_server_.reset();
  admin_server_.reset();
  ring_->seal();
}

}  // namespace lindung::server
