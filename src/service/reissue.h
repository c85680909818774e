// Issues anew what a key signed that was taken back. Interrupted, it goes on where it stopped: what has its successor
// does not count for that key any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "service/certificate_rows.h"
#include "service/platform.h"

namespace lindung::service {

struct ReissuePlace {
  CitizenRef citizen;
  CertificateId certificate;
};

struct ReissuePage {
  std::uint64_t reissued{};
  std::uint64_t ended{};  // expired, or of a record that does not count any more: nothing takes its place
  std::uint64_t left{};   // certificates that count for the key yet
  std::optional<ReissuePlace> behind{};  // where the next page begins; none: this was the last
};

// One page of at most so many, behind a place. Errors: conflict unless the key was taken back; those of issuing, with
// everything before the one that failed done.
[[nodiscard]] Result<ReissuePage> reissue(const Platform& platform, BytesView kid,
                                          const std::optional<ReissuePlace>& behind, std::size_t at_most);

}  // namespace lindung::service
