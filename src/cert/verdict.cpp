#include "cert/verdict.h"

#include <string_view>

namespace lindung::cert {

std::string_view name_of(Format format) noexcept {
  switch (format) {
    case Format::hc1: return "hc1";
    case Format::shc: return "shc";
    case Format::nzcp: return "nzcp";
    case Format::vds_nc: return "vds-nc";
    case Format::venue_code: return "venue-code";
    case Format::light_pass: return "light-pass";
    case Format::unknown: break;
  }
  return "unknown";
}

std::string_view name_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::valid: return "valid";
    case Outcome::unsupported: return "unsupported";
    case Outcome::invalid: break;
  }
  return "invalid";
}

}  // namespace lindung::cert
