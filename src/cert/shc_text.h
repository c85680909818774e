// The texts that carry SMART Health Cards: digits behind "shc:/", in one part or several, a .smart-health-card file, a
// FHIR answer with cards in it, and the compact signed message itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cert/refusal.h"

namespace lindung::cert {

inline constexpr std::string_view shc_prefix = "shc:/";

// Whether the text is one of these.
[[nodiscard]] bool looks_like_shc(std::string_view text) noexcept;

// The compact messages. Parts may stand in any order, with white space between them.
// Errors: prefix; jws step: numeric, chunk, json, no_content.
[[nodiscard]] Checked<std::vector<std::string>> card_messages(std::string_view text);

}  // namespace lindung::cert
