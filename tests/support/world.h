// A real installation in a place of its own for tests above the store: ring, database, directory, exchange, with a
// clock that the test moves.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/answer.h"
#include "domain/bundle.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/link_token.h"
#include "domain/question.h"
#include "gateway/door.h"
#include "gateway/exchange_keys.h"
#include "gateway/partner_client.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "log/entry.h"
#include "service/canary_watch.h"
#include "service/directory.h"
#include "service/exchange.h"
#include "service/gate.h"
#include "service/in_flight.h"
#include "service/opened.h"
#include "service/platform.h"
#include "service/venue_register.h"
#include "store/database.h"
#include "store/ring.h"
#include "support/test_store.h"

namespace lindung::test {

// A sealed request with the storage that http::Request looks into.
template <class Sealed>
class Sent {
 public:
  Sent(Sealed sealed, const gateway::SignatureProfile& profile, std::string authority)
      : sealed_{std::move(sealed)}, authority_{std::move(authority)} {
    fields_.push_back({.name = "Host", .value = authority_});
    for (const auto& [name, value] : sealed_.fields) fields_.push_back({.name = name, .value = value});
    request_ = {.method = "POST",
                .target = profile.path,
                .fields = fields_,
                .body = sealed_.body,
                .framed_by_content_length = true,
                .client_certificate_subject = {}};
  }
  Sent(const Sent&) = delete;
  Sent& operator=(const Sent&) = delete;
  [[nodiscard]] const http::Request& request() const noexcept { return request_; }
  [[nodiscard]] const Sealed& sealed() const noexcept { return sealed_; }

 private:
  Sealed sealed_;
  std::string authority_;
  std::vector<http::Field> fields_;
  http::Request request_;
};
using SentRequest = Sent<gateway::SealedRequest>;
using SentBundle = Sent<gateway::SealedBundle>;

class World {
 public:
  // Installed at this moment; the gateway is gateway.example under https.
  explicit World(Moment now, store::Engine engine = store::Engine::sqlite);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  // One more connection to the same database, as another node has.
  [[nodiscard]] std::unique_ptr<store::Database> open_database() const;

  // An active partner with this signing key, under the pact in force.
  void add_partner(const PartnerId& partner, const KeyId& key_id, const crypto::Ed25519PrivateKey& key,
                   std::uint64_t per_minute = 60'000);
  // An active partner with a fresh key, as itself sees it.
  [[nodiscard]] gateway::PartnerIdentity add_partner(const std::string& name, std::uint64_t per_minute = 60'000);
  // A citizen of this colour, for whom every door is open or none is.
  [[nodiscard]] CitizenRef add_citizen(domain::Colour colour, bool opens_doors);
  [[nodiscard]] domain::LinkToken link(const PartnerId& partner, const CitizenRef& citizen);
  // A venue and its poster code.
  [[nodiscard]] Bytes add_venue(domain::Category category, std::uint64_t capacity);
  static constexpr const char* authority = "gateway.example";
  [[nodiscard]] gateway::GatewayKey gateway_key() const;
  // Signed and sealed for this gateway, now.
  [[nodiscard]] std::unique_ptr<SentRequest> seal(const gateway::PartnerIdentity& partner,
                                                  const domain::Question& question) const;
  [[nodiscard]] std::unique_ptr<SentBundle> seal(const gateway::PartnerIdentity& partner,
                                                 std::span<const domain::Question> questions) const;
  // All entries of the log, from the first one on.
  [[nodiscard]] std::vector<log::Entry> log_entries() const;
  // Puts another pact in force: for vectors, whose pact is a digest only.
  void set_pact(const Hash& digest);
  void set_gateway_key(std::uint8_t key_id, const Secret<32>& private_key);

  // Asks for the status behind a token, now.
  [[nodiscard]] domain::Question status_of(const domain::LinkToken& token) const;
  [[nodiscard]] Result<domain::Answer> ask_status(const gateway::PartnerIdentity& partner,
                                                  const domain::LinkToken& token);
  // Through the door and the exchange, up to the answer. Waits for the commit.
  [[nodiscard]] Result<domain::Answer> ask(const http::Request& request);
  // The same, sealed: the body of the response.
  [[nodiscard]] Result<Bytes> ask_sealed(const http::Request& request);
  // Another exchange, of these limits.
  void set_exchange_limits(service::Exchange::Limits limits);
  // What came of the questions of a bundle that the door has admitted.
  [[nodiscard]] Result<std::vector<domain::BundledAnswer>> answer_bundle(
      std::vector<service::Opened<domain::Question>> questions);
  // A bundle, through the door and the exchange, as its partner opens the reply.
  [[nodiscard]] Result<std::vector<domain::BundledAnswer>> ask_bundle(const gateway::PartnerIdentity& partner,
                                                                      std::span<const domain::Question> questions);

  ManualClock clock;
  store::testing::Place place;
  std::unique_ptr<store::KeyRing> ring;
  std::unique_ptr<service::Platform> platform;
  service::CurrentDirectory directory;
  service::VenueRegister venues;
  service::InFlight in_flight;
  service::CanaryWatch canaries;
  service::Gate gate;
  gateway::ExchangeKeys exchange_keys;
  std::unique_ptr<gateway::Door> door;
  std::unique_ptr<service::Exchange> exchange;
  std::unique_ptr<store::Database> database;  // goes first: its completions reach the exchange
};

}  // namespace lindung::test
