#include "support/world.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/import.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "domain/question.h"
#include "domain/timeline.h"
#include "gateway/door.h"
#include "gateway/envelope.h"
#include "gateway/exchange_keys.h"
#include "gateway/partner_client.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "log/entry.h"
#include "service/asked.h"
#include "service/exchange.h"
#include "service/in_flight.h"
#include "service/install.h"
#include "service/links.h"
#include "service/opened.h"
#include "service/partners.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/settings.h"
#include "service/venues.h"
#include "store/database.h"
#include "store/log_head.h"
#include "store/ring.h"
#include "store/schema.h"

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

}  // namespace

World::World(Moment now, store::Engine engine) : clock{now}, place{engine} {
  const auto ring_path = place.file("ring");
  must(store::KeyRing::create(ring_path, as_bytes(passphrase), {.passes = 1, .memory_bytes = 8192}, now), "ring");
  ring = must(store::KeyRing::open(ring_path), "ring");
  must(ring->unseal(as_bytes(passphrase)), "unseal");
  database = open_database();
  must(database->migrate(), "migrate");
  must(service::install(*database, *ring, clock), "install");
  platform = std::make_unique<service::Platform>(service::Platform{.database = *database,
                                                                   .ring = *ring,
                                                                   .clock = clock,
                                                                   .directory = directory,
                                                                   .venues = venues,
                                                                   .in_flight = in_flight,
                                                                   .canaries = canaries});
  must(platform->refresh_directory(), "directory");
  must(exchange_keys.load(*ring), "exchange keys");
  door = std::make_unique<gateway::Door>(clock, directory, exchange_keys,
                                         gateway::Authorities{.names = {"gateway.example"}, .https = true});
  set_exchange_limits({});
}

void World::set_exchange_limits(service::Exchange::Limits limits) {
  // An answer is here before its batch is over: whatever the writer's thread does after this, the old one is not in it.
  must(database->write([](store::Transaction& /*transaction*/) { return ok(); }), "write");
  exchange = std::make_unique<service::Exchange>(
      service::ExchangeGround{
          .ring = *ring, .clock = clock, .dummy = must(service::load_dummy(*database), "dummy"), .canaries = canaries},
      *database, venues, in_flight, gate, limits);
}

World::~World() { database.reset(); }

std::unique_ptr<store::Database> World::open_database() const {
  return must(place.open(store::migrations()), "database");
}

std::vector<log::Entry> World::log_entries() const {
  std::vector<log::Entry> entries;
  must(database->read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"SELECT leaf FROM log_entry ORDER BY idx"}, {},
                         [&](const store::Row& row) { entries.push_back(must(log::decode(row.bytes(0)), "leaf")); }));
    return ok();
  }),
       "log");
  return entries;
}

void World::set_pact(const Hash& digest) {
  must(database->write([&](store::Transaction& transaction) {
    return service::write_setting(transaction, service::setting::current_pact, digest);
  }),
       "pact");
  must(platform->refresh_directory(), "directory");
}

void World::add_partner(const PartnerId& partner, const KeyId& key_id, const crypto::Ed25519PrivateKey& key,
                        std::uint64_t per_minute) {
  must(service::register_partner(*platform, {.id = partner, .per_minute = per_minute}), "register");
  must(service::add_partner_key(*platform, {.partner = partner,
                                            .id = key_id,
                                            .public_key = key.public_key(),
                                            .not_before = clock.now() - std::chrono::hours{1},
                                            .not_after = clock.now() + std::chrono::days{366}}),
       "key");
  const auto pact = directory.get()->pacts.current;
  must(service::sign_pact(*platform, partner, pact, key.sign(service::pact_message(pact))), "pact");
  must(service::move_partner(*platform, partner, domain::PartnerAction::activate), "activate");
}

gateway::PartnerIdentity World::add_partner(const std::string& name, std::uint64_t per_minute) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  add_partner(PartnerId{name}, KeyId{name + ".1"}, key, per_minute);
  return {.partner = PartnerId{name},
          .epoch = 1,
          .key_id = KeyId{name + ".1"},
          .signing_key = key,
          .pact_digest = directory.get()->pacts.current};
}

CitizenRef World::add_citizen(domain::Colour colour, bool opens_doors) {
  domain::Identity identity;
  identity.local = domain::LocalId{crypto::random_bytes<16>()};
  CitizenRef citizen;
  must(database->write([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, service::find_or_add_person(transaction, *ring, identity, clock.now()));
    citizen = person.citizen;
    constexpr auto every_door = static_cast<std::uint16_t>((1U << domain::all_categories.size()) - 1);
    TRY(timeline,
        domain::Timeline::make(
            "test@1",
            {{.from = Moment{}, .colour = colour, .rule = 0, .doors = opens_doors ? every_door : std::uint16_t{0}}}));
    TRY(generation, store::read_timeline_generation(transaction));
    return service::put_timeline(transaction, person, timeline, generation);
  }),
       "citizen");
  return citizen;
}

domain::LinkToken World::link(const PartnerId& partner, const CitizenRef& citizen) {
  const service::NewLink link{
      .partner = partner, .citizen = citizen, .random = crypto::random_bytes<domain::link_token_random_size>()};
  return must(service::grant_links(*platform, {&link, 1}), "link").front();
}

Bytes World::add_venue(domain::Category category, std::uint64_t capacity) {
  const VenueId id{crypto::random_bytes<16>()};
  must(service::add_venues(*platform, {{.id = id, .name = "A venue", .category = category, .capacity = capacity}}),
       "venue");
  return must(service::poster_code(*platform, id, clock.now() + std::chrono::days{1}), "poster");
}

// The key that opens now, as a partner sees it.
gateway::GatewayKey World::gateway_key() const {
  const auto infos = must(ring->list(store::KeyClass::exchange), "exchange keys");
  const auto found = std::ranges::find_if(
      infos, [&](const auto& one) { return one.not_before <= clock.now() && clock.now() <= one.not_after; });
  if (found == infos.end()) std::abort();
  const auto& info = *found;
  const auto key = must(ring->key(info.name), "exchange key");
  return {.key_id = static_cast<std::uint8_t>(info.number),
          .public_key = crypto::X25519PrivateKey::from_bytes(key).public_key()};
}

std::unique_ptr<SentRequest> World::seal(const gateway::PartnerIdentity& partner,
                                         const domain::Question& question) const {
  return std::make_unique<SentRequest>(
      must(gateway::seal_request(partner, gateway_key(), authority, question, clock.now()), "seal"),
      gateway::exchange_profile, authority);
}

std::unique_ptr<SentBundle> World::seal(const gateway::PartnerIdentity& partner,
                                        std::span<const domain::Question> questions) const {
  return std::make_unique<SentBundle>(
      must(gateway::seal_bundle(partner, gateway_key(), authority, questions, clock.now()), "seal"),
      gateway::bundle_profile, authority);
}

void World::set_gateway_key(std::uint8_t key_id, const Secret<32>& private_key) {
  auto table = std::make_unique<gateway::ExchangeKeys::Table>();
  table->at(key_id) = gateway::ExchangeKey{.key = crypto::X25519PrivateKey::from_bytes(private_key),
                                           .not_before = clock.now() - std::chrono::hours{1},
                                           .not_after = clock.now() + std::chrono::hours{1}};
  exchange_keys.set(std::move(table));
}

domain::Question World::status_of(const domain::LinkToken& token) const {
  return {.operation = domain::Operation::status,
          .request_id = RequestId{crypto::random_bytes<16>()},
          .token = token,
          .client_time = clock.now(),
          .venue_code = {}};
}

Result<domain::Answer> World::ask_status(const gateway::PartnerIdentity& partner, const domain::LinkToken& token) {
  const auto sent = seal(partner, status_of(token));
  return ask(sent->request());
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
      promise.set_value(gateway::seal_reply(asked.opened.reply_key(), domain::encode(answer.value())));
    }
  });
  return future.get();
}

Result<std::vector<domain::BundledAnswer>> World::answer_bundle(
    std::vector<service::Opened<domain::Question>> questions) {
  std::promise<Result<std::vector<domain::BundledAnswer>>> promise;
  auto future = promise.get_future();
  exchange->ask_bundle(std::move(questions),
                       [&](Result<std::vector<domain::BundledAnswer>> answers, const service::InFlight::Ticket&) {
                         promise.set_value(std::move(answers));
                       });
  return future.get();
}

Result<std::vector<domain::BundledAnswer>> World::ask_bundle(const gateway::PartnerIdentity& partner,
                                                             std::span<const domain::Question> questions) {
  const auto sent = seal(partner, questions);
  TRY(opened, door->admit_bundle(sent->request()));
  TRY(answers, answer_bundle(std::move(opened.questions)));
  const auto body = gateway::seal_reply(opened.reply_key, domain::encode_bundle_answer(answers, opened.slots));
  return gateway::open_bundle_answer(partner, sent->sealed(), body);
}

}  // namespace lindung::test
