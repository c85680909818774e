// A small civil register of a demo's made-up people, and an account of one of them, so that somebody who tries the
// portal can sign in and can register.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "server/demo_people.h"
#include "service/platform.h"

namespace lindung::server {

struct DemoLogins {
  std::string citizen_phone;             // has an account; empty: there is nobody
  std::string citizen_nik;               // theirs
  std::vector<std::string> to_register;  // who has none: NIK, name, birth date, family card, telephone
};
// The same again when it is there already.
[[nodiscard]] Result<DemoLogins> make_demo_logins(const service::Platform& platform, const DemoWorld::Plan& plan);

}  // namespace lindung::server
