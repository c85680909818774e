// Keys as openssl(1) writes them. The key of Ed25519 is that of RFC 8410 section 10.
#include "crypto/pem.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/error.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "hex.h"

namespace lindung::crypto {
namespace {

constexpr std::string_view ed25519_private =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n";
constexpr std::string_view ed25519_public =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view p256_pkcs8 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9TGe7WbiQQX5Fbfn\n"
    "PiaUl1Djhe4cc1bfVHUAiVTi0FyhRANCAAQ1sURuUEMZEdus2CBTVg/vKw8ig/1k\n"
    "ZHXDEk7yZJRFjJ3sfXrd4KrkOX1GeWfBdhfGQMh+vExn+Fg903KsxZT+\n"
    "-----END PRIVATE KEY-----\n";
constexpr std::string_view p256_sec1 =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIPUxnu1m4kEF+RW35z4mlJdQ44XuHHNW31R1AIlU4tBcoAoGCCqGSM49\n"
    "AwEHoUQDQgAENbFEblBDGRHbrNggU1YP7ysPIoP9ZGR1wxJO8mSURYyd7H163eCq\n"
    "5Dl9RnlnwXYXxkDIfrxMZ/hYPdNyrMWU/g==\n"
    "-----END EC PRIVATE KEY-----\n";
constexpr std::string_view p256_public =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENbFEblBDGRHbrNggU1YP7ysPIoP9\n"
    "ZGR1wxJO8mSURYyd7H163eCq5Dl9RnlnwXYXxkDIfrxMZ/hYPdNyrMWU/g==\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view p256_compressed =
    "-----BEGIN PUBLIC KEY-----\n"
    "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACNbFEblBDGRHbrNggU1YP7ysPIoP9\n"
    "ZGR1wxJO8mSURYw=\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view encrypted =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgHeP7rv4qjHwICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEBhkQvhbo4ZDprvq2FuOK2gEgZDI\n"
    "DeeLiNKSrbMltnsVVkCsJWam8uDsVhrGFk0RijM2IP1gZ2/XfLFUSZcXO0unWJAo\n"
    "4DkfSB8MWC0MDj9N/4YioXQpij1wQua9p36RoK656wL3P7BdnOc63O3bs41tWN23\n"
    "T3QCl8jmKrRdSToE1y+1+WHDqzupx4H1hFl2v19jmmRyXvXF9shuqBpmLvN1E1A=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";
constexpr std::string_view p384_private =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MIGkAgEBBDBqgik7jeGkKGR5BrbmjDRfaGftdRKJWx4++3vLERJQOF4NWV6HNpy+\n"
    "zuTTB6UEWvmgBwYFK4EEACKhZANiAARJH3smtC6tSduhwee4jbpgG0zgcZMifNcz\n"
    "W6xKA5VRaEtP245qkcxmIg9CX9sMjDlgZruYATmxP/d4oh6+fV7PfUU4NfUvmelp\n"
    "Bike3OIgmcpcVRroFJgWoeIhPp20XBo=\n"
    "-----END EC PRIVATE KEY-----\n";

constexpr std::string_view p256_point =
    "0435b1446e50431911dbacd82053560fef2b0f2283fd646475c3124ef26494458c9dec7d7adde0aae4397d467967c17617c640c87ebc4c67f8"
    "583dd372acc594fe";

TEST(Pem, ReadsAKeyOfEd25519) {
  const auto key = private_key_of_pem(as_bytes(ed25519_private));
  ASSERT_TRUE(key.has_value()) << key.error().text();
  const auto* read = std::get_if<Ed25519PrivateKey>(&key.value());
  ASSERT_NE(read, nullptr);
  const auto half = public_key_of_pem(as_bytes(ed25519_public));
  ASSERT_TRUE(half.has_value()) << half.error().text();
  EXPECT_FALSE(half.value().is_es256);
  EXPECT_EQ(half.value().bytes, test::hex("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"));
  EXPECT_EQ(to_bytes(read->public_key().bytes()), half.value().bytes);
}

TEST(Pem, ReadsAKeyOnP256InBothItsForms) {
  for (const auto pem : {p256_pkcs8, p256_sec1}) {
    const auto key = private_key_of_pem(as_bytes(pem));
    ASSERT_TRUE(key.has_value()) << key.error().text();
    const auto* read = std::get_if<Es256PrivateKey>(&key.value());
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(read->public_point(), test::hex(p256_point));
  }
  const auto half = public_key_of_pem(as_bytes(p256_public));
  ASSERT_TRUE(half.has_value()) << half.error().text();
  EXPECT_TRUE(half.value().is_es256);
  EXPECT_EQ(half.value().bytes, test::hex(p256_point));
}

TEST(Pem, ACompressedPointIsAKeyThatVerifies) {
  const auto half = public_key_of_pem(as_bytes(p256_compressed));
  ASSERT_TRUE(half.has_value()) << half.error().text();
  const auto key = Es256PublicKey::from_point(half.value().bytes);
  ASSERT_TRUE(key.has_value()) << key.error().text();
  const auto signer = private_key_of_pem(as_bytes(p256_sec1));
  const auto signature = std::get<Es256PrivateKey>(signer.value()).sign(as_bytes("text"));
  EXPECT_TRUE(key.value().verifies(as_bytes("text"), signature.value()));
}

TEST(Pem, RefusesWhatIsNoKeyOfOurs) {
  const std::string cut{ed25519_private.substr(0, ed25519_private.size() / 2)};
  for (const auto pem : {encrypted, p384_private, ed25519_public, std::string_view{cut}, std::string_view{}}) {
    EXPECT_EQ(private_key_of_pem(as_bytes(pem)).error().code, Errc::malformed) << pem;
  }
  for (const auto pem : {ed25519_private, std::string_view{"-----BEGIN PUBLIC KEY-----\n"}}) {
    EXPECT_EQ(public_key_of_pem(as_bytes(pem)).error().code, Errc::malformed) << pem;
  }
  EXPECT_FALSE(looks_like_pem(as_bytes("es256 00")));
}

}  // namespace
}  // namespace lindung::crypto
