#include "people/consents.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/consent.h"
#include "service/consent_rows.h"
#include "service/links.h"
#include "service/logged_unit.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/exchange_rows.h"

namespace lindung::people {

namespace {

constexpr std::int64_t ends_a_turn = 100;

// A shredded partner's links ended with its epoch, without a row of theirs being touched.
Result<bool> is_of_past_epoch(store::Transaction& transaction, const service::LinkRow& link) {
  TRY(partner, store::ExchangeRows{transaction}.partner(link.partner));
  return !partner || partner->epoch != link.epoch;
}

Result<std::optional<service::KeptConsent>> find_in(store::Transaction& transaction, const service::OpenPerson& person,
                                                    const domain::ConsentId& id) {
  TRY(consents, service::read_consents(transaction, person));
  const auto found =
      std::ranges::find_if(consents, [&](const service::KeptConsent& each) { return each.consent.id == id; });
  if (found == consents.end()) return std::optional<service::KeptConsent>{};
  return std::optional{std::move(*found)};
}

}  // namespace

Result<std::vector<ListedConsent>> list_consents(const service::Platform& platform, const CitizenRef& citizen) {
  std::vector<ListedConsent> out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.clear();
    TRY(person, service::open_person(transaction, platform.ring, citizen));
    TRY(links, service::read_links(transaction, citizen));
    for (const auto& link : links) {
      TRY(kept, service::read_consent(transaction, person, link.id));
      ListedConsent listed{.kept = std::move(kept),
                           .link = link.id,
                           .partner = link.partner,
                           .granted_at = link.granted_at,
                           .ended_at = link.ended_at,
                           .end = {}};
      TRY(is_past, is_of_past_epoch(transaction, link));
      if (listed.kept) listed.end = listed.kept->end;
      if (!listed.end && (is_past || link.ended_at)) listed.end = domain::ConsentEnd::ended_by_operator;
      out.push_back(std::move(listed));
    }
    return ok();
  }));
  std::ranges::sort(out, [](const ListedConsent& a, const ListedConsent& b) {
    return std::pair{b.granted_at, b.link} < std::pair{a.granted_at, a.link};
  });
  return out;
}

Result<service::KeptConsent> find_consent(const service::Platform& platform, const CitizenRef& citizen,
                                          const domain::ConsentId& id) {
  std::optional<service::KeptConsent> found;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, service::open_person(transaction, platform.ring, citizen));
    TRY(consent, find_in(transaction, person, id));
    found = std::move(consent);
    return ok();
  }));
  if (!found) return fail(Errc::not_found);
  return std::move(*found);
}

Result<service::KeptConsent> withdraw_consent(const service::Platform& platform, const CitizenRef& citizen,
                                              const domain::ConsentId& id) {
  std::optional<service::KeptConsent> after;
  TRYV(service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    TRY(person, service::open_person(transaction, platform.ring, citizen));
    TRY(consent, find_in(transaction, person, id));
    if (!consent) return fail(Errc::not_found);
    TRYV(service::end_link(unit, platform, citizen, consent->link, domain::ConsentEnd::withdrawn));
    TRY(now_kept, service::read_consent(transaction, person, consent->link));
    after = std::move(now_kept);
    return ok();
  }));
  return std::move(*after);
}

Result<std::uint64_t> end_due_consents(const service::Platform& platform) {
  std::vector<service::DueConsent> due;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(listed, service::list_due(transaction, platform.clock.now(), ends_a_turn));
    due = std::move(listed);
    return ok();
  }));
  std::uint64_t count = 0;
  for (const auto& each : due) {
    TRYV(service::write_logged(platform.database, platform.clock, [&](service::LoggedUnit& unit) -> Result<void> {
      const auto ended = service::end_link(unit, platform, each.citizen, each.link, domain::ConsentEnd::expired);
      if (ended.has_error() && ended.error().code != Errc::not_found) return ended.error();  // else erased since
      return service::forget_due(unit.transaction(), each);
    }));
    ++count;
  }
  return count;
}

}  // namespace lindung::people
