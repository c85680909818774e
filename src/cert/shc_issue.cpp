#include "cert/shc_issue.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/time.h"
#include "cert/certificate_draft.h"
#include "cert/jwk.h"
#include "cert/vaccine_codes.h"
#include "cert/verdict.h"
#include "codec/base_n.h"
#include "codec/deflate.h"
#include "codec/json.h"
#include "crypto/ecdsa.h"
#include "domain/record.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

constexpr std::size_t coordinate_size = 32;
constexpr std::string_view cvx_system = "http://hl7.org/fhir/sid/cvx";
constexpr std::string_view own_system = "urn:lindung:vaccine";
constexpr std::string_view loinc_system = "http://loinc.org";
constexpr std::string_view snomed_system = "http://snomed.info/sct";
constexpr std::string_view naat_code = "94500-6";
constexpr std::string_view antigen_code = "94558-4";
constexpr std::string_view detected = "260373001";
constexpr std::string_view not_detected = "260415000";

json::object coded(std::string_view system, std::string_view code) {
  return {{"coding", json::array{json::object{{"system", system}, {"code", code}}}}};
}

json::object patient_of(const Holder& holder) {
  json::object out{{"resourceType", "Patient"}, {"name", json::array{json::object{{"family", holder.name}}}}};
  if (!holder.birth_date.empty()) out["birthDate"] = holder.birth_date;
  return out;
}

json::object dose_of(const CertificateDraft& draft, const domain::Vaccination& dose) {
  const auto& codes = *codes_of_vaccine(dose.vaccine);  // statement_of() asked
  json::object out{{"resourceType", "Immunization"},
                   {"status", "completed"},
                   {"vaccineCode", codes.cvx.empty() ? coded(own_system, dose.vaccine) : coded(cvx_system, codes.cvx)},
                   {"patient", json::object{{"reference", "resource:0"}}},
                   {"occurrenceDateTime", date_text(dose.at)},
                   {"performer", json::array{json::object{{"actor", json::object{{"display", draft.authority}}}}}}};
  if (!dose.lot.empty()) out["lotNumber"] = dose.lot;
  return out;
}

json::object test_of(const CertificateDraft& draft, const domain::Test& test) {
  return {{"resourceType", "Observation"},
          {"status", "final"},
          {"code", coded(loinc_system, test.kind == domain::TestKind::naat ? naat_code : antigen_code)},
          {"subject", json::object{{"reference", "resource:0"}}},
          {"effectiveDateTime", rfc3339(test.at)},
          {"valueCodeableConcept",
           coded(snomed_system, test.result == domain::TestResult::positive ? detected : not_detected)},
          {"performer", json::array{json::object{{"display", draft.authority}}}}};
}

json::array entries_of(const CertificateDraft& draft) {
  const auto* dose = std::get_if<domain::Vaccination>(&draft.statement.fact);
  auto fact = dose != nullptr ? dose_of(draft, *dose) : test_of(draft, std::get<domain::Test>(draft.statement.fact));
  return {json::object{{"fullUrl", "resource:0"}, {"resource", patient_of(draft.holder)}},
          json::object{{"fullUrl", "resource:1"}, {"resource", std::move(fact)}}};
}

std::string signed_text(const UnsignedCertificate& certificate) {
  return codec::base64url(certificate.head) + "." + codec::base64url(certificate.payload);
}

}  // namespace

json::object card_jwk(BytesView point) {
  json::object out{{"kty", "EC"},
                   {"use", "sig"},
                   {"alg", "ES256"},
                   {"crv", "P-256"},
                   {"x", codec::base64url(point.subspan(1, coordinate_size))},
                   {"y", codec::base64url(point.last(coordinate_size))}};
  out["kid"] = jwk_thumbprint(out);
  return out;
}

std::string card_kid(BytesView point) { return std::string{card_jwk(point).at("kid").as_string()}; }

UnsignedCertificate make_shc(const CertificateDraft& draft, std::string_view kid) {
  const bool is_dose = std::holds_alternative<domain::Vaccination>(draft.statement.fact);
  const json::object head{{"zip", "DEF"}, {"alg", "ES256"}, {"kid", kid}};
  const json::object claims{
      {"iss", draft.address},
      {"nbf", unix_seconds(draft.issued)},
      {"exp", unix_seconds(draft.expires)},
      {"vc",
       json::object{{"type", json::array{"https://smarthealth.cards#health-card",
                                         is_dose ? "https://smarthealth.cards#immunization"
                                                 : "https://smarthealth.cards#laboratory",
                                         "https://smarthealth.cards#covid19"}},
                    {"credentialSubject", json::object{{"fhirVersion", "4.0.1"},
                                                       {"fhirBundle", json::object{{"resourceType", "Bundle"},
                                                                                   {"type", "collection"},
                                                                                   {"entry", entries_of(draft)}}}}},
                    {"rid", draft.identifier}}}};
  return {.format = Format::shc,
          .head = to_bytes(as_bytes(codec::to_text(head))),
          .payload = codec::deflate_raw(as_bytes(codec::to_text(claims)))};
}

Bytes shc_to_sign(const UnsignedCertificate& certificate) { return to_bytes(as_bytes(signed_text(certificate))); }

std::string shc_text(const UnsignedCertificate& certificate, const crypto::Es256Signature& signature) {
  const auto compact = signed_text(certificate) + "." + codec::base64url(signature);
  std::string out{"shc:/"};
  out.reserve(out.size() + (2 * compact.size()));
  for (const char letter : compact) {
    const int value = letter - '-';
    out.push_back(static_cast<char>('0' + (value / 10)));
    out.push_back(static_cast<char>('0' + (value % 10)));
  }
  return out;
}

}  // namespace lindung::cert
