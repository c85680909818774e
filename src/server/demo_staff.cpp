#include "server/demo_staff.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "people/accounts.h"
#include "people/caller.h"
#include "people/phone.h"
#include "people/venue_members.h"
#include "service/officer_codes.h"
#include "service/officer_roles.h"
#include "service/officers.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/durable_file.h"

namespace lindung::server {

namespace {

constexpr std::array<std::string_view, 2> officer_names{"siti", "budi"};

Result<void> make_venue_owner(const service::Platform& platform, const VenueId& venue) {
  TRY(phone, people::parse_phone(demo_venue_phone));
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(known, people::find_account(transaction, platform.ring, people::AccountName::venue_phone, phone.bytes()));
    if (known) return ok();
    const auto now = platform.clock.now();
    TRY(account,
        people::add_account(
            transaction, platform.ring,
            {.id = {}, .role = people::Role::venue, .citizen = {}, .phone = phone, .officer = {}, .created_at = now},
            now));
    return people::put_member(transaction, platform.ring, venue, account.id, people::VenueRole::owner, "Demo", now);
  });
}

// As the command line reads it (cli/key_file.h). One that is there already is the officer's of an earlier start.
Result<void> register_officer(const service::Platform& platform, const OfficerId& id, const std::string& key_file) {
  const auto seed = crypto::random_secret<32>();
  const auto key = crypto::Ed25519PrivateKey::from_seed(seed);
  TRYV(service::add_officer(platform, id, key.public_key(), {}));
  return store::replace_file(key_file, as_bytes(id.value() + " " + codec::hex(seed.view()) + "\n"));
}

Result<DemoOfficer> make_officer(const service::Platform& platform, const std::string& name,
                                 const std::string& data_folder) {
  const OfficerId id{name};
  DemoOfficer officer{.id = name, .key_file = data_folder + "-" + name + ".key", .code = {}};
  const auto registered = register_officer(platform, id, officer.key_file);
  if (registered.has_error() && registered.error().code != Errc::conflict) return registered.error();
  service::OfficerRoles roles{service::all_officer_roles.begin(), service::all_officer_roles.end()};
  TRYV(service::set_officer_roles(platform, id, roles));
  TRY(made, service::make_officer_code(platform, id));
  officer.code = made.code;
  return officer;
}

}  // namespace

Result<DemoStaff> make_demo_staff(const service::Platform& platform, const VenueId& venue,
                                  const std::string& data_folder, bool with_officers) {
  TRYV(make_venue_owner(platform, venue));
  DemoStaff staff{.venue_phone = std::string{demo_venue_phone}, .officers = {}};
  if (!with_officers) return staff;
  for (const auto name : officer_names) {
    TRY(officer, make_officer(platform, std::string{name}, data_folder));
    staff.officers.push_back(std::move(officer));
  }
  return staff;
}

}  // namespace lindung::server
