#include "people/consent_receipt.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "domain/consent.h"
#include "domain/partner.h"
#include "domain/rule_set.h"
#include "image/document.h"
#include "people/portal_terms.h"
#include "service/consent_keys.h"
#include "service/consent_rows.h"

namespace lindung::people {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::string_view schema = "ISO-27560:2023/lindung-1";

Object both(const domain::Text& text) { return {{"id", text.id}, {"en", text.en}}; }

json::array all_of(std::span<const domain::Text> texts) {
  json::array out;
  for (const auto& text : texts) out.emplace_back(both(text));
  return out;
}

std::string state_of(const service::KeptConsent& consent) {
  if (!consent.end) return "active";
  return *consent.end == domain::ConsentEnd::expired ? "expired" : "withdrawn";
}

json::array purposes_of(const service::Consent& consent) {
  json::array out;
  for (const auto purpose : consent.purposes) {
    out.emplace_back(Object{{"purpose", both(domain::text_of(purpose))},
                            {"purpose_type", domain::name_of(purpose)},
                            {"lawful_basis", "consent (UU 27/2022, pasal 20 ayat (2) huruf a)"},
                            {"pii_information", all_of(domain::learns(consent.profile))},
                            {"not_processed", all_of(domain::never_learns())},
                            {"pii_controllers", json::array{"platform", consent.partner.value()}},
                            {"collection_method", "asked of the platform by the controller, sealed for it alone"},
                            {"processing_method", "shown until the answer's own end, then forgotten"},
                            {"storage_locations", json::array{"ID"}},
                            {"retention_period", "the opaque token, until the consent ends; answers: none"},
                            {"processing_locations", json::array{"ID"}},
                            {"geographic_restrictions", json::array{"ID"}},
                            {"jurisdictions", json::array{"ID"}},
                            {"recipient_third_parties", json::array{}},
                            {"withdrawal_method", both(domain::how_to_stop())}});
  }
  return out;
}

json::array events_of(const service::KeptConsent& kept) {
  const auto& consent = kept.consent;
  json::array out{Object{{"event_time", rfc3339(consent.granted_at)},
                         {"event_type", "explicit"},
                         {"event_state", "given"},
                         {"entity_id", "pii_principal"},
                         {"validity_duration", "until " + rfc3339(consent.until)},
                         {"log_index", kept.granted_index}}};
  if (kept.end) {
    out.emplace_back(Object{{"event_time", rfc3339(kept.ended_at)},
                            {"event_type", domain::name_of(*kept.end)},
                            {"event_state", state_of(kept)},
                            {"entity_id", *kept.end == domain::ConsentEnd::withdrawn ? "pii_principal" : "platform"},
                            {"log_index", kept.ended_index}});
  }
  return out;
}

}  // namespace

Object receipt_of(const service::KeptConsent& kept, const PortalTerms& terms) {
  const auto& consent = kept.consent;
  const auto id = codec::hex(consent.id.bytes());
  return {{"schema_version", schema},
          {"record_id", id},
          {"receipt_id", id},
          {"pii_principal_id", "the holder of this receipt"},
          {"pii_processing", Object{{"privacy_notice", terms.origin + "/"},
                                    {"language", json::array{"id", "en"}},
                                    {"profile", domain::name_of(consent.profile)},
                                    {"purposes", purposes_of(consent)},
                                    {"privacy_rights", terms.origin + "/#rights"},
                                    {"codes_of_conduct", "the integrity pact that the partner has signed"}}},
          {"party_identification", json::array{Object{{"party_id", "platform"},
                                                      {"party_name", "Lindung"},
                                                      {"party_role", "controller"},
                                                      {"party_url", terms.origin}},
                                               Object{{"party_id", consent.partner.value()},
                                                      {"party_name", consent.partner.value()},
                                                      {"party_role", "controller"}}}},
          {"event", events_of(kept)},
          {"consent_state", state_of(kept)}};
}

std::string signed_receipt(const Object& receipt, const service::ConsentSigner& signer) {
  const auto header =
      codec::to_text(Object{{"alg", "EdDSA"}, {"kid", signer.id}, {"typ", "lindung-consent-receipt+jws"}});
  const auto payload = codec::to_text(receipt);
  auto text = codec::base64url(as_bytes(header)) + "." + codec::base64url(as_bytes(payload));
  const auto signature = signer.key.sign(as_bytes(text));
  return text + "." + codec::base64url(signature);
}

Result<Bytes> receipt_pdf(const service::KeptConsent& kept, const PortalTerms& terms, const std::string& key_id) {
  const auto& consent = kept.consent;
  const auto id = codec::hex(consent.id.bytes());
  image::Document document{
      .title = {.id = "Tanda terima persetujuan", .en = "Consent receipt"},
      .subtitle = {.id = "Mitra: " + consent.partner.value(), .en = "Partner: " + consent.partner.value()},
      .sections = {},
      .footer = {.id = "ISO/IEC TS 27560:2023 · " + id, .en = "ISO/IEC TS 27560:2023 · " + id},
      .made_at = rfc3339(kept.end ? kept.ended_at : consent.granted_at)};
  const auto section = [&](image::Words heading, std::span<const domain::Text> texts) {
    image::DocumentSection out{.heading = std::move(heading), .paragraphs = {}};
    for (const auto& text : texts) out.paragraphs.push_back({.id = text.id, .en = text.en});
    document.sections.push_back(std::move(out));
  };
  std::vector<domain::Text> purposes;
  for (const auto purpose : consent.purposes) purposes.push_back(domain::text_of(purpose));
  section({.id = "Untuk apa", .en = "What for"}, purposes);
  section({.id = "Apa yang diketahui mitra", .en = "What the partner learns"}, domain::learns(consent.profile));
  section({.id = "Apa yang tidak diketahuinya", .en = "What it does not learn"}, domain::never_learns());
  std::vector<domain::Text> times{
      {.id = "Diberikan: " + rfc3339(consent.granted_at) + ", entri log " + std::to_string(kept.granted_index),
       .en = "Given: " + rfc3339(consent.granted_at) + ", log entry " + std::to_string(kept.granted_index)},
      {.id = "Berlaku sampai: " + rfc3339(consent.until), .en = "Lasts until: " + rfc3339(consent.until)}};
  if (kept.end) {
    times.push_back({.id = "Berakhir: " + rfc3339(kept.ended_at) + ", entri log " + std::to_string(kept.ended_index),
                     .en = "Ended: " + rfc3339(kept.ended_at) + ", log entry " + std::to_string(kept.ended_index)});
  }
  section({.id = "Masa berlaku", .en = "Time"}, times);
  section({.id = "Cara menghentikan", .en = "How to stop"}, std::span{&domain::how_to_stop(), 1});
  const domain::Text record{.id = "Nomor " + id + ". Ditandatangani platform dengan kunci " + key_id +
                                  "; berkas JSON yang sama dapat "
                                  "diperiksa di " +
                                  terms.origin + ".",
                            .en = "Number " + id + ". Signed by the platform under the key " + key_id +
                                  "; the same file as JSON can be "
                                  "verified at " +
                                  terms.origin + "."};
  section({.id = "Catatan", .en = "Record"}, std::span{&record, 1});
  return image::document_pdf(document);
}

}  // namespace lindung::people
