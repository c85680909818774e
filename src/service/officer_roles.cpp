#include "service/officer_roles.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

// Each role of each officer is sealed to its place: who can write rows gives nobody a role.
Bytes key_of(const OfficerId& officer, OfficerRole role) {
  return Message{}.u8(static_cast<std::uint8_t>(role)).text(officer.value()).take();
}

store::RowAddress address(BytesView key) { return {.table = "officer_role", .primary_key = key, .version = 1}; }

}  // namespace

std::string_view name_of(OfficerRole role) noexcept {
  switch (role) {
    case OfficerRole::partners: return "partners";
    case OfficerRole::health_office: return "health-office";
    case OfficerRole::border: return "border";
    case OfficerRole::security: return "security";
    case OfficerRole::auditor: return "auditor";
    case OfficerRole::operations: return "operations";
  }
  return "unknown";
}

Result<OfficerRoles> parse_officer_roles(std::string_view words) {
  OfficerRoles roles;
  while (!words.empty()) {
    const auto end = std::min(words.find(','), words.size());
    const auto word = words.substr(0, end);
    words.remove_prefix(std::min(end + 1, words.size()));
    const auto* const role =
        std::ranges::find_if(all_officer_roles, [&](OfficerRole each) { return name_of(each) == word; });
    if (role == all_officer_roles.end()) {
      return fail(Errc::invalid_argument,
                  "role: partners, health-office, border, security, auditor or operations, with commas between");
    }
    roles.insert(*role);
  }
  return roles;
}

std::string text_of(const OfficerRoles& roles) {
  std::string out;
  for (const auto role : roles) {
    if (!out.empty()) out += ",";
    out += name_of(role);
  }
  return out;
}

Result<void> set_officer_roles(const Platform& platform, const OfficerId& officer, const OfficerRoles& roles) {
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(known,
        transaction.run(store::Sql{"SELECT officer_id FROM officer WHERE officer_id = $1 AND revoked_at IS NULL"},
                        {officer.value()}));
    if (known == 0) return fail(Errc::not_found, "no such officer");
    TRYV(transaction.run(store::Sql{"DELETE FROM officer_role WHERE officer_id = $1"}, {officer.value()}));
    for (const auto role : roles) {
      const auto key = key_of(officer, role);
      TRY(sealed, store::RowSealer{platform.ring}.seal(address(key), {}));
      TRYV(transaction.run(store::Sql{"INSERT INTO officer_role (officer_id, role, sealed) VALUES ($1, $2, $3)"},
                           {officer.value(), static_cast<std::int64_t>(role), BytesView{sealed}}));
    }
    return ok();
  });
}

Result<OfficerRoles> find_officer_roles(const Platform& platform, const OfficerId& officer) {
  OfficerRoles roles;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    std::vector<std::pair<OfficerRole, Bytes>> found;
    TRYV(transaction.run(
        store::Sql{"SELECT r.role, r.sealed FROM officer_role r JOIN officer o ON o.officer_id = r.officer_id "
                   "WHERE r.officer_id = $1 AND o.revoked_at IS NULL"},
        {officer.value()}, [&](const store::Row& row) {
          found.emplace_back(static_cast<OfficerRole>(row.integer(0)), to_bytes(row.bytes(1)));
        }));
    roles.clear();
    for (const auto& [role, sealed] : found) {
      const auto key = key_of(officer, role);
      TRYV(store::RowSealer{platform.ring}.open(address(key), sealed));
      if (std::ranges::find(all_officer_roles, role) != all_officer_roles.end()) roles.insert(role);
    }
    return ok();
  }));
  return roles;
}

}  // namespace lindung::service
