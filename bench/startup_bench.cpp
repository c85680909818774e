// How long a server takes from its start to its first answer, and how much memory it has then, over a store that is
// full: citizens with their records and links, and the log of it all. The server is `lindung serve`, sealed at first.
//   startup_bench [--citizens 100000] [--links 3] [--starts 5] [--folder DIR] [--json FILE] [--server PATH]
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "domain/people.h"
#include "http/client.h"
#include "installation.h"
#include "service/contact_cases.h"
#include "service/links.h"
#include "service/partners.h"
#include "store/database.h"

namespace lindung::bench {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Watch = std::chrono::steady_clock;

constexpr std::size_t citizens_a_unit = 1'000;
constexpr std::uint64_t seed = 42;

struct Options {
  std::size_t citizens{100'000};
  std::size_t links{3};
  std::size_t starts{5};
  std::string folder;
  std::string json;
  std::string server;
};

double seconds_since(Watch::time_point begin) { return std::chrono::duration<double>(Watch::now() - begin).count(); }

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "startup_bench: %s\n", what.c_str());
  std::exit(1);  // NOLINT: one thread
}

std::vector<PartnerId> add_partners(const Installation& at, std::size_t count) {
  std::vector<PartnerId> partners;
  const auto now = at.clock.now();
  must(at.platform->refresh_directory(), "directory");
  for (std::size_t i = 0; i < count; ++i) {
    const PartnerId id{"partner-" + std::to_string(i + 1)};
    const auto key = crypto::Ed25519PrivateKey::generate();
    must(service::register_partner(*at.platform, {.id = id}), "partner");
    must(service::add_partner_key(*at.platform, {.partner = id,
                                                 .id = KeyId{id.value() + ".1"},
                                                 .public_key = key.public_key(),
                                                 .not_before = now - std::chrono::hours{1},
                                                 .not_after = now + std::chrono::days{30}}),
         "partner's key");
    const auto pact = at.directory.get()->pacts.current;
    must(service::sign_pact(*at.platform, id, pact, key.sign(service::pact_message(pact))), "pact");
    must(service::move_partner(*at.platform, id, domain::PartnerAction::activate), "activate");
    partners.push_back(id);
  }
  return partners;
}

// One link of everybody to each partner. Returns how many.
std::size_t link_everybody(const Installation& at, const std::vector<PartnerId>& partners) {
  std::size_t linked = 0;
  CitizenRef last;
  while (true) {
    std::vector<CitizenRef> citizens;
    must(at.database->read([&](store::Transaction& transaction) -> Result<void> {
      citizens.clear();
      TRYV(transaction.run(
          store::Sql{"SELECT citizen_ref FROM identity WHERE citizen_ref > $1 ORDER BY citizen_ref LIMIT $2"},
          {last.bytes(), static_cast<std::int64_t>(citizens_a_unit)},
          [&](const store::Row& row) { citizens.emplace_back(take<16>(row.bytes(0))); }));
      return ok();
    }),
         "citizens");
    if (citizens.empty()) return linked;
    last = citizens.back();
    std::vector<service::NewLink> links;
    for (const auto& citizen : citizens) {
      for (const auto& partner : partners) {
        links.push_back(
            {.partner = partner, .citizen = citizen, .random = crypto::random_bytes<domain::link_token_random_size>()});
      }
    }
    must(service::grant_links(*at.platform, links), "links");
    if (linked / 300'000 != (linked + links.size()) / 300'000) {
      std::fprintf(stderr, "%zu links\n", linked + links.size());
    }
    linked += links.size();
  }
}

std::size_t fill(const Options& options, const std::string& data) {
  fs::create_directories(data);
  Installation at{data, crypto::Argon2idCost{}};  // as `lindung init` makes it
  domain::MadeUpPeople people{seed, options.citizens, at.clock.now()};
  for (std::size_t made = 0; made < options.citizens; made += people_a_file) {
    at.import("part-" + std::to_string(made), next_file(people));
    std::fprintf(stderr, "%zu citizens\n", std::min(options.citizens, made + people_a_file));
  }
  const auto links = link_everybody(at, add_partners(at, options.links));
  must(service::work_traces(*at.platform), "traces");  // of the confirmed among them: no work is left to the server
  return links;
}

struct Start {
  double listening_s{};  // sealed
  double unsealed_s{};   // from then on, key derivation of the ring included
  double peak_mib{};
};

double peak_mib_of(pid_t pid) {
  std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib / 1024;
  }
  return 0;
}

Start start(const Options& options, const std::string& folder) {
  const auto config = folder + "/lindung.toml";
  std::ofstream{config} << "[server]\ndata = \"" << folder
                        << "/data\"\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"127.0.0.1:0\"\n"
                           "require_synchronised_clock = false\n";
  Start out;
  const auto begin = Watch::now();
  const auto pid = ::fork();
  if (pid == 0) {
    const int log = ::open((folder + "/server.log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log, 1);
    ::dup2(log, 2);
    ::execl(options.server.c_str(), options.server.c_str(), "serve", "--config", config.c_str(), nullptr);
    ::_exit(127);
  }
  http::ClientOptions patience;
  patience.call_timeout = std::chrono::minutes{10};
  auto admin = http::Client::connect({.host = "unix:" + folder + "/data/run/admin.sock", .port = 0}, patience);
  while (admin.has_error()) {
    if (::waitpid(pid, nullptr, WNOHANG) != 0 || seconds_since(begin) > 60) die("no server: " + folder + "/server.log");
    ::usleep(1'000);
    admin = http::Client::connect({.host = "unix:" + folder + "/data/run/admin.sock", .port = 0}, patience);
  }
  out.listening_s = seconds_since(begin);
  const auto unsealing = Watch::now();
  const auto response = must(
      admin.value().send({.method = "POST", .target = "/admin/unseal", .fields = {}, .body = std::string{"bench"}}),
      "unseal");
  out.unsealed_s = seconds_since(unsealing);
  if (response.status != 200 || response.body.find("\"answering\":true") == std::string::npos) {
    ::kill(pid, SIGTERM);
    die("it does not answer: " + response.body);
  }
  out.peak_mib = peak_mib_of(pid);
  ::kill(pid, SIGTERM);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) die("the server ended by " + std::to_string(status));
  return out;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

int run(const Options& options) {
  const bool is_kept = !options.folder.empty();
  const auto folder =
      is_kept ? options.folder : (fs::temp_directory_path() / ("startup_bench." + std::to_string(::getpid()))).string();
  const auto data = folder + "/data";
  std::size_t links = 0;
  if (!fs::exists(data + "/ring")) links = fill(options, data);
  const auto first = start(options, folder);  // makes the log public: an installation does so as it goes
  std::fprintf(stderr, "the first start, with the whole log to publish: %.2f s\n", first.unsealed_s);
  std::vector<double> total;
  std::vector<double> listening;
  std::vector<double> peak;
  for (std::size_t i = 0; i < options.starts; ++i) {
    const auto one = start(options, folder);
    total.push_back(one.listening_s + one.unsealed_s);
    listening.push_back(one.listening_s);
    peak.push_back(one.peak_mib);
  }
  std::printf("%zu citizens, %zu links: %.2f s from start to answering (worst %.2f), %.0f MiB\n", options.citizens,
              links, median(total), std::ranges::max(total), std::ranges::max(peak));
  if (!options.json.empty()) {
    std::ofstream{options.json} << codec::to_pretty_text(json::object{{"citizens", options.citizens},
                                                                      {"links", links},
                                                                      {"starts", options.starts},
                                                                      {"start_s", median(total)},
                                                                      {"start_worst_s", std::ranges::max(total)},
                                                                      {"listening_s", median(listening)},
                                                                      {"first_start_s", first.unsealed_s},
                                                                      {"peak_mib", std::ranges::max(peak)}})
                                << '\n';
  }
  if (!is_kept) fs::remove_all(folder);
  return 0;
}

Options read_options(int count, char** words) {
  Options options;
  options.server = fs::canonical("/proc/self/exe").parent_path().parent_path().string() + "/lindung";
  for (int i = 1; i < count; ++i) {
    const std::string_view word{words[i]};
    if (i + 1 == count || word == "--help") {
      std::fprintf(stderr,
                   "startup_bench [--citizens N] [--links N] [--starts N] [--folder DIR] [--json FILE] "
                   "[--server PATH]\nExample:\n  startup_bench --citizens 1000000 --links 3\n");
      std::exit(word == "--help" ? 0 : 2);  // NOLINT: one thread
    }
    const std::string value{words[++i]};
    if (word == "--citizens") {
      options.citizens = std::stoul(value);
    } else if (word == "--links") {
      options.links = std::stoul(value);
    } else if (word == "--starts") {
      options.starts = std::stoul(value);
    } else if (word == "--folder") {
      options.folder = value;
    } else if (word == "--json") {
      options.json = value;
    } else if (word == "--server") {
      options.server = value;
    } else {
      die("unknown option " + std::string{word});
    }
  }
  return options;
}

}  // namespace
}  // namespace lindung::bench

int main(int count, char** words) { return lindung::bench::run(lindung::bench::read_options(count, words)); }
