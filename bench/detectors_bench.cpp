// What the detectors cost an answer: the CPU of ExchangeWatch::look a question, at several sizes of a batch, and that
// of SignatureWatch::look a request, over that of the two public-key operations that every exchange needs at the least;
// both sides in one run. The whole exchange costs more than these two (docs/performance.md), so that the share of it is
// below the ratio that is printed.
#include <sodium.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "codec/json.h"
#include "domain/answer.h"
#include "reference.h"
#include "service/exchange_watch.h"
#include "service/signature_watch.h"

namespace {

using namespace lindung;         // NOLINT: a program, not a header
using namespace lindung::bench;  // NOLINT: the same
namespace json = boost::json;
using service::ExchangeWatch;

constexpr std::size_t questions = 2'000'000;
constexpr std::uint64_t tokens = 1'000'000;
constexpr std::array batches{std::size_t{1}, std::size_t{16}, std::size_t{128}};
constexpr int turns = 5;
const std::array<const char*, 5> partners{"gojek", "grab", "tokopedia", "dana", "traveloka"};

// Questions as they come: any partner, any token, ten a millisecond.
std::vector<ExchangeWatch::Seen> made_up() {
  std::mt19937_64 random{7};  // NOLINT: the same questions each time
  std::vector<ExchangeWatch::Seen> out;
  out.reserve(questions);
  for (std::size_t i = 0; i < questions; ++i) {
    const auto token = random() % tokens;
    out.push_back({.partner = PartnerId{partners.at(random() % partners.size())},
                   .at = moment_of(1'795'262'400 + i / 10'000),
                   .outcome = random() % 20 == 0 ? domain::Outcome::unlinked : domain::Outcome::allow,
                   .token = token * 0x9E3779B97F4A7C15ULL});
  }
  return out;
}

double look_us(const std::vector<ExchangeWatch::Seen>& seen, std::size_t batch) {
  ExchangeWatch watch;
  const auto begin = process_cpu_s();
  for (std::size_t at = 0; at < seen.size(); at += batch) {
    const auto end = std::min(at + batch, seen.size());
    // As the exchange does it: the batch is put together, then looked at.
    const std::vector<ExchangeWatch::Seen> one(seen.begin() + static_cast<std::ptrdiff_t>(at),
                                               seen.begin() + static_cast<std::ptrdiff_t>(end));
    watch.look(one);
  }
  return (process_cpu_s() - begin) / static_cast<double>(seen.size()) * 1e6;
}

// What the door adds to a request: one signature, from one of these networks.
double door_us() {
  constexpr std::size_t requests = 500'000;
  constexpr std::size_t networks = 500;
  std::vector<std::string> peers;
  for (std::size_t i = 0; i < networks; ++i) {
    peers.push_back("10." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ".7");
  }
  std::vector<PartnerId> ids;
  for (const auto* partner : partners) ids.emplace_back(partner);
  service::SignatureWatch watch;
  watch.use_key(ByteArray<32>{1});
  const auto begin = process_cpu_s();
  for (std::size_t i = 0; i < requests; ++i) {
    watch.look(ids[i % ids.size()], peers[i % networks], i % 50 != 0, moment_of(1'795'262'400 + i / 10'000));
  }
  return (process_cpu_s() - begin) / static_cast<double>(requests) * 1e6;
}

template <class Measure>
double median_of_turns(Measure measure) {
  std::vector<double> values;
  for (int i = 0; i < turns; ++i) values.push_back(measure());
  std::ranges::sort(values);
  return values[turns / 2];
}

}  // namespace

int main(int argc, char** argv) {
  std::string file;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name{argv[i]};
    if (name == "--json" && i + 1 < argc) {
      file = argv[++i];
    } else {
      std::printf("detectors_bench [--json FILE]\nExample:\n  detectors_bench\n");
      return name == "--help" ? 0 : 2;
    }
  }
  if (sodium_init() < 0) return 1;
  const auto seen = made_up();
  const auto reference = median_of_turns(reference_us);
  json::array rows;
  std::printf("one verify and one derive: %.1f us\n", reference);
  for (const auto batch : batches) {
    const auto cost = median_of_turns([&] { return look_us(seen, batch); });
    std::printf("batches of %3zu: %.3f us a question, %.3f %% of the two operations\n", batch, cost,
                cost / reference * 100);
    rows.emplace_back(json::object{{"batch", batch}, {"us", cost}, {"percent_of_reference", cost / reference * 100}});
  }
  const auto door = median_of_turns(door_us);
  std::printf("signatures, one a request: %.3f us, %.3f %% of the two operations\n", door, door / reference * 100);
  if (!file.empty()) {
    std::ofstream{file} << codec::to_text(json::object{{"reference_us", reference},
                                                       {"look", std::move(rows)},
                                                       {"door_us", door},
                                                       {"door_percent_of_reference", door / reference * 100}})
                        << "\n";
  }
  return 0;
}
