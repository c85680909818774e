// The civil register as far as registration needs it: MACs under keys of the ring, by NIK. It can say whether a claim
// agrees, and nothing in it can be read.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "people/identity.h"
#include "service/platform.h"

namespace lindung::people {

class CivilRegister final : public IdentityVerifier {
 public:
  explicit CivilRegister(const service::Platform& platform) noexcept : platform_{platform} {}
  [[nodiscard]] Result<bool> agrees(const IdentityClaim& claim) const override;

 private:
  const service::Platform& platform_;
};

struct LoadedRegister {
  std::size_t rows{};
  std::size_t refused{};  // lines that are none: a wrong NIK, date, card or telephone
};
// CSV with the columns nik, name, born (YYYY-MM-DD), family_card, phone, in any order. A NIK that is there already gets
// the newer line. Errors: malformed without these columns.
[[nodiscard]] Result<LoadedRegister> load_civil_register(const service::Platform& platform, std::string_view csv);

}  // namespace lindung::people
