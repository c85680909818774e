#include "base/error.h"

#include <string>
#include <string_view>

namespace lindung {

std::string_view name_of(Errc code) noexcept {
  switch (code) {
    case Errc::malformed: return "malformed";
    case Errc::unsupported_key: return "unsupported-key";
    case Errc::bad_signature: return "bad-signature";
    case Errc::clock_skew: return "clock-skew";
    case Errc::pact_outdated: return "pact-outdated";
    case Errc::partner_suspended: return "partner-suspended";
    case Errc::partner_cut: return "partner-cut";
    case Errc::not_found: return "not-found";
    case Errc::method: return "method";
    case Errc::timeout: return "timeout";
    case Errc::too_large:
    case Errc::headers_too_large: return "too-large";
    case Errc::replay_conflict: return "replay-conflict";
    case Errc::quota: return "quota";
    case Errc::busy: return "busy";
    case Errc::outcome_unknown: return "outcome-unknown";
    case Errc::unavailable: return "unavailable";
    case Errc::sealed: return "sealed";
    case Errc::invalid_argument: return "invalid-argument";
    case Errc::denied: return "denied";
    case Errc::conflict: return "conflict";
    case Errc::corrupt: return "corrupt";
    case Errc::io: return "io";
    case Errc::database: return "database";
    case Errc::database_retry: return "database-retry";
    case Errc::unsupported: return "unsupported";
  }
  return "unknown";
}

std::string Error::text() const {
  std::string out{name_of(code)};
  if (!detail.empty()) {
    out += ": ";
    out += detail;
  }
  return out;
}

}  // namespace lindung
