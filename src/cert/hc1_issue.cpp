#include "cert/hc1_issue.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/time.h"
#include "cert/certificate_draft.h"
#include "cert/hc1.h"
#include "cert/vaccine_codes.h"
#include "cert/verdict.h"
#include "codec/base45.h"
#include "codec/cbor.h"
#include "codec/deflate.h"
#include "crypto/ecdsa.h"
#include "domain/record.h"
#include "domain/transliteration.h"

namespace lindung::cert {
namespace {

using codec::CborWriter;

// IANA COSE and CWT.
constexpr std::uint64_t tag_sign1 = 18;
constexpr std::int64_t label_algorithm = 1;
constexpr std::int64_t label_kid = 4;
constexpr std::int64_t es256 = -7;
constexpr std::int64_t claim_issuer = 1;
constexpr std::int64_t claim_expires = 4;
constexpr std::int64_t claim_issued = 6;
constexpr std::int64_t claim_hcert = -260;
constexpr std::int64_t subclaim_dcc = 1;

constexpr std::string_view covid_19 = "840539006";
constexpr std::string_view naat = "LP6464-4";
constexpr std::string_view antigen = "LP217198-3";
constexpr std::string_view detected = "260373001";
constexpr std::string_view not_detected = "260415000";
constexpr std::chrono::days recovery_begins{11};  // behind the positive test (eHealth Network)
constexpr std::chrono::days recovery_life{180};
constexpr std::size_t longest_text_field = 80;  // code points, schema 1.3.0

// At most 80 code points, of which each is at least a byte.
std::string shortened(std::string_view text) {
  std::size_t points = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    const bool begins_point = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
    if (begins_point && ++points > longest_text_field) break;
    ++end;
  }
  return std::string{text.substr(0, end)};
}

CborWriter& put(CborWriter& out, std::string_view name, std::string_view value) { return out.text(name).text(value); }

void put_common(CborWriter& out, const CertificateDraft& draft) {
  put(out, "tg", covid_19);
  put(out, "co", draft.country);
  put(out, "is", shortened(draft.authority));
  put(out, "ci", draft.identifier);
}
constexpr std::uint64_t common_members = 4;

void put_dose(CborWriter& out, const CertificateDraft& draft, const domain::Vaccination& dose) {
  const auto& codes = *codes_of_vaccine(dose.vaccine);  // statement_of() asked
  out.text("v").array(1).map(common_members + 6);
  put_common(out, draft);
  put(out, "vp", codes.prophylaxis);
  put(out, "mp", codes.product);
  put(out, "ma", codes.maker);
  put(out, "dt", date_text(dose.at));
  out.text("dn").uint(draft.statement.dose).text("sd").uint(draft.statement.doses);
}

void put_test(CborWriter& out, const CertificateDraft& draft, const domain::Test& test) {
  out.text("t").array(1).map(common_members + 3);
  put_common(out, draft);
  put(out, "tt", test.kind == domain::TestKind::naat ? naat : antigen);
  put(out, "tr", test.result == domain::TestResult::positive ? detected : not_detected);
  put(out, "sc", rfc3339(test.at));
}

void put_recovery(CborWriter& out, const CertificateDraft& draft, const domain::Recovery& recovery) {
  const auto until = recovery.until.value_or(recovery.at + recovery_life);
  out.text("r").array(1).map(common_members + 3);
  put_common(out, draft);
  put(out, "fr", date_text(recovery.at));
  put(out, "df", date_text(std::min(recovery.at + recovery_begins, until)));
  put(out, "du", date_text(until));
}

void put_entry(CborWriter& out, const CertificateDraft& draft) {
  if (const auto* dose = std::get_if<domain::Vaccination>(&draft.statement.fact)) {
    put_dose(out, draft, *dose);
  } else if (const auto* test = std::get_if<domain::Test>(&draft.statement.fact)) {
    put_test(out, draft, *test);
  } else if (const auto* recovery = std::get_if<domain::Recovery>(&draft.statement.fact)) {
    put_recovery(out, draft, *recovery);
  }
}

}  // namespace

UnsignedCertificate make_hc1(const CertificateDraft& draft, BytesView kid) {
  CborWriter head;
  head.map(2).integer(label_algorithm).integer(es256).integer(label_kid).bytes(kid);
  CborWriter out;
  out.map(4);
  out.integer(claim_issuer).text(draft.country);
  out.integer(claim_expires).uint(unix_seconds(draft.expires));
  out.integer(claim_issued).uint(unix_seconds(draft.issued));
  out.integer(claim_hcert).map(1).integer(subclaim_dcc).map(4);
  put(out, "ver", "1.3.0");
  put(out, "dob", draft.holder.birth_date);
  out.text("nam").map(2);
  put(out, "fn", shortened(draft.holder.name));
  put(out, "fnt", domain::icao_transliterated(draft.holder.name).substr(0, longest_text_field));
  put_entry(out, draft);
  return {.format = Format::hc1, .head = std::move(head).take(), .payload = std::move(out).take()};
}

Bytes hc1_to_sign(const UnsignedCertificate& certificate) {
  CborWriter out;
  out.array(4).text("Signature1").bytes(certificate.head).bytes({}).bytes(certificate.payload);
  return std::move(out).take();
}

std::string hc1_text(const UnsignedCertificate& certificate, const crypto::Es256Signature& signature) {
  CborWriter out;
  out.tag(tag_sign1).array(4).bytes(certificate.head).map(0).bytes(certificate.payload).bytes(signature);
  return std::string{hc1_prefix} + codec::base45(codec::deflate_zlib(out.view()));
}

}  // namespace lindung::cert
