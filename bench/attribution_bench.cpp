// What attribution costs: a dump of made-up lines gone through for tokens, each new one tried against the keys of some
// partners; beside it the count of its line ends, and the same number of bare HMACs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "domain/link_token.h"
#include "domain/token_scan.h"

namespace {

using namespace lindung;  // NOLINT: a program, not a header

constexpr std::size_t lines = 100'000;
constexpr std::size_t partners = 10;

crypto::HmacKey key_of(std::size_t number) {
  return crypto::HmacKey{crypto::sha256(as_bytes("partner " + std::to_string(number)))};
}

const std::string& dump() {
  static const std::string text = [] {
    const auto key = key_of(3);
    std::string out;
    for (std::size_t i = 0; i < lines; ++i) {
      ByteArray<domain::link_token_random_size> random{};
      const auto digest = crypto::sha256(as_bytes(std::to_string(i)));
      std::copy_n(digest.begin(), random.size(), random.begin());
      const auto token = domain::make_link_token(key, random);
      out += std::to_string(3'171'234'567'890'000 + i) + ";Siti Aminah Wulandari;2026-11-21T08:00:00Z;" +
             (i % 2 == 0 ? codec::hex(token.bytes) : codec::base64(token.bytes)) + ";green\n";
    }
    return out;
  }();
  return text;
}

void count_lines(benchmark::State& state) {
  const auto& text = dump();
  for (auto _ : state) {  // NOLINT: the loop that the library knows
    benchmark::DoNotOptimize(std::ranges::count(text, '\n'));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(lines));
}
BENCHMARK(count_lines);

void scan_alone(benchmark::State& state) {
  const auto& text = dump();
  for (auto _ : state) {  // NOLINT: the loop that the library knows
    std::uint64_t found = 0;
    domain::TokenScan scan{[&](const domain::LinkToken&, domain::TokenSpelling) { ++found; }};
    scan.take(as_bytes(text));
    benchmark::DoNotOptimize(found);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(lines));
}
BENCHMARK(scan_alone);

void scan_and_trace(benchmark::State& state) {
  const auto& text = dump();
  std::vector<crypto::HmacKey> keys;
  for (std::size_t i = 0; i < partners; ++i) keys.push_back(key_of(i));
  for (auto _ : state) {  // NOLINT: the loop that the library knows
    std::uint64_t traced = 0;
    domain::TokenScan scan{[&](const domain::LinkToken& token, domain::TokenSpelling) {
      for (const auto& key : keys) traced += domain::is_traced_by(token, key) ? 1U : 0U;
    }};
    scan.take(as_bytes(text));
    if (traced != lines) state.SkipWithError("tokens were not found");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(lines));
}
BENCHMARK(scan_and_trace);

void bare_hmacs(benchmark::State& state) {
  const auto key = key_of(0);
  const ByteArray<37> message{};
  for (auto _ : state) {  // NOLINT: the loop that the library knows
    for (std::size_t i = 0; i < lines * partners; ++i) benchmark::DoNotOptimize(key.mac(message));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(lines));
}
BENCHMARK(bare_hmacs);

}  // namespace
