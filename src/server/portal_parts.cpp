#include "server/portal_parts.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "people/messages.h"
#include "people/portal_terms.h"
#include "service/address_limit.h"
#include "service/platform.h"

namespace lindung::server {

namespace {

// Of one network prefix, behind which many telephones may be, and of everybody, in an hour.
constexpr service::AddressLimit::Limits codes_an_hour{.of_one = 600, .of_all = 1'000'000};

}  // namespace

Result<people::PortalTerms> terms_of(std::string_view configured, bool https, const std::string& authority,
                                     std::uint16_t port) {
  if (!configured.empty()) return people::portal_terms(configured);
  if (https) {
    auto named = people::portal_terms("https://" + authority);
    if (named.has_value()) return named;
  }
  constexpr std::uint16_t usual = 80;
  return people::portal_terms("http://localhost" + (port == usual ? std::string{} : ":" + std::to_string(port)));
}

PortalParts::PortalParts(const service::Platform& platform, std::unique_ptr<people::Messages> way,
                         people::PortalTerms its_terms)
    : terms{std::move(its_terms)},
      sessions{platform},
      identity{platform},
      messages{std::move(way)},
      code_limit{platform.clock, codes_an_hour} {}

}  // namespace lindung::server
