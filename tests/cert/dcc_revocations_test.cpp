#include "cert/dcc_revocations.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/hc1_maker.h"
#include "cert/reason.h"
#include "cert/step.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/verify.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/certificate_key.h"
#include "crypto/digest.h"

namespace lindung::cert {
namespace {

constexpr std::string_view uci = "URN:UVCI:01:DE:1";

std::string half_hash(std::string_view text) {
  return codec::base64(BytesView{crypto::sha256(as_bytes(text))}.first(revocation_hash_size));
}

boost::json::value batch(std::string_view kind, std::string_view hash, std::string_view country = "DE") {
  return {{"country", country},
          {"expires", rfc3339(now + std::chrono::days{30})},
          {"kid", "UNKNOWN_KID"},
          {"hashType", kind},
          {"entries", {{{"hash", hash}}}}};
}

Verdict judged(const boost::json::value& list, Moment at = now) {
  static const TestSigner signer{"DE"};
  auto trust = trusting({&signer});
  TrustReader reader{trust};
  EXPECT_TRUE(reader.add_json(list, 0));
  reader.finish();
  return verify(make_hc1(signer), trust, at);
}

TEST(DccRevocations, a_certificate_is_found_by_its_identifier_with_and_without_its_country) {
  for (const auto& list : {batch("UCI", half_hash(uci)), batch("COUNTRYCODEUCI", half_hash("DE" + std::string{uci}))}) {
    const auto verdict = judged(list);
    EXPECT_EQ(verdict.reason, Reason::revoked);
    EXPECT_EQ(verdict.step(Step::revocation), false);
  }
  EXPECT_EQ(judged(batch("UCI", half_hash("URN:UVCI:01:DE:2"))).outcome, Outcome::valid);
  EXPECT_EQ(judged(batch("COUNTRYCODEUCI", half_hash(uci))).outcome, Outcome::valid);
}

TEST(DccRevocations, a_list_of_another_country_or_behind_its_end_says_nothing) {
  EXPECT_EQ(judged(batch("UCI", half_hash(uci), "FR")).outcome, Outcome::valid);
  EXPECT_EQ(judged(batch("UCI", half_hash(uci)), now + std::chrono::days{31}).outcome, Outcome::valid);
}

TEST(DccRevocations, a_signature_counts_by_r_alone_with_es256_and_whole_with_ps256) {
  const Bytes signature(64, 7);
  RevocationSubject subject{.country = "DE", .uci = uci, .kid = {}, .algorithm = {}, .signature = signature};
  subject.algorithm = crypto::SignatureAlgorithm::es256;
  EXPECT_EQ(revocation_hashes(subject)[2], take<16>(crypto::sha256(Bytes(32, 7))));
  subject.algorithm = crypto::SignatureAlgorithm::ps256;
  EXPECT_EQ(revocation_hashes(subject)[2], take<16>(crypto::sha256(signature)));
}

TEST(DccRevocations, a_withdrawn_batch_stays_out_for_fourteen_days) {
  RevocationBatches batches;
  const RevocationBatch one{.id = "a",
                            .country = "DE",
                            .kid = {},
                            .kind = RevocationHash::uci,
                            .expires = now + std::chrono::days{60},
                            .hashes = {}};
  EXPECT_TRUE(batches.put(one, now));
  batches.withdraw("a", now);
  EXPECT_FALSE(batches.put(one, now + std::chrono::days{14}));
  EXPECT_TRUE(batches.put(one, now + std::chrono::days{14} + seconds{1}));
  batches.sweep(now + std::chrono::days{61});
  EXPECT_TRUE(batches.all().empty());
}

TEST(DccRevocations, a_hash_that_is_too_short_is_no_batch) {
  const auto read = read_revocation_batch(batch("UCI", "AAAA").as_object(), "a");
  ASSERT_TRUE(read.has_error());
  EXPECT_EQ(read.error().code, Errc::malformed);
}

TEST(DccRevocations, a_batch_that_the_gateway_has_taken_back_counts_no_more_wherever_it_still_stands) {
  const TestSigner signer{"DE"};
  const auto text = make_hc1(signer);
  for (const bool is_deleted : {false, true}) {
    auto trust = trusting({&signer});
    TrustReader reader{trust};
    const auto content = codec::to_text(batch("UCI", half_hash(uci)));
    ASSERT_TRUE(reader.add(as_bytes(content), 0, "b-17.json"));
    ASSERT_TRUE(reader.add_json(
        {{"more", false}, {"batches", {{{"batchId", "b-17"}, {"country", "DE"}, {"deleted", is_deleted}}}}}, 0));
    reader.finish();
    EXPECT_EQ(verify(text, trust, now).reason, is_deleted ? std::optional<Reason>{} : Reason::revoked);
  }
}

TEST(DccRevocations, a_whole_key_that_a_list_revokes_is_believed_no_more_in_its_country) {
  const TestSigner signer{"DE"};
  const auto text = make_hc1(signer);
  const auto kid = codec::base64(signer.kid());
  const auto judged = [&](const boost::json::value& keys) {
    auto trust = trusting({&signer});
    TrustReader reader{trust};
    EXPECT_TRUE(reader.add_json({{"revokedKeys", keys}}, 0));
    reader.finish();
    return verify(text, trust, now);
  };
  EXPECT_EQ(judged(boost::json::array{kid}).reason, Reason::revoked);
  EXPECT_EQ(judged(boost::json::array{kid}).step(Step::signature), false);
  EXPECT_EQ(judged({{{"kid", kid}, {"country", "DE"}}}).reason, Reason::revoked);
  EXPECT_EQ(judged({{{"kid", kid}, {"country", "FR"}}}).outcome, Outcome::valid);
  EXPECT_EQ(judged(boost::json::array{codec::base64(as_bytes("87654321"))}).outcome, Outcome::valid);
}

TEST(DccRevocations, a_list_of_revoked_keys_is_read_whole_or_not_at_all) {
  TrustStore trust;
  TrustReader reader{trust};
  for (const boost::json::value& keys :
       {boost::json::value(boost::json::array{"no base64!"}), boost::json::value(boost::json::array{5})}) {
    const auto added = reader.add_json({{"revokedKeys", keys}}, 0);
    ASSERT_TRUE(added.has_error());
    EXPECT_EQ(added.error().code, Errc::malformed);
  }
}

}  // namespace
}  // namespace lindung::cert
