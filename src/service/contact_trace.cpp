#include "service/contact_trace.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/category.h"
#include "domain/contact.h"
#include "service/asked.h"
#include "service/platform.h"
#include "service/visit_index_page.h"
#include "service/visit_index_reader.h"
#include "store/database.h"

namespace lindung::service {

namespace {

using domain::Span;

Day next(Day day) { return {day.number + 1}; }
Day before(Day day) { return {day.number == 0 ? 0 : day.number - 1}; }

// How long a stay at a venue lasts that nobody ended.
seconds longest_stay_at(const Platform& platform, const VenueId& venue) {
  const auto known = platform.venues.find(venue);
  return domain::longest_stay(known ? known->category : domain::Category::general);
}

Span span_of(const IndexedStay& stay, Day day, seconds longest) {
  const auto in = start_of(day) + seconds{stay.in};
  return {.from = in, .until = in + (stay.length == IndexedStay::no_end ? longest : seconds{stay.length})};
}

using Stays = std::map<VenueId, std::vector<Span>>;

// Where the case was, when infectious. A stay may have begun on the day before.
Result<Stays> stays_of_case(VisitIndexReader& visits, const Platform& platform, const TracedCase& traced,
                            const Span& infectious) {
  Stays stays;
  for (auto day = before(day_of(infectious.from)); start_of(day) < infectious.until; day = next(day)) {
    TRY(found, visits.of_citizen(day, traced.citizen));
    for (const auto& stay : found) {
      const VenueId venue{stay.other};
      const auto inside = domain::overlap(span_of(stay, day, longest_stay_at(platform, venue)), infectious);
      if (!inside.is_empty()) stays[venue].push_back(inside);
    }
  }
  return stays;
}

// The days in which a stay may have begun that overlaps with one of these.
std::set<Day> days_around(const std::vector<Span>& stays) {
  std::set<Day> days;
  for (const auto& stay : stays) {
    for (auto day = before(day_of(stay.from)); start_of(day) < stay.until; day = next(day)) days.insert(day);
  }
  return days;
}

}  // namespace

Result<Contacts> find_contacts(store::Transaction& transaction, const Platform& platform, const Dummy& dummy,
                               const domain::ContactPolicy& policy, const TracedCase& traced) {
  Contacts contacts;
  VisitIndexReader visits{transaction, platform.ring};
  auto infectious = domain::infectious_time(policy, traced.at);
  infectious.until = std::min(infectious.until, platform.clock.now());  // what will be is nobody's contact yet
  for (auto day = day_of(infectious.from); start_of(day) < infectious.until; day = next(day)) {
    TRY(is_remembered, visits.remembers(day));
    ++contacts.figures.days;
    contacts.figures.days_missing += is_remembered ? 0 : 1;
  }
  TRY(stays, stays_of_case(visits, platform, traced, infectious));
  contacts.figures.venues = stays.size();
  for (const auto& [venue, of_case] : stays) {
    const auto longest = longest_stay_at(platform, venue);
    for (const auto day : days_around(of_case)) {
      TRY(others, visits.at_venue(day, venue));
      for (const auto& other : others) {
        const CitizenRef citizen{other.other};
        if (citizen == traced.citizen || citizen == dummy.citizen || platform.canaries.partner_of(citizen)) continue;
        ++contacts.figures.visits;
        const auto theirs = span_of(other, day, longest);
        for (const auto& mine : of_case) {
          const auto last = domain::contact_between(policy, infectious, mine, theirs);
          if (!last) continue;
          auto& latest = contacts.last_moments[citizen];
          latest = std::max(latest, *last);
        }
      }
    }
  }
  contacts.figures.persons = contacts.last_moments.size();
  return contacts;
}

}  // namespace lindung::service
