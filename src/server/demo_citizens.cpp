#include "server/demo_citizens.h"

#include <cstddef>
#include <set>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "service/platform.h"
#include "service/settings.h"
#include "store/database.h"

namespace lindung::server {

namespace {

constexpr std::string_view order_setting = "demo_citizens";  // references, one behind the other
constexpr std::size_t ref_size = 16;

// In the order of the references.
Result<std::vector<CitizenRef>> all_citizens(store::Transaction& transaction) {
  std::vector<CitizenRef> refs;
  // Canaries are no citizens of the demo: they have their one link, and stand in no file.
  TRYV(transaction.run(store::Sql{"SELECT i.citizen_ref FROM identity i LEFT JOIN canary c "
                                  "ON c.citizen_ref = i.citizen_ref WHERE c.citizen_ref IS NULL "
                                  "ORDER BY i.citizen_ref"},
                       {}, [&](const store::Row& row) { refs.emplace_back(take<ref_size>(row.bytes(0))); }));
  return refs;
}

Result<std::vector<CitizenRef>> stored_order(store::Transaction& transaction) {
  TRY(stored, service::read_setting(transaction, order_setting));
  std::vector<CitizenRef> refs;
  if (!stored) return refs;
  if (stored->size() % ref_size != 0) return fail(Errc::corrupt, "the demo's citizens");
  for (BytesView rest{*stored}; !rest.empty(); rest = rest.subspan(ref_size)) refs.emplace_back(take<ref_size>(rest));
  return refs;
}

}  // namespace

Result<void> enrol_citizens(const service::Platform& platform) {
  return platform.database.write([](store::Transaction& transaction) -> Result<void> {
    TRY(order, stored_order(transaction));
    TRY(everybody, all_citizens(transaction));
    const std::set<CitizenRef> enrolled{order.begin(), order.end()};
    Message stored{(order.size() + everybody.size()) * ref_size};
    for (const auto& ref : order) stored.raw(ref.bytes());
    bool has_changed = false;
    for (const auto& ref : everybody) {
      if (enrolled.contains(ref)) continue;
      stored.raw(ref.bytes());
      has_changed = true;
    }
    return has_changed ? service::write_setting(transaction, order_setting, stored.view()) : ok();
  });
}

Result<std::vector<DemoCitizen>> enrolled_citizens(const service::Platform& platform) {
  std::vector<DemoCitizen> citizens;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    citizens.clear();
    TRY(order, stored_order(transaction));
    TRY(everybody, all_citizens(transaction));
    const std::set<CitizenRef> present{everybody.begin(), everybody.end()};
    for (std::size_t place = 0; place < order.size(); ++place) {
      if (present.contains(order[place])) citizens.push_back({.ref = order[place], .place = place});
    }
    return ok();
  }));
  return citizens;
}

}  // namespace lindung::server
