// An installation as the server composes it, without the server, that benchmarks fill with made-up people.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/passphrase.h"
#include "domain/import.h"
#include "domain/people.h"
#include "service/canary_watch.h"
#include "service/directory.h"
#include "service/imports.h"
#include "service/in_flight.h"
#include "service/install.h"
#include "service/issuers.h"
#include "service/platform.h"
#include "service/venue_register.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::bench {

inline constexpr std::size_t people_a_file = 25'000;

// A benchmark without its parts is no figure but the end of the run.
template <class T>
T must(Result<T> result, const char* what) {
  if (result.has_error()) {
    std::fprintf(stderr, "bench: %s: %s\n", what, result.error().text().c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

// The next of them as FHIR NDJSON.
inline std::string next_file(domain::MadeUpPeople& people) {
  std::string text;
  for (std::size_t i = 0; i < people_a_file; ++i) {
    const auto person = people.next();
    if (!person) break;
    domain::append_fhir(text, *person);
  }
  return text;
}

// An installation as the server composes it, without the server.
class Installation {
 public:
  explicit Installation(const std::string& folder, crypto::Argon2idCost cost = {.passes = 1, .memory_bytes = 8192}) {
    const auto ring_path = folder + "/ring";
    must(store::KeyRing::create(ring_path, as_bytes("bench"), cost, clock.now()), "ring");
    ring = must(store::KeyRing::open(ring_path), "ring");
    must(ring->unseal(as_bytes("bench")), "unseal");
    store::SqliteOptions options;
    options.path = folder + "/lindung.db";
    database = must(store::open_sqlite(std::move(options)), "database");
    must(database->migrate(), "migrate");
    must(service::install(*database, *ring, clock), "install");
    platform = std::make_unique<service::Platform>(service::Platform{.database = *database,
                                                                     .ring = *ring,
                                                                     .clock = clock,
                                                                     .directory = directory,
                                                                     .venues = venues,
                                                                     .in_flight = in_flight,
                                                                     .canaries = canaries});
    must(service::add_issuer_key(
             *platform, "Bench",
             {.issuer = issuer, .id = KeyId{"bench.1"}, .key = key.public_key(), .not_before = {}, .not_after = {}}),
         "issuer");
  }

  std::uint64_t import(const std::string& import_id, std::string_view text) {
    const BytesView file = as_bytes(text);
    const auto message = must(domain::import_message(issuer, import_id, domain::content_digest({&file, 1})), "message");
    const auto receipt = must(
        service::import_records(
            *platform,
            {.issuer = issuer, .import_id = import_id, .files = {&file, 1}, .signature = to_bytes(key.sign(message))}),
        "import");
    if (receipt.balance.accepted != receipt.balance.rows_in) std::fprintf(stderr, "bench: rows were refused\n");
    return receipt.balance.rows_in;
  }

  SystemClock clock;
  IssuerId issuer{"bench"};
  crypto::Ed25519PrivateKey key = crypto::Ed25519PrivateKey::generate();
  std::unique_ptr<store::KeyRing> ring;
  service::CurrentDirectory directory;
  service::VenueRegister venues;
  service::InFlight in_flight;
  service::CanaryWatch canaries;
  std::unique_ptr<service::Platform> platform;
  std::unique_ptr<store::Database> database;
};

}  // namespace lindung::bench
