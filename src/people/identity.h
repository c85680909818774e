// Whether somebody is who they say: asked once, at registration. The default looks into a civil register that the
// operator loads (people/civil_register.h); another one may ask the ministry.
#pragma once

#include <string>

#include "base/result.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "people/phone.h"

namespace lindung::people {

// Privacy: personal data. NIK and birth date alone never make one.
struct IdentityClaim {
  domain::Nik nik;
  std::string name;
  domain::PartialDate born;
  std::string family_card;  // 16 digits
  Phone phone;              // proved by a code before
};

// Thread-safe.
class IdentityVerifier {
 public:
  IdentityVerifier() = default;
  IdentityVerifier(const IdentityVerifier&) = delete;
  IdentityVerifier& operator=(const IdentityVerifier&) = delete;
  virtual ~IdentityVerifier() = default;
  // The same work and the same answer for somebody unknown and for a claim that differs. Errors: unavailable.
  [[nodiscard]] virtual Result<bool> agrees(const IdentityClaim& claim) const = 0;
};

}  // namespace lindung::people
