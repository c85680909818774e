#include "service/citizen_search.h"

#include <optional>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "domain/import.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

Result<CitizenRef> find_citizen(const Platform& platform, const domain::Identity& identity) {
  TRY(index, person_index(platform.ring, identity));
  std::optional<CitizenRef> known;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    known.reset();
    TRYV(transaction.run(store::Sql{"SELECT citizen_ref FROM citizen_index WHERE idx = $1"}, {BytesView{index}},
                         [&](const store::Row& row) { known = CitizenRef{take<16>(row.bytes(0))}; }));
    return ok();
  }));
  if (!known) return fail(Errc::not_found, "no such citizen");
  return *known;
}

}  // namespace lindung::service
