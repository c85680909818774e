#include "cert/vds_nc.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/country.h"
#include "cert/hc1.h"
#include "cert/initials.h"
#include "cert/jwk.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/signer.h"
#include "cert/step.h"
#include "cert/text_forms.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "codec/base_n.h"
#include "codec/jcs.h"
#include "codec/json.h"
#include "crypto/certificate_key.h"
#include "crypto/x509_certificate.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

constexpr std::string_view vaccination = "icao.vacc";
constexpr std::string_view test = "icao.test";

struct Seal {
  json::value holder;  // of all that is referred to below
  const json::object* header{};
  const json::object* message{};
  std::string signed_text;
  Bytes signature;
  std::optional<crypto::X509Certificate> signer;
  std::string country;  // two letters where that is known
};

// base64url, with padding or without: both are seen in the field.
Result<Bytes> from_padded(std::string_view text) {
  for (int pad = 0; pad < 2 && text.ends_with('='); ++pad) text.remove_suffix(1);
  return codec::from_base64url(text);
}

Checked<Seal> read_seal(std::string_view text) {
  auto read = codec::parse_json(text, {.bytes = longest_text, .depth = 16});
  if (!read) return refuse(Step::json, Reason::json, read.error().detail);
  Seal out;
  out.holder = std::move(read.value());
  const auto* whole = out.holder.if_object();
  const auto* data = whole == nullptr ? nullptr : object_member(*whole, "data");
  const auto* seal = whole == nullptr ? nullptr : object_member(*whole, "sig");
  if (data == nullptr || seal == nullptr) return refuse(Step::json, Reason::json, "data, sig");
  out.header = object_member(*data, "hdr");
  out.message = object_member(*data, "msg");
  if (out.header == nullptr || out.message == nullptr) return refuse(Step::json, Reason::header, "hdr, msg");
  const auto type = text_member(*out.header, "t");
  const auto* version = out.header->if_contains("v");
  const auto issuer = text_member(*out.header, "is");
  if (type != vaccination && type != test) return refuse(Step::json, Reason::header, "t");
  if (version == nullptr || !version->is_int64() || version->get_int64() != 1)
    return refuse(Step::json, Reason::header, "v");
  if (issuer.size() != 3 || !looks_like_country(issuer)) return refuse(Step::json, Reason::header, "is");
  out.country = country_of(issuer);
  if (text_member(*seal, "alg") != "ES256") return refuse(Step::json, Reason::cose_algorithm, "alg");
  auto canonical = codec::canonical_json(json::value(*data));
  auto signature = from_padded(text_member(*seal, "sigvl"));
  const auto der = from_padded(text_member(*seal, "cer"));
  if (!canonical || !signature || !der) return refuse(Step::json, Reason::json, "sigvl, cer");
  auto certificate = crypto::X509Certificate::from_der(der.value());
  if (!certificate) return refuse(Step::json, Reason::json, "cer");
  out.signed_text = std::move(canonical.value());
  out.signature = std::move(signature.value());
  out.signer = std::move(certificate.value());
  return out;
}

// One step up: seals are signed by a signer that the country's authority has certified.
Checked<void> check_signer(const Seal& seal, const TrustStore& trust, Moment at) {
  const auto own = signer_of(*seal.signer);
  if (!own) return refuse(Step::signature, Reason::unsupported_key);
  if (!own.value().is_of(seal.country)) return refuse(Step::signature, Reason::untrusted_signer, "of another country");
  auto why = Reason::untrusted_signer;
  for (const auto& authority : trust.authorities()) {
    const auto& certificate = authority.certificate;
    const auto country = certificate.country();
    if (country && country_of(*country) != seal.country) continue;
    if (!seal.signer->is_signed_by(certificate)) continue;
    const auto made = seal.signer->not_before();
    if (made < certificate.not_before() || made > certificate.not_after()) continue;
    if (!trust.is_stale(authority.list, at)) return outcome::success();
    why = Reason::stale_trust;
  }
  for (const auto& each : trust.signers(own.value().kid)) {
    if (each->key.spki() != own.value().key.spki()) continue;
    if (!trust.is_stale(each->list, at)) return outcome::success();
    why = Reason::stale_trust;
  }
  return refuse(Step::signature, why);
}

Checked<void> check_signature(const Seal& seal) {
  const auto key = seal.signer->key();
  if (!key || key.value().kind() != crypto::KeyKind::p256) return refuse(Step::signature, Reason::unsupported_key);
  if (!key.value().verifies(crypto::SignatureAlgorithm::es256, as_bytes(seal.signed_text), seal.signature)) {
    return refuse(Step::signature, Reason::signature);
  }
  return outcome::success();
}

bool is_date(const json::object& object, std::string_view name) {
  const auto text = text_member(object, name);
  return is_full_date(text) || is_date_time(text);
}

bool is_dose(const json::value& value) {
  const auto* dose = value.if_object();
  return dose != nullptr && is_date(*dose, "dvc");
}

bool is_vaccination(const json::value& value) {
  const auto* event = value.if_object();
  const auto* doses = event == nullptr ? nullptr : array_member(*event, "vd");
  return doses != nullptr && !doses->empty() && !text_member(*event, "des").empty() &&
         std::ranges::all_of(*doses, is_dose);
}

// The initials of the holder.
Checked<std::string> check_content(const Seal& seal) {
  const auto bad = [](std::string_view field) { return refuse(Step::schema, Reason::schema, std::string{field}); };
  const auto& message = *seal.message;
  const auto* person = object_member(message, "pid");
  const auto name = person == nullptr ? std::string_view{} : text_member(*person, "n");
  if (name.empty()) return bad("pid.n");
  if (person->contains("dob") && !is_full_date(text_member(*person, "dob"))) return bad("pid.dob");
  if (text_member(*seal.header, "t") == vaccination) {
    const auto* events = array_member(message, "ve");
    if (text_member(message, "uvci").empty()) return bad("uvci");
    if (events == nullptr || events->empty() || !std::ranges::all_of(*events, is_vaccination)) return bad("ve");
  } else {
    if (object_member(message, "sp") == nullptr) return bad("sp");
    const auto* dates = object_member(message, "dat");
    if (dates == nullptr || !is_date(*dates, "sc")) return bad("dat.sc");
  }
  return initials_of_words(name);
}

Checked<void> run(Verdict& verdict, std::string_view text, const TrustStore& trust, Moment at) {
  verdict.passed(Step::prefix);
  TRY(seal, read_seal(text));
  verdict.passed(Step::json);
  verdict.issuer = seal.country;
  TRYV(check_signer(seal, trust, at));
  TRYV(check_signature(seal));
  verdict.passed(Step::signature);
  if (at < seal.signer->not_before() || at > seal.signer->not_after()) {
    return refuse(Step::validity, Reason::signer_not_valid);
  }
  verdict.passed(Step::validity);
  TRY(initials, check_content(seal));
  verdict.passed(Step::schema);
  verdict.content = text_member(*seal.header, "t") == vaccination ? "vaccination" : "test";
  verdict.subject_initials = std::move(initials);
  return outcome::success();
}

}  // namespace

bool looks_like_vds_nc(std::string_view text) noexcept {
  const auto begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && text[begin] == '{' && text.find("\"hdr\"") != std::string_view::npos &&
         text.find("\"sig\"") != std::string_view::npos;
}

Verdict verify_vds_nc(std::string_view text, const TrustStore& trust, Moment at) {
  Verdict verdict;
  verdict.format = Format::vds_nc;
  verdict.conclude(run(verdict, text, trust, at));
  return verdict;
}

}  // namespace lindung::cert
