// Log-ins of a demonstration for whoever runs a venue and, where they are asked for, for two officers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "service/platform.h"

namespace lindung::server {

struct DemoOfficer {
  std::string id;
  std::string key_file;  // for the socket
  std::string code;      // for a passkey, an hour, once
};
struct DemoStaff {
  std::string venue_phone;
  std::vector<DemoOfficer> officers;
};

inline constexpr std::string_view demo_venue_phone = "+6281100000002";

// The owner of this venue signs in with demo_venue_phone. `with_officers`: siti and budi, of every role; from then on
// commands that change something are signed. Again at the next start: the same, with new codes.
// Errors: io where a key's file cannot be written; those of the services.
[[nodiscard]] Result<DemoStaff> make_demo_staff(const service::Platform& platform, const VenueId& venue,
                                                const std::string& data_folder, bool with_officers);

}  // namespace lindung::server
