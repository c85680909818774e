#include "service/legal_answers.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/colour.h"
#include "service/explain.h"
#include "service/issued_certificates.h"
#include "service/legal_requests.h"
#include "service/platform.h"
#include "service/visit_index_page.h"
#include "service/visit_index_reader.h"
#include "store/database.h"

namespace lindung::service {

namespace {

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

std::string yes_or_no(bool is_so) { return is_so ? "yes" : "no"; }

Result<std::string> was_there(const Platform& platform, const LegalWish& wish, const CitizenRef& citizen) {
  ByteArray<16> venue{};
  TRYV(codec::from_hex(wish.about, venue));
  bool found = false;
  bool is_all_known = true;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    found = false;
    is_all_known = true;
    VisitIndexReader reader{transaction, platform.ring};
    // Who came in before midnight was there after it too: one day more, by the stay's own times.
    for (auto day = day_of(wish.from - std::chrono::days{1}); day <= day_of(wish.until); ++day.number) {
      TRY(remembers, reader.remembers(day));
      is_all_known = is_all_known && (remembers || start_of(day) + std::chrono::days{1} <= wish.from);
      if (!remembers) continue;
      TRY(stays, reader.of_citizen(day, citizen));
      found = found || std::ranges::any_of(stays, [&](const IndexedStay& stay) {
                const auto in = start_of(day) + seconds{stay.in};
                const auto out = stay.length == IndexedStay::no_end ? in : in + seconds{stay.length};
                return stay.other == venue && in <= wish.until && out >= wish.from;
              });
    }
    return ok();
  }));
  if (!found && !is_all_known) return fail(Errc::unavailable, "days that were asked about are forgotten");
  return yes_or_no(found);
}

Result<std::string> was_linked(const Platform& platform, const LegalWish& wish, const CitizenRef& citizen) {
  std::uint64_t links = 0;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(rows, transaction.run(store::Sql{"SELECT link_id FROM link WHERE citizen_ref = $1 AND partner_id = $2 AND "
                                         "granted_at <= $4 AND (withdrawn_at IS NULL OR withdrawn_at >= $3)"},
                              {citizen.bytes(), std::string_view{wish.about}, as_int(wish.from), as_int(wish.until)}));
    links = rows;
    return ok();
  }));
  return yes_or_no(links != 0);
}

Result<std::string> is_genuine(const Platform& platform, const LegalWish& wish) {
  Hash digest{};
  TRYV(codec::from_hex(wish.about, digest));
  const auto found = find_signature(platform, digest);
  if (found.has_error() && found.error().code != Errc::not_found) return found.error();
  return yes_or_no(found.has_value());
}

}  // namespace

Result<std::string> answer_legally(const Platform& platform, const LegalWish& wish) {
  if (wish.question == LegalQuestion::certificate_genuine) return is_genuine(platform, wish);
  if (!wish.citizen) return fail(Errc::invalid_argument, "a person is needed");
  switch (wish.question) {
    case LegalQuestion::visited: return was_there(platform, wish, *wish.citizen);
    case LegalQuestion::linked: return was_linked(platform, wish, *wish.citizen);
    case LegalQuestion::colour_on:
    case LegalQuestion::certificate_genuine: break;
  }
  TRY(explanation, explain(platform, *wish.citizen, wish.from));
  return std::string{domain::name_of(explanation.colour)};
}

}  // namespace lindung::service
