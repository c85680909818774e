// Addresses that somebody else chose: read strictly, and never into our own network.
#include "http/web_address.h"

#include <gtest/gtest.h>

#include <string_view>

#include "base/error.h"

namespace lindung::http {
namespace {

TEST(WebAddress, IsReadWithItsHostPortAndPath) {
  const auto plain = parse_web_address("https://app.gojek.example/lindung/ended").value();
  EXPECT_TRUE(plain.tls);
  EXPECT_EQ(plain.host, "app.gojek.example");
  EXPECT_EQ(plain.port, 443);
  EXPECT_EQ(plain.authority, "app.gojek.example");
  EXPECT_EQ(plain.path, "/lindung/ended");
  const auto at_desk = parse_web_address("http://localhost:8099").value();
  EXPECT_FALSE(at_desk.tls);
  EXPECT_EQ(at_desk.port, 8099);
  EXPECT_EQ(at_desk.path, "/");
  EXPECT_EQ(at_desk.authority, "localhost:8099");
  const auto six = parse_web_address("https://[2001:db8::7]:8443/x").value();
  EXPECT_EQ(six.host, "2001:db8::7");
  EXPECT_EQ(six.port, 8443);
}

TEST(WebAddress, WhatCouldLeadElsewhereThanItSaysIsRefused) {
  for (const std::string_view url : {"",
                                     "ftp://a.example/",
                                     "http://a.example/",
                                     "http://10.0.0.1/",
                                     "https://",
                                     "https:///x",
                                     "https://A.example/",
                                     "https://user@a.example/",
                                     "https://a.example@b.example/",
                                     "https://a.example/?x=1",
                                     "https://a.example/#x",
                                     "https://a.example:443/",
                                     "https://a.example:0/",
                                     "https://a.example:99999/",
                                     "https://a.example:/",
                                     "https://a.example:8a/",
                                     "https://a b.example/",
                                     "https://[::1",
                                     "https://fd00::1/",
                                     "http://localhost.example/",
                                     "https://a.example/x y",
                                     "https://a.example\\x"}) {
    const auto parsed = parse_web_address(url);
    ASSERT_TRUE(parsed.has_error()) << url;
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument) << url;
  }
}

TEST(WebAddress, AddressesOfPrivateAndSpecialNetworksAreKnownInEachSpelling) {
  for (const std::string_view address : {"0.0.0.0",
                                         "10.1.2.3",
                                         "100.64.0.1",
                                         "127.0.0.1",
                                         "169.254.169.254",
                                         "172.16.0.1",
                                         "172.31.255.255",
                                         "192.168.1.1",
                                         "198.18.0.1",
                                         "224.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::ffff:10.0.0.1",
                                         "::ffff:127.0.0.1",
                                         "::127.0.0.1",
                                         "64:ff9b::a00:1",
                                         "2002:a00:1::",
                                         "2001:db8::1",
                                         "fc00::1",
                                         "fd12::1",
                                         "fe80::1",
                                         "ff02::1",
                                         "not an address",
                                         ""}) {
    EXPECT_TRUE(is_private_address(address)) << address;
  }
  for (const std::string_view address :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1",
        "192.167.255.255", "223.255.255.255", "2606:4700::1", "2a00:1450::1", "::ffff:1.1.1.1"}) {
    EXPECT_FALSE(is_private_address(address)) << address;
  }
}

TEST(WebAddress, ACallIntoAPrivateNetworkIsRefusedUnlessTheOperatorAllowsIt) {
  const auto inside = parse_web_address("https://127.0.0.1:8443/x").value();
  EXPECT_EQ(resolve_for_call(inside, false).error().code, Errc::denied);
  EXPECT_EQ(resolve_for_call(inside, true).value(), "127.0.0.1");
  EXPECT_TRUE(resolve_for_call(parse_web_address("http://127.0.0.1:8080/x").value(), false).has_value());
}

}  // namespace
}  // namespace lindung::http
