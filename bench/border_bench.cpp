// A border device's work: one bare ES256 verification, the same in a card's code, and a whole scan with its row durable
// in the device's database.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/secret.h"
#include "base/time.h"
#include "border/desk.h"
#include "border/device.h"
#include "border/sync.h"
#include "cert/card_code.h"
#include "crypto/certificate_key.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/es256_signer.h"
#include "domain/border_list.h"
#include "domain/card_claims.h"

namespace lindung {
namespace {

using std::chrono::hours;

const Moment noon = moment_of(1'795'262'400);

domain::CardClaims claims() {
  domain::CardClaims out{.id = domain::CardId{ByteArray<16>{1}},
                         .version = 1,
                         .kind = domain::CardKind::arrival,
                         .port = "CGK",
                         .travel_date = day_of(noon),
                         .valid_from = noon - hours{6},
                         .valid_until = noon + hours{30},
                         .fitness = domain::CardFitness::fit,
                         .crossings = 1,
                         .persons = {}};
  out.persons.push_back({.name = "ERIKSSON<<ANNA<MARIA",
                         .document_tail = "02C3",
                         .mark = domain::document_mark(Secret<32>{}, out.id, "L898902C3"),
                         .birth_year = 1974,
                         .is_child = false});
  return out;
}

struct Keys {
  crypto::KeySigner signer{crypto::Es256PrivateKey::generate().value()};
  cert::TravelKeys known;
  std::string code{cert::make_card_code(claims(), signer).value()};
  Keys() {
    if (!known.add(signer.public_point(), std::nullopt, std::nullopt)) std::abort();
  }
};

void bare_verification(benchmark::State& state) {
  const Keys keys;
  const auto card = cert::read_card_code(keys.code).value();
  const auto* key = keys.known.find(card.key);
  for (auto _ : state) {  // NOLINT: the loop that the library knows
    if (!key->key.verifies(crypto::SignatureAlgorithm::es256, card.signed_bytes, card.signature)) std::abort();
  }
}
BENCHMARK(bare_verification);

void card_code_verification(benchmark::State& state) {
  const Keys keys;
  for (auto _ : state) {  // NOLINT: the loop that the library knows
    if (!cert::verify_card_code(keys.code, keys.known, noon)) std::abort();
  }
}
BENCHMARK(card_code_verification);

void whole_scan(benchmark::State& state) {
  const Keys keys;
  const ManualClock clock{noon};
  const auto server = crypto::Ed25519PrivateKey::generate();
  std::string folder = (std::filesystem::temp_directory_path() / "lindung-border-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) std::abort();
  const auto made =
      border::Device::init(folder, {.id = "desk", .port = "CGK", .url = "", .server = server.public_key()});
  if (!made) std::abort();
  {
    auto device = std::move(border::Device::open(folder, clock)).value();
    const domain::BorderList list{
        .device = "desk",
        .port = "CGK",
        .made_at = noon,
        .serial = 1,
        .keys = {{.point = keys.signer.public_point(), .not_before = noon - hours{24}, .not_after = noon + hours{99}}},
        .document_keys = {},
        .cards = {},
        .passings = {}};
    const auto sealed = domain::seal_border_list(list, server, device->identity().sealing_key.public_key()).value();
    if (!border::take_list(*device, sealed)) std::abort();
    for (auto _ : state) {  // NOLINT: the loop that the library knows
      const auto seen = border::scan(*device, keys.code, std::nullopt);
      if (!seen || seen.value().refusal) std::abort();
    }
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(whole_scan)->UseRealTime();

}  // namespace
}  // namespace lindung
