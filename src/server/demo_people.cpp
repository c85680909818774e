#include "server/demo_people.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
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
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/category.h"
#include "domain/colour.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/issuer.h"
#include "domain/link_token.h"
#include "domain/partner.h"
#include "domain/people.h"
#include "server/demo_citizens.h"
#include "service/import_receipt.h"
#include "service/imports.h"
#include "service/issuers.h"
#include "service/links.h"
#include "service/partners.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/settings.h"
#include "service/timeline_sweep.h"
#include "service/venues.h"
#include "store/database.h"
#include "store/durable_file.h"
#include "store/log_head.h"
#include "store/ring.h"

namespace lindung::server {

namespace {

namespace json = boost::json;

constexpr std::string_view plan_setting = "demo_plan";
constexpr std::string_view issuer_id = "dinkes-demo";
constexpr std::size_t people_a_file = 5'000;
constexpr std::size_t links_a_unit = 1'000;
constexpr std::size_t rows_shown = 50;
constexpr std::size_t bundle_limit = 256UL * 1024 * 1024;
constexpr std::chrono::days poster_life{365};
constexpr std::chrono::days key_life{366};

constexpr std::array partner_names{"gojek",     "grab",      "tokopedia", "tiket", "dana", "livin",
                                   "traveloka", "cinemaxxi", "linkaja",   "goers", "jaki"};

struct DemoVenue {
  std::string_view name;
  domain::Category category;
  std::uint64_t capacity;
};
constexpr std::array demo_venues{
    DemoVenue{.name = "Grand Indonesia", .category = domain::Category::mall, .capacity = 5'000},
    DemoVenue{.name = "Warung Sedap Malam", .category = domain::Category::restaurant, .capacity = 120},
    DemoVenue{.name = "Menara Kuningan", .category = domain::Category::office, .capacity = 2'000},
    DemoVenue{.name = "Masjid Raya Al-Hikmah", .category = domain::Category::place_of_worship, .capacity = 3'000},
    DemoVenue{.name = "Stasiun Gambir", .category = domain::Category::transport_hub, .capacity = 10'000},
    DemoVenue{.name = "RS Harapan Kita", .category = domain::Category::hospital, .capacity = 1'500},
    DemoVenue{.name = "SMA Negeri 8", .category = domain::Category::school, .capacity = 900},
    DemoVenue{.name = "Bandara Soekarno-Hatta", .category = domain::Category::airport, .capacity = 0},
    DemoVenue{.name = "Bioskop Metropole", .category = domain::Category::cinema, .capacity = 400},
    DemoVenue{.name = "GOR Senayan", .category = domain::Category::sports, .capacity = 7'000},
    DemoVenue{.name = "Pasar Tanah Abang", .category = domain::Category::mall, .capacity = 20'000},
    DemoVenue{.name = "Kedai Kopi Kecil", .category = domain::Category::restaurant, .capacity = 2}};

std::string key_id_of(std::string_view partner) { return std::string{partner} + ".2026-11.a"; }

void progress(const char* what, std::uint64_t done, std::uint64_t of) {
  std::fprintf(stderr, "demo: %s %llu of %llu\n", what, static_cast<unsigned long long>(done),
               static_cast<unsigned long long>(of));
}

void name_rows(const char* what, const std::vector<domain::Rejected>& rows, const std::vector<std::string>& paths) {
  for (const auto& [place, reason] : std::span{rows}.first(std::min(rows.size(), rows_shown))) {
    std::fprintf(stderr, "demo: %s: %s, line %zu at \"%s\": %s\n", what, paths.at(place.file).c_str(), place.line,
                 place.pointer.c_str(), std::string{domain::name_of(reason)}.c_str());
  }
  if (rows.size() > rows_shown) std::fprintf(stderr, "demo: %s: %zu more\n", what, rows.size() - rows_shown);
}

Bytes encode(const DemoWorld::Plan& plan) {
  codec::CborWriter out;
  out.array(4).uint(1).uint(plan.citizens).uint(plan.seed).uint(unix_seconds(plan.made_at));
  return std::move(out).take();
}

Result<DemoWorld::Plan> decode(BytesView stored) {
  codec::CborReader in{stored};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != 4 || version != 1) return fail(Errc::corrupt, "the demo's plan");
  TRY(citizens, in.uint());
  TRY(seed, in.uint());
  TRY(made_at, in.uint());
  TRYV(in.end());
  return DemoWorld::Plan{.citizens = citizens, .seed = seed, .made_at = moment_of(made_at)};
}

}  // namespace

Result<DemoWorld> DemoWorld::open(const service::Platform& platform, const Plan& wanted) {
  const store::KeyName name{.cls = store::KeyClass::blind, .scope = "demo", .epoch = 1};
  if (const auto known = platform.ring.key(name); known.has_error()) {
    if (known.error().code != Errc::not_found) return known.error();
    TRYV(platform.ring.add({.name = name, .number = 0, .not_before = {}, .not_after = {}}));
  }
  TRY(secret, platform.ring.key(name));
  Plan plan = wanted;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(stored, service::read_setting(transaction, plan_setting));
    if (!stored) return service::write_setting(transaction, plan_setting, encode(wanted));
    TRY(known, decode(*stored));
    plan = known;
    return ok();
  }));
  return DemoWorld{platform, plan, crypto::HmacKey{secret.view()}};
}

Hash DemoWorld::derive(std::string_view what, BytesView of) const {
  constexpr ByteArray<1> separator{0};
  return secret_.mac({as_bytes(what), separator, of});
}

crypto::Ed25519PrivateKey DemoWorld::signing_key(std::string_view what, std::string_view of) const {
  return crypto::Ed25519PrivateKey::from_seed(Secret<32>{derive(what, as_bytes(of))});
}

VenueId DemoWorld::venue_id(std::size_t number) const {
  ByteArray<8> bytes{};
  put_be(MutableBytes{bytes}, static_cast<std::uint64_t>(number));
  return VenueId{take<16>(derive("venue", bytes))};
}

Result<void> DemoWorld::make(const std::vector<std::string>& bundles) {
  TRYV(make_issuer());
  TRYV(make_partners());
  TRYV(make_venues());
  if (bundles.empty()) {
    TRYV(make_people());
  } else {
    TRYV(import_bundles(bundles));
  }
  return make_links();
}

Result<void> DemoWorld::make_issuer() {
  TRY(issuers, service::list_issuers(platform_));
  if (std::ranges::any_of(issuers, [](const auto& issuer) { return issuer.id.value() == issuer_id; })) return ok();
  return service::add_issuer_key(platform_, "Dinas Kesehatan (demo)",
                                 {.issuer = IssuerId{std::string{issuer_id}},
                                  .id = KeyId{"dinkes-demo.1"},
                                  .key = signing_key("issuer", issuer_id).public_key(),
                                  .not_before = {},
                                  .not_after = {}});
}

Result<void> DemoWorld::make_partners() {
  const auto now = platform_.clock.now();
  for (const std::string_view name : partner_names) {
    const PartnerId id{std::string{name}};
    const auto directory = platform_.directory.get();
    const auto* known = directory->find_partner(id);
    if (known != nullptr && known->state != domain::PartnerState::registered &&
        known->state != domain::PartnerState::pact_signed) {
      continue;
    }
    const auto key = signing_key("partner", name);
    if (known == nullptr) {
      TRYV(service::register_partner(platform_,
                                     {.id = id, .profile = domain::Profile::colour, .per_minute = 10'000'000}));
    }
    if (directory->find_key(key_id_of(name), now) == nullptr) {
      TRYV(service::add_partner_key(platform_, {.partner = id,
                                                .id = KeyId{key_id_of(name)},
                                                .public_key = key.public_key(),
                                                .not_before = now - std::chrono::hours{1},
                                                .not_after = now + key_life}));
    }
    const auto pact = platform_.directory.get()->pacts.current;
    if (known == nullptr || known->state == domain::PartnerState::registered) {
      TRYV(service::sign_pact(platform_, id, pact, key.sign(service::pact_message(pact))));
    }
    TRY(index, service::move_partner(platform_, id, domain::PartnerAction::activate));
    static_cast<void>(index);
  }
  return ok();
}

Result<void> DemoWorld::make_venues() {
  std::vector<service::NewVenue> missing;
  for (std::size_t i = 0; i < demo_venues.size(); ++i) {
    const auto id = venue_id(i);
    if (platform_.venues.find(id)) continue;
    const auto& venue = demo_venues.at(i);
    missing.push_back(
        {.id = id, .name = std::string{venue.name}, .category = venue.category, .capacity = venue.capacity});
  }
  return missing.empty() ? Result<void>{ok()} : service::add_venues(platform_, missing);
}

Result<service::ImportReceipt> DemoWorld::import(const std::string& import_id, const std::vector<BytesView>& files) {
  const IssuerId issuer{std::string{issuer_id}};
  TRY(message, domain::import_message(issuer, import_id, domain::content_digest(files)));
  TRY(receipt,
      service::import_records(platform_, {.issuer = issuer,
                                          .import_id = import_id,
                                          .files = files,
                                          .signature = to_bytes(signing_key("issuer", issuer_id).sign(message))}));
  if (!receipt.is_repeated) {
    std::fprintf(stderr, "demo: import %s: %llu rows, %llu accepted, %llu rejected, %llu quarantined\n",
                 import_id.c_str(), static_cast<unsigned long long>(receipt.balance.rows_in),
                 static_cast<unsigned long long>(receipt.balance.accepted),
                 static_cast<unsigned long long>(receipt.balance.rejected),
                 static_cast<unsigned long long>(receipt.balance.quarantined));
  }
  return receipt;
}

Result<void> DemoWorld::make_people() {
  TRY(known, service::count_citizens(platform_));
  if (known >= plan_.citizens) return ok();
  domain::MadeUpPeople people{plan_.seed, static_cast<std::size_t>(plan_.citizens), plan_.made_at};
  std::uint64_t made = 0;
  while (made < plan_.citizens) {
    std::string lines;
    std::size_t in_file = 0;
    while (in_file < people_a_file) {
      const auto person = people.next();
      if (!person) break;
      domain::append_fhir(lines, *person);
      ++in_file;
    }
    if (in_file == 0) break;
    TRY(receipt, import("demo-" + std::to_string(made / people_a_file + 1), {as_bytes(lines)}));
    static_cast<void>(receipt);
    made += in_file;
    progress("citizens", made, plan_.citizens);
  }
  return ok();
}

Result<void> DemoWorld::import_bundles(const std::vector<std::string>& paths) {
  std::vector<SecretBytes> contents;
  for (const auto& path : paths) {
    TRY(content, store::read_file(path, bundle_limit));
    contents.push_back(std::move(content));
  }
  const std::vector<BytesView> files{contents.begin(), contents.end()};
  TRY(receipt, import("bundle-" + codec::hex(domain::content_digest(files)).substr(0, 16), files));
  name_rows("rejected", receipt.rejected, paths);
  name_rows("quarantined", receipt.quarantined, paths);
  return ok();
}

// The partners that can be linked, each with the citizens that are linked to it already, or were in this epoch.
Result<DemoWorld::Linked> DemoWorld::linked() const {
  Linked linked;
  TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
    linked.clear();
    TRYV(transaction.run(store::Sql{"SELECT partner_id FROM partner WHERE state = $1"},
                         {static_cast<std::int64_t>(domain::PartnerState::active)},
                         [&](const store::Row& row) { linked[std::string{row.text(0)}]; }));
    TRYV(transaction.run(store::Sql{"SELECT l.partner_id, l.citizen_ref FROM link l JOIN partner p "
                                    "ON p.partner_id = l.partner_id AND p.epoch = l.epoch WHERE p.state = $1"},
                         {static_cast<std::int64_t>(domain::PartnerState::active)}, [&](const store::Row& row) {
                           linked[std::string{row.text(0)}].insert(CitizenRef{take<16>(row.bytes(1))});
                         }));
    return ok();
  }));
  return linked;
}

// One link a citizen, round robin over the partners.
Result<void> DemoWorld::make_links() {
  TRYV(enrol_citizens(platform_));
  TRY(citizens, enrolled_citizens(platform_));
  TRY(known, linked());
  std::vector<service::NewLink> links;
  for (const auto& [ref, place] : citizens) {
    const std::string partner{partner_names.at(place % partner_names.size())};
    const auto open = known.find(partner);
    if (open == known.end() || open->second.contains(ref)) continue;
    links.push_back({.partner = PartnerId{partner},
                     .citizen = ref,
                     .random = take<domain::link_token_random_size>(derive("token", ref.bytes()))});
  }
  for (std::size_t from = 0; from < links.size(); from += links_a_unit) {
    const auto part = std::span{links}.subspan(from, std::min(links_a_unit, links.size() - from));
    TRY(tokens, service::grant_links(platform_, part));
    progress("links", from + tokens.size(), links.size());
  }
  return ok();
}

Result<void> DemoWorld::describe(json::object& file) const {
  const auto now = platform_.clock.now();
  json::array partners;
  std::vector<crypto::HmacKey> trace_keys;
  for (const std::string_view name : partner_names) {
    const auto* known = platform_.directory.get()->find_partner(PartnerId{std::string{name}});
    partners.emplace_back(
        json::object{{"id", name},
                     {"epoch", known == nullptr ? 1 : known->epoch},
                     {"key_id", key_id_of(name)},
                     {"profile", "colour"},
                     {"signing_private_key", codec::hex(signing_key("partner", name).seed().view())}});
    TRY(trace_key,
        platform_.ring.hmac_key({.cls = store::KeyClass::partner_trace, .scope = std::string{name}, .epoch = 0}));
    trace_keys.push_back(*trace_key);
  }
  json::array venues;
  for (std::size_t i = 0; i < demo_venues.size(); ++i) {
    const auto& venue = demo_venues.at(i);
    TRY(code, service::poster_code(platform_, venue_id(i), plan_.made_at + poster_life));
    venues.emplace_back(json::object{{"id", codec::hex(venue_id(i).bytes())},
                                     {"name", venue.name},
                                     {"category", domain::name_of(venue.category)},
                                     {"capacity", venue.capacity},
                                     {"code", codec::hex(code)}});
  }
  TRY(citizens, enrolled_citizens(platform_));
  json::array links;
  json::array people;
  TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(generation, store::read_timeline_generation(transaction));
    for (const auto& [ref, place] : citizens) {
      TRY(person, service::open_person(transaction, platform_.ring, ref));
      TRY(identity, service::read_identity(transaction, person));
      TRY(timeline, service::read_timeline(transaction, person, generation));
      const auto partner = place % partner_names.size();
      const auto token = domain::make_link_token(trace_keys[partner],
                                                 take<domain::link_token_random_size>(derive("token", ref.bytes())));
      const auto id = codec::hex(ref.bytes());
      links.emplace_back(
          json::object{{"partner", partner_names.at(partner)}, {"token", codec::hex(token.bytes)}, {"citizen", id}});
      const auto& steps = timeline.steps();
      const auto colour = timeline.at(now).colour;
      const auto change =
          std::ranges::find_if(steps, [&](const auto& step) { return step.from > now && step.colour != colour; });
      people.emplace_back(
          json::object{{"id", id},
                       {"nik", identity.nik},
                       {"name", identity.name},
                       {"colour", domain::name_of(colour)},
                       {"colour_until", unix_seconds(change == steps.end() ? timeline.known_until() : change->from)}});
    }
    return ok();
  }));
  file["partners"] = std::move(partners);
  file["venues"] = std::move(venues);
  file["links"] = std::move(links);
  file["citizens"] = std::move(people);
  return ok();
}

}  // namespace lindung::server
