// SMART Health Cards: what the reference tool's own tests expect (expected.json), by class of error.
#include "cert/shc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/fhir_profile.h"
#include "cert/reason.h"
#include "cert/shc_card.h"
#include "cert/step.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "codec/json.h"
#include "store/durable_file.h"
#include "vectors/bytes_of.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

using cert::Reason;

bool is_expectations(const json::value& value) {
  const auto* rows = value.if_array();
  return rows != nullptr && !rows->empty() && object_with(rows->front(), {"suite", "files", "errors"}) != nullptr;
}
const Format shc_format{"shc-expected", is_expectations};

constexpr std::string_view spec_issuer = "https://spec.smarthealth.cards/examples/issuer";
const Moment judged_at = parse_rfc3339("2023-07-01T00:00:00Z").value();

std::string content_of(const std::filesystem::path& path) {
  const auto read = store::read_file(path.string(), 1UL << 20U);
  return read ? std::string{as_text(read.value())} : std::string{};
}

std::optional<std::filesystem::path> find_file(const std::string& name) {
  std::optional<std::filesystem::path> found;
  Folder::get().for_each_file(std::filesystem::path{name}.filename().string(), [&](const std::filesystem::path& path) {
    if (path.string().ends_with("/" + name)) found = path;
  });
  return found;
}

// Keys, and lists of revocations beside them, under the name of their issuer.
void add_issuer(cert::TrustReader& reader, const std::filesystem::path& well_known, const std::string& issuer) {
  auto keys = codec::parse_json(content_of(well_known / "jwks.json"));
  if (!keys || !keys.value().is_object()) return;
  keys.value().as_object()["iss"] = issuer;
  static_cast<void>(reader.add_json(keys.value(), 0));
  std::error_code error;
  for (const auto& each : std::filesystem::directory_iterator{well_known / "crl", error}) {
    const auto list = codec::parse_json(content_of(each.path()));
    if (list) static_cast<void>(reader.add_json(list.value(), 0));
  }
}

cert::TrustStore trust_for(const json::object& row, const std::filesystem::path& first_file) {
  cert::TrustStore trust;
  trust.add_list({.origin = "test", .fetched = {}, .fresh_for = {}});
  cert::TrustReader reader{trust};
  const auto* options = row.if_contains("options");
  const bool foreign_directory =
      options != nullptr && options->is_object() && text_of(options->get_object(), "issuerDirectory") == "VCI";
  if (!foreign_directory) {
    Folder::get().for_each_file("jwks.json", [&](const std::filesystem::path& path) {
      if (path.string().find("spec-examples") != std::string::npos) {
        add_issuer(reader, path.parent_path(), std::string{spec_issuer});
      }
    });
  }
  const auto own = first_file.parent_path() / ".well-known";
  if (std::filesystem::exists(own)) {
    add_issuer(reader, own,
               "https://raw.githubusercontent.com/smart-on-fhir/health-cards-dev-tools/main/testdata/badcrl/" +
                   first_file.parent_path().filename().string());
  }
  reader.finish();
  return trust;
}

// The reasons of ours that one of the tool's error codes stands for.
std::vector<Reason> reasons_for(std::string_view code) {
  static const std::map<std::string_view, std::vector<Reason>> known{
      {"FHIR_SCHEMA_ERROR", {Reason::fhir_profile}},
      {"FHIR_SCHEMA_ERROR(xN)", {Reason::fhir_profile}},
      {"TRAILING_CHARACTERS", {Reason::payload}},
      {"INVALID_NUMERIC_QR_HEADER", {Reason::prefix, Reason::chunk, Reason::numeric}},
      {"INVALID_NUMERIC_QR", {Reason::numeric}},
      {"MISSING_QR_CHUNK", {Reason::chunk}},
      {"JWS_HEADER_ERROR", {Reason::jws_header}},
      {"JWS_VERIFICATION_ERROR", {Reason::signature, Reason::untrusted_signer}},
      {"INFLATION_ERROR", {Reason::zlib, Reason::jws_header}},
      {"REVOCATION_ERROR", {Reason::revocation_list}},
      {"NOT_YET_VALID", {Reason::not_yet_valid}},
      {"EXPIRATION_ERROR", {Reason::expired}},
      {"INVALID_ISSUER_URL", {Reason::issuer_url}},
      {"INVALID_KEY_X5C", {Reason::untrusted_signer}},
      {"ISSUER_KEY_DOWNLOAD_ERROR", {Reason::untrusted_signer}},
      {"SIGNATURE_FORMAT_ERROR", {Reason::signature}},
      {"ISSUER_NOT_TRUSTED", {Reason::untrusted_signer}},
      {"ISSUER_KID_MISMATCH", {Reason::untrusted_signer}},
  };
  const auto found = known.find(code);
  return found == known.end() ? std::vector<Reason>{} : found->second;
}

std::optional<Reason> payload_reason(const std::string& text) {
  auto trimmed = text;
  const auto payload = cert::read_card_payload(trimmed);
  if (!payload) return payload.error().reason;
  const auto claims = cert::read_card_claims(payload.value().as_object());
  if (!claims) return claims.error().reason;
  const auto window =
      cert::check_window({.from = claims.value().not_before, .until = claims.value().expires}, judged_at);
  if (!window) return window.error().reason;
  const auto content = cert::check_bundle(*claims.value().bundle);
  return content ? std::nullopt : std::optional{content.error().reason};
}

std::optional<Reason> bundle_reason(const std::string& text) {
  const auto read = codec::parse_json(text);
  const auto* bundle = read ? read.value().if_object() : nullptr;
  if (bundle == nullptr) return Reason::payload;
  const auto content = cert::check_bundle(*bundle);
  return content ? std::nullopt : std::optional{content.error().reason};
}

std::optional<Reason> key_set_reason(const std::string& text) {
  cert::TrustStore trust;
  trust.add_list({.origin = "test", .fetched = {}, .fresh_for = {}});
  cert::TrustReader reader{trust};
  const auto read = reader.add(as_bytes(text), 0);
  return read && reader.passed_over() == 0 ? std::nullopt : std::optional{Reason::unsupported_key};
}

bool is_text_of_card(std::string_view type) {
  return type == "jws" || type == "healthcard" || type == "qrnumeric" || type == "fhirhealthcard";
}

TEST(ShcVectors, cards_are_accepted_and_refused_as_the_reference_tool_expects) {
  LINDUNG_NEEDS_VECTORS();
  std::map<std::string, std::size_t> classes;
  Balance balance{"shc-expected"};
  Folder::get().for_each_json(is_expectations, [&](const JsonFile& file) {
    for (const auto& value : file.value.as_array()) {
      const auto& row = value.as_object();
      const std::string type{text_of(row, "type")};
      const std::string name{text_of(row, "name")};
      if (!row.at("errors").is_array() && !row.at("errors").is_int64()) {
        balance.skip("options of that tool");
        continue;
      }
      if (type.starts_with("shl")) {
        balance.skip("SMART Health Links");
        continue;
      }
      std::vector<std::string> texts;
      std::filesystem::path first;
      for (const auto& each : row.at("files").as_array()) {
        const auto path = find_file(std::string{each.as_string()});
        if (!path) continue;
        if (texts.empty()) first = *path;
        texts.push_back(content_of(*path));
      }
      if (texts.size() != row.at("files").as_array().size()) {
        balance.skip("its file is not in the data");
        continue;
      }
      std::vector<std::string> errors;
      if (const auto* codes = row.at("errors").if_array()) {
        for (const auto& each : *codes) {
          // Cards of several parts are read here; that tool calls them out of use.
          if (each != "QR_CHUNKING_DEPRECATED") errors.emplace_back(each.as_string());
        }
      }
      std::optional<Reason> reason;
      if (type == "fhirbundle") {
        reason = bundle_reason(texts.front());
      } else if (type == "jwspayload") {
        reason = payload_reason(errors == std::vector<std::string>{"TRAILING_CHARACTERS"}
                                    ? texts.front()
                                    : texts.front().substr(0, texts.front().find_last_of('}') + 1));
      } else if (type == "keyset") {
        reason = key_set_reason(texts.front());
      } else if (is_text_of_card(type)) {
        std::string text;
        for (const auto& each : texts) text += each + "\n";
        const auto verdict = cert::verify_shc(text, trust_for(row, first), judged_at);
        reason = verdict.reason;
      } else {
        balance.skip("another kind: " + type);
        continue;
      }
      const auto* options = row.if_contains("options");
      if (options != nullptr && options->is_object() && options->get_object().contains("exclude") &&
          reason == Reason::fhir_profile) {
        balance.skip("health records are not judged in it");
        continue;
      }
      bool right = errors.empty() && !reason;
      for (const auto& code : errors) {
        const auto fitting = reasons_for(code);
        right = right || (reason && std::ranges::find(fitting, *reason) != fitting.end());
      }
      const auto got = reason ? std::string{cert::name_of(*reason)} : "valid";
      balance.judge(right, name, got);
      ++classes[(errors.empty() ? "no error" : errors.front()) + " as " + got];
    }
  });
  for (const auto& each : classes) std::cout << "  shc-expected " << each.first << ": " << each.second << "\n";
}

}  // namespace
}  // namespace lindung::vectors
