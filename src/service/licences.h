// The register of licences: which clinics, laboratories and health offices there are, as their ministry lists them.
// While none was loaded nobody is asked for one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

// Replaces the register. Shape: {"source": text, "licences": [{"id", "holder", "valid_until": RFC 3339}]}, at most
// 1,000,000. Returns how many. Errors: malformed (the detail names the place); too_large.
[[nodiscard]] Result<std::uint64_t> load_licences(const Platform& platform, std::string_view text);

// Errors: denied unless the register is empty or knows this licence, and it has not ended.
[[nodiscard]] Result<void> check_licence(store::Transaction& transaction, std::string_view licence, Moment now);

// The register of vaccine lots. Shape: {"source": text, "lots": [{"vaccine": our code, "lot", "doses"}]}. Lots that are
// there keep what was used of them. While a vaccine has no lots there, none of its doses is held back for its lot.
[[nodiscard]] Result<std::uint64_t> load_lots(const Platform& platform, std::string_view text);

}  // namespace lindung::service
