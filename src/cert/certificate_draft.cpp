#include "cert/certificate_draft.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/hc1_issue.h"
#include "cert/shc_issue.h"
#include "cert/vaccine_codes.h"
#include "cert/verdict.h"
#include "codec/base_n.h"
#include "crypto/ecdsa.h"
#include "domain/code_map.h"
#include "domain/import.h"
#include "domain/record.h"

namespace lindung::cert {
namespace {

constexpr std::chrono::days vaccination_life{365};
constexpr std::chrono::days test_life{7};
constexpr std::chrono::days recovery_life{180};  // eHealth Network, validity of recovery certificates

std::string padded(unsigned number, std::size_t width) {
  auto text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

// Which dose of its series it is: as its issuer wrote, or else the rank of its day.
unsigned rank_of(std::span<const domain::Record> records, const domain::Vaccination& dose) {
  if (dose.dose != 0) return dose.dose;
  std::set<std::uint32_t> days;
  for (const auto& record : records) {
    const auto* other = std::get_if<domain::Vaccination>(&record.fact);
    if (other != nullptr && other->series == dose.series && other->at <= dose.at) days.insert(day_of(other->at).number);
  }
  days.insert(day_of(dose.at).number);
  return static_cast<unsigned>(days.size());
}

unsigned doses_of_series(std::string_view series) {
  const auto known = domain::built_in_codes().series();
  const auto found = std::ranges::find(known, series, &domain::Series::id);
  return found == known.end() ? 1 : found->doses;
}

}  // namespace

std::string birth_text(const domain::PartialDate& date) {
  auto text = padded(static_cast<unsigned>(date.year), 4);
  if (date.month == 0) return text;
  text += "-" + padded(date.month, 2);
  return date.day == 0 ? text : text + "-" + padded(date.day, 2);
}

std::string date_text(Moment at) {
  constexpr std::size_t date_size = 10;
  return rfc3339(at).substr(0, date_size);
}

Result<Statement> statement_of(std::span<const domain::Record> records, const domain::Record& record, Format format) {
  Statement out{.fact = record.fact};
  if (const auto* dose = std::get_if<domain::Vaccination>(&record.fact)) {
    if (codes_of_vaccine(dose->vaccine) == nullptr) {
      return fail(Errc::unsupported, "certificates name a product against COVID-19, and this record does not");
    }
    out.dose = rank_of(records, *dose);
    const auto series = doses_of_series(dose->series);
    out.doses = out.dose <= series || series == 1 ? series : out.dose;
    return out;
  }
  if (const auto* test = std::get_if<domain::Test>(&record.fact)) {
    if (test->kind == domain::TestKind::antibody) return fail(Errc::unsupported, "no certificate tells of antibodies");
    if (test->result == domain::TestResult::indeterminate) {
      return fail(Errc::unsupported, "no certificate tells of a result that is open");
    }
    return out;
  }
  if (std::holds_alternative<domain::Recovery>(record.fact)) {
    if (format == Format::hc1) return out;
    return fail(Errc::unsupported, "no health card tells of a recovery");
  }
  return fail(Errc::unsupported, "no certificate tells of contacts and exemptions");
}

Moment valid_until(const Statement& statement, Moment issued) {
  const auto* recovery = std::get_if<domain::Recovery>(&statement.fact);
  if (recovery == nullptr) {
    return issued + (std::holds_alternative<domain::Test>(statement.fact) ? test_life : vaccination_life);
  }
  const auto end = recovery->until.value_or(recovery->at + recovery_life);
  return std::clamp(end, issued + std::chrono::days{1}, issued + vaccination_life);
}

Bytes to_be_signed(const UnsignedCertificate& certificate) {
  return certificate.format == Format::hc1 ? hc1_to_sign(certificate) : shc_to_sign(certificate);
}

std::string text_of(const UnsignedCertificate& certificate, const crypto::Es256Signature& signature) {
  return certificate.format == Format::hc1 ? hc1_text(certificate, signature) : shc_text(certificate, signature);
}

// eHealth Network, Interoperability of health certificates, annex 2: version 01, country, opaque unique string.
std::string make_uvci(std::string_view country, const ByteArray<16>& random) {
  return "URN:UVCI:01:" + std::string{country} + ":" + codec::base32(random);
}

std::string make_rid(const ByteArray<16>& random) { return codec::base64url(random); }

}  // namespace lindung::cert
