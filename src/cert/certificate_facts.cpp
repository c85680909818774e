#include "cert/certificate_facts.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/contents.h"
#include "cert/jwk.h"
#include "cert/verified_certificate.h"
#include "codec/json.h"
#include "domain/code_map.h"
#include "domain/fhir.h"
#include "domain/fhir_date.h"
#include "domain/fhir_node.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/record.h"
#include "domain/transliteration.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;
namespace fhir = domain::fhir;

constexpr std::string_view snomed = "http://snomed.info/sct";
constexpr std::string_view loinc = "http://loinc.org";
constexpr std::string_view covid_19 = "840539006";
// What a vaccine's code may be of, the most exact first.
constexpr std::array<std::string_view, 5> vaccine_systems{
    "https://ec.europa.eu/health/documents/community-register/html/", "http://ec.europa.eu/temp/vaccineproductname",
    "http://id.who.int/icd/release/11/mms", snomed, "http://www.whocc.no/atc"};

auto unsupported(std::string_view field) { return fail(Errc::unsupported, std::string{field}); }

std::string_view text_or(const json::object& object, std::string_view name, std::string_view other) {
  const auto found = text_member(object, name);
  return found.empty() ? other : found;
}

Result<Moment> moment_in(const json::object& object, std::string_view name, Moment now) {
  const auto read = fhir::fact_moment(text_member(object, name), now);
  if (!read) return unsupported(name);
  return read.value();
}

std::optional<domain::PartialDate> birth_in(const json::object& object, std::string_view name, Moment now) {
  const auto text = text_member(object, name);
  const auto read = text.empty() ? fhir::Read<fhir::DateRead>{fhir::refuse(domain::Reason::invalid_birth_date)}
                                 : fhir::parse_date(text);
  if (!read || read.value().precision == fhir::Precision::second || read.value().begin > now) return std::nullopt;
  return read.value().date;
}

// A code by itself, or {code, system}.
struct Code {
  std::string_view system;
  std::string_view code;
};
Code code_in(const json::object& object, std::string_view name) {
  if (const auto* coded = object_member(object, name)) {
    return {.system = text_member(*coded, "system"), .code = text_member(*coded, "code")};
  }
  return {.system = {}, .code = text_member(object, name)};
}

const domain::Vaccine* vaccine_of(const Code& code) {
  const auto& codes = domain::built_in_codes();
  if (!code.system.empty()) return codes.vaccine(code.system, code.code);
  for (const auto system : vaccine_systems) {
    if (const auto* found = codes.vaccine(system, code.code)) return found;
  }
  return nullptr;
}

// The product where it is known, else the kind of vaccine. The dose stands under `dose`, if at all.
struct DoseMembers {
  std::string_view product;
  std::string_view kind;
  std::string_view date;
  std::string_view dose;
};
Result<domain::Fact> dose_of(const json::object& entry, const DoseMembers& members, Moment now) {
  const auto* vaccine = vaccine_of(code_in(entry, members.product));
  if (vaccine == nullptr) vaccine = vaccine_of(code_in(entry, members.kind));
  if (vaccine == nullptr) return unsupported(members.product);
  TRY(at, moment_in(entry, members.date, now));
  domain::Vaccination out{.at = at, .vaccine = vaccine->code, .series = vaccine->series, .dose = 0, .lot = {}};
  if (const auto* dose = entry.if_contains(members.dose); dose != nullptr && dose->is_number()) {
    const auto number = dose->to_number<double>();
    constexpr double most_doses = 99;
    if (number < 1 || number > most_doses) return unsupported(members.dose);
    out.dose = static_cast<std::uint32_t>(number);
  }
  return domain::Fact{std::move(out)};
}

Result<domain::Fact> test_of(const json::object& entry, Moment now) {
  const auto& codes = domain::built_in_codes();
  const auto kind = codes.test(loinc, text_member(entry, "tt"));
  if (!kind) return unsupported("tt");
  const auto result = codes.result(snomed, text_member(entry, "tr"));
  if (!result) return unsupported("tr");
  TRY(at, moment_in(entry, "sc", now));
  return domain::Fact{domain::Test{.at = at, .kind = *kind, .result = *result}};
}

Result<domain::Fact> recovery_of(const json::object& entry, Moment now) {
  TRY(at, moment_in(entry, "df", now));
  const auto until = fhir::end_moment(text_member(entry, "du"));
  if (!until || until.value() <= at) return unsupported("du");
  return domain::Fact{domain::Recovery{.at = at, .until = until.value()}};
}

const json::object* only_entry(const json::object& dcc, std::string_view group) {
  const auto* entries = array_member(dcc, group);
  return entries == nullptr || entries->empty() ? nullptr : entries->front().if_object();
}

// The entry of an EU certificate and what reads it.
struct DccEntry {
  const json::object* entry{};
  Result<domain::Fact> (*read)(const json::object&, Moment){};
};
DccEntry entry_of(const json::object& dcc) {
  if (const auto* dose = only_entry(dcc, "v")) {
    return {.entry = dose, .read = [](const json::object& entry, Moment now) {
              return dose_of(entry, {.product = "mp", .kind = "vp", .date = "dt", .dose = "dn"}, now);
            }};
  }
  if (const auto* test = only_entry(dcc, "t")) return {.entry = test, .read = test_of};
  return {.entry = only_entry(dcc, "r"), .read = recovery_of};
}

std::string letters_in(const json::object& name, std::string_view transliterated, std::string_view plain) {
  return domain::icao_transliterated(text_or(name, transliterated, text_member(name, plain)));
}

Result<CertificateFacts> read_dcc_facts(const json::object& dcc, Moment now) {
  const auto found = entry_of(dcc);
  const auto* name = object_member(dcc, "nam");
  if (found.entry == nullptr || name == nullptr) return unsupported("entry");
  if (text_member(*found.entry, "tg") != covid_19) return unsupported("tg");
  TRY(fact, found.read(*found.entry, now));
  return CertificateFacts{.name = {.family = letters_in(*name, "fnt", "fn"), .given = letters_in(*name, "gnt", "gn")},
                          .birth = birth_in(dcc, "dob", now),
                          .identifier = std::string{text_member(*found.entry, "ci")},
                          .facts = {std::move(fact)}};
}

CertificateFacts who_facts(const json::object& set, std::string_view name, std::string_view birth, Moment now) {
  return {.name = {.family = {}, .given = domain::icao_transliterated(text_member(set, name))},
          .birth = birth_in(set, birth, now),
          .identifier = {},
          .facts = {}};
}

Result<CertificateFacts> read_core_data_set_facts(const json::object& set, Moment now) {
  // Tests of the core data sets name their results by codes of each country's choice.
  if (!set.contains("vaccine")) return unsupported("pathogen");
  auto out = who_facts(set, "name", "birthDate", now);
  out.identifier = text_member(set, "hcid");
  TRY(fact, dose_of(set, {.product = "brand", .kind = "vaccine", .date = "date", .dose = "dose"}, now));
  out.facts.push_back(std::move(fact));
  return out;
}

Result<CertificateFacts> read_dose_of_person(const json::object& person, Moment now) {
  const auto* dose = object_member(person, "v");
  if (dose == nullptr) return unsupported("v");
  auto out = who_facts(person, "n", "dob", now);
  TRY(fact, dose_of(*dose, {.product = "vp", .kind = "mp", .date = "dt", .dose = "dn"}, now));
  out.facts.push_back(std::move(fact));
  return out;
}

Result<CertificateFacts> read_bundle_facts(const json::value& bundle, Moment now) {
  const auto text = codec::to_text(bundle);
  TRY(batch, fhir::read(as_bytes(text),
                        {.issuer = IssuerId{"certificate"}, .import_id = "certificate", .now = now, .codes = nullptr}));
  const auto& bad = batch.rejected;
  if (!bad.empty()) return unsupported(bad.front().place.pointer + ": " + std::string{name_of(bad.front().reason)});
  const auto& held = batch.quarantined;
  if (!held.empty()) return unsupported(held.front().place.pointer + ": " + std::string{name_of(held.front().reason)});
  if (batch.people.size() != 1) return unsupported("Patient");
  const auto& person = batch.people.front();
  CertificateFacts out{.name = {.family = {}, .given = domain::icao_transliterated(person.person.name)},
                       .birth = person.person.birth,
                       .identifier = {},
                       .facts = {}};
  for (const auto& record : person.records) {
    out.facts.push_back(record.fact);
    if (auto* dose = std::get_if<domain::Vaccination>(&out.facts.back())) dose->lot.clear();
  }
  if (out.facts.empty()) return unsupported("entry");
  return out;
}

}  // namespace

Result<CertificateFacts> facts_of(const VerifiedCertificate& certificate, Moment now) {
  const auto& contents = certificate.contents();
  const auto* object = contents.body.if_object();
  if (object == nullptr) return unsupported("content");
  switch (contents.form) {
    case Contents::Form::dcc: return read_dcc_facts(*object, now);
    case Contents::Form::core_data_set: return read_core_data_set_facts(*object, now);
    case Contents::Form::dose_of_person: return read_dose_of_person(*object, now);
    case Contents::Form::fhir_bundle: return read_bundle_facts(contents.body, now);
    case Contents::Form::none: break;
  }
  return unsupported("content");
}

std::string identifier_of(const VerifiedCertificate& certificate) {
  const auto& contents = certificate.contents();
  const auto* object = contents.body.if_object();
  if (object == nullptr) return {};
  if (contents.form == Contents::Form::core_data_set) return std::string{text_member(*object, "hcid")};
  if (contents.form != Contents::Form::dcc) return {};
  const auto found = entry_of(*object);
  return found.entry == nullptr ? std::string{} : std::string{text_member(*found.entry, "ci")};
}

}  // namespace lindung::cert
