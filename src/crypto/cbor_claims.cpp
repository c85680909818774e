#include "crypto/cbor_claims.h"

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace lindung::crypto {

namespace {

enum class Major : std::uint8_t { uint, negative, bytes, text, array, map, tag, simple };
constexpr std::uint8_t first_long = 24;  // of the short argument: 24 to 27 announce 1, 2, 4 or 8 bytes
constexpr std::uint8_t last_long = 27;
constexpr std::uint8_t indefinite = 31;

}  // namespace

bool claims_fit(BytesView items) noexcept {
  auto room = items.size();  // for items that are claimed
  while (!items.empty()) {
    const auto major = static_cast<Major>(items[0] >> 5U);
    const auto head = static_cast<std::uint8_t>(items[0] & 0x1fU);
    items = items.subspan(1);
    std::uint64_t argument = head == indefinite ? 0 : head;
    if (head >= first_long && head <= last_long) {
      const std::size_t size = std::size_t{1} << static_cast<unsigned>(head - first_long);
      if (items.size() < size) return false;
      argument = 0;
      for (const auto byte : items.first(size)) argument = (argument << 8U) | byte;
      items = items.subspan(size);
    } else if (head > last_long && head != indefinite) {
      return false;
    }
    if (major == Major::bytes || major == Major::text) {
      if (argument > items.size()) return false;
      items = items.subspan(argument);
    } else if (major == Major::array || major == Major::map) {
      const std::uint64_t each = major == Major::map ? 2 : 1;
      if (argument > room / each) return false;
      room -= argument * each;
    }
  }
  return true;
}

}  // namespace lindung::crypto
