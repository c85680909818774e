// The figure of the project: server CPU per durable sealed check-in, HTTP included, over the CPU of one libsodium
// Ed25519 verify plus one OpenSSL X25519 derive with a cached key; both sides in one run (docs/performance.md).
//
// The server is a child process; its CPU is read from the kernel before and after. Requests are sealed before the clock
// starts, so that the client's own cryptography does not compete with the server for the cores.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sodium.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ratio>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "demo_process.h"
#include "sealed_requests.h"

namespace {

using namespace lindung;         // NOLINT: a program, not a header
using namespace lindung::bench;  // NOLINT: the same
namespace json = boost::json;
using Clock = std::chrono::steady_clock;

double process_cpu_s() {
  timespec at{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) * 1e-9;
}

// User and system time of a process and its threads, as the scheduler counts them, in ns precision where it can.
double cpu_of(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto close = text.rfind(')');
  if (close == std::string::npos) die("the server is gone");
  // The 14th and 15th field of proc(5)'s stat; the name in parentheses is the second.
  std::istringstream fields{text.substr(close + 2)};
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  fields >> user >> system;
  if (!fields) die("the server's CPU time cannot be read");
  return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// The denominator: one verify and one derive, both with everything cached that a server would cache.
double reference_us() {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_key{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret_key{};
  crypto_sign_keypair(public_key.data(), secret_key.data());
  const std::string message(600, 'm');
  std::array<unsigned char, crypto_sign_BYTES> signature{};
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  crypto_sign_detached(signature.data(), nullptr, bytes, message.size(), secret_key.data());

  EVP_PKEY* own = EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519");
  EVP_PKEY* peer = EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519");
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(own, nullptr);
  EVP_PKEY_derive_init(context);
  constexpr int rounds = 4'000;
  const auto begin = process_cpu_s();
  for (int i = 0; i < rounds; ++i) {
    if (crypto_sign_verify_detached(signature.data(), bytes, message.size(), public_key.data()) != 0) die("verify");
    std::array<unsigned char, 32> shared{};
    std::size_t size = shared.size();
    if (EVP_PKEY_derive_set_peer(context, peer) != 1 || EVP_PKEY_derive(context, shared.data(), &size) != 1)
      die("derive");
  }
  const auto spent = process_cpu_s() - begin;
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(peer);
  EVP_PKEY_free(own);
  return spent / rounds * 1e6;
}

struct Run {
  double server_cpu_s{};
  double wall_s{};
  std::vector<double> latencies_ms;
  std::size_t failures{};
};

struct Connection {
  int socket{-1};
  std::string received;
  std::size_t expected{};  // bytes of a whole response; 0: its head is not read yet
  Clock::time_point sent;
  bool is_waiting{};
};

int connect_to(const std::string& url) {
  const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int out = ::socket(AF_INET, SOCK_STREAM, 0);
  if (out < 0) die("socket");
  const int one = 1;
  ::setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (::connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) die("connect");
  return out;
}

// Keeps every connection busy with one request at a time until all are answered.
Run run(const Demo& demo, const std::vector<std::string>& requests, std::size_t from, std::size_t to,
        std::size_t connections) {
  std::vector<Connection> all(connections);
  std::vector<pollfd> polls(connections);
  for (std::size_t i = 0; i < connections; ++i) {
    all[i].socket = connect_to(std::string{demo.file.at("url").as_string()});
    polls[i] = {.fd = all[i].socket, .events = POLLIN, .revents = 0};
  }
  Run out;
  out.latencies_ms.reserve(to - from);
  auto next = from;
  std::size_t open = 0;
  const auto send_next = [&](Connection& connection) {
    if (next >= to) return;
    const auto& request = requests[next++];
    connection.sent = Clock::now();
    if (::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      die("send");
    }
    connection.is_waiting = true;
    ++open;
  };
  const auto cpu_before = cpu_of(demo.pid);
  const auto begin = Clock::now();
  for (auto& connection : all) send_next(connection);
  std::array<char, 4096> buffer{};
  while (open > 0) {
    if (::poll(polls.data(), polls.size(), 10'000) <= 0) die("no answer within 10 s");
    for (std::size_t i = 0; i < connections; ++i) {
      if ((polls[i].revents & (POLLIN | POLLHUP)) == 0) continue;
      auto& connection = all[i];
      const auto size = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
      if (size <= 0) die("the server closed a connection");
      connection.received.append(buffer.data(), static_cast<std::size_t>(size));
      if (connection.expected == 0) {
        const auto end = connection.received.find("\r\n\r\n");
        if (end == std::string::npos) continue;
        const auto length = connection.received.find("Content-Length: ");
        connection.expected = end + 4 + std::strtoul(connection.received.c_str() + length + 16, nullptr, 10);
      }
      if (connection.received.size() < connection.expected) continue;
      if (!connection.received.starts_with("HTTP/1.1 200")) ++out.failures;
      out.latencies_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - connection.sent).count());
      connection.received.clear();
      connection.expected = 0;
      --open;
      send_next(connection);
    }
  }
  out.wall_s = std::chrono::duration<double>(Clock::now() - begin).count();
  out.server_cpu_s = cpu_of(demo.pid) - cpu_before;
  for (const auto& connection : all) ::close(connection.socket);
  std::ranges::sort(out.latencies_ms);
  return out;
}

double quantile(const std::vector<double>& sorted, double q) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

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
    const auto measured = run(demo, requests, 0, requests.size(), options.connections);
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
          "[--postgres CONNINFO] [--recompute] [--bundle 2..64]\nExample:\n  exchange_bench --requests 40000 "
          "--connections 128\n");
      std::exit(0);
    }
    if (name == "--recompute") {
      options.recompute = true;
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

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) die("libsodium");
  const auto options = parse(argc, argv);
  const auto demo = start_demo(options);
  constexpr std::size_t rounds = 5;
  const auto warm_up = options.requests / 10;
  std::vector<double> ratios;
  std::vector<double> per_request;
  std::vector<double> references;
  std::vector<double> rates;
  std::vector<double> p50;
  std::vector<double> p99;
  std::vector<double> bundled_rates;
  std::vector<double> bundled_cpu;
  std::vector<double> bundled_gain;
  std::size_t failures = 0;
  Requests made{demo};
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto count = options.requests / rounds + (round == 0 ? warm_up : 0);
    const auto requests = made.seal(count, 1);
    if (round == 0) run(demo, requests, 0, warm_up, options.connections);
    const auto before = reference_us();
    const auto measured = run(demo, requests, round == 0 ? warm_up : 0, count, options.connections);
    const auto after = reference_us();
    const auto answered = static_cast<double>(measured.latencies_ms.size());
    references.push_back((before + after) / 2);
    per_request.push_back(measured.server_cpu_s / answered * 1e6);
    ratios.push_back(per_request.back() / references.back());
    rates.push_back(answered / measured.wall_s);
    p50.push_back(quantile(measured.latencies_ms, 0.5));
    p99.push_back(quantile(measured.latencies_ms, 0.99));
    failures += measured.failures;
    if (options.bundle == 0) continue;
    const auto bundles = made.seal(options.requests / rounds / options.bundle, options.bundle);
    const auto bundled = run(demo, bundles, 0, bundles.size(), std::min(options.connections, bundles.size()));
    const auto check_ins = static_cast<double>(bundled.latencies_ms.size() * options.bundle);
    bundled_rates.push_back(check_ins / bundled.wall_s);
    bundled_cpu.push_back(bundled.server_cpu_s / check_ins * 1e6);
    bundled_gain.push_back(bundled_rates.back() / rates.back());
    failures += bundled.failures;
  }
  Recomputed recomputed;
  if (options.recompute) recomputed = ask_while_recomputing(options, demo, options.requests / rounds / 4);
  ::kill(demo.pid, SIGTERM);
  ::waitpid(demo.pid, nullptr, 0);
  std::filesystem::remove_all(std::filesystem::path{demo.folder}.parent_path());

  const auto median = [](std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
  };
  std::printf("%-44s %10s %10s %10s\n", "check-ins, durable, sealed, over HTTP", "min", "median", "max");
  const auto row = [&](const char* name, const std::vector<double>& values) {
    std::printf("%-44s %10.2f %10.2f %10.2f\n", name, std::ranges::min(values), median(values),
                std::ranges::max(values));
  };
  row("server CPU a check-in, us", per_request);
  row("one Ed25519 verify + one X25519 derive, us", references);
  row("ratio", ratios);
  row("check-ins a second", rates);
  row("latency p50, ms", p50);
  row("latency p99, ms", p99);
  if (!bundled_rates.empty()) {
    row("bundled: server CPU a check-in, us", bundled_cpu);
    row("bundled: check-ins a second", bundled_rates);
    row("bundled over single", bundled_gain);
  }
  if (!recomputed.p99.empty()) {
    row("latency p99 while colours are derived, ms", recomputed.p99);
    std::printf("%zu citizens derived in about %.1f s\n", options.citizens, recomputed.wall_s);
  }
  std::printf("failures: %zu\n", failures);
  if (!options.json_path.empty()) {
    std::ofstream out{options.json_path};
    out << codec::to_pretty_text(
               json::object{{"engine", options.postgres.empty() ? "sqlite" : "postgresql"},
                            {"requests", options.requests},
                            {"connections", options.connections},
                            {"cpu_us_per_check_in", median(per_request)},
                            {"reference_us", median(references)},
                            {"ratio", median(ratios)},
                            {"check_ins_per_second", median(rates)},
                            {"p50_ms", median(p50)},
                            {"p99_ms", median(p99)},
                            {"p99_recomputing_ms", recomputed.p99.empty() ? 0 : median(recomputed.p99)},
                            {"recomputed_s", recomputed.wall_s},
                            {"bundle", options.bundle},
                            {"bundled_cpu_us_per_check_in", bundled_cpu.empty() ? 0 : median(bundled_cpu)},
                            {"bundled_check_ins_per_second", bundled_rates.empty() ? 0 : median(bundled_rates)},
                            {"bundled_over_single", bundled_gain.empty() ? 0 : median(bundled_gain)},
                            {"failures", failures}})
        << '\n';
  }
  return failures == 0 ? 0 : 1;
}
