#include "people/venue_applications.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "domain/category.h"
#include "people/caller.h"
#include "people/venue_members.h"
#include "service/platform.h"
#include "service/venues.h"
#include "store/database.h"

namespace lindung::people {

namespace {

constexpr std::size_t longest_name = 200;
constexpr std::uint64_t most_capacity = 1'000'000;

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }
std::int64_t as_int(ApplicationState state) { return static_cast<std::int64_t>(state); }

VenueApplication application_in(const store::Row& row) {
  return {.id = VenueApplicationId{take<16>(row.bytes(0))},
          .account = AccountId{take<16>(row.bytes(1))},
          .name = std::string{row.text(2)},
          .category = static_cast<domain::Category>(row.integer(3)),
          .capacity = static_cast<std::uint64_t>(row.integer(4)),
          .state = static_cast<ApplicationState>(row.integer(5)),
          .asked_at = moment_of(static_cast<std::uint64_t>(row.integer(6)))};
}

Result<std::optional<VenueApplication>> find(store::Transaction& transaction, const VenueApplicationId& id) {
  std::optional<VenueApplication> found;
  TRYV(transaction.run(store::Sql{"SELECT application_id, account_id, name, category, capacity, state, asked_at "
                                  "FROM venue_application WHERE application_id = $1"},
                       {id.bytes()}, [&](const store::Row& row) { found = application_in(row); }));
  return found;
}

Result<VenueApplication> find_waiting(store::Transaction& transaction, const VenueApplicationId& id) {
  TRY(found, find(transaction, id));
  if (!found) return fail(Errc::not_found, "no such application");
  if (found->state != ApplicationState::waits) return fail(Errc::conflict, "this application was decided before");
  return std::move(*found);
}

// Of the officers who decide at once one does.
Result<void> decide(store::Transaction& transaction, const VenueApplicationId& id, ApplicationState state) {
  TRY(changed,
      transaction.run(store::Sql{"UPDATE venue_application SET state = $2 WHERE application_id = $1 AND state = $3"},
                      {id.bytes(), as_int(state), as_int(ApplicationState::waits)}));
  if (changed != 1) return fail(Errc::conflict, "this application was decided before");
  return ok();
}

bool is_one_line(std::string_view text) {
  return std::ranges::none_of(text, [](char each) { return static_cast<unsigned char>(each) < ' ' || each == 0x7f; });
}

Result<std::vector<VenueApplication>> read_of(store::Transaction& transaction, const AccountId& account) {
  std::vector<VenueApplicationId> ids;
  TRYV(transaction.run(store::Sql{"SELECT application_id FROM account_application WHERE account_id = $1"},
                       {account.bytes()}, [&](const store::Row& row) { ids.emplace_back(take<16>(row.bytes(0))); }));
  std::vector<VenueApplication> out;
  for (const auto& id : ids) {
    TRY(found, find(transaction, id));
    if (found) out.push_back(std::move(*found));
  }
  std::ranges::sort(out, [](const VenueApplication& a, const VenueApplication& b) {
    return std::pair{b.asked_at, b.id} < std::pair{a.asked_at, a.id};
  });
  return out;
}

}  // namespace

std::string_view name_of(ApplicationState state) noexcept {
  switch (state) {
    case ApplicationState::waits: return "waits";
    case ApplicationState::accepted: return "accepted";
    case ApplicationState::declined: return "declined";
  }
  return "unknown";
}

Result<VenueApplicationId> apply_for_venue(const service::Platform& platform, const AccountId& account,
                                           const VenueWish& wish) {
  if (wish.name.empty() || wish.name.size() > longest_name || !is_one_line(wish.name)) {
    return fail(Errc::invalid_argument, "name: 1 to 200 bytes on one line");
  }
  if (wish.category == domain::Category::general) return fail(Errc::invalid_argument, "category");
  if (wish.capacity > most_capacity) return fail(Errc::invalid_argument, "capacity: at most 1000000");
  const VenueApplicationId id{crypto::random_bytes<16>()};
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(earlier, read_of(transaction, account));
    const auto waiting = std::ranges::count(earlier, ApplicationState::waits, &VenueApplication::state);
    if (static_cast<std::size_t>(waiting) >= most_waiting_applications) {
      return fail(Errc::conflict, "too many of your venues wait");
    }
    TRYV(transaction.run(
        store::Sql{"INSERT INTO venue_application (application_id, account_id, name, category, "
                   "capacity, state, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                   "ON CONFLICT (application_id) DO NOTHING"},
        {id.bytes(), account.bytes(), std::string_view{wish.name}, static_cast<std::int64_t>(wish.category),
         static_cast<std::int64_t>(wish.capacity), as_int(ApplicationState::waits), as_int(platform.clock.now())}));
    TRYV(transaction.run(store::Sql{"INSERT INTO account_application (account_id, application_id) VALUES ($1, $2) "
                                    "ON CONFLICT (account_id, application_id) DO NOTHING"},
                         {account.bytes(), id.bytes()}));
    return ok();
  }));
  return id;
}

Result<std::vector<VenueApplication>> applications_of(const service::Platform& platform, const AccountId& account) {
  std::vector<VenueApplication> out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    BOOST_OUTCOME_TRY(out, read_of(transaction, account));
    return ok();
  }));
  return out;
}

Result<std::vector<VenueApplication>> waiting_applications(const service::Platform& platform) {
  std::vector<VenueApplication> out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.clear();
    TRYV(transaction.run(store::Sql{"SELECT application_id, account_id, name, category, capacity, state, asked_at "
                                    "FROM venue_application WHERE state = $1 ORDER BY asked_at, application_id"},
                         {as_int(ApplicationState::waits)},
                         [&](const store::Row& row) { out.push_back(application_in(row)); }));
    return ok();
  }));
  return out;
}

Result<VenueId> accept_application(const service::Platform& platform, const VenueApplicationId& id) {
  std::optional<VenueApplication> wanted;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(found, find_waiting(transaction, id));
    wanted = std::move(found);
    return ok();
  }));
  const VenueId venue{id.value()};
  if (!platform.venues.find(venue)) {
    TRYV(service::add_venues(
        platform, {{.id = venue, .name = wanted->name, .category = wanted->category, .capacity = wanted->capacity}}));
  }
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(decide(transaction, id, ApplicationState::accepted));
    return put_member(transaction, platform.ring, venue, wanted->account, VenueRole::owner, {}, platform.clock.now());
  }));
  return venue;
}

Result<void> decline_application(const service::Platform& platform, const VenueApplicationId& id) {
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(found, find_waiting(transaction, id));
    return decide(transaction, found.id, ApplicationState::declined);
  });
}

}  // namespace lindung::people
