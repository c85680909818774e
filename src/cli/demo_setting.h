// What `partner ask` takes from the file that the demo writes beside its data folder.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "cli/partner_setting.h"

namespace lindung::cli {

struct DemoChoice {
  std::string partner;
  std::optional<std::size_t> link;  // of the partner's links in the demo file, counted from 0
  std::optional<std::size_t> door;  // of the demo's venues, counted from 0
  bool seals{true};                 // false: who reads needs no gateway key, and none of now must be there
};

struct DemoSetting {
  PartnerSetting setting;
  std::string token;  // of the chosen link, hex; empty: none was chosen
  std::string venue;  // the code of the chosen door, hex; likewise
};

// Errors: not_found, with number 3 when there is no such file, and for a partner, link or door that the demo has not;
// malformed for another file.
[[nodiscard]] Result<DemoSetting> read_demo_setting(const std::string& path, const DemoChoice& choice, Moment now);

}  // namespace lindung::cli
