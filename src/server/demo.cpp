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
#include "base/id.h"
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
#include "server/demo_register.h"
#include "server/demo_staff.h"
#include "server/node.h"
#include "server/portal_folder.h"
#include "server/signals.h"
#include "server/stand_in.h"
#include "service/contact_cases.h"
#include "service/platform.h"
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

// Behind everything else that is made: officers who are there would have to sign it.
Result<DemoStaff> staff_of(const json::object& file, const service::Platform& platform, const DemoOptions& options) {
  ByteArray<16> venue{};
  TRYV(codec::from_hex(std::string_view{file.at("venues").as_array().front().at("id").as_string()}, venue));
  return make_demo_staff(platform, VenueId{venue}, options.data_folder, options.officers);
}

// The first link of somebody green, so that the door opens; else the first link.
const json::object& link_to_show(const json::array& links, const json::array& citizens) {
  for (std::size_t i = 0; i < links.size() && i < citizens.size(); ++i) {
    if (citizens[i].at("colour").as_string() == "green") return links[i].as_object();
  }
  return links.front().as_object();
}

void print_logins(const DataFolder& folder, const DemoLogins& logins) {
  if (logins.citizen_phone.empty()) return;
  std::printf("log-in of a citizen: telephone %s; its one-time code comes to %s; NIK %s\n",
              logins.citizen_phone.c_str(), folder.messages().c_str(), logins.citizen_nik.c_str());
  if (logins.to_register.size() == 5) {
    std::printf("somebody who can register: NIK %s, %s, born %s, family card %s, telephone %s\n",
                logins.to_register[0].c_str(), logins.to_register[1].c_str(), logins.to_register[2].c_str(),
                logins.to_register[3].c_str(), logins.to_register[4].c_str());
  }
}

// How a venue's owner and, where there are any, officers come in.
void print_staff(const Node& node, const std::string& data_folder, const DemoStaff& staff) {
  if (find_portal().empty()) return;
  const auto port = static_cast<unsigned>(node.port());
  std::printf("venue: http://localhost:%u/venue/ with the telephone %s; its code comes to %s/messages\n", port,
              staff.venue_phone.c_str(), data_folder.c_str());
  if (staff.officers.empty()) std::printf("officers: start with --officers; commands are signed from then on\n");
  for (const auto& officer : staff.officers) {
    std::printf("officer: http://localhost:%u/officer/ as %s with the code %s; at the socket --officer %s\n", port,
                officer.id.c_str(), officer.code.c_str(), officer.key_file.c_str());
  }
}

void print_invitation(const std::string& data_folder, const Node& node, const json::object& file,
                      const DemoLogins& logins, const DemoStaff& staff) {
  std::printf("listening on %s\n", node.url().c_str());
  if (!find_portal().empty()) {
    // By a name: a passkey is bound to one, never to an address.
    std::printf("portal: http://localhost:%u/\n", static_cast<unsigned>(node.port()));
  }
  print_logins(DataFolder{data_folder}, logins);
  print_staff(node, data_folder, staff);
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
  node_options.portal = find_portal();
  TRY(node, Node::start(std::move(node_options)));
  TRYV(node->unseal_closed(as_bytes(passphrase), guard, "the demo is being made"));
  {
    const auto core = node->core();
    TRY(world, DemoWorld::open(core->platform(), {.citizens = options.bundles.empty() ? options.citizens : 0,
                                                  .seed = options.seed,
                                                  .made_at = clock.now()}));
    TRYV(world.make(options.bundles));
    TRYV(seed_legacy(core->platform(), stand_in_folder_of(options.data_folder)));
    // The confirmed among them are traced now: who tries the demo finds a log that holds their own questions only.
    TRYV(service::work_traces(core->platform()));
    auto published = core->publisher().publish();
    if (published.has_error()) return published.error();
    TRY(file, describe(*node, *core, world));
    TRY(logins, make_demo_logins(core->platform(), world.plan()));
    TRY(staff, staff_of(file, core->platform(), options));
    core->gate().open(guard);
    TRYV(store::replace_file(demo_file_of(options.data_folder), as_bytes(codec::to_pretty_text(file))));
    print_invitation(options.data_folder, *node, file, logins, staff);
  }
  signals.wait();
  node->stop();
  return ok();
}

}  // namespace lindung::server
