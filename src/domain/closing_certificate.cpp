#include "domain/closing_certificate.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/jcs.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/ledger.h"

namespace lindung::domain {

namespace {

namespace json = boost::json;

constexpr std::size_t depth = 6;
constexpr std::size_t most_parts = 256;
constexpr std::uint64_t version = 1;

json::object describe(const LedgerEntry& entry) {
  return {{"name", entry.name},       {"kind", name_of(entry.kind)},  {"owner", entry.owner},
          {"purpose", entry.purpose}, {"retention", entry.retention}, {"successor", entry.successor}};
}

json::object describe(const StepRecord& record) {
  json::object findings;
  for (const auto& [name, value] : record.findings) findings[name] = value;
  return {{"step", name_of(record.step)}, {"at", rfc3339(record.at)}, {"findings", std::move(findings)}};
}

json::object describe(const Closing& closing) {
  json::array parts;
  for (const auto& part : closing.parts) parts.emplace_back(describe(part));
  json::array steps;
  for (const auto& step : closing.steps) steps.emplace_back(describe(step));
  return {{"version", version},
          {"log_origin", closing.log_origin},
          {"system", describe(closing.system)},
          {"parts", std::move(parts)},
          {"steps", std::move(steps)}};
}

Result<const json::object*> object_of(const json::value& value, std::initializer_list<std::string_view> members) {
  const auto* object = value.if_object();
  if (object == nullptr || object->size() != members.size()) return fail(Errc::malformed, "closing certificate: shape");
  for (const auto member : members) {
    if (!object->contains(member)) return fail(Errc::malformed, "closing certificate: " + std::string{member});
  }
  return object;
}

Result<std::string> text_of(const json::object& object, std::string_view name) {
  const auto& value = object.at(name);
  if (!value.is_string()) return fail(Errc::malformed, "closing certificate: " + std::string{name});
  return std::string{value.get_string()};
}

Result<const json::array*> list_of(const json::object& object, std::string_view name, std::size_t most) {
  const auto* list = object.at(name).if_array();
  if (list == nullptr || list->size() > most) {
    return fail(Errc::malformed, "closing certificate: " + std::string{name});
  }
  return list;
}

// What was refused as an argument is here a certificate of another form.
template <class T>
Result<T> as_malformed(Result<T> result) {
  if (result.has_error()) return fail(Errc::malformed, "closing certificate: " + result.error().detail);
  return result;
}

Result<LedgerEntry> read_entry(const json::value& value) {
  TRY(object, object_of(value, {"name", "kind", "owner", "purpose", "retention", "successor"}));
  LedgerEntry entry;
  TRY(kind, text_of(*object, "kind"));
  BOOST_OUTCOME_TRY(entry.kind, as_malformed(parse_ledger_kind(kind)));
  BOOST_OUTCOME_TRY(entry.name, text_of(*object, "name"));
  BOOST_OUTCOME_TRY(entry.owner, text_of(*object, "owner"));
  BOOST_OUTCOME_TRY(entry.purpose, text_of(*object, "purpose"));
  BOOST_OUTCOME_TRY(entry.retention, text_of(*object, "retention"));
  BOOST_OUTCOME_TRY(entry.successor, text_of(*object, "successor"));
  TRYV(as_malformed(check(entry)));
  return entry;
}

Result<StepRecord> read_step(const json::value& value) {
  TRY(object, object_of(value, {"step", "at", "findings"}));
  StepRecord record;
  TRY(step, text_of(*object, "step"));
  BOOST_OUTCOME_TRY(record.step, as_malformed(parse_closing_step(step)));
  TRY(at, text_of(*object, "at"));
  BOOST_OUTCOME_TRY(record.at, as_malformed(parse_rfc3339(at)));
  const auto* findings = object->at("findings").if_object();
  if (findings == nullptr) return fail(Errc::malformed, "closing certificate: findings");
  for (const auto& finding : *findings) {
    if (!finding.value().is_string()) return fail(Errc::malformed, "closing certificate: findings");
    record.findings.emplace(finding.key(), std::string{finding.value().get_string()});
  }
  TRYV(as_malformed(check(record.findings)));
  return record;
}

Result<Closing> read_closing(const json::value& value) {
  TRY(object, object_of(value, {"version", "log_origin", "system", "parts", "steps"}));
  const auto& said = object->at("version");
  if (!said.is_int64() || said.get_int64() != static_cast<std::int64_t>(version)) {
    return fail(Errc::malformed, "closing certificate: version");
  }
  Closing closing;
  BOOST_OUTCOME_TRY(closing.log_origin, text_of(*object, "log_origin"));
  BOOST_OUTCOME_TRY(closing.system, read_entry(object->at("system")));
  TRY(parts, list_of(*object, "parts", most_parts));
  for (const auto& part : *parts) {
    TRY(entry, read_entry(part));
    closing.parts.push_back(std::move(entry));
  }
  TRY(steps, list_of(*object, "steps", closing_steps.size()));
  for (const auto& step : *steps) {
    TRY(record, read_step(step));
    closing.steps.push_back(std::move(record));
  }
  if (closing.steps.size() != closing_steps.size()) return fail(Errc::malformed, "closing certificate: steps");
  for (std::size_t i = 0; i < closing_steps.size(); ++i) {
    if (closing.steps[i].step != closing_steps.at(i)) return fail(Errc::malformed, "closing certificate: steps");
  }
  return closing;
}

Result<ClosingSignature> read_signature(const json::value& value) {
  TRY(object, object_of(value, {"officer", "public_key", "signature"}));
  TRY(officer, text_of(*object, "officer"));
  if (!is_ledger_name(officer)) return fail(Errc::malformed, "closing certificate: officer");
  TRY(key_text, text_of(*object, "public_key"));
  TRY(signature_text, text_of(*object, "signature"));
  ByteArray<32> key{};
  ByteArray<64> signature{};
  if (codec::from_hex(key_text, key).has_error() || codec::from_hex(signature_text, signature).has_error()) {
    return fail(Errc::malformed, "closing certificate: a key or a signature in hex");
  }
  TRY(public_key, as_malformed(crypto::Ed25519PublicKey::from_bytes(key)));
  return ClosingSignature{.officer = std::move(officer), .key = public_key, .signature = signature};
}

}  // namespace

std::string canonical_text(const Closing& closing) {
  // Texts, small numbers, objects and lists only: every one of them has a canonical form.
  return codec::canonical_json(describe(closing)).value();
}

Bytes signed_message(std::string_view canonical) {
  return Message{}.text("lindung closing certificate v1").u8(0).text(canonical).take();
}

Hash digest_of(std::string_view canonical) { return crypto::sha256(as_bytes(canonical)); }

Result<ClosingCertificate> ClosingCertificate::read(std::string_view file) {
  TRY(value, codec::parse_json(file, {.bytes = longest_certificate, .depth = depth}));
  TRY(object, object_of(value, {"certificate", "log", "signatures"}));
  ClosingCertificate certificate;
  BOOST_OUTCOME_TRY(certificate.closing, read_closing(object->at("certificate")));
  certificate.canonical = canonical_text(certificate.closing);
  TRY(read, codec::canonical_json(object->at("certificate")));
  if (read != certificate.canonical) return fail(Errc::malformed, "closing certificate: another spelling");
  TRY(log, object_of(object->at("log"), {"index"}));
  const auto& index = log->at("index");
  if (!index.is_int64() || index.get_int64() < 0) return fail(Errc::malformed, "closing certificate: index");
  certificate.log_index = static_cast<std::uint64_t>(index.get_int64());
  TRY(signatures, list_of(*object, "signatures", closing_signatures));
  for (const auto& each : *signatures) {
    TRY(signature, read_signature(each));
    certificate.signatures.push_back(std::move(signature));
  }
  return certificate;
}

std::string ClosingCertificate::text() const {
  json::array list;
  for (const auto& each : signatures) {
    list.emplace_back(json::object{{"officer", each.officer},
                                   {"public_key", codec::hex(each.key.bytes())},
                                   {"signature", codec::hex(each.signature)}});
  }
  return codec::to_pretty_text(json::object{{"certificate", describe(closing)},
                                            {"log", json::object{{"index", log_index}}},
                                            {"signatures", std::move(list)}});
}

Result<void> ClosingCertificate::check_signatures() const {
  if (signatures.size() != closing_signatures) return fail(Errc::bad_signature, "two officers' signatures are needed");
  if (signatures[0].officer == signatures[1].officer || signatures[0].key == signatures[1].key) {
    return fail(Errc::bad_signature, "two signatures of one officer");
  }
  const auto message = signed_message(canonical);
  for (const auto& each : signatures) {
    if (!each.key.verifies(message, each.signature)) {
      return fail(Errc::bad_signature, "the signature of " + each.officer + " is of other bytes");
    }
  }
  return ok();
}

}  // namespace lindung::domain
