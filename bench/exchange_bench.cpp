// The figure of the project: server CPU per durable sealed check-in, HTTP included, over the CPU of one libsodium
// Ed25519 verify plus one OpenSSL X25519 derive with a cached key; both sides in one run (docs/performance.md).
//
// The server is a child process; its CPU is read from the kernel before and after. Requests are sealed before the clock
// starts, so that the client's own cryptography does not compete with the server for the cores.
#include <sodium.h>
#include <sys/wait.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/json.h"
#include "constant_server.h"
#include "cpu_time.h"
#include "demo_process.h"
#include "load.h"
#include "nginx.h"
#include "reference.h"
#include "sealed_requests.h"

namespace {

using namespace lindung;         // NOLINT: a program, not a header
using namespace lindung::bench;  // NOLINT: the same
namespace json = boost::json;
using Clock = std::chrono::steady_clock;

struct Recomputed {
  double wall_s{};
  std::vector<double> p99;  // of rounds that were over while it went on
};

// Rounds of questions until the recomputation is over.
Recomputed ask_while_recomputing(const Options& options, const Demo& demo, std::size_t requests_a_round) {
  Recomputed out;
  Requests made{demo};
  auto requests = made.seal(requests_a_round, 1);
  const auto begin = Clock::now();
  const auto child = propose_rules(options, demo);
  for (int status = 0;;) {
    const auto measured = run_load(demo, requests, {.connections = options.connections});
    if (::waitpid(child, &status, WNOHANG) != 0) {
      if (status != 0) die("the rule set was not taken");
      break;
    }
    out.wall_s = std::chrono::duration<double>(Clock::now() - begin).count();
    out.p99.push_back(quantile(measured.latencies_ms, 0.99));
    requests = made.seal(requests_a_round, 1);
  }
  return out;
}

Options parse(int argc, char** argv) {
  Options options;
  options.server = std::filesystem::canonical("/proc/self/exe").parent_path().parent_path().string() + "/lindung";
  for (int i = 1; i < argc; ++i) {
    const std::string_view name{argv[i]};
    if (name == "--help") {
      std::printf(
          "exchange_bench [--json FILE] [--requests N] [--connections N] [--citizens N] [--server PATH] "
          "[--postgres CONNINFO] [--recompute] [--bundle 2..64] [--constant] [--nginx]\nExample:\n  exchange_bench "
          "--requests 40000 --connections 128\n");
      std::exit(0);
    }
    if (name == "--recompute" || name == "--constant" || name == "--nginx") {
      (name == "--recompute" ? options.recompute : name == "--constant" ? options.constant : options.nginx) = true;
      continue;
    }
    if (i + 1 >= argc) die("a value is needed behind " + std::string{name});
    const std::string value{argv[++i]};
    if (name == "--json")
      options.json_path = value;
    else if (name == "--server")
      options.server = value;
    else if (name == "--postgres")
      options.postgres = value;
    else if (name == "--requests")
      options.requests = std::stoul(value);
    else if (name == "--connections")
      options.connections = std::stoul(value);
    else if (name == "--bundle")
      options.bundle = std::stoul(value);
    else if (name == "--citizens")
      options.citizens = std::stoul(value);
    else
      die("unknown option " + std::string{name});
  }
  return options;
}

// What the rounds gave, by the name of the figure in the table and in the JSON.
class Figures {
 public:
  void add(std::string_view name, std::string_view key, double value) {
    const auto found = std::ranges::find(all_, key, &Figure::key);
    auto& figure = found != all_.end() ? *found : all_.emplace_back(Figure{name, key, {}});
    figure.values.push_back(value);
  }
  void print() const {
    std::printf("%-52s %10s %10s %10s\n", "check-ins, durable, sealed, over HTTP", "min", "median", "max");
    for (const auto& [name, key, values] : all_) {
      std::printf("%-52s %10.2f %10.2f %10.2f\n", std::string{name}.c_str(), std::ranges::min(values), median(values),
                  std::ranges::max(values));
    }
  }
  void write(json::object& out) const {
    for (const auto& [name, key, values] : all_) {
      out[key] = median(values);
      json::array rounds(values.begin(), values.end());
      out[std::string{key} + "_rounds"] = std::move(rounds);
    }
  }

 private:
  struct Figure {
    std::string_view name;
    std::string_view key;
    std::vector<double> values;
  };
  static double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
  }
  std::vector<Figure> all_;
};

// One round of everything that is compared, one behind the other.
class Round {
 public:
  Round(const Options& options, Figures& figures) : options_{options}, figures_{figures}, demo_{start_demo(options)} {
    made_ = std::make_unique<Requests>(demo_);
    if (options.constant) {
      constant_ = start_constant_server(options, demo_);
      constant_made_ = std::make_unique<Requests>(constant_);
    }
    if (options.nginx) {
      nginx_ = std::make_unique<Nginx>(options);
    }
    pin_client(options);
    const auto warm_up = made_->seal(options.requests / 10, 1);
    load(demo_, warm_up);
  }
  Round(const Round&) = delete;
  Round& operator=(const Round&) = delete;
  ~Round() {
    nginx_.reset();
    for (const auto& server : {demo_, constant_}) {
      if (server.pid == 0) continue;
      ::kill(server.pid, SIGTERM);
      ::waitpid(server.pid, nullptr, 0);
    }
    std::filesystem::remove_all(std::filesystem::path{demo_.folder}.parent_path());
  }

  void measure(std::size_t requests) {
    const auto single = measure_single(requests);
    if (options_.constant) measure_constant(requests, single);
    if (options_.bundle != 0) measure_bundles(requests, single);
  }
  [[nodiscard]] const Demo& demo() const noexcept { return demo_; }
  [[nodiscard]] std::size_t failures() const noexcept { return failures_; }

 private:
  struct Measured {
    double wall_s{};
    double server_cpu_s{};
    std::vector<double> latencies_ms;
  };
  Measured load(const Demo& server, const std::vector<std::string>& requests) {
    const auto before = cpu_of_family(server.pid);
    auto done = run_load(server, requests, {.connections = std::min(options_.connections, requests.size())});
    failures_ += done.failures;
    return {.wall_s = done.wall_s,
            .server_cpu_s = cpu_of_family(server.pid) - before,
            .latencies_ms = std::move(done.latencies_ms)};
  }

  double measure_single(std::size_t requests) {
    const auto sealed = made_->seal(requests, 1);
    const auto before = reference_us();
    const auto measured = load(demo_, sealed);
    const auto reference = (before + reference_us()) / 2;
    const auto count = static_cast<double>(measured.latencies_ms.size());
    const auto cpu = measured.server_cpu_s / count * 1e6;
    figures_.add("server CPU a check-in, us", "cpu_us_per_check_in", cpu);
    figures_.add("one Ed25519 verify + one X25519 derive, us", "reference_us", reference);
    figures_.add("ratio", "ratio", cpu / reference);
    figures_.add("check-ins a second", "check_ins_per_second", count / measured.wall_s);
    figures_.add("latency p50, ms", "p50_ms", quantile(measured.latencies_ms, 0.5));
    figures_.add("latency p99, ms", "p99_ms", quantile(measured.latencies_ms, 0.99));
    return count / measured.wall_s;
  }

  void measure_constant(std::size_t requests, double single) {
    const auto measured = load(constant_, constant_made_->seal(requests, 1));
    const auto count = static_cast<double>(measured.latencies_ms.size());
    figures_.add("constant answers: server CPU each, us", "constant_cpu_us", measured.server_cpu_s / count * 1e6);
    figures_.add("constant answers a second", "constant_per_second", count / measured.wall_s);
    figures_.add("durable check-ins over constant answers, a second", "durable_over_constant",
                 single / (count / measured.wall_s));
  }

  void measure_bundles(std::size_t requests, double single) {
    const auto measured = load(demo_, made_->seal(requests / options_.bundle, options_.bundle));
    const auto check_ins = static_cast<double>(measured.latencies_ms.size() * options_.bundle);
    const auto rate = check_ins / measured.wall_s;
    figures_.add("bundled: server CPU a check-in, us", "bundled_cpu_us_per_check_in",
                 measured.server_cpu_s / check_ins * 1e6);
    figures_.add("bundled: check-ins a second", "bundled_check_ins_per_second", rate);
    figures_.add("bundled over single", "bundled_over_single", rate / single);
    if (!nginx_) return;
    const auto fixed = nginx_->measure(requests, options_.connections);
    failures_ += fixed.failures;
    const auto answers = static_cast<double>(fixed.latencies_ms.size()) / fixed.wall_s;
    figures_.add("nginx: static requests a second", "nginx_per_second", answers);
    figures_.add("bundled check-ins over nginx's requests", "bundled_over_nginx", rate / answers);
  }

  const Options& options_;
  Figures& figures_;
  Demo demo_;
  Demo constant_{};
  std::unique_ptr<Requests> made_;
  std::unique_ptr<Requests> constant_made_;
  std::unique_ptr<Nginx> nginx_;
  std::size_t failures_{};
};

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) die("libsodium");
  const auto options = parse(argc, argv);
  Figures figures;
  Round round{options, figures};
  constexpr std::size_t rounds = 5;
  for (std::size_t i = 0; i < rounds; ++i) round.measure(options.requests / rounds);
  Recomputed recomputed;
  if (options.recompute) recomputed = ask_while_recomputing(options, round.demo(), options.requests / rounds / 4);
  for (const auto p99 : recomputed.p99)
    figures.add("latency p99 while colours are derived, ms", "p99_recomputing_ms", p99);
  figures.print();
  if (!recomputed.p99.empty()) {
    std::printf("%zu citizens derived in about %.1f s\n", options.citizens, recomputed.wall_s);
  }
  std::printf("failures: %zu\n", round.failures());
  if (!options.json_path.empty()) {
    json::object out{{"engine", options.postgres.empty() ? "sqlite" : "postgresql"},
                     {"requests", options.requests},
                     {"connections", options.connections},
                     {"bundle", options.bundle},
                     {"recomputed_s", recomputed.wall_s},
                     {"failures", round.failures()}};
    figures.write(out);
    std::ofstream{options.json_path} << codec::to_pretty_text(out) << '\n';
  }
  return round.failures() == 0 ? 0 : 1;
}
