#include "cert/hc1.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/acceptance.h"
#include "cert/cbor_json.h"
#include "cert/contents.h"
#include "cert/cose_sign1.h"
#include "cert/country.h"
#include "cert/cwt.h"
#include "cert/dcc_content.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/signature_check.h"
#include "cert/signer.h"
#include "cert/step.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/who_content.h"
#include "codec/base45.h"
#include "codec/base_n.h"
#include "codec/cbor_tree.h"
#include "codec/inflate.h"
#include "crypto/digest.h"

namespace lindung::cert {
namespace {

using codec::CborItem;

constexpr std::int64_t claim_hcert = -260;
constexpr std::int64_t subclaim_dcc = 1;

std::optional<CborItem> dcc_in(const Cwt& claims) {
  const auto hcert = claims.claims().find(claim_hcert);
  return hcert ? hcert->find(subclaim_dcc) : std::nullopt;
}

// Three letters that are no country are an authority's short name, but for X…, which the networks' tests have.
bool names_country(std::string_view issuer) {
  if (!looks_like_country(issuer)) return false;
  return issuer.size() == 2 || country_of(issuer).size() == 2 || issuer.starts_with('X');
}

// Who issued it: the claim where it is a country's code, else the country of the entry (some write a ministry's name).
// The first DDCC form names nobody.
std::string issuing_country(const Cwt& claims) {
  if (names_country(claims.issuer())) return country_of(claims.issuer());
  const auto dcc = dcc_in(claims);
  return dcc ? country_of(entry_country(*dcc)) : std::string{};
}

Checked<void> check_validity(const SignedClaims& found, Moment at) {
  const auto& claims = found.claims();
  const auto& signer = found.signer();
  const bool is_dcc = dcc_in(claims).has_value();
  if (is_dcc && (!claims.expires() || !claims.issued())) {
    return refuse(Step::validity, Reason::no_expiry, claims.expires() ? "iat" : "exp");
  }
  auto from = claims.issued();
  if (claims.not_before()) from = std::max(from.value_or(*claims.not_before()), *claims.not_before());
  TRYV(check_window({.from = from, .until = claims.expires(), .until_counts = true}, at));
  // Without an end of its own, a certificate ends with its signer.
  const auto signed_at = claims.issued() ? moment_of_date(*claims.issued()) : at;
  const auto last = claims.expires() ? signed_at : at;
  const bool signer_was_valid = (!signer.not_before || *signer.not_before <= signed_at) &&
                                (!signer.not_after || (signed_at <= *signer.not_after && last <= *signer.not_after));
  if (!signer_was_valid) return refuse(Step::validity, Reason::signer_not_valid);
  return outcome::success();
}

struct Content {
  std::string word;
  std::optional<EntryKind> kind;
  std::string initials;
  std::string uci;
};

Checked<Content> read_content(const Cwt& claims) {
  if (const auto dcc = dcc_in(claims)) {
    TRY(read, read_dcc(*dcc));
    return Content{.word = std::string{name_of(read.kind)},
                   .kind = read.kind,
                   .initials = std::move(read.initials),
                   .uci = std::move(read.uci)};
  }
  const auto hcert = claims.claims().find(claim_hcert);
  if (hcert && !hcert->is_map()) return refuse(Step::schema, Reason::no_content);
  TRY(read, hcert ? read_who_claims(*hcert) : read_core_data_set(claims.claims()));
  return Content{.word = std::move(read.word), .kind = read.kind, .initials = std::move(read.initials), .uci = {}};
}

bool may_sign(const KeyUsage& usage, const std::optional<EntryKind>& kind) {
  if (usage.any() || !kind) return true;
  switch (*kind) {
    case EntryKind::vaccination: return usage.vaccination;
    case EntryKind::test: return usage.test;
    case EntryKind::recovery: break;
  }
  return usage.recovery;
}

Checked<void> check_revocation(const Verdict& verdict, const Content& content, const CoseSign1& message,
                               const TrustStore& trust, Moment at) {
  const bool revoked = trust.revocations().contains({.country = verdict.issuer,
                                                     .uci = content.uci,
                                                     .kid = *message.kid(),
                                                     .algorithm = message.algorithm(),
                                                     .signature = message.signature()},
                                                    at);
  if (revoked) return refuse(Step::revocation, Reason::revoked);
  return outcome::success();
}

Checked<void> check_travel(const Verdict& verdict, const Content& content, const Cwt& claims, const Travel& travel,
                           Moment at) {
  return check_acceptance(travel.rules, {.dcc = json_of(*dcc_in(claims)),
                                         .kind = *content.kind,
                                         .issuer = verdict.issuer,
                                         .arrival = travel.arrival,
                                         .at = at,
                                         .issued = moment_of_date(*claims.issued()),
                                         .expires = moment_of_date(*claims.expires())});
}

// What it says, for who may believe it once all has passed.
void take_contents(Contents& out, const CoseSign1& message, const Cwt& claims) {
  out.key_id = codec::hex(*message.kid());
  out.signed_part = crypto::sha256(message.payload());
  if (const auto dcc = dcc_in(claims)) {
    out.form = Contents::Form::dcc;
    out.body = json_of(*dcc);
    return;
  }
  const auto hcert = claims.claims().find(claim_hcert);
  const auto who =
      hcert ? who_content_of(*hcert) : WhoItem{.form = Contents::Form::core_data_set, .item = claims.claims()};
  out.form = who.form;
  if (who.item) out.body = json_of(*who.item);
}

Checked<void> run(Verdict& verdict, std::string_view text, const TrustStore& trust, Moment at,
                  const Hc1Options& options) {
  TRY(base45_text, without_hc1_prefix(text));
  verdict.passed(Step::prefix);
  TRY(compressed, hc1_bytes(base45_text));
  verdict.passed(Step::base45);
  TRY(bytes, hc1_message(compressed));
  verdict.passed(Step::zlib);
  TRY(message, CoseSign1::read(bytes));
  TRY(claims, Cwt::read(message.payload(), Step::cose));
  verdict.passed(Step::cose);
  auto country = issuing_country(claims);
  verdict.issuer = country.empty() ? std::string{claims.issuer()} : country;
  if (claims.expires()) verdict.expires = moment_of_date(*claims.expires());
  const SignatureCheck check{.message = message, .trust = trust, .at = at, .country = std::move(country)};
  TRY(found, check.run(std::move(claims)));
  verdict.passed(Step::signature);
  if (verdict.issuer.empty() && !found.signer().countries.empty()) verdict.issuer = found.signer().countries.front();
  TRYV(check_validity(found, at));
  verdict.passed(Step::validity);
  TRY(content, read_content(found.claims()));
  verdict.passed(Step::schema);
  verdict.content = std::move(content.word);
  verdict.subject_initials = std::move(content.initials);
  const bool may =
      std::ranges::any_of(found.usages(), [&](const KeyUsage& usage) { return may_sign(usage, content.kind); });
  if (!may) return refuse(Step::key_usage, Reason::key_usage, verdict.content);
  verdict.passed(Step::key_usage);
  if (trust.revocations().size() != 0) {
    TRYV(check_revocation(verdict, content, message, trust, at));
    verdict.passed(Step::revocation);
  }
  if (const auto dcc = dcc_in(found.claims()); options.travel != nullptr && dcc) {
    TRYV(check_travel(verdict, content, found.claims(), *options.travel, at));
    verdict.passed(Step::rules);
  }
  if (options.contents != nullptr) take_contents(*options.contents, message, found.claims());
  return outcome::success();
}

}  // namespace

Checked<std::string_view> without_hc1_prefix(std::string_view text) {
  if (!text.starts_with(hc1_prefix)) return refuse(Step::prefix, Reason::prefix);
  return text.substr(hc1_prefix.size());
}

Checked<Bytes> hc1_bytes(std::string_view base45_text) {
  auto bytes = codec::from_base45(base45_text);
  if (!bytes) return refuse(Step::base45, Reason::base45, bytes.error().detail);
  return std::move(bytes.value());
}

Checked<Bytes> hc1_message(BytesView compressed) {
  auto message = codec::inflate_zlib(compressed, most_inflated);
  if (!message) {
    const bool large = message.error().code == Errc::too_large;
    return refuse(Step::zlib, large ? Reason::too_large : Reason::zlib, message.error().detail);
  }
  return std::move(message.value());
}

Verdict verify_hc1(std::string_view text, const TrustStore& trust, Moment at, const Hc1Options& options) {
  constexpr std::size_t most_steps = 10;
  Verdict verdict;
  verdict.steps.reserve(most_steps);
  verdict.format = Format::hc1;
  verdict.conclude(run(verdict, text, trust, at, options));
  return verdict;
}

}  // namespace lindung::cert
