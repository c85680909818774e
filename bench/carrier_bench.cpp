// Answers to carriers a second, through the door and into the log, beside what none can be given without: one signature
// verified, one envelope opened, one reply sealed. Compare the ratio of one run, never absolute times of two.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "api/carrier_routes.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/trust_store.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "domain/card_claims.h"
#include "domain/carrier_check.h"
#include "domain/journey.h"
#include "domain/travel_card.h"
#include "domain/travel_document.h"
#include "gateway/carrier_profile.h"
#include "gateway/envelope.h"
#include "gateway/sealed_client.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "installation.h"
#include "service/opened.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sqlite_database.h"
#include "travel/cards.h"
#include "travel/carrier_checks.h"
#include "travel/carriers.h"
#include "travel/ground.h"
#include "travel/install.h"
#include "travel/schema.h"

namespace lindung::bench {
namespace {

const std::string authority = "travel.example";
const std::string number = "GA 825";
constexpr std::size_t signature_base_size = 350;
constexpr std::size_t cards_filed = 500;

// One installation for all threads of a run, with one carrier and some cards of its passengers.
class Site {
 public:
  Site()
      : folder_{std::filesystem::temp_directory_path() /
                ("lindung-carrier-bench-" + codec::hex(crypto::random_bytes<8>()))} {
    std::filesystem::create_directories(folder_);
    const auto ring_path = (folder_ / "ring").string();
    must(store::KeyRing::create(ring_path, as_bytes("bench"), {.passes = 1, .memory_bytes = 8192}, clock_.now()),
         "ring");
    ring_ = must(store::KeyRing::open(ring_path), "ring");
    must(ring_->unseal(as_bytes("bench")), "unseal");
    database_ = must(store::open_sqlite({.path = (folder_ / "travel.db").string()}, travel::migrations()), "database");
    must(database_->migrate(), "migrate");
    ground_.emplace(travel::Ground{.database = *database_,
                                   .ring = *ring_,
                                   .clock = clock_,
                                   .rules = rules_,
                                   .trust = [this]() -> Result<std::shared_ptr<const cert::TrustStore>> {
                                     return std::shared_ptr<const cert::TrustStore>{trust_};
                                   }});
    must(travel::install(*ground_), "install");
    must(travel::keep_carrier_keys(*ground_), "keys");
    must(travel::add_carrier(*ground_, "GA", "Garuda", key_.public_key().bytes()), "carrier");
    const auto info = must(ring_->list(store::KeyClass::carrier_exchange), "keys").front();
    gateway_ = {.key_id = static_cast<std::uint8_t>(info.number),
                .public_key = crypto::X25519PrivateKey::from_bytes(must(ring_->key(info.name), "key")).public_key()};
    door_.emplace(clock_, gateway::Authorities{.names = {authority}, .https = true});
    departure_ = clock_.now() + std::chrono::days{2};
    for (std::size_t i = 0; i < cards_filed; ++i) file(i);
  }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  ~Site() {
    door_.reset();
    ground_.reset();
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] gateway::SealedEnvelope seal(std::size_t turn) const {
    const domain::CarrierQuestion question{.id = crypto::random_bytes<16>(),
                                           .card = cards_[turn % cards_.size()],
                                           .version = 1,
                                           .number = number,
                                           .departure = day_of(departure_)};
    return must(gateway::seal_envelope(gateway::carrier_envelope, {.key_id = KeyId{"ga"}, .signing_key = key_},
                                       gateway_, authority, domain::encode(question), clock_.now()),
                "seal");
  }

  void answer(const gateway::SealedEnvelope& sent) {
    std::vector<http::Field> fields{{.name = "Host", .value = authority}};
    for (const auto& [name, value] : sent.fields) fields.push_back({.name = name, .value = value});
    benchmark::DoNotOptimize(must(door_->answer(*ground_, {.method = "POST",
                                                           .target = gateway::carrier_envelope.signature.path,
                                                           .fields = fields,
                                                           .body = sent.body,
                                                           .framed_by_content_length = true,
                                                           .client_certificate_subject = {}}),
                                  "answer"));
  }

 private:
  void file(std::size_t place) {
    domain::TravelCard card;
    card.journey = {.scope = domain::JourneyScope::international,
                    .mode = domain::TravelMode::air,
                    .carrier = "GA",
                    .number = number,
                    .origin = "SIN",
                    .destination = "CGK",
                    .departure = departure_,
                    .arrival = departure_ + std::chrono::hours{2}};
    card.people.push_back({.document = {.kind = domain::DocumentKind::passport,
                                        .number = "L" + std::to_string(10'000'000 + place),
                                        .issuing_state = "UTO",
                                        .nationality = "UTO",
                                        .name = {.family = "ERIKSSON", .given = "ANNA"},
                                        .birth = {.year = 1974, .month = 8, .day = 12},
                                        .sex = {},
                                        .expiry = std::chrono::year{2039} / 4 / 15},
                           .seat = "11F",
                           .guardian = {},
                           .symptoms = {},
                           .certificates = {}});
    card.contact = {.address = "Jalan Thamrin 1, Jakarta", .phone = "+628123456789"};
    cards_.push_back(must(travel::file_card(*ground_, crypto::random_bytes<16>(), std::move(card)), "card").card.id);
  }

  std::filesystem::path folder_;
  SystemClock clock_;
  std::unique_ptr<store::KeyRing> ring_;
  std::unique_ptr<store::Database> database_;
  travel::CurrentRules rules_;
  std::shared_ptr<const cert::TrustStore> trust_ = std::make_shared<const cert::TrustStore>();
  std::optional<travel::Ground> ground_;
  crypto::Ed25519PrivateKey key_ = crypto::Ed25519PrivateKey::generate();
  gateway::GatewayKey gateway_;
  std::optional<api::CarrierDoor> door_;
  Moment departure_;
  std::vector<domain::CardId> cards_;
};

std::unique_ptr<Site> site;

// Threads commit together; what is durable before each is answered is the same.
void carrier_answered(benchmark::State& state) {
  if (state.thread_index() == 0) site = std::make_unique<Site>();
  std::size_t turn = static_cast<std::size_t>(state.thread_index()) * 31;
  for (auto _ : state) {  // NOLINT: the loop that the library knows
    state.PauseTiming();
    const auto sent = site->seal(turn++);
    state.ResumeTiming();
    site->answer(sent);
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) site.reset();
}
BENCHMARK(carrier_answered)->Threads(1)->Threads(16)->UseRealTime();

// What it cannot be cheaper than.
void carrier_verify_open_and_seal_alone(benchmark::State& state) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  const auto public_key = key.public_key();
  const Bytes message(signature_base_size, 1);
  const auto signature = key.sign(message);
  const auto recipient = crypto::X25519PrivateKey::generate();
  const Bytes info(64, 2);
  const ByteArray<24> aad{};
  const auto sender =
      must(crypto::hpke_send(recipient.public_key(), crypto::X25519PrivateKey::generate(), info), "seal");
  const auto sealed = sender.context.seal(aad, Bytes(domain::carrier_question_size, 3));
  Bytes plaintext(domain::carrier_question_size);
  service::ReplyKey reply_key{.enc = sender.enc, .secret = {}};
  for (auto _ : state) {  // NOLINT: the loop that the library knows
    benchmark::DoNotOptimize(crypto::sha256(sealed));
    benchmark::DoNotOptimize(public_key.verifies(message, signature));
    const auto context = must(crypto::hpke_receive(recipient, sender.enc, info), "receive");
    must(context.open(aad, sealed, plaintext), "open");
    context.export_secret(as_bytes(gateway::carrier_envelope.response_label), reply_key.secret.mutable_view());
    benchmark::DoNotOptimize(gateway::seal_reply(reply_key, Bytes(domain::carrier_answer_size, 4)));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(carrier_verify_open_and_seal_alone);

}  // namespace
}  // namespace lindung::bench
