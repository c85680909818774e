#include "cert/nzcp.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/initials.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"
#include "cert/text_forms.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "codec/base_n.h"
#include "codec/cbor_tree.h"
#include "crypto/certificate_key.h"

namespace lindung::cert {
namespace {

using codec::CborItem;

constexpr std::string_view version_one = "1/";
constexpr std::int64_t claim_cti = 7;
constexpr std::size_t cti_size = 16;
constexpr std::size_t longest_name = 100;

std::optional<std::string_view> text_in(const CborItem& map, std::string_view name) {
  const auto found = map.find(name);
  return found ? found->text() : std::nullopt;
}

// Whether the array begins with these texts.
bool begins_with(const std::optional<CborItem>& array, std::initializer_list<std::string_view> texts) {
  std::size_t at = 0;
  for (const auto text : texts) {
    const auto item = array ? array->at(at++) : std::nullopt;
    if (!item || item->text() != text) return false;
  }
  return true;
}

Checked<void> check_claims(const Cwt& claims) {
  const auto id = claims.claims().find(claim_cti);
  if (!id || !id->bytes() || id->size() != cti_size) return refuse(Step::cwt, Reason::claim_type, "cti");
  if (!claims.issuer().starts_with("did:web:")) return refuse(Step::cwt, Reason::claim_type, "iss");
  if (!claims.not_before()) return refuse(Step::cwt, Reason::claim_type, "nbf");
  if (!claims.expires()) return refuse(Step::cwt, Reason::no_expiry, "exp");
  const auto vc = claims.claims().find("vc");
  if (!vc || !vc->is_map()) return refuse(Step::cwt, Reason::no_content, "vc");
  return outcome::success();
}

Checked<void> check_signature(const CoseSign1& message, const Cwt& claims, const TrustStore& trust, Moment at) {
  const auto& kid = message.kid();
  if (!kid) return refuse(Step::signature, Reason::no_kid);
  const auto signer = trust.did_key(std::string{claims.issuer()} + "#" + std::string{as_text(*kid)});
  if (signer == nullptr) return refuse(Step::signature, Reason::untrusted_signer);
  if (trust.is_stale(signer->list, at)) return refuse(Step::signature, Reason::stale_trust);
  const bool fits =
      message.algorithm() == crypto::SignatureAlgorithm::es256 && signer->key.kind() == crypto::KeyKind::p256;
  if (!fits || !message.is_signed_by(signer->key)) return refuse(Step::signature, Reason::signature);
  return outcome::success();
}

// The initials of the holder.
Checked<std::string> check_content(const CborItem& vc) {
  const auto bad = [](std::string_view field) { return refuse(Step::schema, Reason::schema, std::string{field}); };
  if (!begins_with(vc.find("@context"), {"https://www.w3.org/2018/credentials/v1"})) return bad("@context");
  if (!begins_with(vc.find("type"), {"VerifiableCredential", "PublicCovidPass"})) return bad("type");
  if (text_in(vc, "version") != "1.0.0") return refuse(Step::schema, Reason::schema_version, "version");
  const auto subject = vc.find("credentialSubject");
  if (!subject || !subject->is_map()) return bad("credentialSubject");
  const auto given = text_in(*subject, "givenName");
  if (!given || given->empty() || code_points(*given) > longest_name) return bad("givenName");
  const auto family = subject->find("familyName");
  if (family && (!family->text() || code_points(*family->text()) > longest_name)) return bad("familyName");
  const auto born = text_in(*subject, "dob");
  if (!born || !is_full_date(*born)) return bad("dob");
  return initial(*given) + initial(family ? *family->text() : std::string_view{});
}

Checked<void> run(Verdict& verdict, std::string_view text, const TrustStore& trust, Moment at) {
  if (!text.starts_with(nzcp_prefix)) return refuse(Step::prefix, Reason::prefix);
  text.remove_prefix(nzcp_prefix.size());
  if (!text.starts_with(version_one)) return refuse(Step::prefix, Reason::prefix, "version");
  text.remove_prefix(version_one.size());
  verdict.passed(Step::prefix);
  const auto bytes = codec::from_base32(text);
  if (!bytes) return refuse(Step::base32, Reason::base32, bytes.error().detail);
  verdict.passed(Step::base32);
  TRY(message, CoseSign1::read(bytes.value()));
  verdict.passed(Step::cose);
  TRY(claims, Cwt::read(message.payload(), Step::cwt));
  verdict.issuer = claims.issuer();
  if (claims.expires()) verdict.expires = moment_of_date(*claims.expires());
  TRYV(check_claims(claims));
  verdict.passed(Step::cwt);
  TRYV(check_signature(message, claims, trust, at));
  verdict.passed(Step::signature);
  TRYV(check_window({.from = claims.not_before(), .until = claims.expires()}, at));
  verdict.passed(Step::validity);
  TRY(initials, check_content(*claims.claims().find("vc")));
  verdict.passed(Step::schema);
  verdict.content = "pass";
  verdict.subject_initials = initials;
  return outcome::success();
}

}  // namespace

Verdict verify_nzcp(std::string_view text, const TrustStore& trust, Moment at) {
  Verdict verdict;
  verdict.format = Format::nzcp;
  verdict.conclude(run(verdict, text, trust, at));
  return verdict;
}

}  // namespace lindung::cert
