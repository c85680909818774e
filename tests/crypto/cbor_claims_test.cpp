#include "crypto/cbor_claims.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace lindung::crypto {
namespace {

TEST(CborClaims, AreTakenWhereTheBytesAreThere) {
  EXPECT_TRUE(claims_fit({}));
  EXPECT_TRUE(claims_fit(Bytes{0xa1, 0x01, 0x02}));                                            // {1: 2}
  EXPECT_TRUE(claims_fit(Bytes{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x41, 7, 0x22, 0x41, 8}));  // of a COSE key
  EXPECT_TRUE(claims_fit(Bytes{0x82, 0x81, 0x01, 0x80, 0xa0}));                                // [[1], []], {}
  EXPECT_TRUE(claims_fit(Bytes{0x5f, 0x42, 1, 2, 0x41, 3, 0xff}));                             // a string in chunks
  EXPECT_TRUE(claims_fit(Bytes{0x9f, 0x01, 0xff}));
  EXPECT_TRUE(claims_fit(Bytes{0xf9, 0x3c, 0x00, 0xc1, 0x18, 0x20}));  // 1.0, a tag
}

TEST(CborClaims, AreRefusedWhereTheyAreNot) {
  EXPECT_FALSE(claims_fit(Bytes{0xba, 0x5b, 0xc6, 0x76, 0xd1, 0x01, 0x02}));  // a map of 1.5 thousand million pairs
  EXPECT_FALSE(claims_fit(Bytes{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
  EXPECT_FALSE(claims_fit(Bytes{0xbb, 0x80, 0, 0, 0, 0, 0, 0, 0}));  // twice this is none
  EXPECT_FALSE(claims_fit(Bytes{0x84, 0x83, 0x01, 0x01}));           // each would fit alone
  EXPECT_FALSE(claims_fit(Bytes{0x43, 1, 2}));
  EXPECT_FALSE(claims_fit(Bytes{0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}));
  EXPECT_FALSE(claims_fit(Bytes{0x19, 0x01}));  // a head that ends early
  EXPECT_FALSE(claims_fit(Bytes{0x1c}));        // a reserved one
}

}  // namespace
}  // namespace lindung::crypto
