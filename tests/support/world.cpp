#include "support/world.h"

#include <stdlib.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/answer.h"
#include "domain/partner.h"
#include "gateway/door.h"
#include "gateway/exchange_keys.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "service/exchange.h"
#include "service/exchange_batch.h"
#include "service/install.h"
#include "service/partners.h"
#include "service/platform.h"
#include "service/settings.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::test {

namespace {

constexpr std::string_view passphrase = "test";

// A world that cannot be made is no test result but the end of the run.
template <class T>
T must(Result<T> result, const char* what) {
  if (result.has_error()) {
    std::fprintf(stderr, "test world: %s: %s\n", what, result.error().text().c_str());
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

std::string make_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "lindung-world-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  return pattern;
}

}  // namespace

World::World(Moment now) : clock{now}, folder{make_folder()} {
  must(store::KeyRing::create(folder + "/ring", as_bytes(passphrase), {.passes = 1, .memory_bytes = 8192}, now),
       "ring");
  ring = must(store::KeyRing::open(folder + "/ring"), "ring");
  must(ring->unseal(as_bytes(passphrase)), "unseal");
  database = must(store::open_sqlite({.path = folder + "/lindung.db"}), "database");
  must(database->migrate(), "migrate");
  must(service::install(*database, *ring, clock), "install");
  platform = std::make_unique<service::Platform>(service::Platform{.database = *database,
                                                                   .ring = *ring,
                                                                   .clock = clock,
                                                                   .directory = directory,
                                                                   .venues = venues,
                                                                   .in_flight = in_flight,
                                                                   .timeline_generation = generation,
                                                                   .data_folder = folder});
  must(platform->refresh_directory(), "directory");
  must(exchange_keys.load(*ring), "exchange keys");
  door = std::make_unique<gateway::Door>(clock, directory, exchange_keys,
                                         gateway::Authorities{.names = {"gateway.example"}, .https = true});
  exchange = std::make_unique<service::Exchange>(
      service::ExchangeGround{.ring = *ring,
                              .clock = clock,
                              .dummy = must(service::load_dummy(*database), "dummy"),
                              .timeline_generation = generation},
      *database, venues, in_flight, gate, service::Exchange::Limits{});
}

World::~World() {
  database.reset();
  std::error_code ignored;  // a folder in the temporary directory that stays is no failure of the test
  std::filesystem::remove_all(folder, ignored);
}

void World::set_pact(const Hash& digest) {
  must(database->write([&](store::Transaction& transaction) {
    return service::write_setting(transaction, service::setting::current_pact, digest);
  }),
       "pact");
  must(platform->refresh_directory(), "directory");
}

void World::add_partner(const PartnerId& partner, const KeyId& key_id, const crypto::Ed25519PrivateKey& key) {
  must(service::register_partner(*platform, {.id = partner}), "register");
  must(service::add_partner_key(*platform, {.partner = partner,
                                            .id = key_id,
                                            .public_key = key.public_key(),
                                            .not_before = clock.now() - std::chrono::hours{1},
                                            .not_after = clock.now() + std::chrono::days{30}}),
       "key");
  const auto pact = directory.get()->pacts.current;
  must(service::sign_pact(*platform, partner, pact, key.sign(service::pact_message(pact))), "pact");
  must(service::move_partner(*platform, partner, domain::PartnerAction::activate), "activate");
}

void World::set_gateway_key(std::uint8_t key_id, const Secret<32>& private_key) {
  auto table = std::make_unique<gateway::ExchangeKeys::Table>();
  table->at(key_id) = gateway::ExchangeKey{.key = crypto::X25519PrivateKey::from_bytes(private_key),
                                           .not_before = clock.now() - std::chrono::hours{1},
                                           .not_after = clock.now() + std::chrono::hours{1}};
  exchange_keys.set(std::move(table));
}

Result<domain::Answer> World::ask(const http::Request& request) {
  TRY(opened, door->admit(request));
  std::promise<Result<domain::Answer>> promise;
  auto future = promise.get_future();
  exchange->ask(std::move(opened), [&promise](Result<domain::Answer> answer, const service::Asked&) {
    promise.set_value(std::move(answer));
  });
  return future.get();
}

Result<Bytes> World::ask_sealed(const http::Request& request) {
  TRY(opened, door->admit(request));
  std::promise<Result<Bytes>> promise;
  auto future = promise.get_future();
  exchange->ask(std::move(opened), [&promise](Result<domain::Answer> answer, const service::Asked& asked) {
    if (answer.has_error()) {
      promise.set_value(answer.error());
    } else {
      promise.set_value(gateway::seal_answer(asked.opened.reply_key(), domain::encode(answer.value())));
    }
  });
  return future.get();
}

}  // namespace lindung::test
