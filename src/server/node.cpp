#include "server/node.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/certificate_routes.h"
#include "api/command_table.h"
#include "api/consent_routes.h"
#include "api/disclosure_routes.h"
#include "api/exchange_route.h"
#include "api/issuer_imports.h"
#include "api/portal_accounts.h"
#include "api/portal_citizen.h"
#include "api/portal_consents.h"
#include "api/portal_ground.h"
#include "api/portal_looks.h"
#include "api/portal_officer.h"
#include "api/portal_passkeys.h"
#include "api/portal_venue.h"
#include "api/problem.h"
#include "api/public_routes.h"
#include "api/report_routes.h"
#include "api/static_site.h"
#include "api/surface.h"
#include "api/verify_route.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "http/router.h"
#include "http/server.h"
#include "server/core.h"
#include "server/data_folder.h"
#include "server/key_device.h"
#include "server/listen.h"
#include "server/log_lines.h"
#include "server/metrics.h"
#include "server/own_routes.h"
#include "server/portal_folder.h"
#include "server/portal_parts.h"
#include "store/ring.h"

namespace lindung::server {

namespace {

constexpr std::chrono::milliseconds stop_patience{5'000};
constexpr std::chrono::seconds short_deadline{5};

}  // namespace

Node::Node(NodeOptions options, DataFolderLock lock, std::unique_ptr<store::KeyRing> ring)
    : options_{std::move(options)},
      folder_{options_.data_folder},
      lock_{std::move(lock)},
      clock_{options_.clock_offset},
      ring_{std::move(ring)},
      commands_{std::make_shared<const api::CommandTable>(api::CommandTable::all_commands())},
      failed_unseals_{folder_.path() + "/failed-unseals", clock_} {}

Node::~Node() { stop(); }

Result<std::unique_ptr<Node>> Node::start(NodeOptions options) {
  const DataFolder folder{options.data_folder};
  TRYV(folder.create());
  TRY(lock, DataFolderLock::take(folder));
  auto ring = store::KeyRing::open(folder.ring());
  if (ring.has_error()) return fail("the key ring", ring.error());
  std::unique_ptr<Node> node{new Node{std::move(options), std::move(lock), std::move(ring).value()}};
  if (node->options_.key_device.configured()) {
    TRY(device, open_key_device(node->options_.key_device));
    node->key_device_ = std::move(device);
  }
  TRYV(node->listen());
  return node;
}

Result<void> Node::listen() {
  auto limits = options_.limits;
  limits.io_threads = options_.io_threads;
  limits.address = options_.listen.address;
  limits.port = options_.listen.port;
  limits.tls = options_.tls;
  auto routes = public_listener_routes();
  TRYV(add_portal(routes));
  public_router_ = std::make_shared<const http::Router>(
      std::move(routes), api::problem, [this](const http::Request& request) -> std::optional<http::Response> {
        const auto held = core();
        return held ? held->ended().answer(request) : std::nullopt;
      });
  TRY(public_server, http::Server::start(limits, public_router_));
  public_server_ = std::move(public_server);
  authorities_ = options_.authorities;
  if (authorities_.empty()) {
    authorities_ = {host_port(options_.listen.address, port()), host_port("localhost", port())};
  }
  const http::ServerOptions admin{.address = "unix:" + folder_.admin_socket(), .io_threads = 1, .worker_threads = 2};
  TRY(admin_server,
      http::Server::start(admin, std::make_shared<const http::Router>(admin_listener_routes(), api::operator_problem)));
  admin_server_ = std::move(admin_server);
  const http::ServerOptions metrics{
      .address = options_.metrics.address, .port = options_.metrics.port, .io_threads = 1, .worker_threads = 1};
  std::vector<http::Route> metrics_routes;
  metrics_routes.push_back(
      {.method = "GET",
       .path = "/metrics",
       .access = http::Access::anyone,  // on a listener of its own: who reaches it is the operator's choice
       .body_limit = 0,
       .deadline = short_deadline,
       .runs_on = http::RunsOn::worker,
       .handler = [this](const http::Request&, http::Responder responder) {
         http::Response response;
         response.content_type = "text/plain; version=0.0.4; charset=utf-8";
         response.body = render_metrics(core().get(), public_server_->counters());
         responder(std::move(response));
       }});
  TRY(metrics_server,
      http::Server::start(metrics, std::make_shared<const http::Router>(std::move(metrics_routes), api::problem)));
  metrics_server_ = std::move(metrics_server);
  return ok();
}

Result<void> Node::add_portal(std::vector<http::Route>& routes) const {
  if (options_.portal.empty()) return ok();
  auto site = api::StaticSite::load(options_.portal, portal_grants());
  if (site.has_error()) return fail("the portal", site.error());
  std::ranges::move(site.value().routes(), std::back_inserter(routes));
  return ok();
}

// The route stands while the server is sealed; what it leads to is looked up for each request.
http::Route Node::exchange_entry(std::string_view path, ExchangeHandler answer) {
  return {.method = "POST",
          .path = std::string{path},
          .access = http::Access::proves_itself,
          .body_limit = api::exchange_body_limit,
          .deadline = api::exchange_deadline,
          .runs_on = http::RunsOn::io_thread,
          .handler = [this, answer](const http::Request& request, http::Responder responder) {
            auto held = core();
            if (!held) {
              responder(api::problem({.code = Errc::sealed, .detail = {}, .number = {}}));
              return;
            }
            auto& at = *held;
            answer(at.door(), at.exchange(), clock_, request, std::move(responder), std::move(held));
          }};
}

std::vector<http::Route> Node::public_listener_routes() {
  const api::PublicSource source = core_.lend(&Core::public_ground);
  auto routes = api::public_routes(source);
  std::ranges::move(api::certificate_routes(source), std::back_inserter(routes));
  std::ranges::move(api::disclosure_routes(source), std::back_inserter(routes));
  routes.push_back(exchange_entry(gateway::exchange_profile.path, api::answer_exchange));
  routes.push_back(exchange_entry(gateway::bundle_profile.path, api::answer_bundle));
  const api::ImportGround imports{.source = core_.lend(&Core::platform), .spool_folder = folder_.run()};
  std::ranges::move(api::issuer_import_routes(imports), std::back_inserter(routes));
  routes.push_back(api::verify_route(core_.lend(&Core::verify_ground)));
  std::ranges::move(api::report_routes(core_.lend(&Core::report_ground)), std::back_inserter(routes));
  const api::PortalSource portal = core_.lend(&Core::portal_ground);
  std::ranges::move(api::portal_accounts_routes(portal), std::back_inserter(routes));
  std::ranges::move(api::portal_venue_routes(portal), std::back_inserter(routes));
  const api::GroundSource commands = core_.lend(&Core::admin_ground);
  std::ranges::move(api::portal_officer_routes(portal, commands, commands_), std::back_inserter(routes));
  std::ranges::move(api::portal_citizen_routes(portal), std::back_inserter(routes));
  std::ranges::move(api::portal_consent_routes(portal), std::back_inserter(routes));
  std::ranges::move(api::portal_look_routes(portal), std::back_inserter(routes));
  std::ranges::move(api::consent_routes(core_.lend(&Core::consent_ground)), std::back_inserter(routes));
  std::ranges::move(api::portal_passkeys_routes(portal), std::back_inserter(routes));
  std::ranges::move(probe_routes(state()), std::back_inserter(routes));
  return routes;
}

std::vector<http::Route> Node::admin_listener_routes() {
  const api::GroundSource ground = core_.lend(&Core::admin_ground, "unseal the server first");
  auto routes = api::admin_routes(ground, commands_);
  routes.push_back(api::surface_route(public_router_));
  const auto on_ring = [&](std::string path, std::function<Result<void>(BytesView)> act) {
    routes.push_back(ring_route(std::move(path), state(), std::move(act)));
  };
  on_ring("/admin/unseal", [this](BytesView passphrase) { return unseal(passphrase); });
  on_ring("/admin/seal", [this](BytesView) -> Result<void> {
    seal();
    return ok();
  });
  on_ring("/admin/rekey", [this](BytesView) { return ring_->rekey(); });
  // old passphrase | 0x00 | new passphrase
  on_ring("/admin/passphrase", [this](BytesView both) -> Result<void> {
    const auto separator = std::ranges::find(both, std::uint8_t{0});
    if (separator == both.end()) return fail(Errc::invalid_argument, "two passphrases are needed");
    const auto at = static_cast<std::size_t>(separator - both.begin());
    return ring_->change_passphrase(both.first(at), both.subspan(at + 1));
  });
  return routes;
}

Result<void> Node::unseal(BytesView passphrase) { return unseal_closed(passphrase, {}, {}); }

Result<void> Node::unseal_closed(BytesView passphrase, std::string_view guard, std::string reason) {
  const std::scoped_lock one_at_a_time{unsealing_};
  if (core()) return ok();
  const auto opened = ring_->unseal(passphrase);
  if (opened.has_error()) {
    if (opened.error().code == Errc::denied) failed_unseals_.note();
    return opened;
  }
  TRY(portal, terms_of(options_.portal_origin, options_.https, authorities_.front(), port()));
  auto origin = options_.log_origin;
  if (origin.empty()) origin = folder_.log_origin("log");
  auto core = Core::start(folder_, *ring_, clock_, alarms_,
                          {.authorities = {.names = authorities_, .https = options_.https},
                           .log_origin = std::move(origin),
                           .postgres = options_.postgres,
                           .require_synchronised_clock = options_.require_synchronised_clock,
                           .sandbox = options_.sandbox,
                           .hands = options_.hands,
                           .rules = options_.rules,
                           .incidents = options_.incidents,
                           .incident_post = options_.incident_post,
                           .witnesses = options_.witnesses,
                           .device = key_device_ ? &*key_device_ : nullptr,
                           .disclosure = options_.disclosure,
                           .portal = std::move(portal),
                           .webhooks = options_.webhooks,
                           .messages = options_.messages});
  if (core.has_error()) {
    ring_->seal();
    return core.error();
  }
  failed_unseals_.tell(core.value()->alarms());
  if (!guard.empty()) core.value()->gate().close(guard, std::move(reason));
  core_.put(std::move(core).value());
  log_unsealed();
  return ok();
}

void Node::seal() {
  const std::scoped_lock one_at_a_time{unsealing_};
  ring_->seal();  // requests under way that still hold the core fail with `sealed` from here on
  core_.let_go();
  log_sealed();
}

std::string Node::url() const {
  return (options_.tls ? "https://" : "http://") + host_port(options_.listen.address, port());
}

std::uint16_t Node::port() const { return public_server_->port(); }

std::string Node::metrics_url() const {
  return "http://" + host_port(options_.metrics.address, metrics_server_->port()) + "/metrics";
}

std::string Node::authority() const { return authorities_.front(); }

OwnState Node::state() const {
  return {.is_sealed = [this] { return !core(); }, .is_ready = [this] { return is_ready(); }};
}

bool Node::is_ready() const {
  const auto held = core();
  return held && held->gate().is_open();
}

void Node::stop() {
  if (!public_server_) return;
  log_stopping();
  public_server_->stop(stop_patience);
  if (admin_server_) admin_server_->stop(stop_patience);
  if (metrics_server_) metrics_server_->stop(stop_patience);
  core_.let_go();
  public_server_.reset();
  admin_server_.reset();
  metrics_server_.reset();
  ring_->seal();
}

}  // namespace lindung::server
