// Light passes: made, read and verified; each fault has its step and reason.
#include "cert/light_pass.h"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/cose_sign1.h"
#include "cert/cwt.h"
#include "cert/pass_keys.h"
#include "cert/reason.h"
#include "cert/step.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/verify.h"
#include "codec/base45.h"
#include "codec/cbor.h"
#include "codec/cbor_tree.h"
#include "crypto/ecdsa.h"
#include "domain/pass_window.h"

namespace lindung::cert {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::string_view issuer = "lindung.example/id";
const Moment begin = moment_of(1'795'262'400);  // 2026-11-21T12:00:00Z, a Saturday
const Moment in_time = begin + hours{3};

class LightPasses : public testing::Test {
 protected:
  [[nodiscard]] LightPassClaims claims() const {
    return {.issuer = std::string{issuer},
            .name = "SANTOSO<BUDI",
            .birth_year = 1990,
            .not_before = begin,
            .id = ByteArray<16>{1, 2, 3}};
  }
  [[nodiscard]] std::string text(const LightPassClaims& of) const {
    const auto id = pass_key_id(key_.public_point());
    const auto signature = lower_signature(key_.sign(light_pass_signed_bytes(of, id)).value());
    return light_pass_text({.claims = of, .key = id, .signature = signature});
  }
  [[nodiscard]] boost::json::object key_set(std::uint64_t week = pass_week(begin)) const {
    return pass_key_set(issuer, {{.point = key_.public_point(), .span = pass_key_span(week)}});
  }
  [[nodiscard]] static TrustStore trust_in(const boost::json::value& set,
                                           TrustList list = {.origin = "test", .fetched = {}, .fresh_for = {}}) {
    TrustStore out;
    const auto number = out.add_list(std::move(list));
    TrustReader reader{out};
    EXPECT_TRUE(reader.add_jwks(set, number));
    reader.finish();
    return out;
  }
  [[nodiscard]] Verdict judge(std::string_view pass, Moment at = in_time) const {
    return verify(pass, trust_in(key_set()), at);
  }
  static void refused(const Verdict& verdict, Step step, Reason reason) {
    EXPECT_EQ(verdict.outcome, Outcome::invalid);
    ASSERT_TRUE(verdict.reason);
    EXPECT_EQ(name_of(*verdict.reason), name_of(reason)) << verdict.detail;
    ASSERT_FALSE(verdict.steps.empty());
    EXPECT_EQ(name_of(verdict.steps.back().step), name_of(step));
    EXPECT_TRUE(verdict.holder.empty());
  }
  // A message with these claims, in this order, as somebody with the key may sign it.
  [[nodiscard]] std::string signed_payload(const Bytes& payload, bool in_tag = true) const {
    const auto id = pass_key_id(key_.public_point());
    codec::CborWriter header;
    header.map(2).integer(1).integer(-7).integer(4).bytes(id);
    codec::CborWriter to_sign;
    to_sign.array(4).text("Signature1").bytes(header.view()).bytes({}).bytes(payload);
    const auto signature = lower_signature(key_.sign(to_sign.view()).value());
    codec::CborWriter message;
    if (in_tag) message.tag(18);
    message.array(4).bytes(header.view()).map(0).bytes(payload).bytes(signature);
    return std::string{light_pass_prefix} + codec::base45(message.view());
  }
  [[nodiscard]] Bytes payload(std::uint64_t length_s, std::string_view name, bool with_colour = false) const {
    codec::CborWriter writer;
    writer.map(with_colour ? 6 : 5).integer(1).text(issuer);
    writer.integer(4).uint(unix_seconds(begin) + length_s).integer(5).uint(unix_seconds(begin));
    writer.integer(7).bytes(ByteArray<16>{}).integer(-65537).array(2).text(name).uint(1990);
    if (with_colour) writer.integer(-65538).text("green");
    return std::move(writer).take();
  }

  crypto::Es256PrivateKey key_{crypto::Es256PrivateKey::generate().value()};
};

TEST_F(LightPasses, ThatAreGenuineAreValidAndSayWhomToCompare) {
  const auto pass = text(claims());
  const auto verdict = judge(pass);
  EXPECT_EQ(verdict.outcome, Outcome::valid) << (verdict.reason ? name_of(*verdict.reason) : "");
  EXPECT_EQ(verdict.format, Format::light_pass);
  EXPECT_EQ(verdict.holder, "SANTOSO BUDI");
  EXPECT_EQ(verdict.birth_year, 1990U);
  EXPECT_EQ(verdict.subject_initials, "SB");
  EXPECT_EQ(verdict.steps.size(), 6U);
  EXPECT_LT(pass.size(), 320U) << "a code that is scanned quickly";
}

TEST_F(LightPasses, SayIssuerTimesNumberAndHolderAndNothingElse) {
  const auto pass = text(claims());
  const auto bytes = codec::from_base45(std::string_view{pass}.substr(light_pass_prefix.size())).value();
  const auto message = CoseSign1::read(bytes);
  ASSERT_TRUE(message.has_value());
  const auto cwt = Cwt::read(message.value().payload(), Step::cwt);
  ASSERT_TRUE(cwt.has_value());
  std::vector<std::int64_t> said;
  cwt.value().claims().for_each_pair([&](const codec::CborItem& name, const codec::CborItem&) {
    said.push_back(name.integer().value_or(0));
    return true;
  });
  EXPECT_EQ(said, (std::vector<std::int64_t>{1, 4, 5, 7, -65537}));
}

TEST_F(LightPasses, CountFromTheirStartOnAndNoMoreInTheSecondOfTheirEnd) {
  const auto pass = text(claims());
  EXPECT_EQ(judge(pass, begin).outcome, Outcome::valid);
  EXPECT_EQ(judge(pass, begin + domain::pass_length - seconds{1}).outcome, Outcome::valid);
  refused(judge(pass, begin - seconds{1}), Step::validity, Reason::not_yet_valid);
  refused(judge(pass, begin + domain::pass_length), Step::validity, Reason::expired);
}

TEST_F(LightPasses, OfUnknownOrStaleKeysAreRefused) {
  const auto pass = text(claims());
  refused(verify(pass, TrustStore{}, in_time), Step::signature, Reason::untrusted_signer);
  const auto stale = trust_in(key_set(), {.origin = "test", .fetched = in_time - hours{25}, .fresh_for = hours{24}});
  refused(verify(pass, stale, in_time), Step::signature, Reason::stale_trust);
  auto other = key_set();
  other["iss"] = "another.example/id";
  refused(verify(pass, trust_in(other), in_time), Step::signature, Reason::untrusted_signer);
}

TEST_F(LightPasses, OfAKeyOfAnotherWeekAreRefused) {
  refused(verify(text(claims()), trust_in(key_set(pass_week(begin) - 1)), in_time), Step::validity,
          Reason::signer_not_valid);
}

// A key of health cards signs no passes, nor one of passes a health card.
TEST_F(LightPasses, AreBelievedForKeysOfPassesAlone) {
  auto set = key_set();
  auto& jwk = set["keys"].as_array().front().as_object();
  EXPECT_EQ(trust_in(set).size().pass_keys, 1U);
  EXPECT_EQ(trust_in(set).size().card_keys, 0U);
  jwk.erase("lnd");
  const auto trust = trust_in(set);
  EXPECT_EQ(trust.size().card_keys, 1U);
  refused(verify(text(claims()), trust, in_time), Step::signature, Reason::untrusted_signer);
}

TEST_F(LightPasses, WithoutAWeekAreOfNoKey) {
  auto set = key_set();
  set["keys"].as_array().front().as_object().erase("exp");
  EXPECT_EQ(trust_in(set).size().pass_keys, 0U);
}

TEST_F(LightPasses, OfAnotherShapeAreRefused) {
  const auto length = static_cast<std::uint64_t>(seconds{domain::pass_length}.count());
  EXPECT_EQ(judge(signed_payload(payload(length, "SANTOSO"))).outcome, Outcome::valid);
  refused(judge(signed_payload(payload(length + 1, "SANTOSO"))), Step::cwt, Reason::schema);
  refused(judge(signed_payload(payload(86'400, "SANTOSO"))), Step::cwt, Reason::schema);
  refused(judge(signed_payload(payload(length, "Santoso"))), Step::cwt, Reason::schema);
  refused(judge(signed_payload(payload(length, ""))), Step::cwt, Reason::schema);
  refused(judge(signed_payload(payload(length, std::string(40, 'A')))), Step::cwt, Reason::schema);
  refused(judge(signed_payload(payload(length, "SANTOSO", true))), Step::cwt, Reason::schema);
  refused(judge(signed_payload(payload(length, "SANTOSO"), false)), Step::cwt, Reason::schema);
  refused(judge(signed_payload({0x80})), Step::cwt, Reason::cwt);
  refused(judge("LP1:"), Step::cose, Reason::cbor);
  refused(judge("LP1:abc"), Step::base45, Reason::base45);
  refused(judge("LP2:6BF"), Step::prefix, Reason::prefix);
  refused(judge(std::string{light_pass_prefix} + std::string(9000, '0')), Step::prefix, Reason::too_long);
}

TEST_F(LightPasses, HaveOneSpellingOfTheirSignature) {
  const auto id = pass_key_id(key_.public_point());
  const auto low = lower_signature(key_.sign(light_pass_signed_bytes(claims(), id)).value());
  EXPECT_EQ(lower_signature(low), low);
  // n - s holds as well for OpenSSL; of a high s, lower_signature() made the low one.
  auto high = low;
  const ByteArray<32> order{0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                            0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                            0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
  int borrow = 0;
  for (std::size_t i = 32; i-- > 0;) {
    const int difference = order[i] - low[32 + i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    high[32 + i] = static_cast<std::uint8_t>(difference + (256 * borrow));
  }
  ASSERT_TRUE(key_.public_key().verifies(light_pass_signed_bytes(claims(), id), high));
  EXPECT_EQ(lower_signature(high), low);
  refused(judge(light_pass_text({.claims = claims(), .key = id, .signature = high})), Step::cose, Reason::cose);
}

TEST_F(LightPasses, AreInvalidWithAnySingleBitFlipped) {
  const auto pass = text(claims());
  const auto trust = trust_in(key_set());
  std::size_t ran = 0;
  for (std::size_t i = 0; i < pass.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto flipped = pass;
      flipped[i] = static_cast<char>(static_cast<unsigned char>(flipped[i]) ^ (1U << bit));
      EXPECT_NE(verify(flipped, trust, in_time).outcome, Outcome::valid) << i << " " << bit;
      ++ran;
    }
  }
  auto message = codec::from_base45(std::string_view{pass}.substr(light_pass_prefix.size())).value();
  for (std::size_t i = 0; i < message.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      message[i] = static_cast<std::uint8_t>(message[i] ^ (1U << bit));
      const auto flipped = std::string{light_pass_prefix} + codec::base45(message);
      EXPECT_NE(verify(flipped, trust, in_time).outcome, Outcome::valid) << i << " " << bit;
      message[i] = static_cast<std::uint8_t>(message[i] ^ (1U << bit));
      ++ran;
    }
  }
  EXPECT_GT(ran, 3000U);
}

}  // namespace
}  // namespace lindung::cert
