#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "server/data_folder.h"
#include "server/day_clock.h"
#include "server/day_replay.h"
#include "server/day_world.h"
#include "server/log_lines.h"

namespace lindung::cli {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr double check_ins_of_a_nation = 8'000'000;
constexpr double people_of_a_nation = 4'000'000;  // who go out: two visits each
constexpr double day_s = 86'400;
constexpr double mebi = 1024.0 * 1024.0;
// Midnight in Jakarta.
constexpr const char* midnight = "2026-11-18T00:00:00+07:00";

struct Arguments {
  double scale{0.01};
  std::uint32_t venues{25'000};
  std::uint32_t partners{50};
  std::uint64_t seed{1};
  std::string folder;
  bool keep{};
};

// A new folder, gone with this object unless it is kept.
class Scratch {
 public:
  [[nodiscard]] static Result<Scratch> make(const std::string& parent, bool keep) {
    auto path = (parent.empty() ? fs::temp_directory_path() : fs::path{parent}).string() + "/lindung-day-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return fail(Errc::io, "no folder can be made in " + parent);
    return Scratch{std::move(path), keep};
  }
  Scratch(Scratch&& other) noexcept : path_{std::exchange(other.path_, {})}, keep_{other.keep_} {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!keep_ && !path_.empty()) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  Scratch(std::string path, bool keep) : path_{std::move(path)}, keep_{keep} {}
  std::string path_;
  bool keep_;
};

double bytes_in(const std::string& folder) {
  double sum = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator{folder, error}) {
    if (entry.is_regular_file(error)) sum += static_cast<double>(entry.file_size(error));
  }
  return sum;
}

// The kernel's high-water mark of this process's memory, and its beginning anew.
void forget_peak_memory() { std::ofstream{"/proc/self/clear_refs"} << "5"; }
double peak_memory() {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib * 1024;
  }
  return 0;
}

double tenths(double value) { return std::round(value * 10) / 10; }
std::uint64_t whole(double value) { return static_cast<std::uint64_t>(std::llround(value)); }

Result<json::value> replay_day(const Arguments& arguments) {
  TRY(start, parse_rfc3339(midnight));
  TRY(scratch, Scratch::make(arguments.folder, arguments.keep));
  server::DayClock clock{start};
  const auto people = std::max(1.0, std::round(people_of_a_nation * arguments.scale));
  const server::DataFolder folder{scratch.path() + "/data"};
  TRY(world, server::DayWorld::make(folder,
                                    {.people = static_cast<std::uint64_t>(people),
                                     .venues = arguments.venues,
                                     .partners = arguments.partners,
                                     .seed = arguments.seed},
                                    clock));
  const auto bytes_before = bytes_in(folder.path());
  forget_peak_memory();
  server::DayReplay replay{
      *world,
      clock,
      {.check_ins = static_cast<std::uint64_t>(std::round(check_ins_of_a_nation * arguments.scale)),
       .people = world->people(),
       .venues = arguments.venues,
       .seed = arguments.seed}};
  TRY(report, replay.run(scratch.path() + "/export"));
  const auto bytes = bytes_in(folder.path());
  const auto check_ins = static_cast<double>(report.check_ins);
  const auto questions = check_ins + static_cast<double>(report.check_outs);
  return json::object{
      {"scale", arguments.scale},
      {"people", world->people()},
      {"venues", arguments.venues},
      {"partners", arguments.partners},
      {"check_ins", report.check_ins},
      {"check_outs", report.check_outs},
      {"allowed", report.allowed},
      {"denied", report.denied},
      {"questions_a_bundle", tenths(questions / static_cast<double>(report.bundles))},
      {"wall_s", tenths(report.wall_s)},
      {"cpu_s", tenths(report.cpu_s)},
      {"check_ins_per_second", whole(check_ins / report.wall_s)},
      {"questions_per_second", whole(questions / report.wall_s)},
      {"cpu_us_per_question", tenths(report.cpu_s / questions * 1e6)},
      {"bundle_p50_ms", tenths(report.bundle_p50_ms)},
      {"bundle_p99_ms", tenths(report.bundle_p99_ms)},
      {"times_faster_than_the_day", tenths(day_s * arguments.scale / report.wall_s)},
      {"whole_day_min", tenths(report.wall_s / arguments.scale / 60)},
      {"looks", report.looks},
      {"looks_per_second", whole(static_cast<double>(report.looks) / report.looks_wall_s)},
      {"peak_memory_mib", whole(peak_memory() / mebi)},
      {"disk_mib", whole(bytes / mebi)},
      {"disk_bytes_per_question", whole((bytes - bytes_before) / (questions + static_cast<double>(report.looks)))},
      {"occupancies_compared", report.occupancies_compared},
      {"most_inside", report.most_inside},
      {"log_entries_verified", report.log_entries},
      {"log_answers", report.log_answers},
      {"folder", arguments.keep ? json::value(folder.path()) : json::value(nullptr)}};
}

}  // namespace

void add_bench_commands(CLI::App& program, Context& context) {
  auto* group = program.add_subcommand("bench", "what this machine can do, on made-up data in a folder of its own");
  group->require_subcommand(1);
  const auto arguments = std::make_shared<Arguments>();
  auto* day = add_command(
      *group, context, "day",
      "replay a nation's day: 8 million check-ins and check-outs times --scale, in bundles, without the sockets",
      "lindung bench day --scale 0.01 --json");
  day->add_option("--scale", arguments->scale, "1: a nation")->capture_default_str()->check(CLI::Range(1e-6, 10.0));
  day->add_option("--venues", arguments->venues, "how many doors")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  day->add_option("--partners", arguments->partners, "how many apps")->capture_default_str()->check(CLI::Range(1, 250));
  day->add_option("--seed", arguments->seed, "which people, and which day")->capture_default_str();
  day->add_option("--folder", arguments->folder, "where to make the folder: on the disk that is to be measured")
      ->check(CLI::ExistingDirectory);
  day->add_flag("--keep", arguments->keep, "leave the folder where it is");
  day->callback([&context, arguments] {
    server::start_log_lines("warning");
    finish(context, replay_day(*arguments));
  });
}

}  // namespace lindung::cli
