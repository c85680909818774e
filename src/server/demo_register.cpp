#include "server/demo_register.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "domain/colour.h"
#include "domain/import.h"
#include "domain/people.h"
#include "people/accounts.h"
#include "people/caller.h"
#include "people/civil_register.h"
#include "people/phone.h"
#include "server/demo_people.h"
#include "service/citizen_search.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::server {

namespace {

constexpr std::size_t registered = 40;

// Numbers of an operator's range that is given to nobody here: made up like their owners.
std::string phone_of(std::size_t number) { return fmt::format("+62812900{:05}", number); }

std::string family_card_of(const domain::MadeUpPerson& person) {
  return std::string{person.nik.digits().substr(0, 12)} + "0001";
}

std::string born_of(const domain::MadeUpPerson& person) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(person.birth.year()),
                     static_cast<unsigned>(person.birth.month()), static_cast<unsigned>(person.birth.day()));
}

Result<void> add_account(const service::Platform& platform, const domain::MadeUpPerson& person) {
  TRY(citizen,
      service::find_citizen(
          platform,
          {.nik = person.nik, .passport = {}, .local = domain::LocalId{ByteArray<16>{}}, .name = {}, .birth = {}}));
  TRY(phone, people::parse_phone(phone_of(person.number)));
  return platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(known, people::find_account(transaction, platform.ring, people::AccountName::citizen, citizen.bytes()));
    if (known) return ok();
    TRY(added, people::add_account(transaction, platform.ring,
                                   {.id = {},
                                    .role = people::Role::citizen,
                                    .citizen = citizen,
                                    .phone = phone,
                                    .officer = {},
                                    .created_at = {}},
                                   platform.clock.now()));
    static_cast<void>(added);
    return ok();
  });
}

}  // namespace

Result<DemoLogins> make_demo_logins(const service::Platform& platform, const DemoWorld::Plan& plan) {
  DemoLogins logins;
  std::string csv{"nik,name,born,family_card,phone\n"};
  domain::MadeUpPeople made{plan.seed, static_cast<std::size_t>(plan.citizens), plan.made_at};
  for (std::size_t i = 0; i < std::min(registered, static_cast<std::size_t>(plan.citizens)); ++i) {
    const auto person = made.next();
    if (!person) break;
    const auto phone = phone_of(person->number);
    csv += fmt::format("{},\"{}\",{},{},{}\n", person->nik.digits(), person->name, born_of(*person),
                       family_card_of(*person), phone);
    if (person->intended != domain::Colour::green) continue;
    if (logins.citizen_phone.empty()) {
      const auto added = add_account(platform, *person);
      if (added.has_error() && added.error().code == Errc::not_found) continue;  // erased since
      TRYV(added);
      logins.citizen_phone = phone;
      logins.citizen_nik = person->nik.digits();
    } else if (logins.to_register.empty()) {
      logins.to_register = {std::string{person->nik.digits()}, person->name, born_of(*person), family_card_of(*person),
                            phone};
    }
  }
  TRY(loaded, people::load_civil_register(platform, csv));
  static_cast<void>(loaded);
  return logins;
}

}  // namespace lindung::server
