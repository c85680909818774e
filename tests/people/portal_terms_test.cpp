#include "people/portal_terms.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/error.h"

namespace lindung::people {

namespace {

TEST(PortalTerms, TheRelyingPartyIsTheHostOfTheOrigin) {
  EXPECT_EQ(portal_terms("https://lindung.example").value().relying_party, "lindung.example");
  EXPECT_EQ(portal_terms("https://a-1.lindung.example:8443").value().relying_party, "a-1.lindung.example");
  EXPECT_EQ(portal_terms("http://localhost:18080").value().relying_party, "localhost");
}

TEST(PortalTerms, WhatABrowserWouldNotSayAsAnOriginIsRefused) {
  for (const std::string_view origin :
       {"", "lindung.example", "https://", "https://Lindung.example", "https://lindung.example/", "https://10.0.0.1",
        "http://lindung.example", "https://lindung.example:443", "http://localhost:80", "https://lindung.example:",
        "https://lindung.example:0", "https://lindung.example:08443", "https://lindung.example:65536",
        "https://user@lindung.example", "https://.example", "https://example.", "ftp://lindung.example"}) {
    const auto terms = portal_terms(origin);
    ASSERT_TRUE(terms.has_error()) << origin;
    EXPECT_EQ(terms.error().code, Errc::invalid_argument) << origin;
  }
}

}  // namespace

}  // namespace lindung::people
