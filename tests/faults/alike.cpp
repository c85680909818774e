// Asks about tokens that lead to nobody, of several classes in random order, on one connection, and compares the
// answers: bytes, size, and time from the first byte of the request to the last of the answer.
//   faults_alike FILE [SEED [SECONDS]] <<< {"classes": {NAME: [token, …], …}, "partner": ID, "count": N, "ahead": S}
// FILE is the demo file. Prints JSON: what differs, and Welch's t of each pair of classes.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <ratio>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/link_token.h"
#include "domain/question.h"
#include "gateway/partner_client.h"

namespace {

using namespace lindung;  // NOLINT: a program, not a header
namespace json = boost::json;
using Steady = std::chrono::steady_clock;

constexpr std::array quantiles{1.0, 0.99, 0.9,
                               0.5};  // of all times; what is above is left out, for the long tail hides

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "faults_alike: %s\n", what.c_str());
  std::exit(1);
}

std::string text_of(const json::value& value, std::string_view name) { return std::string{value.at(name).as_string()}; }

template <std::size_t N>
ByteArray<N> hex_of(std::string_view text) {
  ByteArray<N> out{};
  if (codec::from_hex(text, out).has_error()) die("hex");
  return out;
}

json::value json_of(std::istream& in) {
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto parsed = codec::parse_json(text, {.bytes = 1UL << 30U, .depth = 8});
  if (parsed.has_error()) die(parsed.error().text());
  return std::move(parsed).value();
}

struct Class {
  std::string name;
  std::vector<domain::LinkToken> tokens;
};

// The partner that asks, and what it needs for that.
struct Asker {
  gateway::PartnerIdentity partner;
  gateway::GatewayKey gateway;
  std::string authority;
  std::string url;
  Bytes code;
  seconds ahead;
  [[nodiscard]] Moment now() const { return SystemClock{ahead}.now(); }
};

Asker asker_of(const json::value& demo, const std::string& id, seconds ahead) {
  const auto now = unix_seconds(SystemClock{ahead}.now());
  gateway::GatewayKey gateway;
  for (const auto& key : demo.at("gateway_keys").as_array()) {
    if (key.at("not_before").to_number<std::uint64_t>() > now || key.at("not_after").to_number<std::uint64_t>() < now) {
      continue;
    }
    gateway = {.key_id = static_cast<std::uint8_t>(key.at("key_id").to_number<int>()),
               .public_key = hex_of<32>(text_of(key, "public_key"))};
  }
  for (const auto& partner : demo.at("partners").as_array()) {
    if (text_of(partner, "id") != id) continue;
    return {.partner = {.partner = PartnerId{id},
                        .epoch = partner.at("epoch").to_number<std::uint64_t>(),
                        .key_id = KeyId{text_of(partner, "key_id")},
                        .signing_key = crypto::Ed25519PrivateKey::from_seed(
                            Secret<32>{hex_of<32>(text_of(partner, "signing_private_key"))}),
                        .pact_digest = hex_of<32>(text_of(demo, "pact_digest"))},
            .gateway = gateway,
            .authority = text_of(demo, "authority"),
            .url = text_of(demo, "url"),
            .code = codec::from_hex(text_of(demo.at("venues").as_array().front(), "code")).value(),
            .ahead = ahead};
  }
  die("no such partner");
}

int connect_to(const std::string& url) {
  const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int out = ::socket(AF_INET, SOCK_STREAM, 0);
  const int one = 1;
  ::setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (out < 0 || ::connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) die("connect");
  return out;
}

// One request and its whole response; the time between them in microseconds.
std::pair<std::string, float> round_trip(int socket, const std::string& request) {
  std::array<char, 4096> buffer{};
  std::string received;
  std::size_t expected = 0;
  const auto begin = Steady::now();
  if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) die("send");
  while (expected == 0 || received.size() < expected) {
    const auto size = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) die("the server closed the connection");
    received.append(buffer.data(), static_cast<std::size_t>(size));
    const auto end = received.find("\r\n\r\n");
    if (expected == 0 && end != std::string::npos) {
      expected = end + 4 + std::strtoul(received.c_str() + received.find("Content-Length: ") + 16, nullptr, 10);
    }
  }
  const std::chrono::duration<float, std::micro> took = Steady::now() - begin;
  return {std::move(received), took.count()};
}

// What must be the same in all answers: the head but for its date, and the plaintext but for what is random, of this
// question, or of this place in the log.
std::string likeness_of(const std::string& response, const domain::Answer& answer) {
  auto head = response.substr(0, response.find("\r\n\r\n"));
  if (const auto date = head.find("\r\nDate: "); date != std::string::npos) {
    head.erase(date, head.find("\r\n", date + 2) - date);
  }
  auto bytes = domain::encode(answer);
  std::fill(bytes.begin() + 4, bytes.begin() + 28, std::uint8_t{0});     // request id, answered at
  std::fill(bytes.begin() + 28, bytes.begin() + 76, std::uint8_t{0});    // valid until, index, leaf hash
  std::fill(bytes.begin() + 104, bytes.begin() + 152, std::uint8_t{0});  // opening, evidence
  return head + "|" + std::to_string(response.size()) + "|" + codec::hex(bytes);
}

struct Sum {
  double count{}, mean{}, squares{};
  void add(double value) {
    count += 1;
    const auto before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
  }
  // Of the mean.
  [[nodiscard]] double variance() const { return count < 2 ? 0 : squares / (count - 1) / count; }
};

struct Sample {
  std::uint8_t cls{};
  float us{};
};

// Welch's t of each pair, for each quantile that the times are cropped at.
json::object compare(const std::vector<Class>& classes, const std::vector<Sample>& samples) {
  std::vector<float> sorted;
  sorted.reserve(samples.size());
  for (const auto& sample : samples) sorted.push_back(sample.us);
  std::ranges::sort(sorted);
  json::array pairs;
  double worst = 0;
  json::object means;
  double resolution = 0;
  for (const auto quantile : quantiles) {
    const auto limit = sorted[static_cast<std::size_t>(quantile * static_cast<double>(sorted.size() - 1))];
    std::vector<Sum> sums(classes.size());
    for (const auto& sample : samples) {
      if (sample.us <= limit) sums[sample.cls].add(sample.us);
    }
    for (std::size_t a = 0; a < classes.size(); ++a) {
      for (std::size_t b = a + 1; b < classes.size(); ++b) {
        const auto error = std::sqrt(sums[a].variance() + sums[b].variance());
        if (error == 0) continue;
        const auto t = (sums[a].mean - sums[b].mean) / error;
        worst = std::max(worst, std::abs(t));
        resolution = quantile == 0.9 ? std::max(resolution, 4.5 * error) : resolution;
        pairs.push_back(json::object{{"pair", classes[a].name + " " + classes[b].name},
                                     {"below", quantile},
                                     {"t", std::round(t * 100) / 100},
                                     {"us", std::round((sums[a].mean - sums[b].mean) * 100) / 100}});
      }
    }
    if (quantile == 0.9) {
      for (std::size_t i = 0; i < classes.size(); ++i) means[classes[i].name] = std::round(sums[i].mean * 100) / 100;
    }
  }
  return {{"worst_t", std::round(worst * 100) / 100},
          {"mean_us_below_p90", std::move(means)},
          {"resolution_us_below_p90", std::round(resolution * 100) / 100},
          {"p50_us", sorted[sorted.size() / 2]},
          {"pairs", std::move(pairs)}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) die("usage: faults_alike DEMO-FILE [SEED [SECONDS]]");
  const std::vector<std::string> arguments{argv + 1, argv + argc};
  std::ifstream file{arguments[0]};
  const auto demo = json_of(file);
  const auto wanted = json_of(std::cin);
  std::mt19937_64 random{arguments.size() > 1 ? std::stoull(arguments[1]) : 1};
  const auto patience = std::chrono::duration<double>{arguments.size() > 2 ? std::stod(arguments[2]) : 1e6};
  const auto until = Steady::now() + std::chrono::duration_cast<Steady::duration>(patience);

  std::vector<Class> classes;
  for (const auto& [name, tokens] : wanted.at("classes").as_object()) {
    auto& cls = classes.emplace_back(Class{.name = std::string{name}, .tokens = {}});
    for (const auto& token : tokens.as_array()) cls.tokens.push_back({hex_of<28>(std::string{token.as_string()})});
  }
  const auto asker = asker_of(demo, text_of(wanted, "partner"), seconds{wanted.at("ahead").to_number<std::int64_t>()});
  const auto count = wanted.at("count").to_number<std::size_t>();
  const auto warm_up = count / 50;
  const int socket = connect_to(asker.url);
  std::vector<Sample> samples;
  samples.reserve(count);
  std::set<std::string> likenesses;
  while (samples.size() < count && Steady::now() < until) {
    const auto which = random() % classes.size();
    const auto& cls = classes[which];
    const bool has_venue = random() % 2 == 0;
    const auto now = asker.now();
    const domain::Question question{.operation = has_venue ? domain::Operation::check_in : domain::Operation::status,
                                    .request_id = RequestId{crypto::random_bytes<16>()},
                                    .token = cls.tokens[random() % cls.tokens.size()],
                                    .client_time = now,
                                    .venue_code = has_venue ? asker.code : Bytes{}};
    const auto sealed = gateway::seal_request(asker.partner, asker.gateway, asker.authority, question, now).value();
    auto request = "POST /v1/partner/exchange HTTP/1.1\r\nHost: " + asker.authority + "\r\nContent-Length: 311\r\n";
    for (const auto& [name, value] : sealed.fields) request += name + ": " + value + "\r\n";
    request += "\r\n";
    request += as_text(sealed.body);
    const auto [response, us] = round_trip(socket, request);
    if (!response.starts_with("HTTP/1.1 200")) {
      if (response.find("outcome-unknown") != std::string::npos) continue;  // committed too long ago: nobody's fault
      die(response);
    }
    const auto body = as_bytes(std::string_view{response}.substr(response.find("\r\n\r\n") + 4));
    const auto answer = gateway::open_answer(asker.partner, sealed, body);
    if (answer.has_error()) die(answer.error().text());
    likenesses.insert(likeness_of(response, answer.value()));
    samples.push_back({.cls = static_cast<std::uint8_t>(which), .us = us});
  }
  ::close(socket);
  json::array differing;
  for (const auto& likeness : likenesses) differing.emplace_back(likeness);
  json::object out{{"answers", samples.size()}, {"likenesses", std::move(differing)}};
  samples.erase(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(std::min(warm_up, samples.size())));
  if (!samples.empty()) out["times"] = compare(classes, samples);
  std::cout << json::serialize(out) << "\n";
  return 0;
}
