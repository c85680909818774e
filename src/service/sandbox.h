// A sandbox: an installation in which nobody is real, where partners try their apps on test citizens and doors that are
// the same in every sandbox. It is one from its first start on, and for ever.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "domain/link_token.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

// Marks an empty installation as a sandbox when `is_wanted`. Errors: conflict for an installation that holds a citizen,
// a partner or a venue and is none, and for a sandbox that is to be run as the real thing.
[[nodiscard]] Result<void> check_sandbox(store::Database& database, bool is_wanted);

// Test citizens and doors, made where they are missing; a positive test that would grow old is made anew. Safe to
// repeat, and to be called by the clock.
[[nodiscard]] Result<void> fill_sandbox(const Platform& platform);

struct SandboxLink {
  std::string_view name;    // "green", "withdrawn"
  std::string_view expect;  // what a question about it is answered, in a word or two
  domain::LinkToken token;
};
// The tokens of all test citizens at a partner, always the same ones in its epoch; granted where they are missing.
// Errors: not_found; conflict unless the partner is active.
[[nodiscard]] Result<std::vector<SandboxLink>> sandbox_links(const Platform& platform, const PartnerId& partner);

struct SandboxDoor {
  std::string_view name;
  std::string_view expect;
  VenueId venue;
  Bytes code;  // of its poster
};
[[nodiscard]] Result<std::vector<SandboxDoor>> sandbox_doors(const Platform& platform);

}  // namespace lindung::service
