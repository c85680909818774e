// Ten million revoked certificates: how long the index takes to be made, how much memory it has, how long a look-up is;
// beside a hash table of the same. A program of its own:
//   revocations_bench [--entries 10000000] [--json FILE]
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "cert/dcc_revocations.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"
#include "reference.h"

namespace {

using namespace lindung;  // NOLINT: a program, not a header

constexpr std::size_t entries_a_batch = 1000;  // as the gateway hands them out
const Moment now = moment_of(1'640'000'000);

double resident_mib() {
  std::ifstream in{"/proc/self/statm"};
  std::size_t all = 0;
  std::size_t resident = 0;
  in >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20U);
}

std::string uci(std::size_t number) { return "URN:UVCI:01:DE:" + std::to_string(number); }

cert::RevocationBatches made(std::size_t entries) {
  cert::RevocationBatches out;
  for (std::size_t at = 0; at < entries; at += entries_a_batch) {
    cert::RevocationBatch batch{.id = std::to_string(at),
                                .country = "DE",
                                .kid = {},
                                .kind = cert::RevocationHash::uci,
                                .expires = now + std::chrono::days{30},
                                .hashes = {}};
    batch.hashes.reserve(entries_a_batch);
    for (std::size_t i = at; i < std::min(entries, at + entries_a_batch); ++i) {
      batch.hashes.push_back(take<cert::revocation_hash_size>(crypto::sha256(as_bytes(uci(i)))));
    }
    out.put(std::move(batch), now);
  }
  return out;
}

// Units: microseconds of CPU, the hashes of the certificate with it.
double lookup_us(const cert::DccRevocations& index, std::size_t from, bool wanted) {
  constexpr std::size_t calls = 200'000;
  const Bytes signature(64, 7);
  std::size_t state = 1;
  const auto begin = bench::process_cpu_s();
  for (std::size_t i = 0; i < calls; ++i) {
    state = (state * 6364136223846793005U) + 1442695040888963407U;
    const auto name = uci(from + ((state >> 33U) % index.size()));
    const cert::RevocationSubject subject{.country = "DE",
                                          .uci = name,
                                          .kid = {},
                                          .algorithm = crypto::SignatureAlgorithm::es256,
                                          .signature = signature};
    if (index.contains(subject, now) != wanted) bench::die("a look-up with the wrong answer");
  }
  return (bench::process_cpu_s() - begin) / calls * 1e6;
}

struct FirstBytes {
  std::size_t operator()(const cert::ShortHash& hash) const noexcept {
    std::size_t out = 0;
    std::memcpy(&out, hash.data(), sizeof out);
    return out;
  }
};

}  // namespace

int main(int argc, char** argv) {
  std::size_t entries = 10'000'000;
  std::string json;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name{argv[i]};
    if (name == "--entries") {
      entries = std::strtoul(argv[i + 1], nullptr, 10);
    } else if (name == "--json") {
      json = argv[i + 1];
    } else {
      bench::die("revocations_bench [--entries 10000000] [--json FILE]");
    }
  }
  const auto batches = made(entries);
  const auto before = resident_mib();
  auto begin = bench::process_cpu_s();
  const cert::DccRevocations index{batches};
  const auto made_s = bench::process_cpu_s() - begin;
  const auto memory = resident_mib() - before;
  const auto found = lookup_us(index, 0, true);
  const auto absent = lookup_us(index, entries, false);

  const auto before_table = resident_mib();
  begin = bench::process_cpu_s();
  std::unordered_set<cert::ShortHash, FirstBytes> table;
  for (const auto& each : batches.all()) table.insert(each.second.hashes.begin(), each.second.hashes.end());
  const auto table_s = bench::process_cpu_s() - begin;
  const auto table_memory = resident_mib() - before_table;

  std::printf("%zu entries: sorted in %.1f s, %.0f MiB; found in %.2f us, absent in %.2f us\n", index.size(), made_s,
              memory, found, absent);
  std::printf("a hash table of the hashes alone: %.1f s, %.0f MiB\n", table_s, table_memory);
  if (!json.empty()) {
    std::ofstream out{json};
    out << boost::json::serialize(boost::json::object{{"entries", index.size()},
                                                      {"made_s", made_s},
                                                      {"memory_mib", memory},
                                                      {"found_us", found},
                                                      {"absent_us", absent},
                                                      {"table_s", table_s},
                                                      {"table_mib", table_memory}})
        << "\n";
    if (!out.flush()) bench::die("cannot write the figures");
  }
  return 0;
}
