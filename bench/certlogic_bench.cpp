// Evaluations a second of the business rules of European states, with our CertLogic and with npm certlogic-js, in turns
// on the same cases. A program of its own:
//   certlogic_bench --vectors DIR [--js bench/certlogic_js/run.mjs] [--rounds 9] [--seconds 1] [--json FILE]
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <ios>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/json.h"
#include "domain/certlogic.h"

namespace {

using namespace lindung;  // NOLINT: a program, not a header
namespace certlogic = domain::certlogic;
namespace json = boost::json;
namespace fs = std::filesystem;
using Watch = std::chrono::steady_clock;

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "certlogic_bench: %s\n", why.c_str());
  std::exit(1);  // NOLINT: one thread
}

struct Options {
  std::string vectors;
  std::string js;
  std::string json;
  std::size_t rounds{9};
  double seconds{1};
};

struct Rule {
  json::value logic;
  certlogic::Expression compiled;
};

// One test of a rule: {"payload": …, "external": …} gives `expected`.
struct Case {
  std::size_t rule{};
  std::string name;
  json::value data;
  bool expected{};
};

struct Cases {
  std::vector<Rule> rules;
  std::vector<Case> cases;
  std::size_t without_rule{};
};

struct Round {
  std::uint64_t evaluations{};
  double seconds{};
  [[nodiscard]] double rate() const { return static_cast<double>(evaluations) / seconds; }
};

const json::object* object_with(const json::value& value, std::initializer_list<std::string_view> names) {
  const auto* object = value.if_object();
  if (object == nullptr) return nullptr;
  return std::ranges::all_of(names, [&](auto name) { return object->contains(name); }) ? object : nullptr;
}

// The files that parse, in the order of their paths: what they are is told by what they hold.
std::map<fs::path, json::value> json_files(const fs::path& root) {
  std::map<fs::path, json::value> files;
  for (const auto& entry : fs::recursive_directory_iterator{root, fs::directory_options::follow_directory_symlink}) {
    if (!entry.is_regular_file() || entry.path().extension() != ".json") continue;
    std::ifstream in{entry.path(), std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (text.find("\"Logic\"") == std::string::npos && text.find("\"external\"") == std::string::npos) continue;
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (!error) files.emplace(entry.path(), std::move(value));
  }
  return files;
}

Cases read_cases(const fs::path& root) {
  Cases read;
  const auto files = json_files(root);
  std::map<fs::path, std::size_t> rule_of_folder;
  for (const auto& [path, value] : files) {
    const auto* document = object_with(value, {"Identifier", "Engine", "Logic", "ValidFrom", "ValidTo"});
    if (document == nullptr) continue;
    auto compiled = certlogic::Expression::compile(document->at("Logic"));
    if (compiled.has_error()) die(path.string() + ": " + compiled.error().text());
    const auto folder = path.parent_path();
    // A folder that a second rule strayed into is that of its namesake.
    if (document->at("Identifier") == json::value(folder.filename().string())) {
      rule_of_folder.insert_or_assign(folder, read.rules.size());
    } else {
      rule_of_folder.emplace(folder, read.rules.size());
    }
    read.rules.push_back({.logic = document->at("Logic"), .compiled = std::move(compiled).value()});
  }
  for (const auto& [path, value] : files) {
    const auto* test = object_with(value, {"payload", "external", "expected"});
    if (test == nullptr || !test->at("expected").is_bool()) continue;
    auto folder = path.parent_path();
    while (folder != root && folder.has_relative_path() && !rule_of_folder.contains(folder)) {
      folder = folder.parent_path();
    }
    const auto rule = rule_of_folder.find(folder);
    if (rule == rule_of_folder.end()) {
      ++read.without_rule;
      continue;
    }
    read.cases.push_back({.rule = rule->second,
                          .name = fs::relative(path, root).string(),
                          .data = {{"payload", test->at("payload")}, {"external", test->at("external")}},
                          .expected = test->at("expected").get_bool()});
  }
  return read;
}

// What both sides are given, so that neither can choose its cases.
void write_cases(const Cases& cases, const fs::path& path) {
  json::array rules;
  for (const auto& rule : cases.rules) rules.push_back(rule.logic);
  json::array tests;
  for (const auto& test : cases.cases) {
    tests.push_back({{"rule", test.rule}, {"name", test.name}, {"data", test.data}, {"expected", test.expected}});
  }
  std::ofstream out{path};
  out << json::serialize(json::object{{"rules", std::move(rules)}, {"cases", std::move(tests)}});
  if (!out.flush()) die("cannot write " + path.string());
}

bool is_right(const Cases& cases, const Case& test) {
  const auto result = certlogic::evaluate(cases.rules[test.rule].compiled, test.data);
  return result.has_value() && result.value() == test.expected;
}

Round our_round(const Cases& cases, double seconds) {
  Round round;
  const auto begin = Watch::now();
  do {
    for (const auto& test : cases.cases) round.evaluations += is_right(cases, test) ? 1 : 0;
    round.seconds = std::chrono::duration<double>(Watch::now() - begin).count();
  } while (round.seconds < seconds);
  return round;
}

// certlogic-js in a process of its own, which waits while we measure ourselves.
class Reference {
 public:
  Reference(const std::string& script, const std::string& cases) {
    std::array<int, 2> to{};
    std::array<int, 2> from{};
    if (::pipe(to.data()) != 0 || ::pipe(from.data()) != 0) die("no pipe");
    pid_ = ::fork();
    if (pid_ < 0) die("no process");
    if (pid_ == 0) {
      ::dup2(to[0], STDIN_FILENO);
      ::dup2(from[1], STDOUT_FILENO);
      for (const int end : {to[0], to[1], from[0], from[1]}) ::close(end);
      ::execlp("node", "node", script.c_str(), cases.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(to[0]);
    ::close(from[1]);
    in_ = ::fdopen(to[1], "w");     // NOLINT(misc-include-cleaner): of POSIX, by <cstdio>
    out_ = ::fdopen(from[0], "r");  // NOLINT(misc-include-cleaner)
    if (line() != "ready\n") die("certlogic-js says something else");
  }
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  ~Reference() {
    std::fclose(in_);
    std::fclose(out_);
    ::waitpid(pid_, nullptr, 0);
  }

  Round round(double seconds) {
    std::fprintf(in_, "%g\n", seconds);
    std::fflush(in_);
    const auto answer = line();
    const auto space = answer.find(' ');
    if (space == std::string::npos) die("certlogic-js says something else");
    return {.evaluations = std::stoull(answer.substr(0, space)), .seconds = std::stod(answer.substr(space + 1))};
  }

 private:
  std::string line() {
    std::array<char, 128> buffer{};
    if (std::fgets(buffer.data(), buffer.size(), out_) == nullptr) die("certlogic-js has ended");
    return buffer.data();
  }

  pid_t pid_{};
  std::FILE* in_{};
  std::FILE* out_{};
};

json::object figures_of(const char* name, std::vector<double> values) {
  std::ranges::sort(values);
  const auto median = values[values.size() / 2];
  std::printf("%-36s %12.6g %12.6g %12.6g\n", name, values.front(), median, values.back());
  return {{"min", values.front()}, {"median", median}, {"max", values.back()}};
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name{argv[i]};  // NOLINT: main's arguments
    const std::string value{argv[i + 1]};  // NOLINT
    if (name == "--vectors") {
      options.vectors = value;
    } else if (name == "--js") {
      options.js = value;
    } else if (name == "--rounds") {
      options.rounds = std::max<std::size_t>(1, std::stoul(value));
    } else if (name == "--seconds") {
      options.seconds = std::stod(value);
    } else if (name == "--json") {
      options.json = value;
    } else {
      die("unknown option " + std::string{name});
    }
  }
  if (!fs::is_directory(options.vectors)) {
    die("usage: certlogic_bench --vectors DIR [--js SCRIPT] [--rounds N] [--seconds S] [--json FILE]");
  }
  return options;
}

json::object measure(const Options& options) {
  const auto cases = read_cases(options.vectors);
  if (cases.cases.empty()) die("no tests of business rules in " + options.vectors);
  for (const auto& test : cases.cases) {
    if (!is_right(cases, test)) die("our result is another for " + test.name);
  }
  std::printf("%zu rules, %zu cases (%zu more without a rule), rounds of %g s\n", cases.rules.size(),
              cases.cases.size(), cases.without_rule, options.seconds);
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> ratios;
  (void)our_round(cases, options.seconds);
  if (options.js.empty()) {
    while (ours.size() < options.rounds) ours.push_back(our_round(cases, options.seconds).rate());
  } else {
    const auto file = fs::temp_directory_path() / ("certlogic_bench." + std::to_string(::getpid()) + ".json");
    write_cases(cases, file);
    Reference reference{options.js, file.string()};
    fs::remove(file);
    // Until the compiler of the other side has seen enough.
    for (int i = 0; i < 2; ++i) (void)reference.round(options.seconds);
    while (ours.size() < options.rounds) {
      const bool is_first = ours.size() % 2 == 0;
      if (is_first) ours.push_back(our_round(cases, options.seconds).rate());
      theirs.push_back(reference.round(options.seconds).rate());
      if (!is_first) ours.push_back(our_round(cases, options.seconds).rate());
      ratios.push_back(ours.back() / theirs.back());
    }
  }
  std::printf("%-36s %12s %12s %12s\n", "evaluations a second", "min", "median", "max");
  json::object figures{{"rules", cases.rules.size()},
                       {"cases", cases.cases.size()},
                       {"rounds", options.rounds},
                       {"seconds_a_round", options.seconds},
                       {"lindung_a_second", figures_of("lindung, rules compiled once", std::move(ours))}};
  if (!ratios.empty()) {
    figures["certlogic_js_a_second"] = figures_of("certlogic-js", std::move(theirs));
    figures["ratio"] = figures_of("ratio, round by round", std::move(ratios));
  }
  return figures;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = read_options(argc, argv);
  const auto figures = measure(options);
  if (!options.json.empty()) std::ofstream{options.json} << codec::to_pretty_text(json::value(figures));
  return 0;
}
