// The formats with few samples, and lists of signers as they are published: NZCP, VDS-NC, the WHO's first and present
// forms, the EU's signers, the directory of SMART Health Card issuers.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/cbor_json.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/hc1.h"
#include "cert/nzcp.h"
#include "cert/reason.h"
#include "cert/signer.h"
#include "cert/step.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "cert/vds_nc.h"
#include "cert/verdict.h"
#include "cert/verify.h"
#include "cert/who_content.h"
#include "codec/base_n.h"
#include "codec/jcs.h"
#include "codec/json.h"
#include "crypto/certificate_key.h"
#include "crypto/x509_certificate.h"
#include "store/durable_file.h"
#include "vectors/bytes_of.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

using cert::Reason;
using cert::Step;

std::string content_of(const std::filesystem::path& path) {
  const auto read = store::read_file(path.string(), 64UL << 20U);
  std::string out = read ? std::string{as_text(read.value())} : std::string{};
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
  return out;
}

Moment at(std::string_view text) { return parse_rfc3339(text).value(); }

std::string why(const cert::Verdict& verdict) {
  return verdict.reason ? std::string{cert::name_of(*verdict.reason)} + " " + verdict.detail : "valid";
}

bool is_did(const json::value& value) { return object_with(value, {"id", "verificationMethod"}) != nullptr; }

TEST(NzcpVectors, passes_are_judged_as_their_folder_says) {
  LINDUNG_NEEDS_VECTORS();
  cert::TrustStore trust;
  trust.add_list({.origin = "test", .fetched = {}, .fresh_for = {}});
  cert::TrustReader reader{trust};
  Folder::get().for_each_json(is_did,
                              [&](const JsonFile& file) { ASSERT_TRUE(reader.add_did(file.value, 0)) << file.name; });
  reader.finish();
  Balance balance{"nzcp"};
  Folder::get().for_each_file(".txt", [&](const std::filesystem::path& path) {
    const auto text = content_of(path);
    if (!text.starts_with("NZCP:/") || text.find('\n') != std::string::npos) return;
    const auto folder = path.parent_path().filename().string();
    if (folder != "valid" && folder != "invalid") return balance.skip("a picture's text");
    const auto verdict = cert::verify(text, trust, at("2022-06-01T00:00:00Z"));
    balance.judge(
        verdict.format == cert::Format::nzcp && (verdict.outcome == cert::Outcome::valid) == (folder == "valid"),
        path.filename().string(), why(verdict));
  });
}

bool is_seal(const json::value& value) {
  const auto* file = object_with(value, {"data", "sig"});
  return file != nullptr && object_with(file->at("data"), {"hdr", "msg"}) != nullptr;
}
const Format seal_format{"icao-vds-nc", is_seal};

// The seal's own certificate, whoever stands behind it.
bool own_signature_holds(const json::value& seal) {
  const auto& sig = seal.at("sig").as_object();
  const auto letters = [&](std::string_view name) {
    auto text = text_of(sig, name);
    while (text.ends_with('=')) text.remove_suffix(1);
    const auto bytes = codec::from_base64url(text);
    return bytes ? bytes.value() : Bytes{};
  };
  const auto certificate = crypto::X509Certificate::from_der(letters("cer"));
  const auto key = certificate ? certificate.value().key() : Result<crypto::CertificateKey>{certificate.error()};
  const auto canonical = codec::canonical_json(seal.at("data"));
  return key && canonical &&
         key.value().verifies(crypto::SignatureAlgorithm::es256, as_bytes(canonical.value()), letters("sigvl"));
}

TEST(VdsNcVectors, seals_hold_and_those_under_an_authority_that_is_here_are_valid) {
  LINDUNG_NEEDS_VECTORS();
  cert::TrustStore trust;
  trust.add_list({.origin = "test", .fetched = {}, .fresh_for = {}});
  cert::TrustReader reader{trust};
  Balance authorities{"icao-vds-nc authorities"};
  Folder::get().for_each_file(".der", [&](const std::filesystem::path& path) {
    if (path.parent_path().filename() != "csca") return;
    authorities.judge(reader.add(as_bytes(content_of(path)), 0).has_value(), path.filename().string());
  });
  reader.finish();
  Balance balance{"icao-vds-nc"};
  const auto judge = [&](const std::string& text, const std::string& name) {
    const auto value = codec::parse_json(text);
    if (!value || !is_seal(value.value())) return;
    balance.judge(own_signature_holds(value.value()), name + ": signature");
    const auto verdict = cert::verify(text, trust, at("2022-01-01T00:00:00Z"));
    // The samples of Utopia (UTO) are under an authority that is not in the data.
    const bool utopia = text.find("\"UTO\"") != std::string::npos;
    balance.judge(utopia ? verdict.reason == Reason::untrusted_signer
                         : verdict.outcome == cert::Outcome::valid || trust.authorities().empty() ||
                               verdict.reason == Reason::untrusted_signer,
                  name, why(verdict));
    if (verdict.outcome == cert::Outcome::valid) balance.judge(!verdict.subject_initials.empty(), name + ": holder");
  };
  for (const std::string_view ending : {".json", ".txt"}) {
    Folder::get().for_each_file(ending, [&](const std::filesystem::path& path) {
      const auto text = content_of(path);
      if (cert::looks_like_vds_nc(text)) judge(text, path.filename().string());
    });
  }
}

bool is_unpacked(const json::value& value) {
  return object_with(value, {"protectedAttributes", "unprotectedAttributes", "contents"}) != nullptr;
}

TEST(WhoVectors, certificates_of_the_network_unpack_to_what_is_known_of_them) {
  LINDUNG_NEEDS_VECTORS();
  const cert::TrustStore nobody;
  Balance balance{"who-ddcc"};
  Folder::get().for_each_json(is_unpacked, [&](const JsonFile& file) {
    auto stem = file.path.stem().string();
    stem = stem.substr(0, stem.find("Unpacked"));
    auto text = content_of(file.path.parent_path() / (stem + "Contents.txt"));
    if (text.empty()) text = content_of(file.path.parent_path() / (stem + ".txt"));
    if (!text.starts_with("HC1:")) return balance.skip("no HC1 text beside it");
    const auto verdict = cert::verify(text, nobody, at("2025-01-01T00:00:00Z"));
    balance.judge(verdict.step(Step::cose) == true &&
                      (verdict.reason == Reason::untrusted_signer || verdict.reason == Reason::no_kid),
                  file.name, why(verdict));
    const auto compressed = cert::hc1_bytes(std::string_view{text}.substr(4));
    const auto bytes = cert::hc1_message(compressed ? BytesView{compressed.value()} : BytesView{});
    const auto message = cert::CoseSign1::read(bytes ? BytesView{bytes.value()} : BytesView{});
    if (!message) return balance.judge(false, file.name, "no message");
    const auto claims = cert::Cwt::read(message.value().payload(), Step::cose);
    if (!claims) return balance.judge(false, file.name, "no claims");
    const auto root = claims.value().claims();
    balance.judge(cert::json_of(root) == file.value.at("contents"), file.name, "other contents");
    const auto hcert = root.find(-260);
    const auto content = hcert ? cert::read_who_claims(*hcert) : cert::read_core_data_set(root);
    if (hcert && hcert->find(1)) return;
    balance.judge(content.has_value(), file.name, content ? "" : std::string{cert::name_of(content.error().reason)});
  });
}

TEST(TrustVectors, signers_of_the_eu_are_named_by_their_files) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"eu-dsc-certs"};
  Folder::get().for_each_file("", [&](const std::filesystem::path& path) {
    if (path.parent_path().filename() != "eu-dsc-certs") return;
    const auto named = codec::from_hex(path.stem().string());
    if (!named || named.value().size() != cert::kid_size) return balance.skip("not named by a key");
    const auto read = store::read_file(path.string(), 1UL << 16U);
    const auto certificate = crypto::X509Certificate::from_der(read ? BytesView{read.value()} : BytesView{});
    if (!certificate) return balance.judge(false, path.filename().string(), certificate.error().text());
    const auto signer = cert::signer_of(certificate.value());
    balance.judge(signer && signer.value().kid == named.value(), path.filename().string(),
                  signer ? "another kid" : signer.error().text());
  });
}

bool is_directory(const json::value& value) { return object_with(value, {"directory", "issuerInfo"}) != nullptr; }
const Format directory_format{"vci-directory", is_directory};

TEST(TrustVectors, every_key_of_the_issuer_directory_is_taken) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"vci-directory"};
  Folder::get().for_each_json(is_directory, [&](const JsonFile& file) {
    cert::TrustStore trust;
    trust.add_list({.origin = "test", .fetched = {}, .fresh_for = {}});
    cert::TrustReader reader{trust};
    ASSERT_TRUE(reader.add_json(file.value, 0));
    reader.finish();
    for (const auto& each : file.value.at("issuerInfo").as_array()) {
      const auto issuer = text_of(each.at("issuer").as_object(), "iss");
      for (const auto& key : each.at("keys").as_array()) {
        const auto* found = trust.card_key(issuer, text_of(key.as_object(), "kid"));
        balance.judge(found != nullptr, std::string{issuer});
      }
    }
  });
}

}  // namespace
}  // namespace lindung::vectors
