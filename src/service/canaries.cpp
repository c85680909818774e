#include "service/canaries.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/alarm.h"
#include "domain/import.h"
#include "domain/link_token.h"
#include "domain/people.h"
#include "domain/record.h"
#include "service/canary_watch.h"
#include "service/incidents.h"
#include "service/links.h"
#include "service/logged_unit.h"
#include "service/person_finder.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/timeline_writer.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

// A name of three words or more is borne by few others.
bool is_rare(const std::string& name) { return std::ranges::count(name, ' ') >= 2; }

domain::Identity identity_of(const domain::MadeUpPerson& person) {
  return {.nik = person.nik,
          .passport = {},
          .local = {},
          .name = person.name,
          .birth = domain::PartialDate{.year = static_cast<int>(person.birth.year()),
                                       .month = static_cast<unsigned>(person.birth.month()),
                                       .day = static_cast<unsigned>(person.birth.day())}};
}

Result<bool> is_known(store::Transaction& transaction, const Hash& index) {
  TRY(rows, transaction.run(store::Sql{"SELECT citizen_ref FROM citizen_index WHERE idx = $1"}, {BytesView{index}}));
  return rows != 0;
}

// The first of a random population who has a rare name, and a number that nobody here has.
Result<domain::MadeUpPerson> make_up(store::Transaction& transaction, const store::KeyRing& ring, Moment now) {
  const auto seed = get_be<std::uint64_t>(crypto::random_bytes<8>());
  domain::MadeUpPeople people{seed, std::numeric_limits<std::size_t>::max(), now};
  for (;;) {
    auto person = people.next();
    if (!is_rare(person->name)) continue;
    TRY(index, person_index(ring, identity_of(*person)));
    TRY(is_taken, is_known(transaction, index));
    if (!is_taken) return std::move(*person);
  }
}

// Records as an import would have made them: what holds them is sealed under the canary's own key.
Result<void> put_history(store::Transaction& transaction, const OpenPerson& canary,
                         const std::vector<domain::Fact>& facts, Moment now, std::uint64_t known_from) {
  const domain::BatchId batch{crypto::random_bytes<16>()};
  for (const auto& fact : facts) {
    TRYV(put_record(transaction, canary,
                    {.id = domain::RecordId{crypto::random_bytes<16>()},
                     .issuer = IssuerId{"canary"},
                     .batch = batch,
                     .entered_at = now,
                     .fact = fact},
                    known_from));
  }
  return ok();
}

}  // namespace

Result<PlantedCanary> plant_canary(const Platform& platform, const PartnerId& partner) {
  TimelineWriter timelines{platform.ring};
  PlantedCanary planted;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRYV(timelines.begin(transaction));
    TRY(made_up, make_up(transaction, platform.ring, unit.now()));
    const auto identity = identity_of(made_up);
    TRY(canary, find_or_add_person(transaction, platform.ring, identity, unit.now()));
    TRYV(put_history(transaction, canary, made_up.facts, unit.now(), timelines.position()));
    TRYV(timelines.write(transaction, canary, unit.now()));
    TRY(token, grant_link(unit, platform,
                          {.partner = partner,
                           .citizen = canary.citizen,
                           .random = crypto::random_bytes<domain::link_token_random_size>()}));
    TRY(index, person_index(platform.ring, identity));
    TRYV(transaction.run(
        store::Sql{"INSERT INTO canary (citizen_ref, partner_id, person_index, planted_at, questions, found) "
                   "VALUES ($1, $2, $3, $4, 0, 0)"},
        {canary.citizen.bytes(), partner.value(), BytesView{index},
         static_cast<std::int64_t>(unix_seconds(unit.now()))}));
    planted = {.token = token, .nik = std::string{made_up.nik.digits()}, .name = made_up.name};
    return ok();
  }));
  TRYV(load_canaries(platform));
  return planted;
}

Result<std::vector<CanaryListing>> list_canaries(const Platform& platform, const std::optional<PartnerId>& partner) {
  std::vector<CanaryListing> listing;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    listing.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT partner_id, planted_at, questions, found FROM canary ORDER BY planted_at, citizen_ref"}, {},
        [&](const store::Row& row) {
          const PartnerId id{std::string{row.text(0)}};
          if (partner && id != *partner) return;
          const auto number = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
          listing.push_back(
              {.partner = id, .planted_at = moment_of(number(1)), .questions = number(2), .found = number(3)});
        }));
    return ok();
  }));
  return listing;
}

Result<void> load_canaries(const Platform& platform) {
  std::vector<CanaryWatch::Canary> canaries;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    canaries.clear();
    TRYV(transaction.run(store::Sql{"SELECT citizen_ref, partner_id, questions FROM canary"}, {},
                         [&](const store::Row& row) {
                           canaries.push_back({.citizen = CitizenRef{take<16>(row.bytes(0))},
                                               .partner = PartnerId{std::string{row.text(1)}},
                                               .questions = static_cast<std::uint64_t>(row.integer(2))});
                         }));
    return ok();
  }));
  platform.canaries.set(canaries);
  return ok();
}

Result<void> report_canaries(const Platform& platform, const CanaryAlarm& alarm) {
  const auto sightings = platform.canaries.take_sightings();
  if (sightings.empty()) return ok();
  std::set<PartnerId> partners;
  for (const auto& sighting : sightings) partners.insert(sighting.partner);
  for (const auto& partner : partners) alarm(partner);
  const auto written = platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    for (const auto& sighting : sightings) {
      TRYV(transaction.run(store::Sql{"UPDATE canary SET questions = questions + $2 WHERE citizen_ref = $1"},
                           {sighting.citizen.bytes(), static_cast<std::int64_t>(sighting.questions)}));
    }
    return ok();
  });
  if (written.has_error()) platform.canaries.put_back(sightings);
  return written;
}

// What was read is written down as told, and nothing else: a question that is counted meanwhile, on another node, is
// told the next time.
Result<std::vector<domain::AlarmKind>> raise_canary_alarms(const Platform& platform) {
  struct Untold {
    CitizenRef citizen;
    PartnerId partner;
    std::int64_t questions{};
    std::int64_t found{};
    std::uint64_t new_questions{};
    std::uint64_t new_found{};
  };
  const auto read_untold = [](store::Transaction& transaction, std::vector<Untold>& out) -> Result<void> {
    out.clear();
    TRYV(transaction.run(store::Sql{"SELECT citizen_ref, partner_id, questions, found, alarmed_questions, "
                                    "alarmed_found FROM canary WHERE questions > alarmed_questions OR "
                                    "found > alarmed_found ORDER BY partner_id, citizen_ref"},
                         {}, [&](const store::Row& row) {
                           out.push_back({.citizen = CitizenRef{take<16>(row.bytes(0))},
                                          .partner = PartnerId{std::string{row.text(1)}},
                                          .questions = row.integer(2),
                                          .found = row.integer(3),
                                          .new_questions = static_cast<std::uint64_t>(row.integer(2) - row.integer(4)),
                                          .new_found = static_cast<std::uint64_t>(row.integer(3) - row.integer(5))});
                         }));
    return ok();
  };
  std::vector<Untold> untold;
  TRYV(platform.database.read([&](store::Transaction& transaction) { return read_untold(transaction, untold); }));
  std::vector<domain::AlarmKind> raised;
  if (untold.empty()) return raised;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    raised.clear();
    TRYV(read_untold(unit.transaction(), untold));
    std::map<PartnerId, std::pair<std::uint64_t, std::uint64_t>> partners;
    for (const auto& each : untold) {
      auto& [questions, found] = partners[each.partner];
      questions += each.new_questions;
      found += each.new_found;
      TRYV(unit.transaction().run(
          store::Sql{"UPDATE canary SET alarmed_questions = $2, alarmed_found = $3 WHERE citizen_ref = $1"},
          {each.citizen.bytes(), each.questions, each.found}));
    }
    for (const auto& [partner, counts] : partners) {
      const auto note = [&](domain::AlarmKind kind, std::uint64_t count) -> Result<void> {
        if (count == 0) return ok();
        raised.push_back(kind);
        return note_alarm(unit, platform,
                          {.kind = kind,
                           .subject = {.kind = domain::SubjectKind::partner, .id = partner.value()},
                           .at = unit.now(),
                           .count = count});
      };
      TRYV(note(domain::AlarmKind::canary_asked, counts.first));
      TRYV(note(domain::AlarmKind::canary_found, counts.second));
    }
    return ok();
  }));
  return raised;
}

Result<std::vector<CanaryMarks>> canary_marks(const Platform& platform) {
  std::vector<CanaryMarks> marks;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    marks.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT citizen_ref, partner_id, person_index FROM canary"}, {}, [&](const store::Row& row) {
          marks.push_back({.citizen = CitizenRef{take<16>(row.bytes(0))},
                           .partner = PartnerId{std::string{row.text(1)}},
                           .person_index = row.is_null(2) ? std::nullopt : std::optional{take<32>(row.bytes(2))},
                           .name = {},
                           .token_indices = {}});
        }));
    for (auto& mark : marks) {
      TRY(person, open_person(transaction, platform.ring, mark.citizen));
      TRY(identity, read_identity(transaction, person));
      mark.name = std::move(identity.name);
      TRYV(transaction.run(store::Sql{"SELECT t.token_index FROM link l JOIN link_token t "
                                      "ON t.citizen_ref = l.citizen_ref AND t.link_id = l.link_id "
                                      "WHERE l.citizen_ref = $1"},
                           {mark.citizen.bytes()},
                           [&](const store::Row& row) { mark.token_indices.push_back(take<32>(row.bytes(0))); }));
    }
    return ok();
  }));
  return marks;
}

Result<void> count_found_canary(const Platform& platform, const CitizenRef& canary, std::uint64_t times) {
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"UPDATE canary SET found = found + $2 WHERE citizen_ref = $1"},
                         {canary.bytes(), static_cast<std::int64_t>(times)}));
    return ok();
  });
}

}  // namespace lindung::service
