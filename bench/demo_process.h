// The server that exchange_bench measures: a demo in a process and a folder of its own, and what is asked of it from
// the command line.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "embedded/rules_id_2021_json.h"

namespace lindung::bench {

namespace json = boost::json;

struct Options {
  std::string server;
  std::string json_path;
  std::string postgres;
  std::size_t requests{20'000};
  std::size_t connections{64};
  std::size_t citizens{10'000};
  bool recompute{};      // measure again while everybody's colours are derived under a proposed rule set
  std::size_t bundle{};  // check-ins in a request, measured beside single ones in the same run; 0: not
  bool constant{};       // beside the same server with a constant answer, no store and no log
  bool nginx{};          // beside nginx's static requests; every server on the first core, the client on the others
};

[[noreturn]] inline void die(const std::string& what) {
  std::fprintf(stderr, "exchange_bench: %s\n", what.c_str());
  std::exit(1);
}

struct Demo {
  pid_t pid{};
  std::string folder;
  json::object file;
};

inline void pin(const cpu_set_t& cores) {
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0) die("sched_setaffinity");
}

// In the server's own process, before it starts.
inline void pin_server(const Options& options) {
  if (!options.nginx) return;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(0, &cores);
  pin(cores);
}

inline void pin_client(const Options& options) {
  if (!options.nginx) return;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  for (long core = 1; core < ::sysconf(_SC_NPROCESSORS_ONLN); ++core) CPU_SET(static_cast<int>(core), &cores);
  pin(cores);
}

inline Demo start_demo(const Options& options) {
  auto pattern = (std::filesystem::temp_directory_path() / "lindung-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) die("mkdtemp");
  Demo demo{.pid = 0, .folder = pattern + "/data", .file = {}};
  demo.pid = ::fork();
  if (demo.pid == 0) {
    const auto log = pattern + "/server.log";
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (out < 0) ::_exit(127);
    ::dup2(out, 1);
    ::dup2(out, 2);
    pin_server(options);
    std::vector<std::string> words{options.server, "demo",        "--data",     demo.folder,
                                   "--listen",     "127.0.0.1:0", "--citizens", std::to_string(options.citizens)};
    if (!options.postgres.empty()) words.insert(words.end(), {"--postgres", options.postgres});
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  const auto path = demo.folder + "-demo.json";
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes{5};
  while (!std::filesystem::exists(path)) {
    if (::waitpid(demo.pid, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > patience)
      die("the demo did not start: " + pattern);
    ::usleep(50'000);
  }
  std::ifstream in{path};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto parsed = codec::parse_json(text, {.bytes = 1UL << 30U, .depth = 8});
  if (parsed.has_error()) die("the demo file: " + parsed.error().text());
  demo.file = parsed.value().as_object();
  return demo;
}

// `lindung rules propose`, which waits until everybody's colours are derived.
inline pid_t propose_rules(const Options& options, const Demo& demo) {
  std::string document{embedded::rules_id_2021_json};
  const std::string_view version{"\"version\": \"1.0.0\""};
  const auto at = document.find(version);
  if (at == std::string::npos) die("the rule set has another version");
  const auto path = std::filesystem::path{demo.folder}.parent_path() / "next.json";
  std::ofstream{path} << document.replace(at, version.size(), "\"version\": \"1.0.1\"");
  const auto pid = ::fork();
  if (pid != 0) return pid;
  std::vector<std::string> words{options.server, "rules", "propose", path.string(), "--data", demo.folder, "--json"};
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::close(1);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace lindung::bench
