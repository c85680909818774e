#include "service/sandbox.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/category.h"
#include "domain/import.h"
#include "domain/issuer.h"
#include "domain/link_token.h"
#include "domain/nik.h"
#include "service/citizen_search.h"
#include "service/imports.h"
#include "service/issuers.h"
#include "service/links.h"
#include "service/platform.h"
#include "service/settings.h"
#include "service/timeline_sweep.h"
#include "service/venues.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

constexpr std::string_view marker = "sandbox";
constexpr std::string_view issuer_id = "sandbox";
constexpr std::uint32_t days_a_week = 7;
constexpr std::uint32_t first_dose_days_ago = 60;
constexpr std::uint32_t second_dose_days_ago = 30;
constexpr std::chrono::days poster_life{365};

enum class Doses : std::uint8_t { none = 0, one = 1, two = 2 };

struct Person {
  std::string_view name;
  std::string_view nik;  // of the district 317499, which does not exist
  Doses doses;
  bool is_positive;
  std::string_view expect;
};
constexpr std::array people{
    Person{"green", "3174990101900001", Doses::two, false, "allow, green"},
    Person{"yellow", "3174990202900002", Doses::one, false, "deny without a venue, yellow"},
    Person{"red", "3174990303900003", Doses::none, false, "deny, red"},
    Person{"black", "3174990404900004", Doses::two, true, "deny, black"},
    Person{"second green", "3174990505900005", Doses::two, false, "allow, green"},
    Person{"withdrawn", "3174990606900006", Doses::two, false, "unlinked"},
};
constexpr std::string_view withdrawn = "withdrawn";
constexpr std::string_view unknown = "unknown";

struct Door {
  std::string_view name;
  domain::Category category;
  std::uint64_t capacity;
  bool is_over;  // its poster has run out
  std::string_view expect;
};
constexpr std::array doors{
    Door{"Sandbox Mall", domain::Category::mall, 0, false, "by colour"},
    Door{"Sandbox Restaurant", domain::Category::restaurant, 0, false, "by colour"},
    Door{"Sandbox Hospital", domain::Category::hospital, 0, false, "by colour"},
    Door{"Sandbox Kiosk", domain::Category::restaurant, 1, false, "venue_full behind the first person"},
    Door{"Sandbox Closed", domain::Category::cinema, 0, true, "venue_refused: the poster has run out"},
};

// Everything secret of a sandbox derives from one key of its ring, so that it is found again.
class Derivation {
 public:
  [[nodiscard]] static Result<Derivation> of(store::KeyRing& ring) {
    const store::KeyName name{.cls = store::KeyClass::blind, .scope = "sandbox", .epoch = 1};
    if (const auto known = ring.key(name); known.has_error()) {
      if (known.error().code != Errc::not_found) return known.error();
      TRYV(ring.add({.name = name, .number = 0, .not_before = {}, .not_after = {}}));
    }
    TRY(secret, ring.key(name));
    return Derivation{crypto::HmacKey{secret.view()}};
  }

  [[nodiscard]] Hash derive(std::string_view what, std::string_view of) const {
    constexpr ByteArray<1> separator{0};
    return secret_.mac({as_bytes(what), separator, as_bytes(of)});
  }
  [[nodiscard]] VenueId venue(const Door& door) const { return VenueId{take<16>(derive("venue", door.name))}; }
  [[nodiscard]] crypto::Ed25519PrivateKey issuer_key() const {
    return crypto::Ed25519PrivateKey::from_seed(Secret<32>{derive("issuer", issuer_id)});
  }
  [[nodiscard]] ByteArray<domain::link_token_random_size> token_random(const std::string& of) const {
    return take<domain::link_token_random_size>(derive("token", of));
  }

 private:
  explicit Derivation(const crypto::HmacKey& secret) : secret_{secret} {}
  crypto::HmacKey secret_;
};

std::string date_of(Day day) { return rfc3339(start_of(day)).substr(0, std::string_view{"2026-11-22"}.size()); }
Day days_before(Day day, std::uint32_t days) { return {day.number - days}; }

std::string dose_row(const Person& person, int number, Day day) {
  return std::string{person.nik} + ",vaksinasi," + date_of(day) + ",Sinovac," + std::to_string(number) + ",,\n";
}

constexpr std::string_view header = "nik,jenis,tanggal,vaksin,dosis,tes,hasil\n";

std::string people_csv(Day today) {
  std::string csv{header};
  for (const auto& person : people) {
    if (person.doses == Doses::none) csv += std::string{person.nik} + ",,,,,,\n";
    if (person.doses != Doses::none) csv += dose_row(person, 1, days_before(today, first_dose_days_ago));
    if (person.doses == Doses::two) csv += dose_row(person, 2, days_before(today, second_dose_days_ago));
  }
  return csv;
}

std::string positive_csv(Day specimen) {
  std::string csv{header};
  for (const auto& person : people) {
    if (person.is_positive) csv += std::string{person.nik} + ",tes," + date_of(specimen) + ",,,PCR,positif\n";
  }
  return csv;
}

Result<void> import(const Platform& platform, const Derivation& derivation, const std::string& import_id,
                    const std::string& csv) {
  const IssuerId issuer{std::string{issuer_id}};
  const std::vector<BytesView> files{as_bytes(csv)};
  TRY(message, domain::import_message(issuer, import_id, domain::content_digest(files)));
  TRY(receipt, import_records(platform, {.issuer = issuer,
                                         .import_id = import_id,
                                         .files = files,
                                         .signature = to_bytes(derivation.issuer_key().sign(message))}));
  if (receipt.balance.accepted == receipt.balance.rows_in) return ok();
  return fail(Errc::corrupt, "the sandbox's own records were not all accepted");
}

Result<void> make_issuer(const Platform& platform, const Derivation& derivation) {
  TRY(issuers, list_issuers(platform));
  if (std::ranges::any_of(issuers, [](const auto& each) { return each.id.value() == issuer_id; })) return ok();
  return add_issuer_key(platform, "Sandbox",
                        {.issuer = IssuerId{std::string{issuer_id}},
                         .id = KeyId{"sandbox.1"},
                         .key = derivation.issuer_key().public_key(),
                         .not_before = {},
                         .not_after = {}});
}

Result<void> make_doors(const Platform& platform, const Derivation& derivation) {
  std::vector<NewVenue> missing;
  for (const auto& door : doors) {
    const auto id = derivation.venue(door);
    if (platform.venues.find(id)) continue;
    missing.push_back({.id = id, .name = std::string{door.name}, .category = door.category, .capacity = door.capacity});
  }
  return missing.empty() ? Result<void>{ok()} : add_venues(platform, missing);
}

Result<bool> holds_anybody(store::Transaction& transaction) {
  bool found = false;
  for (const auto* query :
       {"SELECT 1 FROM identity LIMIT 1", "SELECT 1 FROM partner LIMIT 1", "SELECT 1 FROM venue LIMIT 1"}) {
    TRYV(transaction.run(store::Sql{query}, {}, [&](const store::Row&) { found = true; }));
  }
  return found;
}

}  // namespace

Result<void> check_sandbox(store::Database& database, bool is_wanted) {
  return database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(known, read_setting(transaction, marker));
    if (known.has_value() == is_wanted) return ok();
    if (known) return fail(Errc::conflict, "this installation is a sandbox and stays one: server.sandbox = true");
    TRY(is_used, holds_anybody(transaction));
    if (is_used)
      return fail(Errc::conflict, "a sandbox begins empty: this installation holds citizens, partners or venues");
    return write_setting(transaction, marker, as_bytes("1"));
  });
}

Result<void> fill_sandbox(const Platform& platform) {
  TRY(derivation, Derivation::of(platform.ring));
  TRYV(make_issuer(platform, derivation));
  TRYV(make_doors(platform, derivation));
  const auto today = day_of(platform.clock.now());
  TRY(known, count_citizens(platform));
  if (known < people.size()) {
    TRYV(import(platform, derivation, "people-" + date_of(today), people_csv(today)));
  }
  // A positive test counts for 14 days: one a week, of the day before its week, is never older than 8.
  const Day week{today.number / days_a_week * days_a_week};
  return import(platform, derivation, "positive-" + date_of(week), positive_csv(days_before(week, 1)));
}

Result<std::vector<SandboxLink>> sandbox_links(const Platform& platform, const PartnerId& partner) {
  TRY(derivation, Derivation::of(platform.ring));
  const auto directory = platform.directory.get();
  const auto* known = directory->find_partner(partner);
  if (known == nullptr) return fail(Errc::not_found, "no such partner");
  const auto random_of = [&](std::string_view name) {
    return derivation.token_random(partner.value() + "/" + std::to_string(known->epoch) + "/" + std::string{name});
  };
  std::vector<SandboxLink> links;
  for (const auto& person : people) {
    TRY(nik, domain::parse_nik(person.nik));
    domain::Identity identity;
    identity.nik = nik;
    TRY(citizen, find_citizen(platform, identity));
    const NewLink link{.partner = partner, .citizen = citizen, .random = random_of(person.name)};
    TRY(tokens, grant_links(platform, {&link, 1}));
    if (person.name == withdrawn) {
      TRY(ended, withdraw_links(platform, partner, citizen));
      static_cast<void>(ended);
    }
    links.push_back({.name = person.name, .expect = person.expect, .token = tokens.front()});
  }
  TRY(trace_key, platform.ring.hmac_key({.cls = store::KeyClass::partner_trace, .scope = partner.value(), .epoch = 0}));
  links.push_back(
      {.name = unknown, .expect = "unlinked", .token = domain::make_link_token(*trace_key, random_of(unknown))});
  return links;
}

Result<std::vector<SandboxDoor>> sandbox_doors(const Platform& platform) {
  TRY(derivation, Derivation::of(platform.ring));
  const auto today = start_of(day_of(platform.clock.now()));
  std::vector<SandboxDoor> all;
  for (const auto& door : doors) {
    const auto venue = derivation.venue(door);
    TRY(code, poster_code(platform, venue, door.is_over ? today - poster_life : today + poster_life));
    all.push_back({.name = door.name, .expect = door.expect, .venue = venue, .code = std::move(code)});
  }
  return all;
}

}  // namespace lindung::service
