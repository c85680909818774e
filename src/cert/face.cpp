#include "cert/face.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "cert/cbor_json.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/dcc_content.h"
#include "cert/hc1.h"
#include "cert/jwk.h"
#include "cert/light_pass.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/shc_card.h"
#include "cert/shc_text.h"
#include "cert/step.h"
#include "cert/verdict.h"
#include "cert/verify.h"
#include "codec/base_n.h"
#include "crypto/digest.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

constexpr std::int64_t claim_hcert = -260;
constexpr std::int64_t subclaim_dcc = 1;

std::string number_member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_number() ? std::to_string(value->to_number<std::int64_t>()) : std::string{};
}

// First member of "v", "t" or "r".
const json::object* entry_of(const json::object& dcc) {
  for (const std::string_view name : {"v", "t", "r"}) {
    const auto* entries = array_member(dcc, name);
    if (entries != nullptr && !entries->empty()) return entries->front().if_object();
  }
  return nullptr;
}

std::string joined(std::string_view first, std::string_view second) {
  std::string out{first};
  if (!out.empty() && !second.empty()) out += ' ';
  return out.append(second);
}

void add(Face& face, FactKind kind, std::string value) {
  if (!value.empty()) face.facts.push_back({.kind = kind, .value = std::move(value)});
}

// Codes that a reader of paper has words for; others stand as they are.
std::string product_words(std::string_view code) {
  struct Known {
    std::string_view code;
    std::string_view words;
  };
  constexpr Known known[] = {{"EU/1/20/1528", "Comirnaty"}, {"EU/1/20/1507", "Spikevax"},
                             {"EU/1/21/1529", "Vaxzevria"}, {"EU/1/20/1525", "Jcovden"},
                             {"EU/1/21/1618", "Nuvaxovid"}, {"EU/1/21/1624", "Valneva"},
                             {"CoronaVac", "CoronaVac"},    {"BBIBP-CorV", "BBIBP-CorV"}};
  for (const auto& each : known) {
    if (each.code == code) return std::string{each.words};
  }
  return std::string{code};
}

std::string test_words(std::string_view code) {
  if (code == "LP6464-4") return "NAAT (PCR)";
  return code == "LP217198-3" ? "Antigen" : std::string{code};
}

std::string result_words(std::string_view code) {
  if (code == "260415000") return "Tidak terdeteksi · Not detected";
  return code == "260373001" ? "Terdeteksi · Detected" : std::string{code};
}

void add_facts(Face& face, const json::object& entry) {
  if (face.content == "vaccination") {
    add(face, FactKind::vaccine, product_words(text_member(entry, "mp")));
    add(face, FactKind::dose, number_member(entry, "dn") + " / " + number_member(entry, "sd"));
    add(face, FactKind::vaccinated_on, std::string{text_member(entry, "dt")});
  } else if (face.content == "test") {
    add(face, FactKind::test, test_words(text_member(entry, "tt")));
    add(face, FactKind::result, result_words(text_member(entry, "tr")));
    add(face, FactKind::sampled_at, std::string{text_member(entry, "sc")});
  } else {
    add(face, FactKind::first_positive, std::string{text_member(entry, "fr")});
    add(face, FactKind::valid_from, std::string{text_member(entry, "df")});
  }
}

Checked<Face> hc1_face(std::string_view text) {
  TRY(base45_text, without_hc1_prefix(text));
  TRY(compressed, hc1_bytes(base45_text));
  TRY(bytes, hc1_message(compressed));
  TRY(message, CoseSign1::read(bytes));
  TRY(claims, Cwt::read(message.payload(), Step::cose));
  const auto hcert = claims.claims().find(claim_hcert);
  const auto item = hcert ? hcert->find(subclaim_dcc) : std::nullopt;
  if (!item) return refuse(Step::schema, Reason::unsupported_content);
  TRY(content, read_dcc(*item));
  const auto value = json_of(*item);
  const auto& dcc = value.get_object();
  const auto* entry = entry_of(dcc);
  const auto* name = object_member(dcc, "nam");
  if (entry == nullptr || name == nullptr) return refuse(Step::schema, Reason::schema);
  Face face{.format = Format::hc1,
            .content = std::string{name_of(content.kind)},
            .name = joined(text_member(*name, "gn"), text_member(*name, "fn")),
            .plain_name = joined(text_member(*name, "gnt"), text_member(*name, "fnt")),
            .birth = std::string{text_member(dcc, "dob")},
            .issuer = std::string{text_member(*entry, "is")},
            .not_before = {},
            .expires = {},
            .id = content.uci,
            .facts = {}};
  if (face.name.empty()) face.name = face.plain_name;
  if (claims.issued()) face.not_before = moment_of_date(*claims.issued());
  if (claims.expires()) face.expires = moment_of_date(*claims.expires());
  add_facts(face, *entry);
  return face;
}

void read_patient(Face& face, const json::object& patient) {
  face.birth = text_member(patient, "birthDate");
  const auto* names = array_member(patient, "name");
  const auto* name = names == nullptr || names->empty() ? nullptr : names->front().if_object();
  if (name == nullptr) return;
  face.name = text_member(*name, "text");
  if (!face.name.empty()) return;
  if (const auto* given = array_member(*name, "given")) {
    for (const auto& each : *given) {
      if (each.is_string()) face.name = joined(face.name, each.get_string());
    }
  }
  face.name = joined(face.name, text_member(*name, "family"));
}

Checked<Face> card_face(std::string_view text) {
  TRY(messages, card_messages(text));
  if (messages.size() != 1) return refuse(Step::jws, Reason::unsupported_content, "several cards");
  TRY(card, read_card(messages.front()));
  TRY(claims, read_card_claims(card.claims()));
  Face face{.format = Format::shc,
            .content = "health-records",
            .name = {},
            .plain_name = {},
            .birth = {},
            .issuer = claims.issuer,
            .not_before = moment_of_date(claims.not_before),
            .expires = {},
            .id = claims.rid,
            .facts = {}};
  if (claims.expires) face.expires = moment_of_date(*claims.expires);
  // A card has no number of its own; the beginning of its digest tells it from others.
  constexpr std::size_t shown = 10;
  if (face.id.empty()) face.id = codec::hex(BytesView{crypto::sha256(as_bytes(messages.front()))}.first(shown));
  const auto* entries = array_member(*claims.bundle, "entry");
  if (entries == nullptr) return refuse(Step::schema, Reason::fhir_profile, "entry");
  for (const auto& each : *entries) {
    const auto* entry = each.if_object();
    const auto* resource = entry == nullptr ? nullptr : object_member(*entry, "resource");
    if (resource == nullptr) continue;
    const auto type = text_member(*resource, "resourceType");
    if (type == "Patient") read_patient(face, *resource);
    if (type == "Immunization") {
      face.content = "vaccination";
      add(face, FactKind::vaccinated_on, std::string{text_member(*resource, "occurrenceDateTime")});
    }
    if (type == "Observation") {
      face.content = "test";
      add(face, FactKind::sampled_at, std::string{text_member(*resource, "effectiveDateTime")});
    }
  }
  return face;
}

Checked<Face> pass_face(std::string_view text) {
  TRY(pass, read_light_pass(text));
  const auto& claims = pass.claims;
  return Face{.format = Format::light_pass,
              .content = "light-pass",
              .name = claims.name,
              .plain_name = claims.name,
              .birth = std::to_string(claims.birth_year),
              .issuer = claims.issuer,
              .not_before = claims.not_before,
              .expires = claims.expires(),
              .id = codec::hex(claims.id),
              .facts = {}};
}

}  // namespace

Result<Face> read_face(std::string_view text) {
  Checked<Face> read = refuse(Step::prefix, Reason::unsupported_format);
  switch (format_of(text)) {
    case Format::hc1: read = hc1_face(text); break;
    case Format::shc: read = card_face(text); break;
    case Format::light_pass: read = pass_face(text); break;
    default: break;
  }
  if (read) return std::move(read.value());
  const auto& why = read.error();
  const bool unknown = why.reason == Reason::unsupported_format || why.reason == Reason::unsupported_content;
  return fail(unknown ? Errc::unsupported : Errc::malformed,
              std::string{name_of(why.step)} + ": " + std::string{words_of(why.reason)});
}

}  // namespace lindung::cert
