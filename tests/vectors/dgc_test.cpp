// The EU's dgc-testdata: every step that a file declares and that can be decided, by itself, and the verdict on the
// whole text. manifest.json, which lies with it, names what is disputed. Counted by class.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/cbor_json.h"
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
#include "codec/cbor_tree.h"
#include "crypto/x509_certificate.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

bool is_dgc(const json::value& value) {
  return object_with(value, {"TESTCTX", "EXPECTEDRESULTS", "PREFIX"}) != nullptr;
}
bool is_manifest(const json::value& value) {
  return value.is_array() && !value.get_array().empty() &&
         object_with(value.get_array().front(), {"file", "e2e", "expected"}) != nullptr;
}
const Format dgc_format{"dgc-testdata", is_dgc};

struct Entry {
  std::string e2e;
  json::object expected;
  std::vector<std::string> disputed;
  bool two_entries{};  // and declared valid: against the definition of the step that the data's own page gives
};

std::map<std::filesystem::path, Entry> read_manifests() {
  std::map<std::filesystem::path, Entry> out;
  Folder::get().for_each_json(is_manifest, [&](const JsonFile& file) {
    for (const auto& value : file.value.get_array()) {
      const auto& row = value.as_object();
      Entry entry{
          .e2e = std::string{row.at("e2e").as_string()}, .expected = row.at("expected").as_object(), .disputed = {}};
      for (const auto& each : row.at("notes").as_array()) {
        if (each == "two entries of one type; declared valid") entry.two_entries = true;
      }
      for (const auto& each : row.at("disputed").as_array()) entry.disputed.emplace_back(each.as_string());
      out.emplace(file.path.parent_path() / std::string{row.at("file").as_string()}, std::move(entry));
    }
  });
  return out;
}

// Map order free, numbers by value, moments to the second.
bool same(const json::value& a, const json::value& b) {
  if (a.is_string() && b.is_string()) {
    const std::string_view x = a.get_string();
    const std::string_view y = b.get_string();
    if (x == y) return true;
    const auto at_x = parse_rfc3339(x);
    const auto at_y = parse_rfc3339(y);
    return at_x && at_y && at_x.value() == at_y.value();
  }
  if (a.is_number() && b.is_number()) return a.to_number<double>() == b.to_number<double>();
  if (a.kind() != b.kind()) return false;
  if (a.is_array()) {
    const auto& x = a.get_array();
    const auto& y = b.get_array();
    if (x.size() != y.size()) return false;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!same(x[i], y[i])) return false;
    }
    return true;
  }
  if (a.is_object()) {
    const auto& x = a.get_object();
    const auto& y = b.get_object();
    if (x.size() != y.size()) return false;
    for (const auto& member : x) {
      const auto* other = y.if_contains(member.key());
      if (other == nullptr || !same(member.value(), *other)) return false;
    }
    return true;
  }
  return a == b;
}

class Case {
 public:
  explicit Case(const json::object& file) : file_{file} {
    const auto& context = file.at("TESTCTX").as_object();
    if (const auto* der = context.if_contains("CERTIFICATE")) {
      const auto bytes = codec::from_base64(der->as_string());
      if (bytes) {
        if (auto read = crypto::X509Certificate::from_der(bytes.value())) certificate_ = read.value();
      }
    }
    if (certificate_) {
      if (auto signer = cert::signer_of(*certificate_)) {
        signer_ = std::make_shared<const cert::Signer>(std::move(signer.value()));
        trust_.add_list({.origin = "test", .fetched = {}, .fresh_for = {}});
        trust_.add_signer(signer_);
      }
    }
    if (const auto* clock = context.if_contains("VALIDATIONCLOCK")) {
      if (const auto at = parse_rfc3339(clock->as_string())) at_ = at.value();
    }
    if (const auto cose = hex("COSE")) {
      cose_ = *cose;
      if (auto message = cert::CoseSign1::read(cose_)) message_ = std::move(message.value());
      if (message_) {
        if (auto claims = cert::Cwt::read(message_->payload(), cert::Step::cose)) claims_ = std::move(claims.value());
      }
    }
    if (const auto cbor = hex("CBOR")) cbor_ = *cbor;
  }

  [[nodiscard]] std::string text(std::string_view name) const {
    const auto* value = file_.if_contains(name);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
  }
  [[nodiscard]] std::optional<Bytes> hex(std::string_view name) const {
    if (!file_.contains(name)) return std::nullopt;
    auto bytes = codec::from_hex(text(name));
    return bytes ? std::optional{std::move(bytes.value())} : std::nullopt;
  }
  [[nodiscard]] std::optional<codec::CborItem> dcc() const {
    const auto hcert = claims_ ? claims_->claims().find(-260) : std::nullopt;
    return hcert ? hcert->find(1) : std::nullopt;
  }
  [[nodiscard]] bool has_json() const { return file_.contains("JSON") && file_.at("JSON").is_object(); }

  // The steps, by their names; none where the file has not what it takes.
  [[nodiscard]] std::optional<bool> unprefix() const {
    const auto whole = text("PREFIX");
    const auto rest = cert::without_hc1_prefix(whole);
    if (!rest) return false;
    return !file_.contains("BASE45") || rest.value() == text("BASE45");
  }
  [[nodiscard]] std::optional<bool> base45() const {
    auto base45_text = text("BASE45");
    if (base45_text.empty()) base45_text = text("PREFIX").substr(4);
    const auto bytes = cert::hc1_bytes(base45_text);
    return bytes && (!file_.contains("COMPRESSED") || bytes.value() == hex("COMPRESSED"));
  }
  [[nodiscard]] std::optional<bool> compression() const {
    auto compressed = hex("COMPRESSED");
    if (!compressed) {
      if (const auto bytes = cert::hc1_bytes(text("PREFIX").substr(4))) compressed = bytes.value();
    }
    const auto message = cert::hc1_message(compressed.value_or(Bytes{}));
    return message && (!file_.contains("COSE") || message.value() == hex("COSE"));
  }
  [[nodiscard]] std::optional<bool> verify() const {
    if (!file_.contains("COSE")) return std::nullopt;
    return message_ && signer_ && message_->kid() == signer_->kid && message_->is_signed_by(signer_->key);
  }
  [[nodiscard]] std::optional<bool> decode() const {
    if (!file_.contains("COSE")) return std::nullopt;
    if (!dcc()) return false;
    const auto mine = cert::json_of(*dcc());
    if (has_json() && !same(mine, file_.at("JSON"))) return false;
    if (cbor_.empty()) return true;
    const auto tree = codec::CborTree::read(cbor_);
    if (!tree) return false;
    // Some files have all claims there.
    const auto whole = tree.value().root();
    const auto hcert = whole.find(-260);
    const auto inner = hcert ? hcert->find(1) : std::nullopt;
    return same(mine, cert::json_of(inner.value_or(whole)));
  }
  [[nodiscard]] std::optional<bool> valid_json() const {
    const auto whole = text("PREFIX");
    const auto base45_text = cert::without_hc1_prefix(whole);
    if (!base45_text) return false;
    const auto compressed = cert::hc1_bytes(base45_text.value());
    if (!compressed) return false;
    const auto bytes = cert::hc1_message(compressed.value());
    if (!bytes) return false;
    const auto message = cert::CoseSign1::read(bytes.value());
    if (!message) return false;
    const auto claims = cert::Cwt::read(message.value().payload(), cert::Step::cose);
    if (!claims) return false;
    const auto hcert = claims.value().claims().find(-260);
    const auto found = hcert ? hcert->find(1) : std::nullopt;
    return found && (!has_json() || same(cert::json_of(*found), file_.at("JSON")));
  }
  [[nodiscard]] std::optional<bool> schema() const {
    if (dcc()) return cert::check_dcc_schema(*dcc()).has_value();
    const auto tree = codec::CborTree::read(cbor_);
    if (!tree) return std::nullopt;
    return cert::check_dcc_schema(tree.value().root()).has_value();
  }
  [[nodiscard]] std::optional<bool> expiration() const {
    if (!claims_) return std::nullopt;
    return cert::check_window({.from = claims_->issued(), .until = claims_->expires(), .until_counts = true}, at_)
        .has_value();
  }
  [[nodiscard]] std::optional<bool> key_usage() const {
    if (!signer_) return std::nullopt;
    const auto tree = codec::CborTree::read(cbor_);
    auto item = dcc();
    if (!item && tree) item = tree.value().root();
    if (!item) return std::nullopt;
    const auto& usage = signer_->usage;
    if (usage.any()) return true;
    return (!item->find("v") || usage.vaccination) && (!item->find("t") || usage.test) &&
           (!item->find("r") || usage.recovery);
  }
  [[nodiscard]] cert::Verdict verdict() const { return cert::verify_hc1(text("PREFIX"), trust_, at_); }

 private:
  const json::object& file_;
  std::optional<crypto::X509Certificate> certificate_;
  std::shared_ptr<const cert::Signer> signer_;
  cert::TrustStore trust_;
  Moment at_;
  Bytes cose_;
  Bytes cbor_;
  std::optional<cert::CoseSign1> message_;
  std::optional<cert::Cwt> claims_;
};

struct StepOfFile {
  std::string_view name;
  std::optional<bool> (Case::*run)() const;
  std::optional<cert::Step> step;  // of the verdict
};

const std::vector<StepOfFile>& steps() {
  static const std::vector<StepOfFile> all{
      {.name = "EXPECTEDUNPREFIX", .run = &Case::unprefix, .step = cert::Step::prefix},
      {.name = "EXPECTEDB45DECODE", .run = &Case::base45, .step = cert::Step::base45},
      {.name = "EXPECTEDCOMPRESSION", .run = &Case::compression, .step = cert::Step::zlib},
      {.name = "EXPECTEDVERIFY", .run = &Case::verify, .step = cert::Step::signature},
      {.name = "EXPECTEDDECODE", .run = &Case::decode, .step = {}},
      {.name = "EXPECTEDVALIDJSON", .run = &Case::valid_json, .step = {}},
      {.name = "EXPECTEDSCHEMAVALIDATION", .run = &Case::schema, .step = cert::Step::schema},
      {.name = "EXPECTEDEXPIRATIONCHECK", .run = &Case::expiration, .step = cert::Step::validity},
      {.name = "EXPECTEDKEYUSAGE", .run = &Case::key_usage, .step = cert::Step::key_usage},
  };
  return all;
}

TEST(DgcVectors, every_declared_step_that_can_be_decided_comes_out_as_declared) {
  LINDUNG_NEEDS_VECTORS();
  const auto manifest = read_manifests();
  std::size_t files = 0;
  for (const auto& step : steps()) {
    Balance balance{"dgc-testdata " + std::string{step.name}};
    files = Folder::get().for_each_json(is_dgc, [&](const JsonFile& file) {
      const auto found = manifest.find(file.path);
      ASSERT_NE(found, manifest.end()) << file.name << " is not in a manifest";
      const auto* expected = found->second.expected.if_contains(step.name);
      if (expected == nullptr || !expected->is_bool()) return;
      if (std::ranges::find(found->second.disputed, step.name) != found->second.disputed.end()) {
        return balance.skip("disputed");
      }
      if (found->second.two_entries && step.step == cert::Step::schema)
        return balance.skip("two entries, declared valid");
      const Case one{file.value.get_object()};
      const auto result = (one.*step.run)();
      if (!result) return balance.skip("the file has not what the step needs");
      balance.judge(*result == expected->get_bool(), file.name, *result ? "passes" : "fails");
    });
    if (files != 0) {
      EXPECT_GT(balance.ran(), 0U) << step.name;
    }
  }
  Balance rest{"dgc-testdata other declarations"};
  for (const auto& each : manifest) {
    for (const auto& member : each.second.expected) {
      const auto ours = std::ranges::any_of(steps(), [&](const auto& step) { return step.name == member.key(); });
      if (!ours) rest.skip(std::string{member.key()} + ": pictures, or the issuing side");
    }
  }
  EXPECT_EQ(rest.ran(), 0U);
}

TEST(DgcVectors, a_text_gets_the_verdict_of_its_file_and_no_step_contradicts_it) {
  LINDUNG_NEEDS_VECTORS();
  const auto manifest = read_manifests();
  std::map<std::string, std::size_t> classes;
  Balance verdicts{"dgc-testdata verdicts"};
  Balance step_balance{"dgc-testdata steps of the verdict"};
  Folder::get().for_each_json(is_dgc, [&](const JsonFile& file) {
    const auto& entry = manifest.at(file.path);
    const auto verdict = Case{file.value.get_object()}.verdict();
    const bool valid = verdict.outcome == cert::Outcome::valid;
    const auto why = verdict.reason ? std::string{cert::name_of(*verdict.reason)} + " " + verdict.detail : "valid";
    if (entry.e2e == "SKIP") {
      verdicts.skip("not decidable");
    } else {
      const bool right = entry.e2e == "VALID" ? valid
                         : entry.e2e == "INVALID_VALUESET"
                             ? verdict.reason == cert::Reason::value_set
                             : verdict.outcome == cert::Outcome::invalid && verdict.reason != cert::Reason::value_set;
      verdicts.judge(right, file.name, why);
      ++classes[entry.e2e + " as " + (verdict.reason ? std::string{cert::name_of(*verdict.reason)} : "valid")];
    }
    for (const auto& step : steps()) {
      const auto* expected = entry.expected.if_contains(step.name);
      const auto got = step.step ? verdict.step(*step.step) : std::nullopt;
      if (expected == nullptr || !expected->is_bool() || !got) continue;
      if (std::ranges::find(entry.disputed, step.name) != entry.disputed.end()) continue;
      if (entry.two_entries && step.step == cert::Step::schema) continue;
      step_balance.judge(*got == expected->get_bool(), file.name, std::string{step.name} + ": " + why);
    }
  });
  for (const auto& each : classes) std::cout << "  dgc-testdata " << each.first << ": " << each.second << "\n";
}

}  // namespace
}  // namespace lindung::vectors
