#include "server/demo.h"

#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/hpke.h"
#include "crypto/passphrase.h"
#include "domain/venue_code.h"
#include "server/core.h"
#include "server/data_folder.h"
#include "server/demo_people.h"
#include "server/node.h"
#include "server/signals.h"
#include "service/contact_cases.h"
#include "store/durable_file.h"
#include "store/ring.h"

namespace lindung::server {

namespace {

namespace json = boost::json;

constexpr std::string_view guard = "demo";
constexpr std::string_view passphrase = "lindung demo: not a secret";
constexpr crypto::Argon2idCost cost{.passes = 1, .memory_bytes = 8ULL * 1024 * 1024};

json::array gateway_keys(const store::KeyRing& ring, const std::vector<store::KeyInfo>& infos) {
  json::array keys;
  for (const auto& info : infos) {
    const auto bytes = ring.key(info.name);
    if (bytes.has_error()) continue;  // destroyed between listing and reading
    keys.emplace_back(
        json::object{{"key_id", info.number},
                     {"public_key", codec::hex(crypto::X25519PrivateKey::from_bytes(bytes.value()).public_key())},
                     {"not_before", unix_seconds(info.not_before)},
                     {"not_after", unix_seconds(info.not_after)}});
  }
  return keys;
}

Result<void> make_ring(const DataFolder& folder, Moment now) {
  TRYV(folder.create());
  auto created = store::KeyRing::create(folder.ring(), as_bytes(passphrase), cost, now);
  if (created.has_error() && created.error().code != Errc::conflict) return created.error();
  return ok();
}

Result<json::object> describe(Node& node, Core& core, const DemoWorld& world) {
  json::object file;
  file["version"] = 1;
  file["url"] = node.url();
  file["authority"] = node.authority();
  file["metrics_url"] = node.metrics_url();
  file["pid"] = static_cast<std::int64_t>(::getpid());
  file["pact_digest"] = codec::hex(core.platform().directory.get()->pacts.current);
  const auto& key = core.publisher().verifier_key();
  file["log"] = json::object{{"origin", key.name()}, {"public_key", codec::hex(key.key().bytes())}};
  TRY(infos, node.ring().list(store::KeyClass::exchange));
  file["gateway_keys"] = gateway_keys(node.ring(), infos);
  TRYV(world.describe(file));
  return file;
}

// The first link of somebody green, so that the door opens; else the first link.
const json::object& link_to_show(const json::array& links, const json::array& citizens) {
  for (std::size_t i = 0; i < links.size() && i < citizens.size(); ++i) {
    if (citizens[i].at("colour").as_string() == "green") return links[i].as_object();
  }
  return links.front().as_object();
}

void print_invitation(const std::string& data_folder, const Node& node, const json::object& file) {
  std::printf("listening on %s\n", node.url().c_str());
  const auto& links = file.at("links").as_array();
  const auto& venue = file.at("venues").as_array().front();
  const auto code = codec::from_hex(std::string_view{venue.at("code").as_string()});
  if (!links.empty() && code.has_value()) {
    const auto& link = link_to_show(links, file.at("citizens").as_array());
    std::printf(
        "ask as %s about one of its citizens, at the door of %s:\n  build/release/lindung partner ask --data %s "
        "--partner %s --token %s --venue %s --check-in\n",
        link.at("partner").as_string().c_str(), venue.at("name").as_string().c_str(), data_folder.c_str(),
        link.at("partner").as_string().c_str(), link.at("token").as_string().c_str(),
        domain::venue_code_text(code.value()).c_str());
  }
  std::fflush(stdout);
}

}  // namespace

std::string demo_file_of(const std::string& data_folder) {
  auto path = std::filesystem::path{data_folder}.lexically_normal().string();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path + "-demo.json";
}

Result<void> run_demo(const DemoOptions& options) {
  const StopSignals signals;
  std::fprintf(stderr, "demo: THE KEY RING IS OPENED BY A PASSPHRASE THAT EVERYBODY KNOWS. Made-up people only.\n");
  const auto offset = options.at ? *options.at - SystemClock{}.now() : seconds{0};
  const SystemClock clock{offset};
  const DataFolder folder{options.data_folder};
  TRYV(make_ring(folder, clock.now()));
  NodeOptions node_options;
  node_options.data_folder = options.data_folder;
  node_options.listen = options.listen;
  node_options.postgres = options.postgres;
  node_options.clock_offset = offset;
  TRY(node, Node::start(std::move(node_options)));
  TRYV(node->unseal_closed(as_bytes(passphrase), guard, "the demo is being made"));
  {
    const auto core = node->core();
    TRY(world, DemoWorld::open(core->platform(), {.citizens = options.bundles.empty() ? options.citizens : 0,
                                                  .seed = options.seed,
                                                  .made_at = clock.now()}));
    TRYV(world.make(options.bundles));
    // The confirmed among them are traced now: who tries the demo finds a log that holds their own questions only.
    TRYV(service::work_traces(core->platform()));
    auto published = core->publisher().publish();
    if (published.has_error()) return published.error();
    TRY(file, describe(*node, *core, world));
    core->gate().open(guard);
    TRYV(store::replace_file(demo_file_of(options.data_folder), as_bytes(codec::to_pretty_text(file))));
    print_invitation(options.data_folder, *node, file);
  }
  signals.wait();
  node->stop();
  return ok();
}

}  // namespace lindung::server
