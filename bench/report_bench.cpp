// Reports a second through the door into the store, beside what no report can be taken without: one signature verified
// and one envelope opened. Compare the ratio of one run, never absolute times of two.
//   --benchmark_filter=report
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "domain/report.h"
#include "domain/syndrome.h"
#include "gateway/envelope.h"
#include "gateway/report_client.h"
#include "gateway/report_door.h"
#include "gateway/sealed_client.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "installation.h"
#include "service/report_keys.h"
#include "service/report_rows.h"
#include "service/reporters.h"
#include "service/reports.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::bench {
namespace {

const std::string authority = "gateway.example";
constexpr std::size_t signature_base_size = 400;
constexpr std::uint32_t past_days = 3;
constexpr std::uint64_t many = 1'000'000;

// One installation for all threads of a run, with one registered reporter.
class Site {
 public:
  Site()
      : folder_{std::filesystem::temp_directory_path() /
                ("lindung-report-bench-" + codec::hex(crypto::random_bytes<8>()))} {
    std::filesystem::create_directories(folder_);
    site_.emplace(folder_.string());
    const auto& platform = *site_->platform;
    must(service::add_reporter(platform, reporter_, "Bench", {.per_day = 1'000'000, .per_minute = 1'000'000}, {}),
         "reporter");
    must(service::add_reporter_key(platform, reporter_, key_id_, key_.public_key(), {}), "key");
    must(service::keep_report_keys(*site_->database, *site_->ring, site_->clock), "keys");
    // Days on which it sent as much: none of this run is held apart.
    const auto today = day_of(site_->clock.now());
    for (std::uint32_t back = 1; back <= past_days; ++back) {
      const Day day{today.number - back};
      const auto day_key = must(service::report_day_key(*site_->ring, day), "day");
      must(site_->database->write([&](store::Transaction& transaction) {
        return service::put_reporter_day(
            transaction, day_key, day, reporter_,
            {.reports = many, .held = 0, .cells = {{{"3174", domain::Syndrome::ili}, many}}, .limit = 0, .limits = {}});
      }),
           "past");
    }
    const auto info = must(site_->ring->list(store::KeyClass::report_exchange), "keys").front();
    gateway_ = {
        .key_id = static_cast<std::uint8_t>(info.number),
        .public_key = crypto::X25519PrivateKey::from_bytes(must(site_->ring->key(info.name), "key")).public_key()};
    door_.emplace(platform, gateway::Authorities{.names = {authority}, .https = true});
  }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  ~Site() {
    door_.reset();
    site_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] gateway::SealedEnvelope seal() const {
    const auto now = site_->clock.now();
    const domain::Report report{.operation = domain::ReportOperation::create,
                                .id = domain::ReportId{crypto::random_bytes<16>()},
                                .receipt = {},
                                .onset = day_of(now),
                                .age = domain::AgeBand::from_15,
                                .district = "3174",
                                .codes = {{.system = domain::CodeSystem::icd_10, .code = "J11"}},
                                .identity = {}};
    return must(gateway::seal_report({.key_id = key_id_, .signing_key = key_}, gateway_, authority, report, now),
                "seal");
  }

  void take(const gateway::SealedEnvelope& sent) {
    std::vector<http::Field> fields{{.name = "Host", .value = authority}};
    for (const auto& [name, value] : sent.fields) fields.push_back({.name = name, .value = value});
    const auto admitted = must(door_->admit({.method = "POST",
                                             .target = gateway::report_envelope.signature.path,
                                             .fields = fields,
                                             .body = sent.body,
                                             .framed_by_content_length = true,
                                             .client_certificate_subject = {}}),
                               "admit");
    const auto answer = must(service::take_report(*site_->platform, admitted.sender, admitted.report), "take");
    benchmark::DoNotOptimize(gateway::seal_reply(admitted.reply_key, domain::encode(answer)));
  }

 private:
  std::filesystem::path folder_;
  service::ReporterId reporter_{"bench"};
  KeyId key_id_{"bench.1"};
  crypto::Ed25519PrivateKey key_ = crypto::Ed25519PrivateKey::generate();
  gateway::GatewayKey gateway_;
  std::optional<Installation> site_;
  std::optional<gateway::ReportDoor> door_;
};

std::unique_ptr<Site> site;

// Threads commit together; what is durable before each is answered is the same.
void report_taken(benchmark::State& state) {
  if (state.thread_index() == 0) site = std::make_unique<Site>();
  for (auto _ : state) {  // NOLINT: the loop that the library knows
    state.PauseTiming();
    const auto sent = site->seal();
    state.ResumeTiming();
    site->take(sent);
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) site.reset();
}
BENCHMARK(report_taken)->Threads(1)->Threads(16)->UseRealTime();

// What it cannot be cheaper than.
void report_verify_and_open_alone(benchmark::State& state) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  const auto public_key = key.public_key();
  const Bytes message(signature_base_size, 1);
  const auto signature = key.sign(message);
  const auto recipient = crypto::X25519PrivateKey::generate();
  const Bytes info(64, 2);
  const ByteArray<24> aad{};
  const auto sender =
      must(crypto::hpke_send(recipient.public_key(), crypto::X25519PrivateKey::generate(), info), "seal");
  const auto sealed = sender.context.seal(aad, Bytes(domain::report_size, 3));
  Bytes plaintext(domain::report_size);
  for (auto _ : state) {  // NOLINT: the loop that the library knows
    benchmark::DoNotOptimize(crypto::sha256(sealed));
    benchmark::DoNotOptimize(public_key.verifies(message, signature));
    const auto context = must(crypto::hpke_receive(recipient, sender.enc, info), "receive");
    must(context.open(aad, sealed, plaintext), "open");
    benchmark::DoNotOptimize(plaintext);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(report_verify_and_open_alone);

}  // namespace
}  // namespace lindung::bench
