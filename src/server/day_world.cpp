#include "server/day_world.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "crypto/passphrase.h"
#include "domain/colour.h"
#include "domain/day_plan.h"
#include "domain/import.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "domain/people.h"
#include "domain/people_random.h"
#include "gateway/partner_client.h"
#include "server/core.h"
#include "server/data_folder.h"
#include "server/day_clock.h"
#include "service/contact_cases.h"
#include "service/imports.h"
#include "service/issuers.h"
#include "service/links.h"
#include "service/partners.h"
#include "service/person_rows.h"
#include "service/venues.h"
#include "store/database.h"
#include "store/log_head.h"
#include "store/ring.h"

namespace lindung::server {

namespace {

constexpr std::string_view passphrase = "lindung bench: not a secret";
constexpr crypto::Argon2idCost cost{.passes = 1, .memory_bytes = 8ULL * 1024 * 1024};
constexpr std::string_view issuer_id = "bench";
constexpr std::size_t people_a_file = 10'000;
constexpr std::size_t venues_a_unit = 1'000;
constexpr std::size_t links_a_unit = 1'000;
constexpr std::chrono::days poster_life{30};
constexpr std::chrono::days key_life{30};
// The largest of 50 partners has 22 % of the people.
constexpr double partner_exponent = 1.0;
// Of every twenty made-up people fourteen are green and go out, and so does one other, who is mostly turned away.
constexpr std::uint64_t made_up_a_group = 20;
constexpr std::uint64_t out_a_group = 15;

void progress(const char* what, std::uint64_t done, std::uint64_t of) {
  std::fprintf(stderr, "bench: %s %llu of %llu\n", what, static_cast<unsigned long long>(done),
               static_cast<unsigned long long>(of));
}

VenueId venue_id(std::uint32_t number) {
  return VenueId{take<16>(crypto::sha256(Message{}.text("bench venue").be(number).view()))};
}

}  // namespace

DayWorld::DayWorld(const Size& size, std::unique_ptr<store::KeyRing> ring)
    : size_{size}, ring_{std::move(ring)}, popularity_{size.partners, partner_exponent} {}

DayWorld::~DayWorld() = default;

Result<std::unique_ptr<DayWorld>> DayWorld::make(const DataFolder& folder, const Size& size, const DayClock& clock) {
  TRYV(folder.create());
  TRYV(store::KeyRing::create(folder.ring(), as_bytes(passphrase), cost, clock.now()));
  TRY(ring, store::KeyRing::open(folder.ring()));
  TRYV(ring->unseal(as_bytes(passphrase)));
  std::unique_ptr<DayWorld> world{new DayWorld{size, std::move(ring)}};
  TRY(core, Core::start(folder, *world->ring_, clock, world->alarms_,
                        {.authorities = {.names = {authority}, .https = true},
                         .log_origin = "bench.example/log",
                         .postgres = {},
                         .rules = {}}));
  world->core_ = std::move(core);
  TRYV(world->add_partners());
  TRYV(world->add_venues());
  TRYV(world->add_people());
  TRYV(world->link_people());
  // The confirmed among them are traced now, as those of other days were before this one began.
  TRYV(service::work_traces(world->core_->platform()));
  return world;
}

Result<void> DayWorld::add_partners() {
  const auto& platform = core_->platform();
  const auto now = platform.clock.now();
  const auto pact = platform.directory.get()->pacts.current;
  for (std::uint32_t i = 0; i < size_.partners; ++i) {
    const PartnerId id{"partner-" + std::to_string(i + 1)};
    const KeyId key_id{id.value() + ".1"};
    auto key = crypto::Ed25519PrivateKey::generate();
    TRYV(service::register_partner(platform, {.id = id}));
    TRYV(service::add_partner_key(platform, {.partner = id,
                                             .id = key_id,
                                             .public_key = key.public_key(),
                                             .not_before = now - std::chrono::hours{1},
                                             .not_after = now + key_life}));
    TRYV(service::sign_pact(platform, id, pact, key.sign(service::pact_message(pact))));
    TRYV(service::move_partner(platform, id, domain::PartnerAction::activate));
    TRY(trace_key, ring_->hmac_key({.cls = store::KeyClass::partner_trace, .scope = id.value(), .epoch = 0}));
    trace_keys_.push_back(*trace_key);
    partners_.push_back(
        {.partner = id, .epoch = 1, .key_id = key_id, .signing_key = std::move(key), .pact_digest = pact});
  }
  return ok();
}

Result<void> DayWorld::add_venues() {
  const auto& platform = core_->platform();
  for (std::uint32_t from = 0; from < size_.venues;) {
    std::vector<service::NewVenue> part;
    for (; from < size_.venues && part.size() < venues_a_unit; ++from) {
      venues_.emplace(venue_id(from), from);
      part.push_back({.id = venue_id(from),
                      .name = "Venue " + std::to_string(from + 1),
                      .category = domain::DayPlan::category_of(from),
                      .capacity = 0});
    }
    TRYV(service::add_venues(platform, part));
    for (const auto& venue : part) {
      TRY(code, service::poster_code(platform, venue.id, platform.clock.now() + poster_life));
      codes_.push_back(std::move(code));
    }
  }
  progress("venues", codes_.size(), size_.venues);
  return ok();
}

Result<void> DayWorld::add_people() {
  const auto& platform = core_->platform();
  const auto key = crypto::Ed25519PrivateKey::generate();
  const IssuerId issuer{std::string{issuer_id}};
  TRYV(service::add_issuer_key(
      platform, "Bench",
      {.issuer = issuer, .id = KeyId{"bench.1"}, .key = key.public_key(), .not_before = {}, .not_after = {}}));
  const auto count = (size_.people + out_a_group - 1) / out_a_group * made_up_a_group;
  domain::MadeUpPeople people{size_.seed, static_cast<std::size_t>(count), platform.clock.now()};
  for (std::uint64_t made = 0; made < count;) {
    std::string lines;
    std::size_t in_file = 0;
    for (; in_file < people_a_file; ++in_file) {
      const auto person = people.next();
      if (!person) break;
      domain::append_fhir(lines, *person);
    }
    if (in_file == 0) break;
    const auto import_id = "bench-" + std::to_string(made);
    const auto file = as_bytes(lines);
    TRY(message, domain::import_message(issuer, import_id, domain::content_digest({&file, 1})));
    TRYV(service::import_records(
        platform,
        {.issuer = issuer, .import_id = import_id, .files = {&file, 1}, .signature = to_bytes(key.sign(message))}));
    made += in_file;
    progress("citizens", made, count);
  }
  return ok();
}

// Of these citizens, everybody green and one other of each group.
Result<std::vector<CitizenRef>> DayWorld::who_go_out(std::vector<CitizenRef> citizens) const {
  const auto& platform = core_->platform();
  std::vector<CitizenRef> out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.clear();
    TRY(generation, store::read_timeline_generation(transaction));
    std::uint64_t others = 0;
    for (const auto& citizen : citizens) {
      TRY(person, service::open_person(transaction, *ring_, citizen));
      const auto timeline = service::read_timeline(transaction, person, generation);
      if (timeline.has_error()) continue;  // the dummy person has no such row
      const bool is_green = timeline.value().at(platform.clock.now()).colour == domain::Colour::green;
      if (is_green || others++ % (made_up_a_group - out_a_group + 1) == 0) out.push_back(citizen);
    }
    return ok();
  }));
  return out;
}

Result<void> DayWorld::link_people() {
  const auto& platform = core_->platform();
  std::optional<CitizenRef> last;
  while (true) {
    std::vector<CitizenRef> citizens;
    TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
      citizens.clear();
      const CitizenRef after = last.value_or(CitizenRef{});
      TRYV(transaction.run(
          store::Sql{"SELECT citizen_ref FROM identity WHERE citizen_ref > $1 ORDER BY citizen_ref LIMIT $2"},
          {after.bytes(), static_cast<std::int64_t>(links_a_unit)},
          [&](const store::Row& row) { citizens.emplace_back(take<16>(row.bytes(0))); }));
      return ok();
    }));
    if (citizens.empty()) break;
    last = citizens.back();
    TRY(out, who_go_out(std::move(citizens)));
    std::vector<service::NewLink> links;
    for (const auto& citizen : out) {
      const auto person = people_++;
      links.push_back(
          {.partner = partners_.at(partner_of(person)).partner, .citizen = citizen, .random = token_random(person)});
    }
    TRYV(service::grant_links(platform, links));
    if (people_ / (links_a_unit * 20) != (people_ - out.size()) / (links_a_unit * 20)) {
      progress("links", people_, size_.people);
    }
  }
  if (people_ == 0) return fail(Errc::invalid_argument, "a day without people");
  progress("links", people_, size_.people);
  return ok();
}

std::size_t DayWorld::partner_of(std::uint32_t person) const noexcept {
  return popularity_.rank(domain::MadeUpRandom{size_.seed, person}.draw());
}

ByteArray<domain::link_token_random_size> DayWorld::token_random(std::uint32_t person) const {
  const auto hash = crypto::sha256(Message{}.text("bench token").be(size_.seed).be(person).view());
  return take<domain::link_token_random_size>(hash);
}

domain::LinkToken DayWorld::token_of(std::uint32_t person) const {
  return domain::make_link_token(trace_keys_.at(partner_of(person)), token_random(person));
}

Result<gateway::GatewayKey> DayWorld::gateway_key(Moment at) const {
  TRY(infos, ring_->list(store::KeyClass::exchange));
  const auto found = std::ranges::find_if(
      infos, [&](const store::KeyInfo& one) { return one.not_before <= at && at <= one.not_after; });
  if (found == infos.end()) return fail(Errc::not_found, "no exchange key of this hour");
  TRY(key, ring_->key(found->name));
  return gateway::GatewayKey{.key_id = static_cast<std::uint8_t>(found->number),
                             .public_key = crypto::X25519PrivateKey::from_bytes(key).public_key()};
}

Result<std::vector<std::uint64_t>> DayWorld::occupancy() const {
  TRY(listing, service::list_venues(core_->platform()));
  std::vector<std::uint64_t> inside(venues_.size());
  for (const auto& venue : listing) {
    const auto found = venues_.find(venue.id);
    if (found != venues_.end()) inside[found->second] = venue.inside;
  }
  return inside;
}

}  // namespace lindung::server
