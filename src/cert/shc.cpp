#include "cert/shc.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/card_revocations.h"
#include "cert/contents.h"
#include "cert/cwt.h"
#include "cert/fhir_profile.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/shc_card.h"
#include "cert/shc_text.h"
#include "cert/step.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"

namespace lindung::cert {
namespace {

Checked<const CardKey*> check_signature(const ShcCard& card, const ShcClaims& claims, const TrustStore& trust,
                                        Moment at) {
  const auto* key = trust.card_key(claims.issuer, card.kid);
  if (key == nullptr) return refuse(Step::signature, Reason::untrusted_signer);
  if (trust.is_stale(key->signer->list, at)) return refuse(Step::signature, Reason::stale_trust);
  if (!key->signer->key.verifies(crypto::SignatureAlgorithm::es256, as_bytes(card.signed_text), card.signature)) {
    return refuse(Step::signature, Reason::signature);
  }
  return key;
}

Checked<void> check_revocation(const CardKey& key, const ShcClaims& claims) {
  if (key.revocations_faulty) return refuse(Step::revocation, Reason::revocation_list);
  if (key.revocations == nullptr || claims.rid.empty()) return outcome::success();
  if (revokes(*key.revocations, claims.rid, moment_of_date(claims.not_before))) {
    return refuse(Step::revocation, Reason::revoked);
  }
  return outcome::success();
}

Checked<void> verify_one(Verdict& verdict, std::string_view compact, const TrustStore& trust, Moment at,
                         Contents* contents) {
  TRY(card, read_card(compact));
  const auto read = read_card_claims(card.claims());
  if (!read && read.error().step == Step::jws) return outcome::failure(read.error());
  verdict.passed(Step::jws);
  if (!read) return outcome::failure(read.error());
  const auto& claims = read.value();
  verdict.issuer = claims.issuer;
  if (claims.expires) verdict.expires = moment_of_date(*claims.expires);
  TRY(key, check_signature(card, claims, trust, at));
  verdict.passed(Step::signature);
  TRYV(check_window({.from = claims.not_before, .until = claims.expires}, at));
  verdict.passed(Step::validity);
  TRY(content, check_bundle(*claims.bundle));
  verdict.passed(Step::schema);
  verdict.content = std::move(content.word);
  verdict.subject_initials = std::move(content.initials);
  TRYV(check_revocation(*key, claims));
  verdict.passed(Step::revocation);
  if (contents != nullptr) {
    *contents = {.form = Contents::Form::fhir_bundle,
                 .body = *claims.bundle,
                 .key_id = card.kid,
                 .signed_part = crypto::sha256(as_bytes(card.signed_text))};
  }
  return outcome::success();
}

}  // namespace

Verdict verify_shc(std::string_view text, const TrustStore& trust, Moment at, Contents* contents) {
  Verdict verdict;
  verdict.format = Format::shc;
  const auto messages = card_messages(text);
  if (!messages) {
    if (messages.error().step != Step::prefix) verdict.passed(Step::prefix);
    verdict.refused(messages.error());
    return verdict;
  }
  for (const auto& message : messages.value()) {
    verdict = {};
    verdict.format = Format::shc;
    verdict.passed(Step::prefix);
    verdict.conclude(verify_one(verdict, message, trust, at, messages.value().size() == 1 ? contents : nullptr));
    if (verdict.outcome != Outcome::valid) break;
  }
  return verdict;
}

}  // namespace lindung::cert
