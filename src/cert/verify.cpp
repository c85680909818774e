#include "cert/verify.h"

#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "cert/acceptance.h"
#include "cert/contents.h"
#include "cert/hc1.h"
#include "cert/light_pass.h"
#include "cert/nzcp.h"
#include "cert/reason.h"
#include "cert/shc.h"
#include "cert/shc_text.h"
#include "cert/step.h"
#include "cert/trust_store.h"
#include "cert/vds_nc.h"
#include "cert/verdict.h"
#include "cert/verified_certificate.h"
#include "domain/venue_code.h"

namespace lindung::cert {
namespace {

constexpr std::string_view own_prefix = "LINDUNG:";

// Formats that others read and we do not: links to documents elsewhere.
bool is_known_elsewhere(std::string_view text) { return text.starts_with("shlink:/") || text.starts_with("vhlink:/"); }

Verdict venue_code(std::string_view text) {
  Verdict verdict;
  verdict.format = Format::venue_code;
  const auto bytes = domain::venue_code_bytes(text);
  const auto code = bytes ? domain::parse_venue_code(bytes.value()) : Result<domain::VenueCode>{bytes.error()};
  if (!code) {
    verdict.passed(Step::prefix);
    verdict.refused({.step = Step::base32, .reason = Reason::base32, .detail = {}});
    return verdict;
  }
  verdict.passed(Step::prefix);
  verdict.passed(Step::base32);
  // Whose it is and whether it is current, the platform's keys say.
  verdict.refused({.step = Step::signature, .reason = Reason::needs_server, .detail = {}});
  return verdict;
}

Verdict refused_at_once(Format format, Reason reason) {
  Verdict verdict;
  verdict.format = format;
  verdict.refused({.step = Step::prefix, .reason = reason, .detail = {}});
  return verdict;
}

}  // namespace

Format format_of(std::string_view text) noexcept {
  if (text.starts_with(hc1_prefix)) return Format::hc1;
  if (text.starts_with(nzcp_prefix)) return Format::nzcp;
  if (text.starts_with(light_pass_prefix)) return Format::light_pass;
  if (text.starts_with(own_prefix)) return Format::venue_code;
  if (looks_like_shc(text)) return Format::shc;
  if (looks_like_vds_nc(text)) return Format::vds_nc;
  return Format::unknown;
}

namespace {

Verdict run(std::string_view text, const TrustStore& trust, Moment at, const Hc1Options& options) {
  const auto format = format_of(text.substr(0, longest_text));
  if (text.size() > longest_text) return refused_at_once(format, Reason::too_long);
  switch (format) {
    case Format::hc1: return verify_hc1(text, trust, at, options);
    case Format::shc: return verify_shc(text, trust, at, options.contents);
    case Format::nzcp: return verify_nzcp(text, trust, at);
    case Format::vds_nc: return verify_vds_nc(text, trust, at);
    case Format::venue_code: return venue_code(text);
    case Format::light_pass: return verify_light_pass(text, trust, at);
    case Format::unknown: break;
  }
  return refused_at_once(format, is_known_elsewhere(text) ? Reason::unsupported_format : Reason::prefix);
}

}  // namespace

Verdict verify(std::string_view text, const TrustStore& trust, Moment at, const Travel* travel) {
  return run(text, trust, at, {.travel = travel, .contents = nullptr});
}

Examination examine(std::string_view text, const TrustStore& trust, Moment at) {
  Contents contents;
  Examination out{.verdict = run(text, trust, at, {.travel = nullptr, .contents = &contents}), .certificate = {}};
  if (out.verdict.outcome == Outcome::valid && contents.form != Contents::Form::none) {
    out.certificate = VerifiedCertificate{out.verdict.format, out.verdict.issuer, std::move(contents)};
  }
  return out;
}

}  // namespace lindung::cert
