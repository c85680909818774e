#include "crypto/x509_issue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/certificate_key.h"
#include "crypto/ecdsa.h"
#include "crypto/es256_signer.h"
#include "crypto/x509_certificate.h"

namespace lindung::crypto {
namespace {

const Moment begin = moment_of(1'795'262'400);
const Period ten_years{.from = begin, .until = begin + std::chrono::days{3650}};
const std::vector<std::string> usages{"1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.4.1.1847.2021.1.2"};

class Device final : public Es256Signer {
 public:
  [[nodiscard]] Bytes public_point() const override { return key_.public_point(); }
  [[nodiscard]] Result<Es256Signature> sign(BytesView) const override { return fail(Errc::unavailable, "unplugged"); }

 private:
  Es256PrivateKey key_{Es256PrivateKey::generate().value()};
};

class X509Issue : public ::testing::Test {
 protected:
  [[nodiscard]] static CertificateNames names(std::string common_name) {
    return {.country = "ID", .organisation = "Kementerian Kesehatan é", .common_name = std::move(common_name)};
  }
  [[nodiscard]] SignerDraft draft() const {
    return {.names = names("31 2026-W47"),
            .public_point = signer_.public_point(),
            .valid = {.from = begin, .until = begin + std::chrono::days{400}},
            .key_use = {.from = begin, .until = begin + std::chrono::days{7}},
            .usages = usages};
  }
  KeySigner authority_key_{Es256PrivateKey::generate().value()};
  KeySigner signer_{Es256PrivateKey::generate().value()};
  X509Certificate authority_{issue_authority(authority_key_, names("CSCA"), ten_years).value()};
};

TEST_F(X509Issue, MakesAnAuthorityThatSignsItself) {
  EXPECT_TRUE(authority_.is_authority());
  EXPECT_TRUE(authority_.is_signed_by(authority_));
  EXPECT_EQ(authority_.country(), "ID");
  EXPECT_EQ(authority_.not_before(), ten_years.from);
  EXPECT_EQ(authority_.not_after(), ten_years.until);
}

TEST_F(X509Issue, MakesADocumentSignerUnderItsAuthorityOnly) {
  const auto made = issue_signer(authority_key_, authority_, draft());
  ASSERT_TRUE(made.has_value()) << made.error().text();
  const auto& certificate = made.value();
  EXPECT_TRUE(certificate.is_signed_by(authority_));
  EXPECT_FALSE(certificate.is_signed_by(certificate));
  EXPECT_FALSE(certificate.is_authority());
  EXPECT_EQ(certificate.extended_key_usage(), usages);
  EXPECT_EQ(certificate.not_after(), draft().valid.until);
  const KeySigner other{Es256PrivateKey::generate().value()};
  EXPECT_FALSE(certificate.is_signed_by(issue_authority(other, names("CSCA"), ten_years).value()));
  // The same bytes when they are read again, and the key that was given.
  EXPECT_EQ(X509Certificate::from_der(certificate.der()).value().fingerprint(), certificate.fingerprint());
  const auto signature = signer_.sign(as_bytes("x")).value();
  EXPECT_TRUE(certificate.key().value().verifies(SignatureAlgorithm::es256, as_bytes("x"), signature));
}

TEST_F(X509Issue, NeverGivesOneSerialNumberTwice) {
  const auto first = issue_signer(authority_key_, authority_, draft()).value();
  const auto second = issue_signer(authority_key_, authority_, draft()).value();
  EXPECT_NE(first.fingerprint(), second.fingerprint());
}

TEST_F(X509Issue, RefusesNamesAndPointsThatNoCertificateHolds) {
  const auto refused = [&](auto change) {
    auto wrong = draft();
    change(wrong);
    const auto made = issue_signer(authority_key_, authority_, wrong);
    return made.has_error() ? made.error().code : Errc::io;
  };
  EXPECT_EQ(refused([](SignerDraft& d) { d.names.country = "IDN"; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](SignerDraft& d) { d.names.organisation = std::string(65, 'x'); }), Errc::invalid_argument);
  EXPECT_EQ(refused([](SignerDraft& d) { d.names.common_name.clear(); }), Errc::invalid_argument);
  EXPECT_EQ(refused([](SignerDraft& d) { d.valid.until = d.valid.from; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](SignerDraft& d) { d.public_point.back() ^= 1U; }), Errc::unsupported_key);
  EXPECT_EQ(refused([](SignerDraft& d) { d.public_point.pop_back(); }), Errc::unsupported_key);
}

TEST_F(X509Issue, PassesOnThatTheKeysHolderDidNotSign) {
  const auto made = issue_authority(Device{}, names("CSCA"), ten_years);
  ASSERT_TRUE(made.has_error());
  EXPECT_EQ(made.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace lindung::crypto
