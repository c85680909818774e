#include "cert/reason.h"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace lindung::cert {
namespace {

// In the order of the enumeration.
constexpr auto reasons = std::to_array<ReasonWords>({
    {Reason::input, "input", "the line is no question that can be read"},
    {Reason::too_long, "too-long", "the text is longer than 8 KiB"},
    {Reason::prefix, "prefix", "the text begins like no certificate that is known"},
    {Reason::base45, "base45", "the text is not base45"},
    {Reason::base32, "base32", "the text is not base32"},
    {Reason::zlib, "zlib", "the compressed data are damaged"},
    {Reason::too_large, "too-large", "more comes out than a certificate holds"},
    {Reason::cbor, "cbor", "the data are not CBOR"},
    {Reason::cose, "cose", "the data are not one signed COSE message"},
    {Reason::cose_algorithm, "cose-algorithm", "the message names no algorithm that is accepted"},
    {Reason::cose_critical, "cose-critical", "the message demands a header that nobody here knows"},
    {Reason::cwt, "cwt", "what is signed is not a set of claims"},
    {Reason::numeric, "numeric", "the digits are not those of a SMART Health Card"},
    {Reason::chunk, "chunk", "parts of the card are missing, doubled or of different cards"},
    {Reason::jws, "jws", "the card is not a compact signed message"},
    {Reason::jws_header, "jws-header", "the header of the card is not that of a SMART Health Card"},
    {Reason::payload, "payload", "what is signed cannot be read"},
    {Reason::json, "json", "the text is not JSON of this format"},
    {Reason::header, "header", "type, version or issuer of the seal are missing or unknown"},
    {Reason::no_kid, "no-kid", "the certificate does not say which key signed it"},
    {Reason::untrusted_signer, "untrusted-signer", "nobody who is trusted for this issuer has that key"},
    {Reason::stale_trust, "stale-trust", "the list that names the signer is too old"},
    {Reason::unsupported_key, "unsupported-key", "the signer's key is of a kind that is not accepted"},
    {Reason::issuer_url, "issuer-url", "the issuer is not an https address without an end slash"},
    {Reason::signature, "signature", "the signature does not hold"},
    {Reason::claim_type, "claim-type", "a claim of the certificate is of the wrong type"},
    {Reason::no_expiry, "no-expiry", "the certificate does not say how long it is valid"},
    {Reason::expired, "expired", "the certificate has expired"},
    {Reason::not_yet_valid, "not-yet-valid", "the certificate is not valid yet"},
    {Reason::signer_not_valid, "signer-not-valid", "the signer was not valid when the certificate was signed"},
    {Reason::no_content, "no-content", "the certificate holds no health certificate"},
    {Reason::unsupported_content, "unsupported-content", "the certificate holds something that is not read here"},
    {Reason::schema_version, "schema-version", "the version of the content is missing or unknown"},
    {Reason::schema, "schema", "the content breaks the rules of its version"},
    {Reason::entry_count, "entry-count", "the certificate does not hold exactly one entry"},
    {Reason::value_set, "value-set", "a code is not in its set"},
    {Reason::fhir_profile, "fhir-profile", "the health records break the rules of their profile"},
    {Reason::key_usage, "key-usage", "the signer may not sign this kind of certificate"},
    {Reason::revoked, "revoked", "the certificate or its signer has been revoked"},
    {Reason::revocation_list, "revocation-list", "the issuer's list of revocations is faulty or too old"},
    {Reason::rule, "rule", "a rule of acceptance is not met"},
    {Reason::unsupported_format, "unsupported-format", "the format is known and not read here"},
    {Reason::needs_server, "needs-server", "only the platform itself can judge its own code"},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (static_cast<std::size_t>(reasons[i].reason) != i) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

std::span<const ReasonWords> all_reasons() noexcept { return reasons; }
std::string_view name_of(Reason reason) noexcept { return reasons[static_cast<std::size_t>(reason)].name; }
std::string_view words_of(Reason reason) noexcept { return reasons[static_cast<std::size_t>(reason)].words; }

}  // namespace lindung::cert
