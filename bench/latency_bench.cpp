// How long an answer takes while the server is half busy: the most check-ins a second that it can do are found, half of
// that is sent at set moments, and the p99 from each moment to the answer stands over the p99 of fdatasync on the same
// folder in the same run. Wanted: at most 4 times.
//   latency_bench [--requests 20000] [--connections 64] [--rounds 5] [--citizens 10000] [--json FILE] [--server PATH]
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ratio>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "demo_process.h"
#include "load.h"
#include "sealed_requests.h"

namespace lindung::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t syncs = 1'000;
constexpr std::size_t bytes_a_sync = 16'384;  // about what a commit of a few check-ins adds to the write-ahead log

// Appends and makes durable, again and again. Returns the milliseconds of each fdatasync, sorted.
std::vector<double> sync_times(const fs::path& folder) {
  using Watch = std::chrono::steady_clock;
  const auto path = folder / "fdatasync";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) die("no file in " + folder.string());
  const std::array<char, bytes_a_sync> block{};
  std::vector<double> times;
  for (std::size_t i = 0; i < syncs; ++i) {
    if (::write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size())) die("write");
    const auto begin = Watch::now();
    if (::fdatasync(file) != 0) die("fdatasync");
    times.push_back(std::chrono::duration<double, std::milli>(Watch::now() - begin).count());
  }
  ::close(file);
  fs::remove(path);
  std::ranges::sort(times);
  return times;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void print_row(const char* name, const std::vector<double>& values) {
  std::printf("%-52s %10.2f %10.2f %10.2f\n", name, std::ranges::min(values), median(values), std::ranges::max(values));
}

int measure(const Options& options, std::size_t rounds) {
  const auto demo = start_demo(options);
  Requests made{demo};
  std::vector<double> most;
  std::vector<double> p50;
  std::vector<double> p99;
  std::vector<double> sync_p50;
  std::vector<double> sync_p99;
  std::vector<double> ratio;
  std::size_t failures = 0;
  const auto count = options.requests / rounds;
  run_load(demo, made.seal(count / 4, 1), {.connections = options.connections});  // warm
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto busy = run_load(demo, made.seal(count, 1), {.connections = options.connections});
    most.push_back(static_cast<double>(count) / busy.wall_s);
    const auto before = sync_times(demo.folder);
    const auto half = run_load(demo, made.seal(count, 1),
                               {.connections = 4 * options.connections, .requests_per_second = most.back() / 2});
    const auto after = sync_times(demo.folder);
    failures += busy.failures + half.failures;
    p50.push_back(quantile(half.latencies_ms, 0.5));
    p99.push_back(quantile(half.latencies_ms, 0.99));
    sync_p50.push_back((quantile(before, 0.5) + quantile(after, 0.5)) / 2);
    sync_p99.push_back((quantile(before, 0.99) + quantile(after, 0.99)) / 2);
    ratio.push_back(p99.back() / sync_p99.back());
  }
  ::kill(demo.pid, SIGTERM);
  ::waitpid(demo.pid, nullptr, 0);
  fs::remove_all(fs::path{demo.folder}.parent_path());
  std::printf("%-52s %10s %10s %10s\n", "check-ins, one a request", "min", "median", "max");
  print_row("the most a second", most);
  print_row("at half of it: p50, ms", p50);
  print_row("at half of it: p99, ms", p99);
  print_row("fdatasync: p50, ms", sync_p50);
  print_row("fdatasync: p99, ms", sync_p99);
  print_row("p99 over fdatasync's p99", ratio);
  std::printf("failures: %zu\n", failures);
  if (!options.json_path.empty()) {
    std::ofstream{options.json_path} << codec::to_pretty_text(json::object{{"most_per_second", median(most)},
                                                                           {"p50_ms", median(p50)},
                                                                           {"p99_ms", median(p99)},
                                                                           {"fdatasync_p50_ms", median(sync_p50)},
                                                                           {"fdatasync_p99_ms", median(sync_p99)},
                                                                           {"p99_over_fdatasync", median(ratio)},
                                                                           {"failures", failures}})
                                     << '\n';
  }
  return failures == 0 ? 0 : 1;
}

int run(int argc, char** argv) {
  Options options;
  std::size_t rounds = 5;
  options.server = fs::canonical("/proc/self/exe").parent_path().parent_path().string() + "/lindung";
  for (int i = 1; i < argc; ++i) {
    const std::string_view name{argv[i]};
    if (name == "--help" || i + 1 == argc) {
      std::printf(
          "latency_bench [--requests N] [--connections N] [--rounds N] [--citizens N] [--json FILE] [--server PATH]\n"
          "Example:\n  latency_bench --requests 20000 --rounds 5\n");
      return name == "--help" ? 0 : 2;
    }
    const std::string value{argv[++i]};
    if (name == "--requests") {
      options.requests = std::stoul(value);
    } else if (name == "--connections") {
      options.connections = std::stoul(value);
    } else if (name == "--rounds") {
      rounds = std::stoul(value);
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
  return measure(options, rounds);
}

}  // namespace
}  // namespace lindung::bench

int main(int argc, char** argv) { return lindung::bench::run(argc, argv); }
