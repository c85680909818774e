#include "service/pack_telling.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "codec/utf8.h"
#include "domain/legal_basis.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "service/legal_requests.h"
#include "service/logged_unit.h"
#include "service/notices.h"
#include "service/override_counts.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::size_t longest_line = 200;
constexpr std::uint64_t row_version = 1;
constexpr std::uint64_t row_items = 3;

struct Due {
  CitizenRef citizen;
  Hash digest{};
  Bytes sealed;
};
struct Told {
  std::string basis;
  Moment made_at;
};

Bytes key_of(const CitizenRef& citizen, const Hash& digest) {
  return Message{}.raw(citizen.bytes()).raw(digest).take();
}

store::RowAddress address_of(BytesView key) {
  return {.table = "pack_due", .primary_key = key, .version = row_version};
}

Result<void> count(LoggedUnit& unit, const std::string& basis, std::int64_t made, std::int64_t told) {
  const auto month = month_of(unit.now());
  TRYV(unit.transaction().run(
      store::Sql{"INSERT INTO pack_count (month, basis, made, told) VALUES ($1, $2, $3, $4) ON CONFLICT (month, basis) "
                 "DO UPDATE SET made = pack_count.made + excluded.made, told = pack_count.told + excluded.told"},
      {std::string_view{month}, std::string_view{basis}, made, told}));
  return ok();
}

domain::Text notice_text(const Told& told) {
  const auto basis = domain::find_request_basis(told.basis);
  const auto day = rfc3339(told.made_at).substr(0, 10);
  const auto name = basis.has_value() ? basis.value()->name : domain::Text{};
  const auto source = basis.has_value() ? basis.value()->source : std::string{};
  return {.id = "Pada " + day + " jawaban yang pernah diberikan tentang Anda dibuka dalam berkas bukti, berdasarkan " +
                name.id + " (" + source + "). Dua petugas menyetujuinya. Anda dapat mengajukan keberatan.",
          .en = "On " + day + " answers that were given about you were opened in an evidence pack, on the basis of " +
                name.en + " (" + source + "). Two officers agreed. You may object."};
}

// A person who was erased since is told nothing.
Result<void> tell(LoggedUnit& unit, const Platform& platform, const CitizenRef& citizen, const Hash& digest,
                  const Told& told) {
  auto written =
      put_notice(unit.transaction(), platform.ring, citizen, NoticeKind::legal_request, notice_text(told), unit.now());
  if (written.has_error() && written.error().code == Errc::not_found) return ok();
  TRYV(written);
  TRYV(count(unit, told.basis, 0, 1));
  TRYV(unit.log(
      log::OfficerEntry{.at = unit.now(), .action = "evidence.told", .officer_key_digest = {}, .case_digest = digest}));
  return ok();
}

Result<Told> open_due(const Platform& platform, const Due& due) {
  const auto key = key_of(due.citizen, due.digest);
  TRY(plain, store::RowSealer{platform.ring}.open(address_of(key), due.sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != row_items || version != row_version) return fail(Errc::corrupt, "pack_due: version");
  TRY(basis, in.text());
  TRY(made_at, in.uint());
  TRYV(in.end());
  return Told{.basis = std::string{basis}, .made_at = moment_of(made_at)};
}

std::optional<std::uint64_t> shown(std::int64_t number) {
  const auto value = static_cast<std::uint64_t>(number);
  return value > 0 && value < fewest_requests_told ? std::nullopt : std::optional{value};
}

}  // namespace

Result<void> check_telling(const PackTelling& telling, Moment now) {
  TRYV(domain::find_request_basis(telling.basis));
  if (!telling.told_on) return ok();
  const auto& because = telling.because;
  if (because.empty() || because.size() > longest_line || !codec::is_utf8(because) ||
      std::ranges::any_of(because, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
    return fail(Errc::invalid_argument, "because: why are the persons not told at once?");
  }
  if (*telling.told_on <= now || *telling.told_on - now > longest_silence) {
    return fail(Errc::invalid_argument, "the day of telling is ahead, by two years at most");
  }
  return ok();
}

Result<void> begin_telling(LoggedUnit& unit, const Platform& platform, const PackTelling& telling, const Hash& digest) {
  const Told told{.basis = telling.basis, .made_at = unit.now()};
  TRYV(count(unit, told.basis, 1, 0));
  for (const auto& citizen : telling.persons) {
    if (!telling.told_on) {
      TRYV(tell(unit, platform, citizen, digest, told));
      continue;
    }
    codec::CborWriter plain;
    plain.array(row_items).uint(row_version).text(told.basis).uint(unix_seconds(told.made_at));
    const auto key = key_of(citizen, digest);
    TRY(sealed, store::RowSealer{platform.ring}.seal(address_of(key), plain.view()));
    TRYV(unit.transaction().run(
        store::Sql{"INSERT INTO pack_due (citizen_ref, pack_digest, due_at, sealed) VALUES ($1, $2, $3, $4)"},
        {citizen.bytes(), BytesView{digest}, static_cast<std::int64_t>(unix_seconds(*telling.told_on)),
         BytesView{sealed}}));
  }
  return ok();
}

Result<void> tell_of_due_packs(const Platform& platform) {
  std::vector<Due> due;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    due.clear();
    TRYV(transaction.run(store::Sql{"SELECT citizen_ref, pack_digest, sealed FROM pack_due WHERE due_at <= $1 "
                                    "ORDER BY due_at, citizen_ref, pack_digest"},
                         {static_cast<std::int64_t>(unix_seconds(platform.clock.now()))}, [&](const store::Row& row) {
                           due.push_back({.citizen = CitizenRef{take<16>(row.bytes(0))},
                                          .digest = take<32>(row.bytes(1)),
                                          .sealed = to_bytes(row.bytes(2))});
                         }));
    return ok();
  }));
  for (const auto& each : due) {
    TRY(told, open_due(platform, each));
    TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
      TRY(gone, unit.transaction().run(store::Sql{"DELETE FROM pack_due WHERE citizen_ref = $1 AND pack_digest = $2"},
                                       {each.citizen.bytes(), BytesView{each.digest}}));
      if (gone == 0) return ok();
      return tell(unit, platform, each.citizen, each.digest, told);
    }));
  }
  return ok();
}

Result<std::vector<PackCount>> pack_figures(const Platform& platform) {
  std::vector<PackCount> counts;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    counts.clear();
    TRYV(transaction.run(store::Sql{"SELECT month, basis, made, told FROM pack_count ORDER BY month, basis"}, {},
                         [&](const store::Row& row) {
                           counts.push_back({.month = std::string{row.text(0)},
                                             .basis = std::string{row.text(1)},
                                             .made = shown(row.integer(2)),
                                             .told = shown(row.integer(3))});
                         }));
    return ok();
  }));
  return counts;
}

}  // namespace lindung::service
