// The value sets of the EU's certificate (data/codes/dcc-value-sets.json), with what countries write outside of them.
#pragma once

#include <cstdint>
#include <string_view>

namespace lindung::cert {

enum class ValueSet : std::uint8_t {
  disease,
  prophylaxis,
  product,
  maker,
  test_type,
  test_result,
  country,
  test_device
};

// False for a code that has the look of its set's code system and is not in the set. Words in the place of a code, and
// an empty one, are not judged: countries outside of the register write them.
[[nodiscard]] bool may_stand(ValueSet set, std::string_view code);

}  // namespace lindung::cert
