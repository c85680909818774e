// Every single bit of valid certificates, at each of their layers: none gives a valid certificate with another payload,
// signer or issuer. Some bits of a zlib stream and of a COSE message say nothing, and may change.
#include <gtest/gtest.h>
#include <zlib.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/cose_sign1.h"
#include "cert/hc1.h"
#include "cert/signer.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/verify.h"
#include "codec/base45.h"
#include "codec/base_n.h"
#include "codec/cbor_tree.h"
#include "crypto/x509_certificate.h"
#include "store/durable_file.h"
#include "vectors/bytes_of.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

std::string content_of(const std::filesystem::path& path) {
  const auto read = store::read_file(path.string(), 1UL << 20U);
  std::string out = read ? std::string{as_text(read.value())} : std::string{};
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
  return out;
}

Moment at(std::string_view text) { return parse_rfc3339(text).value(); }

struct Certificate {
  std::string text;
  cert::TrustStore trust;
  Moment when;
  // What was signed and by which key, of a text that was found valid; it may throw nothing and be empty for one that is
  // not.
  std::function<Bytes(const std::string&)> signed_part;
};

struct Counted {
  std::size_t flips{};
  std::size_t valid{};
};

// `rebuild` makes the text from changed bytes of a layer.
Counted flip_all(const Certificate& certificate, Bytes layer, const std::function<std::string(const Bytes&)>& rebuild) {
  const auto before = cert::verify(certificate.text, certificate.trust, certificate.when);
  EXPECT_EQ(before.outcome, cert::Outcome::valid) << "nothing is shown about what is not valid";
  const auto signed_before = certificate.signed_part(certificate.text);
  EXPECT_FALSE(signed_before.empty());
  Counted out;
  for (std::size_t bit = 0; bit < 8 * layer.size(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << (bit % 8));
    layer[bit / 8] ^= mask;
    const auto text = rebuild(layer);
    layer[bit / 8] ^= mask;
    const auto verdict = cert::verify(text, certificate.trust, certificate.when);
    ++out.flips;
    if (verdict.outcome != cert::Outcome::valid) continue;
    ++out.valid;
    EXPECT_EQ(certificate.signed_part(text), signed_before) << "bit " << bit;
    EXPECT_EQ(verdict.issuer, before.issuer) << "bit " << bit;
    EXPECT_EQ(verdict.subject_initials, before.subject_initials) << "bit " << bit;
    EXPECT_EQ(verdict.content, before.content) << "bit " << bit;
    EXPECT_EQ(verdict.expires, before.expires) << "bit " << bit;
  }
  return out;
}

void tell(std::string_view layer, const Counted& counted) {
  std::cout << "  bit flips, " << layer << ": " << counted.flips << ", of them valid and the same " << counted.valid
            << "\n";
  EXPECT_GT(counted.flips, 0U);
}

std::string as_is(const Bytes& bytes) { return std::string{as_text(bytes)}; }

// HC1: the payload and the key id, from the text as it stands.
Bytes hc1_signed_part(const std::string& text) {
  const auto compressed = cert::hc1_bytes(std::string_view{text}.substr(4));
  const auto bytes = cert::hc1_message(compressed ? BytesView{compressed.value()} : BytesView{});
  const auto message = cert::CoseSign1::read(bytes ? BytesView{bytes.value()} : BytesView{});
  if (!message || !message.value().kid()) return {};
  auto out = to_bytes(message.value().payload());
  out.insert(out.end(), message.value().kid()->begin(), message.value().kid()->end());
  return out;
}

std::string hc1_of(const Bytes& compressed) { return "HC1:" + codec::base45(compressed); }

std::string hc1_of_message(const Bytes& message) {
  Bytes compressed(compressBound(message.size()));
  auto size = compressed.size();
  compress(compressed.data(), &size, message.data(), message.size());
  compressed.resize(size);
  return hc1_of(compressed);
}

bool is_dgc(const json::value& value) {
  return object_with(value, {"TESTCTX", "EXPECTEDRESULTS", "PREFIX"}) != nullptr;
}

// The first valid one with its key id in that header, trusted beside a neighbour: another country's certificate of the
// same key, whose key id differs in one bit.
std::unique_ptr<Certificate> hc1_of_data(std::string_view kid_in) {
  std::unique_ptr<Certificate> out;
  Folder::get().for_each_json(is_dgc, [&](const JsonFile& file) {
    if (out != nullptr) return;
    const auto& context = file.value.at("TESTCTX").as_object();
    const auto der = codec::from_base64(text_of(context, "CERTIFICATE"));
    const auto certificate = crypto::X509Certificate::from_der(der ? BytesView{der.value()} : BytesView{});
    const auto clock = parse_rfc3339(text_of(context, "VALIDATIONCLOCK"));
    if (!certificate || !clock) return;
    auto signer = cert::signer_of(certificate.value());
    if (!signer) return;
    auto made = std::make_unique<Certificate>();
    made->text = text_of(file.value.as_object(), "PREFIX");
    made->when = clock.value();
    made->signed_part = hc1_signed_part;
    made->trust.add_list({.origin = "test", .fetched = {}, .fresh_for = {}});
    auto neighbour = signer.value();
    neighbour.kid[0] ^= 1U;
    neighbour.countries = {"ZZ"};
    made->trust.add_signer(std::make_shared<const cert::Signer>(std::move(signer.value())));
    made->trust.add_signer(std::make_shared<const cert::Signer>(std::move(neighbour)));
    if (cert::verify(made->text, made->trust, made->when).outcome != cert::Outcome::valid) return;
    const auto compressed = cert::hc1_bytes(std::string_view{made->text}.substr(4)).value();
    const auto message = cert::hc1_message(compressed).value();
    // An unprotected header with something in it: a map of more than no pairs behind the protected one.
    const auto tree = codec::CborTree::read(message);
    auto root = tree.value().root();
    while (root.type() == codec::CborType::tag) root = root.tagged();
    const bool unprotected = root.at(1)->find(4).has_value();
    if (unprotected == (kid_in == "unprotected")) out = std::move(made);
  });
  return out;
}

class Hc1BitFlips : public testing::TestWithParam<std::string_view> {};

TEST_P(Hc1BitFlips, none_gives_another_certificate) {
  LINDUNG_NEEDS_VECTORS();
  const auto certificate = hc1_of_data(GetParam());
  ASSERT_NE(certificate, nullptr);
  const auto compressed = cert::hc1_bytes(std::string_view{certificate->text}.substr(4)).value();
  const auto message = cert::hc1_message(compressed).value();
  tell("HC1 letters", flip_all(*certificate, to_bytes(as_bytes(certificate->text)), as_is));
  tell("HC1 zlib", flip_all(*certificate, compressed, hc1_of));
  tell("HC1 COSE", flip_all(*certificate, message, hc1_of_message));
}

INSTANTIATE_TEST_SUITE_P(KeyId, Hc1BitFlips, testing::Values("protected", "unprotected"),
                         [](const auto& instance) { return std::string{instance.param}; });

bool is_key_set(const json::value& value) { return object_with(value, {"keys"}) != nullptr; }

TEST(ShcBitFlips, none_is_valid) {
  LINDUNG_NEEDS_VECTORS();
  Certificate card;
  card.when = at("2023-07-01T00:00:00Z");
  card.signed_part = [](const std::string& text) { return to_bytes(as_bytes(text)); };
  card.trust.add_list({.origin = "test", .fetched = {}, .fresh_for = {}});
  cert::TrustReader reader{card.trust};
  Folder::get().for_each_json(is_key_set, [&](const JsonFile& file) {
    if (file.name.find("spec-examples") == std::string::npos) return;
    auto keys = file.value.as_object();
    keys["iss"] = "https://spec.smarthealth.cards/examples/issuer";
    ASSERT_TRUE(reader.add_json(keys, 0));
  });
  reader.finish();
  std::size_t ran = 0;
  for (const std::string_view ending : {"d-jws.txt", "value-0.txt"}) {
    Folder::get().for_each_file(ending, [&](const std::filesystem::path& path) {
      card.text = content_of(path);
      if (cert::verify(card.text, card.trust, card.when).outcome != cert::Outcome::valid || ran == 2) return;
      const auto counted = flip_all(card, to_bytes(as_bytes(card.text)), as_is);
      tell("SHC " + path.filename().string(), counted);
      EXPECT_EQ(counted.valid, 0U);
      ++ran;
    });
  }
  EXPECT_EQ(ran, 2U);
}

bool is_did(const json::value& value) { return object_with(value, {"id", "verificationMethod"}) != nullptr; }

TEST(NzcpBitFlips, none_gives_another_pass) {
  LINDUNG_NEEDS_VECTORS();
  Certificate pass;
  pass.when = at("2022-06-01T00:00:00Z");
  pass.trust.add_list({.origin = "test", .fetched = {}, .fresh_for = {}});
  cert::TrustReader reader{pass.trust};
  Folder::get().for_each_json(is_did, [&](const JsonFile& file) { ASSERT_TRUE(reader.add_did(file.value, 0)); });
  reader.finish();
  constexpr std::string_view prefix = "NZCP:/1/";
  pass.signed_part = [&](const std::string& text) {
    const auto bytes = codec::from_base32(std::string_view{text}.substr(prefix.size()));
    const auto message = cert::CoseSign1::read(bytes ? BytesView{bytes.value()} : BytesView{});
    return message ? to_bytes(message.value().payload()) : Bytes{};
  };
  std::size_t ran = 0;
  Folder::get().for_each_file("nzcp.txt", [&](const std::filesystem::path& path) {
    pass.text = content_of(path);
    if (cert::verify(pass.text, pass.trust, pass.when).outcome != cert::Outcome::valid) return;
    tell("NZCP letters", flip_all(pass, to_bytes(as_bytes(pass.text)), as_is));
    const auto message = codec::from_base32(std::string_view{pass.text}.substr(prefix.size()));
    ASSERT_TRUE(message);
    tell("NZCP COSE", flip_all(pass, message.value(),
                               [&](const Bytes& bytes) { return std::string{prefix} + codec::base32(bytes); }));
    ++ran;
  });
  EXPECT_EQ(ran, 1U);
}

TEST(VdsNcBitFlips, none_is_valid) {
  LINDUNG_NEEDS_VECTORS();
  Certificate seal;
  seal.when = at("2022-01-01T00:00:00Z");
  seal.signed_part = [](const std::string& text) { return to_bytes(as_bytes(text)); };
  seal.trust.add_list({.origin = "test", .fetched = {}, .fresh_for = {}});
  cert::TrustReader reader{seal.trust};
  Folder::get().for_each_file(".der", [&](const std::filesystem::path& path) {
    if (path.parent_path().filename() != "csca") return;
    ASSERT_TRUE(reader.add(as_bytes(content_of(path)), 0));
  });
  reader.finish();
  std::size_t ran = 0;
  for (const std::string_view ending : {".txt", ".json"}) {
    Folder::get().for_each_file(ending, [&](const std::filesystem::path& path) {
      seal.text = content_of(path);
      if (ran != 0 || cert::format_of(seal.text) != cert::Format::vds_nc) return;
      if (cert::verify(seal.text, seal.trust, seal.when).outcome != cert::Outcome::valid) return;
      const auto counted = flip_all(seal, to_bytes(as_bytes(seal.text)), as_is);
      tell("VDS-NC letters", counted);
      EXPECT_EQ(counted.valid, 0U);
      ++ran;
    });
  }
  EXPECT_EQ(ran, 1U);
}

}  // namespace
}  // namespace lindung::vectors
