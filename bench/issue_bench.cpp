// What issuing HC1 costs: content, signature and text alone, on one thread, beside the bare signature of the same
// length; and through the database, logged before it is signed and kept behind it, with many at a time. Prints JSON.
//   issue_bench [--citizens 5000] [--threads 16] [--folder DIR]
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/certificate_draft.h"
#include "cert/hc1_issue.h"
#include "cert/verdict.h"
#include "crypto/ecdsa.h"
#include "domain/people.h"
#include "domain/record.h"
#include "installation.h"
#include "service/authority.h"
#include "service/certificates.h"
#include "store/database.h"

namespace lindung::bench {
namespace {

constexpr std::uint64_t seed = 42;
constexpr double measured_for = 3.0;

struct Options {
  std::size_t citizens{5'000};
  std::size_t threads{16};
  std::string folder;
};

double cpu_now() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds_of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

// Calls of `work` for a second of CPU, on this thread.
template <class Work>
double rate(Work&& work) {
  const auto begun = cpu_now();
  std::uint64_t done = 0;
  while (cpu_now() - begun < measured_for) {
    for (int i = 0; i < 100; ++i) work();
    done += 100;
  }
  return static_cast<double>(done) / (cpu_now() - begun);
}

cert::CertificateDraft draft_of(const Moment now) {
  const domain::Vaccination dose{
      .at = now - std::chrono::days{30}, .vaccine = "coronavac", .series = "covid-19-two-dose", .dose = 2, .lot = "L1"};
  return {.holder = {.name = "Siti Nur Aminah", .birth_date = "1990-03-21"},
          .statement = {.fact = dose, .dose = 2, .doses = 2},
          .country = "ID",
          .authority = "Kementerian Kesehatan",
          .address = "",
          .issued = now,
          .expires = now + std::chrono::days{365},
          .identifier = cert::make_uvci("ID", ByteArray<16>{1})};
}

std::vector<CitizenRef> everybody(store::Database& database) {
  std::vector<CitizenRef> out;
  must(database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT citizen_ref FROM identity"}, {},
                         [&](const store::Row& row) { out.emplace_back(take<16>(row.bytes(0))); }));
    return ok();
  }),
       "citizens");
  return out;
}

void run(const Options& options) {
  const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  const auto key = must(crypto::Es256PrivateKey::generate(), "key");
  const ByteArray<8> kid{1};
  const auto draft = draft_of(now);
  const auto to_sign = cert::to_be_signed(cert::make_hc1(draft, kid));
  const auto bare = rate([&] { must(key.sign(to_sign), "sign"); });
  std::size_t letters = 0;
  const auto whole = rate([&] {
    const auto made = cert::make_hc1(draft, kid);
    letters = cert::text_of(made, must(key.sign(cert::to_be_signed(made)), "sign")).size();
  });

  Installation installation{options.folder};
  must(service::make_authority(*installation.platform,
                               {.country = "ID", .organisation = "Kementerian Kesehatan", .card_issuer = ""}),
       "authority");
  domain::MadeUpPeople people{seed, options.citizens, now};
  for (int part = 0;; ++part) {
    const auto text = next_file(people);
    if (text.empty()) break;
    installation.import("part-" + std::to_string(part), text);
  }
  const auto citizens = everybody(*installation.database);
  std::atomic<std::size_t> next{0};
  std::atomic<std::uint64_t> issued{0};
  const auto begun = std::chrono::steady_clock::now();
  const auto cpu = cpu_now();
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < options.threads; ++i) {
    threads.emplace_back([&] {
      for (auto at = next.fetch_add(1); at < citizens.size(); at = next.fetch_add(1)) {
        const auto made = service::issue_certificate(*installation.platform, {.citizen = citizens[at]});
        if (made.has_value()) {
          issued.fetch_add(1);
        } else if (made.error().code != Errc::unsupported) {  // has no record that a certificate tells of
          must(made, "issue");
        }
      }
    });
  }
  threads.clear();
  const auto wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const auto count = static_cast<double>(issued.load());
  std::printf(
      "{\"bare_signatures_a_cpu_second\": %.0f, \"certificates_a_cpu_second\": %.0f, \"over_bare\": %.2f, "
      "\"letters\": %zu, \"stored\": {\"citizens\": %zu, \"issued\": %.0f, \"threads\": %zu, \"a_second\": %.0f, "
      "\"a_cpu_second\": %.0f}}\n",
      bare, whole, whole / bare, letters, citizens.size(), count, options.threads, count / wall,
      count / (cpu_now() - cpu));
}

}  // namespace
}  // namespace lindung::bench

int main(int argc, char** argv) {
  lindung::bench::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name{argv[i]};
    if (name == "--citizens") options.citizens = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--threads") options.threads = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--folder") options.folder = argv[i + 1];
  }
  const bool is_ours = options.folder.empty();
  if (is_ours) {
    std::string name = (std::filesystem::temp_directory_path() / "issue-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return 1;
    options.folder = name;
  }
  lindung::bench::run(options);
  if (is_ours) std::filesystem::remove_all(options.folder);
  return 0;
}
