// Attribution: a leaked file names its partner by the tokens in it, in any layout.
#include "service/attribution.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/random.h"
#include "domain/colour.h"
#include "domain/link_token.h"
#include "service/name_finder.h"
#include "service/partners.h"
#include "store/ring.h"
#include "support/world.h"

namespace lindung::service {
namespace {

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

class AttributionTest : public ::testing::Test {
 protected:
  test::World world_{moment_of(noon)};
  PartnerId gojek_ = world_.add_partner("gojek").partner;
  PartnerId grab_ = world_.add_partner("grab").partner;

  domain::LinkToken token_of(const PartnerId& partner) {
    return world_.link(partner, world_.add_citizen(domain::Colour::green, true));
  }
  Attribution attribute(const std::string& text) { return attribute_leak(*world_.platform, text).value(); }
};

TEST_F(AttributionTest, ATokenIsFoundInHexAndInBase64urlWhateverStandsAroundIt) {
  const auto one = codec::hex(token_of(gojek_).bytes);
  const auto two = codec::base64url(token_of(gojek_).bytes);
  const auto found = attribute("id;token\n7;" + one + "\n{\"token\":\"" + two + "\"}");
  EXPECT_EQ(found.candidates, 2U);
  ASSERT_EQ(found.partners.size(), 1U);
  EXPECT_EQ(found.partners[0].partner, gojek_);
  EXPECT_EQ(found.partners[0].tokens, 2U);
}

TEST_F(AttributionTest, PartnersStandInTheOrderOfTheirTokens) {
  std::string text;
  for (int i = 0; i < 3; ++i) text += codec::hex(token_of(grab_).bytes) + ",";
  text += codec::hex(token_of(gojek_).bytes);
  const auto found = attribute(text);
  ASSERT_EQ(found.partners.size(), 2U);
  EXPECT_EQ(found.partners[0].partner, grab_);
  EXPECT_EQ(found.partners[0].tokens, 3U);
  EXPECT_EQ(found.partners[1].partner, gojek_);
}

TEST_F(AttributionTest, WhatOnlyLooksLikeATokenNamesNobody) {
  domain::LinkToken forged{crypto::random_bytes<domain::link_token_size>()};
  forged.bytes[0] = domain::link_token_version;
  const auto found = attribute(codec::hex(forged.bytes));
  EXPECT_EQ(found.candidates, 1U);
  EXPECT_TRUE(found.partners.empty());
  EXPECT_EQ(attribute(codec::hex(token_of(gojek_).bytes) + "0").candidates, 0U);  // another length
  EXPECT_TRUE(attribute("").partners.empty());
}

TEST_F(AttributionTest, ATokenThatRotationMadeNamesItsPartnerToo) {
  const auto rotation = world_.ring->hmac_key({.cls = store::KeyClass::partner_rotation, .scope = "grab", .epoch = 1});
  const auto trace = world_.ring->hmac_key({.cls = store::KeyClass::partner_trace, .scope = "grab", .epoch = 0});
  const auto next = domain::next_link_token(*rotation.value(), *trace.value(), token_of(grab_));
  const auto found = attribute(codec::hex(next.bytes));
  ASSERT_EQ(found.partners.size(), 1U);
  EXPECT_EQ(found.partners[0].partner, grab_);
}

TEST_F(AttributionTest, AShreddedPartnerIsNamedAllTheSame) {
  const auto token = codec::hex(token_of(gojek_).bytes);
  ASSERT_TRUE(shred_partner(*world_.platform, gojek_).has_value());
  const auto found = attribute(token);
  ASSERT_EQ(found.partners.size(), 1U);
  EXPECT_EQ(found.partners[0].partner, gojek_);
}

TEST_F(AttributionTest, TokensAreTriedAgainstEveryPartnerThatEverHadAKeyAndDatedWithoutOpeningAnybody) {
  ASSERT_TRUE(shred_partner(*world_.platform, world_.add_partner("gone").partner).has_value());
  domain::LinkToken forged{crypto::random_bytes<domain::link_token_size>()};
  forged.bytes[0] = domain::link_token_version;
  const std::vector candidates{token_of(gojek_), token_of(grab_), forged, token_of(gojek_)};
  const auto found = attribute_tokens(*world_.platform, candidates).value();
  EXPECT_EQ(found.partners, 3U);
  EXPECT_EQ(found.canaries, 0U);
  ASSERT_EQ(found.origins.size(), 2U);
  const auto& gojek = found.origins[0];
  EXPECT_EQ(gojek.partner, gojek_);
  EXPECT_EQ(gojek.tokens, 2U);
  EXPECT_EQ(gojek.known, 2U);
  EXPECT_EQ(gojek.epoch, 1U);
  EXPECT_EQ(gojek.first_made, day_of(moment_of(noon)));
  EXPECT_EQ(gojek.last_made, gojek.first_made);
  EXPECT_EQ(found.origins[1].tokens, 1U);
}

TEST_F(AttributionTest, TokensOfAShreddedPartnerNameItAndLeadToNothing) {
  const auto token = token_of(gojek_);
  ASSERT_TRUE(shred_partner(*world_.platform, gojek_).has_value());
  const auto found = attribute_tokens(*world_.platform, {&token, 1}).value();
  ASSERT_EQ(found.origins.size(), 1U);
  EXPECT_EQ(found.origins[0].tokens, 1U);
  EXPECT_EQ(found.origins[0].known, 0U);
  EXPECT_EQ(found.origins[0].first_made, std::nullopt);
}

TEST(NameFinder, FindsANameAcrossWhateverSeparatesItsWordsAndInAnyCase) {
  NameFinder names;
  names.add("Siti Nur Wibowo", 7);
  EXPECT_TRUE(names.next("xSITI").empty());
  EXPECT_TRUE(names.next("SITI").empty());
  EXPECT_TRUE(names.next("nur").empty());
  ASSERT_EQ(names.next("Wibowo").size(), 1U);
  EXPECT_TRUE(names.next("Wibowo").empty());  // its first words do not stand before this one
}

TEST(NameFinder, TellsNamesWithTheSameEndApartAndIgnoresNamesOfOneWord) {
  NameFinder names;
  names.add("Adi Wibowo", 1);
  names.add("Budi Adi Wibowo", 2);
  names.add("Wibowo", 3);
  names.add("", 4);
  EXPECT_TRUE(names.next("wibowo").empty());
  static_cast<void>(names.next("adi"));
  ASSERT_EQ(names.next("wibowo").size(), 1U);
  static_cast<void>(names.next("budi"));
  static_cast<void>(names.next("adi"));
  EXPECT_EQ(names.next("wibowo").size(), 2U);
}

}  // namespace
}  // namespace lindung::service
