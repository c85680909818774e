#include "service/report_offices.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/issuer_terms.h"
#include "domain/report.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr std::size_t longest_id = 32;
constexpr std::size_t longest_name = 200;
constexpr std::size_t key_size = 32;
constexpr std::size_t key_id_size = 8;

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= longest_id && id != no_office &&
         id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

}  // namespace

std::string_view name_of(OfficeRole role) noexcept { return role == OfficeRole::health ? "health" : "second"; }

Result<OfficeRole> parse_office_role(std::string_view text) {
  if (text == "health") return OfficeRole::health;
  if (text == "second") return OfficeRole::second;
  return fail(Errc::invalid_argument, "role: health or second");
}

domain::OfficeKeyId Office::key_id() const { return take<key_id_size>(crypto::sha256(public_key)); }

Result<void> add_office(const Platform& platform, const Office& office) {
  if (!is_id(office.id.value())) return fail(Errc::invalid_argument, "id: [a-z0-9-]{1,32}");
  if (office.name.empty() || office.name.size() > longest_name) {
    return fail(Errc::invalid_argument, "name: 1 to 200 bytes");
  }
  if (office.districts.empty() == (office.role == OfficeRole::health)) {
    return fail(Errc::invalid_argument, "a health office has districts, a second office has none");
  }
  std::string districts;
  for (const auto& each : office.districts) districts += (districts.empty() ? "" : ",") + each;
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(added, unit.transaction().run(
                   store::Sql{"INSERT INTO report_office (office_id, name, role, districts, public_key, added_at) "
                              "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (office_id) DO NOTHING"},
                   {office.id.value(), std::string_view{office.name}, static_cast<std::int64_t>(office.role),
                    std::string_view{districts}, BytesView{office.public_key},
                    static_cast<std::int64_t>(unix_seconds(unit.now()))}));
    if (added == 0) return fail(Errc::conflict, "an office of this id exists");
    TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                                .owner = office.id.value(),
                                .use = "report-office",
                                .key_id = "1",
                                .public_key_digest = crypto::sha256(office.public_key),
                                .added = true}));
    return ok();
  });
}

Result<std::vector<Office>> read_offices(store::Transaction& transaction) {
  std::vector<Office> offices;
  TRYV(transaction.run(
      store::Sql{"SELECT office_id, name, role, districts, public_key FROM report_office ORDER BY office_id"}, {},
      [&](const store::Row& row) {
        if (row.bytes(4).size() != key_size) return;
        auto districts = domain::parse_districts(row.text(3));
        offices.push_back(
            {.id = OfficeId{std::string{row.text(0)}},
             .name = std::string{row.text(1)},
             .role = static_cast<OfficeRole>(row.integer(2)),
             .districts = districts.has_value() ? std::move(districts).value() : std::vector<std::string>{},
             .public_key = take<key_size>(row.bytes(4))});
      }));
  return offices;
}

Result<std::vector<Office>> list_offices(const Platform& platform) {
  std::vector<Office> offices;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(read, read_offices(transaction));
    offices = std::move(read);
    return ok();
  }));
  return offices;
}

OfficeId office_of(const std::vector<Office>& offices, std::string_view district) {
  const Office* best = nullptr;
  std::size_t longest = 0;
  for (const auto& office : offices) {
    if (office.role != OfficeRole::health) continue;
    for (const auto& each : office.districts) {
      if (!district.starts_with(each) || each.size() <= longest) continue;
      best = &office;
      longest = each.size();
    }
  }
  return best == nullptr ? OfficeId{std::string{no_office}} : best->id;
}

}  // namespace lindung::service
