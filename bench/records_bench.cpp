// What records cost: importing FHIR NDJSON, sealed and durable, on one core; deriving everybody's colours anew under a
// proposed rule set, on all; and the bytes that a citizen takes in the store and in memory. Prints JSON.
//   records_bench [--citizens 100000] [--folder DIR] [--import-only]
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "domain/people.h"
#include "embedded/rules_id_2021_json.h"
#include "installation.h"
#include "service/rule_sets.h"
#include "service/timeline_sweep.h"

namespace lindung::bench {
namespace {

constexpr std::uint64_t seed = 42;

struct Options {
  std::size_t citizens{100'000};
  std::string folder;
  bool import_only{};
};

// Time of the wall and of this process on its cores, in seconds.
class Stopwatch {
 public:
  [[nodiscard]] double wall() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  }
  [[nodiscard]] double cpu() const { return cpu_now() - cpu_; }

 private:
  static double cpu_now() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds_of = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
  }
  std::chrono::steady_clock::time_point begun_{std::chrono::steady_clock::now()};
  double cpu_{cpu_now()};
};

// The threads of this process run on one core, or on all again.
void use_cores(bool only_one) {
  const auto all = ::sysconf(_SC_NPROCESSORS_ONLN);
  cpu_set_t cores;
  CPU_ZERO(&cores);
  for (long core = 0; core < (only_one ? 1 : all); ++core) CPU_SET(core, &cores);
  for (const auto& task : std::filesystem::directory_iterator{"/proc/self/task"}) {
    (void)::sched_setaffinity(static_cast<pid_t>(std::stol(task.path().filename())), sizeof cores, &cores);
  }
}

std::uint64_t resident_bytes() {
  std::ifstream status{"/proc/self/statm"};
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  status >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string next_rules() {
  std::string document{embedded::rules_id_2021_json};
  const std::string_view version{"\"version\": \"1.0.0\""};
  const auto at = document.find(version);
  if (at == std::string::npos) std::exit(1);
  return document.replace(at, version.size(), "\"version\": \"1.0.1\"");
}

Options read_options(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view word{words[i]};
    if (word == "--import-only") {
      options.import_only = true;
    } else if (word == "--citizens" && i + 1 < count) {
      options.citizens = std::stoul(words[++i]);
    } else if (word == "--folder" && i + 1 < count) {
      options.folder = words[++i];
    } else {
      std::fprintf(stderr, "records_bench [--citizens N] [--folder DIR] [--import-only]\n");
      std::exit(2);
    }
  }
  return options;
}

int run(const Options& options) {
  const auto folder = options.folder.empty()
                          ? std::filesystem::temp_directory_path() / ("records_bench." + std::to_string(::getpid()))
                          : std::filesystem::path{options.folder};
  std::filesystem::create_directories(folder);
  Installation at{folder};
  domain::MadeUpPeople people{seed, options.citizens, at.clock.now()};
  std::uint64_t rows = 0;
  double wall = 0;
  double cpu = 0;
  use_cores(true);
  for (std::size_t made = 0; made < options.citizens; made += people_a_file) {
    const auto text = next_file(people);
    const Stopwatch watch;
    rows += at.import("part-" + std::to_string(made), text);
    wall += watch.wall();
    cpu += watch.cpu();
    std::fprintf(stderr, "imported %llu resources, %.0f a second on one core\n", static_cast<unsigned long long>(rows),
                 static_cast<double>(rows) / wall);
  }
  use_cores(false);
  const auto citizens = static_cast<double>(options.citizens);
  const auto stored = std::filesystem::file_size(folder / "lindung.db");
  std::printf(
      "{\"citizens\": %zu, \"resources\": %llu, \"import_wall_s\": %.2f, \"import_cpu_s\": %.2f, "
      "\"resources_a_second_one_core\": %.0f, \"store_bytes_a_citizen\": %.0f, \"resident_bytes\": %llu",
      options.citizens, static_cast<unsigned long long>(rows), wall, cpu, static_cast<double>(rows) / wall,
      static_cast<double>(stored) / citizens, static_cast<unsigned long long>(resident_bytes()));
  if (!options.import_only) {
    must(service::propose_rule_set(*at.platform, next_rules()), "propose");
    const Stopwatch watch;
    std::optional<CitizenRef> last;
    std::uint64_t derived = 0;
    for (bool is_more = true; is_more;) {
      const auto part = must(service::derive_proposed(*at.platform, last), "derive");
      derived += part.citizens;
      last = part.last;
      is_more = last.has_value();
    }
    std::printf(
        ", \"derived\": %llu, \"derive_wall_s\": %.2f, \"derive_cpu_s\": %.2f, "
        "\"derive_s_for_a_million\": %.1f, \"resident_bytes_derived\": %llu",
        static_cast<unsigned long long>(derived), watch.wall(), watch.cpu(), watch.wall() * 1e6 / citizens,
        static_cast<unsigned long long>(resident_bytes()));
  }
  std::printf("}\n");
  if (options.folder.empty()) std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace lindung::bench

int main(int count, char** words) { return lindung::bench::run(lindung::bench::read_options(count, words)); }
