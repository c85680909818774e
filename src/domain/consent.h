// What a citizen agrees to when they link a partner: for what, what it learns, until when. Purposes are a closed list
// in our own words, so that nobody is asked in a partner's.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "domain/partner.h"
#include "domain/rule_set.h"

namespace lindung::domain {

// Of a consent, random: what partner and citizen call it. It stands in no row in the clear.
using ConsentId = Id<struct ConsentIdTag, ByteArray<16>>;

// The numbers stand in sealed rows.
enum class Purpose : std::uint8_t { venue_entry = 1, event = 2, transport = 3, workplace = 4, own_status = 5 };
inline constexpr std::array all_purposes{Purpose::venue_entry, Purpose::event, Purpose::transport, Purpose::workplace,
                                         Purpose::own_status};

[[nodiscard]] std::string_view name_of(Purpose purpose) noexcept;  // "venue-entry"
// Errors: invalid_argument.
[[nodiscard]] Result<Purpose> parse_purpose(std::string_view name);
[[nodiscard]] const Text& text_of(Purpose purpose);

inline constexpr std::chrono::days shortest_consent{1};
inline constexpr std::chrono::days longest_consent{366};

// What a partner gets to know under a profile, what it never does, and how to stop it: for the page and the receipt.
[[nodiscard]] std::span<const Text> learns(Profile profile);
[[nodiscard]] std::span<const Text> never_learns();
[[nodiscard]] const Text& how_to_stop();

// Why a consent is over. The numbers stand in sealed rows.
enum class ConsentEnd : std::uint8_t { withdrawn = 1, expired = 2, erased = 3, ended_by_operator = 4 };
[[nodiscard]] std::string_view name_of(ConsentEnd end) noexcept;  // "withdrawn", …, "operator"

}  // namespace lindung::domain
