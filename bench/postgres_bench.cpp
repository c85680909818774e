// Durable sealed check-ins for a second of CPU over PostgreSQL, beside rows that pgbench inserts one by one into the
// same instance: server and database together on the one side, the database alone on the other. Single questions, too.
//   script/with-postgres postgres_bench [--requests 20000] [--rounds 3] [--seconds 5] [--json FILE] [--server PATH]
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "cpu_time.h"
#include "demo_process.h"
#include "load.h"
#include "sealed_requests.h"

namespace lindung::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t slots = 64;
constexpr std::size_t bundles_at_once = 8;
constexpr const char* tools = "/usr/lib/postgresql/15/bin/";

// What a command prints. The connection string goes by the environment.
std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) die(command);
  std::string out;
  std::array<char, 4096> buffer{};
  for (std::size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    out.append(buffer.data(), size);
  }
  if (::pclose(pipe) != 0) die("it failed: " + command);
  return out;
}

// The first process of the instance.
pid_t postmaster_of(const std::string& postgres) {
  auto folder = output_of(std::string{tools} + "psql -qXAt -c 'SHOW data_directory' '" + postgres + "'");
  folder.erase(folder.find_last_not_of('\n') + 1);
  std::ifstream in{folder + "/postmaster.pid"};
  pid_t pid = 0;
  in >> pid;
  if (!in) die("the instance's folder cannot be read: " + folder);
  return pid;
}

double inserts_per_cpu_s(const Options& options, pid_t postmaster, std::size_t seconds) {
  const auto script = (fs::temp_directory_path() / ("insert." + std::to_string(::getpid()))).string();
  std::ofstream{script} << "\\set aid random(1, 100000)\n"
                           "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, :aid, 7, "
                           "CURRENT_TIMESTAMP);\n";
  const auto before = cpu_of_family(postmaster);
  const auto said = output_of(std::string{tools} + "pgbench -n -M prepared -c 8 -j 2 -T " + std::to_string(seconds) +
                              " -f " + script + " '" + options.postgres + "' 2>&1");
  const auto spent = cpu_of_family(postmaster) - before;
  fs::remove(script);
  const std::string_view name{"number of transactions actually processed: "};
  const auto at = said.find(name);
  if (at == std::string::npos) die("pgbench said something else:\n" + said);
  return std::strtod(said.c_str() + at + name.size(), nullptr) / spent;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void print_row(const char* name, const std::vector<double>& values) {
  std::printf("%-56s %9.2f %9.2f %9.2f\n", name, std::ranges::min(values), median(values), std::ranges::max(values));
}

int measure(const Options& options, std::size_t rounds, std::size_t seconds) {
  const auto postmaster = postmaster_of(options.postgres);
  output_of(std::string{tools} + "pgbench -i -q -s 1 '" + options.postgres + "' 2>&1");
  const auto demo = start_demo(options);
  Requests made{demo};
  const auto count = options.requests / rounds;
  std::vector<double> inserts;
  std::vector<double> bundled;
  std::vector<double> single;
  std::vector<double> bundled_ratio;
  std::vector<double> single_ratio;
  std::vector<double> of_server;
  std::size_t failures = 0;
  const auto check_ins_per_cpu_s = [&](std::size_t check_ins) {
    const auto requests = made.seal(count / check_ins, check_ins);
    const auto server_before = cpu_of_family(demo.pid);
    const auto postgres_before = cpu_of_family(postmaster);
    // Bundles wait for each other: as many as the deadline of a request allows on a slow machine.
    const auto at_once = check_ins > 1 ? std::min(requests.size(), bundles_at_once) : options.connections;
    const auto run = run_load(demo, requests, {.connections = at_once});
    const auto of_database = cpu_of_family(postmaster) - postgres_before;
    const auto own = cpu_of_family(demo.pid) - server_before;
    failures += run.failures;
    if (check_ins > 1) of_server.push_back(own / (own + of_database));
    return static_cast<double>(requests.size() * check_ins) / (own + of_database);
  };
  check_ins_per_cpu_s(1);  // warm
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto before = inserts_per_cpu_s(options, postmaster, seconds);
    bundled.push_back(check_ins_per_cpu_s(slots));
    single.push_back(check_ins_per_cpu_s(1));
    inserts.push_back((before + inserts_per_cpu_s(options, postmaster, seconds)) / 2);
    bundled_ratio.push_back(bundled.back() / inserts.back());
    single_ratio.push_back(single.back() / inserts.back());
  }
  ::kill(demo.pid, SIGTERM);
  ::waitpid(demo.pid, nullptr, 0);
  fs::remove_all(fs::path{demo.folder}.parent_path());
  std::printf("%-56s %9s %9s %9s\n", "for a second of CPU, over PostgreSQL", "min", "median", "max");
  print_row("pgbench: rows inserted one by one", inserts);
  print_row("check-ins, 64 a bundle", bundled);
  print_row("check-ins, one a request", single);
  print_row("bundled over pgbench", bundled_ratio);
  print_row("single over pgbench", single_ratio);
  print_row("bundled: the server's share of the CPU", of_server);
  std::printf("failures: %zu\n", failures);
  if (!options.json_path.empty()) {
    std::ofstream{options.json_path} << codec::to_pretty_text(
                                            json::object{{"inserts_per_cpu_s", median(inserts)},
                                                         {"bundled_per_cpu_s", median(bundled)},
                                                         {"single_per_cpu_s", median(single)},
                                                         {"bundled_over_pgbench", median(bundled_ratio)},
                                                         {"single_over_pgbench", median(single_ratio)},
                                                         {"server_share_bundled", median(of_server)},
                                                         {"failures", failures}})
                                     << '\n';
  }
  return failures == 0 ? 0 : 1;
}

int run(int argc, char** argv) {
  Options options;
  std::size_t rounds = 3;
  std::size_t seconds = 5;
  options.server = fs::canonical("/proc/self/exe").parent_path().parent_path().string() + "/lindung";
  if (const char* postgres = std::getenv("LINDUNG_TEST_POSTGRES"); postgres != nullptr) options.postgres = postgres;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name{argv[i]};
    if (name == "--help" || i + 1 == argc) {
      std::printf(
          "postgres_bench [--requests N] [--connections N] [--rounds N] [--seconds N] [--citizens N] "
          "[--json FILE] [--server PATH]\nExample:\n  script/with-postgres build/bench/bench/postgres_bench --requests "
          "20000\n");
      return name == "--help" ? 0 : 2;
    }
    const std::string value{argv[++i]};
    if (name == "--requests") {
      options.requests = std::stoul(value);
    } else if (name == "--connections") {
      options.connections = std::stoul(value);
    } else if (name == "--rounds") {
      rounds = std::stoul(value);
    } else if (name == "--seconds") {
      seconds = std::stoul(value);
    } else if (name == "--citizens") {
      options.citizens = std::stoul(value);
    } else if (name == "--json") {
      options.json_path = value;
    } else if (name == "--server") {
      options.server = value;
    } else {
      die("unknown option " + std::string{name});
    }
  }
  if (options.postgres.empty()) die("no PostgreSQL: script/with-postgres starts one");
  return measure(options, rounds, seconds);
}

}  // namespace
}  // namespace lindung::bench

int main(int argc, char** argv) { return lindung::bench::run(argc, argv); }
