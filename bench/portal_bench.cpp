// The portal's figures: a static page of the server beside nginx's, the same file in the same compressed form, and a
// citizen's own status beside that page; each in turn, several times in one run. And what an open session keeps.
//   portal_bench --server build/bench/lindung --portal web/dist [--requests N] [--connections N] [--json FILE]
#include <sys/wait.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/json.h"
#include "demo_process.h"
#include "http/client.h"
#include "load.h"
#include "nginx.h"

namespace {

using namespace lindung::bench;
namespace http = lindung::http;
namespace json = boost::json;

constexpr std::size_t rounds = 5;

std::string get(const std::string& path, const std::string& more) {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

// One request of its own, as a page of the portal makes it.
http::ClientResponse post(const std::string& url, const std::string& path, const std::string& body,
                          const std::string& cookies) {
  const auto port = url.substr(url.rfind(':') + 1);
  auto client = http::Client::connect({.host = "127.0.0.1", .port = static_cast<std::uint16_t>(std::stoul(port))}, {});
  if (client.has_error()) die(client.error().text());
  http::ClientRequest request{.method = "POST",
                              .target = "/v1/portal/" + path,
                              .fields = {{"Host", "localhost"},
                                         {"Sec-Fetch-Site", "same-origin"},
                                         {"Origin", "http://localhost:" + port},
                                         {"Content-Type", "application/json"}},
                              .body = body};
  if (!cookies.empty()) request.fields.emplace_back("Cookie", cookies);
  auto response = client.value().send(request);
  if (response.has_error()) die(response.error().text());
  constexpr unsigned first_redirect = 300;
  if (response.value().status >= first_redirect) {
    die(path + ": " + std::to_string(response.value().status) + " " + response.value().body);
  }
  return std::move(response).value();
}

// "name=value" of a cookie that a response sets.
std::string cookie_of(const http::ClientResponse& response, std::string_view name) {
  for (const auto& [field, value] : response.fields) {
    const bool is_it = (field == "Set-Cookie" || field == "set-cookie") && value.starts_with(std::string{name} + "=");
    if (is_it) return value.substr(0, value.find(';'));
  }
  die("no cookie: status " + std::to_string(response.status));
}

std::string newest_code(const std::filesystem::path& folder) {
  auto newest = std::filesystem::file_time_type::min();
  std::string code;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.last_write_time() < newest) continue;
    newest = entry.last_write_time();
    std::ifstream in{entry.path()};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto parsed = lindung::codec::parse_json(text, {.bytes = 1UL << 20U, .depth = 8});
    if (parsed.has_error()) die("a message");
    const std::string words{parsed.value().at("text").at("en").as_string()};
    const auto begin = words.find_first_of("0123456789");
    code = words.substr(begin, words.find_first_not_of("0123456789", begin) - begin);
  }
  if (code.empty()) die("no message in " + folder.string());
  return code;
}

// The demo's own log-in, as it printed it.
std::string sign_in(const Demo& demo) {
  const std::string url{demo.file.at("url").as_string()};
  std::ifstream in{std::filesystem::path{demo.folder}.parent_path() / "server.log"};
  const std::string printed{std::istreambuf_iterator<char>{in}, {}};
  const std::string_view before{"log-in of a citizen: telephone "};
  const auto at = printed.find(before);
  if (at == std::string::npos) die("the demo has no log-in of a citizen");
  const auto begin = at + before.size();
  const auto phone = printed.substr(begin, printed.find(';', begin) - begin);
  const auto asked = post(url, "codes", R"({"phone":")" + phone + R"("})", "");
  const auto code = newest_code(std::filesystem::path{demo.folder} / "messages");
  const auto done = post(url, "login/code", R"({"code":")" + code + R"("})", cookie_of(asked, "__Host-lindung-try"));
  return cookie_of(done, "__Host-lindung");
}

std::size_t resident_kib(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("VmRSS:")) return std::strtoul(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

double middle(std::vector<double> all) {
  std::ranges::sort(all);
  return all[all.size() / 2];
}

struct Rates {
  std::vector<double> page, nginx, status;
};

double rate(const Demo& demo, const std::string& request, std::size_t requests, std::size_t connections,
            std::size_t& failures) {
  const std::vector<std::string> all(requests, request);
  const auto done = run_load(demo, all, {.connections = connections});
  failures += done.failures;
  return static_cast<double>(done.latencies_ms.size()) / done.wall_s;
}

// A session itself is a row and no memory: what is kept is its connection, behind a status that was asked over it.
double kib_per_open_session(const Demo& demo, const std::string& status, std::size_t& failures) {
  constexpr std::size_t sessions = 2'000;
  const auto before = resident_kib(demo.pid);
  const std::vector<std::string> all(sessions, status);
  LoadRun open{std::string{demo.file.at("url").as_string()}, all, {.connections = sessions}};
  failures += open.run().failures;
  const auto with = resident_kib(demo.pid);
  return with <= before ? 0 : static_cast<double>(with - before) / static_cast<double>(sessions);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  options.nginx = true;  // every server on the first core, the client on the others
  options.citizens = 1'000;
  std::string portal = "web/dist";
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name{argv[i]};
    if (name == "--server") options.server = argv[i + 1];
    if (name == "--portal") portal = argv[i + 1];
    if (name == "--requests") options.requests = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--connections") options.connections = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--json") options.json_path = argv[i + 1];
  }
  if (options.server.empty()) options.server = "build/bench/lindung";
  if (!std::filesystem::exists(portal + "/index.html")) die("no portal in " + portal + ": web/build");
  const auto demo = start_demo(options);
  std::size_t failures = 0;
  const auto cookie = sign_in(demo);
  const Nginx nginx{options, portal};
  pin_client(options);
  const std::string accept{"Accept-Encoding: gzip\r\n"};
  const auto page = get("/", accept);
  const auto status = get("/v1/portal/status", "Sec-Fetch-Site: same-origin\r\nCookie: " + cookie + "\r\n");
  Rates rates;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto each = options.requests / rounds;
    rates.page.push_back(rate(demo, page, each, options.connections, failures));
    rates.nginx.push_back(rate(nginx.server(), page, each, options.connections, failures));
    rates.status.push_back(rate(demo, status, each, options.connections, failures));
  }
  const auto session_kib = kib_per_open_session(demo, status, failures);
  ::kill(demo.pid, SIGTERM);
  ::waitpid(demo.pid, nullptr, 0);
  std::filesystem::remove_all(std::filesystem::path{demo.folder}.parent_path());
  const json::object out{{"page_per_second", middle(rates.page)},
                         {"nginx_per_second", middle(rates.nginx)},
                         {"status_per_second", middle(rates.status)},
                         {"page_over_nginx", middle(rates.page) / middle(rates.nginx)},
                         {"status_over_page", middle(rates.status) / middle(rates.page)},
                         {"kib_per_open_session", session_kib},
                         {"failures", failures}};
  std::printf(
      "a page: %.0f a second, nginx's %.0f (%.2f); own status: %.0f (%.2f of the page); an open session: %.1f KiB; "
      "failures: %zu\n",
      middle(rates.page), middle(rates.nginx), middle(rates.page) / middle(rates.nginx), middle(rates.status),
      middle(rates.status) / middle(rates.page), session_kib, failures);
  if (!options.json_path.empty()) {
    std::ofstream{options.json_path} << lindung::codec::to_pretty_text(out) << '\n';
  }
  return failures == 0 ? 0 : 1;
}
