// What a desk finds and decides, and decisions as signed bytes: one spelling, one chain, one device.
#include "domain/border_desk.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "domain/border_decision.h"
#include "domain/card_claims.h"
#include "domain/travel_card.h"

namespace lindung::domain {
namespace {

using std::chrono::hours;

const Moment noon = lindung::moment_of(1'795'262'400);

BorderDecision decision(std::uint64_t number = 1, const Hash& previous = {}) {
  return {.device = "desk-1",
          .number = number,
          .previous = previous,
          .at = noon,
          .scanned_at = noon - seconds{20},
          .port = "CGK",
          .card = CardId{ByteArray<16>{1}},
          .version = 1,
          .travel_date = day_of(noon),
          .place = 0,
          .mark = DocumentMark{9},
          .verdict = DeskVerdict::admit,
          .is_override = false,
          .findings = {},
          .reason = {},
          .symptoms = {}};
}

DeskFindings with(DeskFinding finding) {
  DeskFindings out;
  out.add(finding);
  return out;
}

TEST(DeskFindings, EveryFindingHasANameAndStandsAgainstAnAdmissionUnlessItSaysHowMuchWasChecked) {
  std::set<std::string_view> names;
  for (unsigned i = 0; i < desk_findings; ++i) {
    const auto finding = static_cast<DeskFinding>(i);
    names.insert(name_of(finding));
    const bool only_says = finding == DeskFinding::list_old || finding == DeskFinding::document_unchecked;
    EXPECT_EQ(with(finding).stand_against(), !only_says) << name_of(finding);
    EXPECT_EQ(needs_override(DeskVerdict::admit, with(finding)), !only_says);
  }
  EXPECT_EQ(names.size(), desk_findings);
}

TEST(DeskFindings, AVerdictAgainstWhatWasFoundNeedsAnOverride) {
  EXPECT_FALSE(needs_override(DeskVerdict::admit, {}));
  EXPECT_TRUE(needs_override(DeskVerdict::refuse, {}));
  EXPECT_TRUE(needs_override(DeskVerdict::test, {}));
  EXPECT_FALSE(needs_override(DeskVerdict::isolate, {}));
  EXPECT_FALSE(needs_override(DeskVerdict::refuse, with(DeskFinding::not_fit)));
  EXPECT_FALSE(needs_override(DeskVerdict::test, with(DeskFinding::needs_test)));
}

TEST(DeskFindings, ACardOfAnotherDayIsFoundAndOneOfTheNightIsNot) {
  CardClaims claims;
  claims.port = "CGK";
  claims.travel_date = day_of(noon);
  const auto at = [&](Moment moment) {
    return card_findings(claims, {.port = "CGK", .at = moment, .list_made_at = moment}).has(DeskFinding::wrong_day);
  };
  const auto day = start_of(claims.travel_date);
  EXPECT_TRUE(at(day - hours{15}));
  EXPECT_FALSE(at(day - hours{1}));
  EXPECT_FALSE(at(day + hours{71}));
  EXPECT_TRUE(at(day + hours{72}));
}

TEST(BorderDecisions, AreReadAsTheyWereSignedAndInOneSpelling) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  auto said = decision();
  said.verdict = DeskVerdict::isolate;
  said.symptoms = {Symptom::fever, Symptom::rash};
  said.reason = "39.5 °C";
  const auto made = sign_decision(said, key).value();
  const auto bytes = decision_bytes(made);
  const auto read = read_decision(bytes);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_TRUE(is_signed_by(read.value(), key.public_key()));
  EXPECT_EQ(decision_bytes(read.value()), bytes);
  EXPECT_EQ(read.value().decision.symptoms, said.symptoms);
  EXPECT_EQ(read.value().decision.reason, said.reason);
  EXPECT_EQ(read.value().decision.mark, said.mark);
}

TEST(BorderDecisions, EveryTurnedBitIsFound) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  const auto bytes = decision_bytes(sign_decision(decision(), key).value());
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    auto changed = bytes;
    changed[i / 8] = static_cast<std::uint8_t>(changed[i / 8] ^ (1U << (i % 8)));
    const auto read = read_decision(changed);
    ASSERT_FALSE(read && is_signed_by(read.value(), key.public_key())) << "bit " << i;
  }
  EXPECT_GT(bytes.size(), 100U);
}

TEST(BorderDecisions, WhatNoDeskMayDecideIsNotSigned) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  const auto refused = [&](auto change) {
    auto said = decision();
    change(said);
    const auto made = sign_decision(std::move(said), key);
    return made ? Errc::io : made.error().code;
  };
  EXPECT_EQ(refused([](auto& of) { of.device = "Desk 1"; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](auto& of) { of.findings.add(DeskFinding::not_fit); }), Errc::invalid_argument);
  EXPECT_EQ(refused([](auto& of) { of.is_override = true; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](auto& of) { of.reason = "not asked for"; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](auto& of) { of.verdict = DeskVerdict::isolate; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](auto& of) {
              of.is_override = true;
              of.reason = "\xff\xfe\xfd";
            }),
            Errc::invalid_argument);
}

TEST(BorderDecisions, OneThatIsMissingOrComesFromAnotherPastIsFound) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  const auto first = sign_decision(decision(1), key).value();
  const auto second = sign_decision(decision(2, decision_hash(first)), key).value();
  DecisionRow row;
  ASSERT_TRUE(follow(row, first));
  ASSERT_TRUE(follow(row, second));
  EXPECT_EQ(follow(row, second).error().code, Errc::conflict);
  DecisionRow gap;
  EXPECT_EQ(follow(gap, second).error().code, Errc::conflict);
  auto other = decision(1);
  other.place = 1;
  DecisionRow forked;
  ASSERT_TRUE(follow(forked, sign_decision(other, key).value()));
  EXPECT_EQ(follow(forked, second).error().code, Errc::conflict);
}

TEST(DeskConflicts, AreTwoAdmissionsOrARefusalThatAnotherDeskDidNotKnowOf) {
  const auto passing = [](std::string device, DeskVerdict verdict, bool knew = false) {
    return DeskPassing{.device = std::move(device), .verdict = verdict, .knew_of_others = knew, .at = noon};
  };
  const auto of = [](const std::vector<DeskPassing>& passings) { return conflict_of(passings, 1); };
  EXPECT_EQ(of({}), DeskConflict::none);
  EXPECT_EQ(of({passing("a", DeskVerdict::admit)}), DeskConflict::none);
  EXPECT_EQ(of({passing("a", DeskVerdict::admit), passing("b", DeskVerdict::admit)}), DeskConflict::admitted_twice);
  EXPECT_EQ(of({passing("a", DeskVerdict::admit), passing("b", DeskVerdict::admit, true)}), DeskConflict::none);
  EXPECT_EQ(of({passing("a", DeskVerdict::test), passing("b", DeskVerdict::admit)}), DeskConflict::none);
  EXPECT_EQ(of({passing("a", DeskVerdict::refuse), passing("b", DeskVerdict::admit)}),
            DeskConflict::refused_and_admitted);
  EXPECT_EQ(of({passing("a", DeskVerdict::refuse), passing("b", DeskVerdict::admit, true)}), DeskConflict::none);
}

}  // namespace
}  // namespace lindung::domain
