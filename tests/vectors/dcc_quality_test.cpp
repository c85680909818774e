// The strings of dcc-quality-assurance (hc1.tsv), as they were printed: whether the signature holds under the signers
// of dgc-testdata, and whether the content keeps to the schema of its version.
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/dcc_content.h"
#include "cert/hc1.h"
#include "cert/reason.h"
#include "cert/signer.h"
#include "cert/step.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "codec/base_n.h"
#include "crypto/x509_certificate.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

bool has_signer(const json::value& value) { return object_with(value, {"TESTCTX", "EXPECTEDRESULTS"}) != nullptr; }

cert::TrustStore signers_of_test_data() {
  cert::TrustStore trust;
  trust.add_list({.origin = "dgc-testdata", .fetched = {}, .fresh_for = {}});
  Folder::get().for_each_json(has_signer, [&](const JsonFile& file) {
    const auto* der = file.value.at("TESTCTX").as_object().if_contains("CERTIFICATE");
    const auto bytes = codec::from_base64(der == nullptr ? "" : std::string_view{der->as_string()});
    const auto certificate = crypto::X509Certificate::from_der(bytes ? BytesView{bytes.value()} : BytesView{});
    if (!certificate) return;
    auto signer = cert::signer_of(certificate.value());
    if (signer) trust.add_signer(std::make_shared<const cert::Signer>(std::move(signer.value())));
  });
  return trust;
}

using Row = std::map<std::string, std::string>;

std::vector<Row> read_rows(const std::filesystem::path& path) {
  std::ifstream in{path};
  std::vector<std::string> names;
  std::vector<Row> out;
  for (std::string line; std::getline(in, line);) {
    std::istringstream cells{line};
    std::vector<std::string> row;
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
    if (names.empty()) {
      names = row;
      continue;
    }
    Row made;
    for (std::size_t i = 0; i < names.size() && i < row.size(); ++i) made[names[i]] = row[i];
    out.push_back(std::move(made));
  }
  return out;
}

// Inside of the certificate's own time.
Moment clock_for(std::string_view hc1) {
  const auto compressed = cert::hc1_bytes(hc1.substr(cert::hc1_prefix.size()));
  const auto bytes = cert::hc1_message(compressed ? BytesView{compressed.value()} : BytesView{});
  const auto message = cert::CoseSign1::read(bytes ? BytesView{bytes.value()} : BytesView{});
  if (!message) return Moment{};
  const auto claims = cert::Cwt::read(message.value().payload(), cert::Step::cose);
  return claims && claims.value().issued() ? cert::moment_of_date(*claims.value().issued()) : Moment{};
}

bool schema_holds(std::string_view hc1) {
  const auto compressed = cert::hc1_bytes(hc1.substr(cert::hc1_prefix.size()));
  const auto bytes = cert::hc1_message(compressed ? BytesView{compressed.value()} : BytesView{});
  const auto message = cert::CoseSign1::read(bytes ? BytesView{bytes.value()} : BytesView{});
  if (!message) return false;
  const auto claims = cert::Cwt::read(message.value().payload(), cert::Step::cose);
  const auto hcert = claims ? claims.value().claims().find(-260) : std::nullopt;
  const auto dcc = hcert ? hcert->find(1) : std::nullopt;
  return dcc && cert::check_dcc_schema(*dcc).has_value();
}

TEST(DccQualityVectors, every_printed_string_is_judged_as_its_row_says) {
  LINDUNG_NEEDS_VECTORS();
  const auto trust = signers_of_test_data();
  std::map<std::string, std::size_t> classes;
  Balance signatures{"dcc-quality-assurance signature"};
  Balance schemas{"dcc-quality-assurance schema"};
  Folder::get().for_each_file("hc1.tsv", [&](const std::filesystem::path& path) {
    for (const auto& row : read_rows(path)) {
      const auto& text = row.at("hc1");
      const auto verdict = cert::verify_hc1(text, trust, clock_for(text));
      const auto why = verdict.reason ? std::string{cert::name_of(*verdict.reason)} + " " + verdict.detail : "valid";
      const auto kid = codec::from_hex(row.at("kid_hex"));
      const bool here = kid && !trust.signers(kid.value()).empty();
      const bool known = row.at("reference_verify") == "true" && here;
      if (row.at("reference_verify") == "true" && !here) signatures.skip("its signer is not in the data");
      if (row.at("reference_verify") != "true" || here)
        signatures.judge(
            known ? verdict.step(cert::Step::signature) == true : verdict.reason == cert::Reason::untrusted_signer,
            row.at("file"), why);
      schemas.judge(schema_holds(text) == (row.at("schema_ok") == "true"), row.at("file"), why);
      ++classes[(known ? "with its signer: " : "without its signer: ") +
                (verdict.reason ? std::string{cert::name_of(*verdict.reason)} : "valid")];
    }
  });
  for (const auto& each : classes) std::cout << "  dcc-quality-assurance " << each.first << ": " << each.second << "\n";
}

}  // namespace
}  // namespace lindung::vectors
