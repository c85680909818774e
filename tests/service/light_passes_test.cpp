// Strips of light passes over a real store: who gets one, what is logged before it is signed, and the weeks of the
// keys.
#include "service/light_passes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/light_pass.h"
#include "cert/pass_keys.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"
#include "cert/verify.h"
#include "crypto/digest.h"
#include "domain/colour.h"
#include "domain/import.h"
#include "domain/timeline.h"
#include "log/entry.h"
#include "service/pass_keys.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/settings.h"
#include "store/database.h"
#include "store/log_head.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

using domain::Colour;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::uint64_t saturday = 1'795'262'400;  // 2026-11-21T12:00:00Z
constexpr std::string_view origin = "lindung.example/test";

class LightPassesTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(moment_of(saturday), GetParam());
    const auto named = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
      return write_setting(transaction, setting::log_origin, as_bytes(origin));
    });
    ASSERT_TRUE(named.has_value()) << named.error().text();
  }
  [[nodiscard]] const Platform& platform() const { return *world_->platform; }

  [[nodiscard]] CitizenRef citizen(Colour colour, const std::string& name = "Budi Santoso") {
    const auto made = world_->add_citizen(colour, true);
    const auto done = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
      TRY(person, open_person(transaction, *world_->ring, made));
      return put_identity(transaction, person,
                          {.nik = {}, .passport = {}, .name = name, .birth = domain::PartialDate{.year = 1990}});
    });
    EXPECT_TRUE(done.has_value()) << done.error().text();
    return made;
  }
  [[nodiscard]] cert::TrustStore trust() const {
    cert::TrustStore out;
    const auto list = out.add_list({.origin = "test", .fetched = {}, .fresh_for = {}});
    cert::TrustReader reader{out};
    EXPECT_TRUE(reader.add_jwks(cert::pass_key_set(origin, public_pass_keys(*world_->ring).value()), list));
    reader.finish();
    return out;
  }
  [[nodiscard]] std::vector<log::OfficerEntry> signings() const {
    std::vector<log::OfficerEntry> out;
    for (const auto& entry : world_->log_entries()) {
      const auto* officer = std::get_if<log::OfficerEntry>(&entry);
      if (officer != nullptr && officer->action == pass_signed_action) out.push_back(*officer);
    }
    return out;
  }
  [[nodiscard]] std::vector<log::KeyEntry> key_entries() const {
    std::vector<log::KeyEntry> out;
    for (const auto& entry : world_->log_entries()) {
      const auto* key = std::get_if<log::KeyEntry>(&entry);
      if (key != nullptr && key->use == "pass-signer") out.push_back(*key);
    }
    return out;
  }

  std::unique_ptr<test::World> world_;
};

TEST_P(LightPassesTest, AGreenCitizenGetsOnePassForEachSixHours) {
  const auto strip = issue_passes(platform(), citizen(Colour::green), 2);
  ASSERT_TRUE(strip.has_value()) << strip.error().text();
  ASSERT_EQ(strip.value().passes.size(), 8U);
  EXPECT_TRUE(strip.value().without.empty());
  const auto keys = trust();
  auto at = world_->clock.now();
  for (const auto& pass : strip.value().passes) {
    EXPECT_EQ(pass.window.begin, at);
    for (const auto shown : {pass.window.begin, pass.window.end()}) {
      const auto verdict = cert::verify(pass.text, keys, shown);
      EXPECT_EQ(verdict.outcome, cert::Outcome::valid);
      EXPECT_EQ(verdict.holder, "BUDI SANTOSO");
      EXPECT_EQ(verdict.birth_year, 1990U);
    }
    at = pass.window.end();
  }
}

TEST_P(LightPassesTest, ACitizenOfAnotherColourGetsNoneAndNothingIsLogged) {
  for (const auto colour : {Colour::yellow, Colour::red, Colour::black}) {
    const auto strip = issue_passes(platform(), citizen(colour), 1);
    ASSERT_TRUE(strip.has_error());
    EXPECT_EQ(strip.error().code, Errc::denied);
  }
  EXPECT_TRUE(signings().empty());
}

TEST_P(LightPassesTest, WhoseGreenEndsGetsOnlyWhatLiesInItWhole) {
  const auto holder = citizen(Colour::green);
  const auto from = world_->clock.now() - days{1};
  const auto until = world_->clock.now() + hours{19};
  const auto timeline = domain::Timeline::make("test@1", {{.from = Moment{}, .colour = Colour::red},
                                                          {.from = from, .colour = Colour::green},
                                                          {.from = until, .colour = Colour::red}});
  ASSERT_TRUE(timeline.has_value());
  const auto done = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, open_person(transaction, *world_->ring, holder));
    TRY(generation, store::read_timeline_generation(transaction));
    return put_timeline(transaction, person, timeline.value(), generation);
  });
  ASSERT_TRUE(done.has_value()) << done.error().text();
  const auto strip = issue_passes(platform(), holder, 1);
  ASSERT_TRUE(strip.has_value()) << strip.error().text();
  EXPECT_EQ(strip.value().passes.size(), 2U);
  EXPECT_EQ(strip.value().without.size(), 2U);
  for (const auto& pass : strip.value().passes) {
    EXPECT_GE(pass.not_before, from);
    EXPECT_LT(pass.expires, until);
  }
}

TEST_P(LightPassesTest, WhoIsUnknownOrHasNoNameGetsNone) {
  const auto unknown = issue_passes(platform(), CitizenRef{ByteArray<16>{7}}, 1);
  ASSERT_TRUE(unknown.has_error());
  EXPECT_EQ(unknown.error().code, Errc::not_found);
  const auto nameless = issue_passes(platform(), citizen(Colour::green, ""), 1);
  ASSERT_TRUE(nameless.has_error());
  EXPECT_EQ(nameless.error().code, Errc::conflict);
  EXPECT_TRUE(signings().empty());
}

TEST_P(LightPassesTest, AStripIsForThreeDaysAtMost) {
  const auto green = citizen(Colour::green);
  for (const unsigned count : {0U, most_pass_days + 1}) {
    const auto strip = issue_passes(platform(), green, count);
    ASSERT_TRUE(strip.has_error());
    EXPECT_EQ(strip.error().code, Errc::invalid_argument);
  }
  EXPECT_TRUE(issue_passes(platform(), green, most_pass_days).has_value());
}

// Whoever reads the log and the strip can tell that the one holds the other.
TEST_P(LightPassesTest, WhatWasSignedStandsInTheLogByTheDigestsOfItsKeyAndBytes) {
  const auto strip = issue_passes(platform(), citizen(Colour::green), 1);
  ASSERT_TRUE(strip.has_value()) << strip.error().text();
  Bytes signed_bytes;
  for (const auto& pass : strip.value().passes) {
    const auto read = cert::read_light_pass(pass.text);
    ASSERT_TRUE(read.has_value());
    const auto bytes = cert::light_pass_signed_bytes(read.value().claims, read.value().key);
    signed_bytes.insert(signed_bytes.end(), bytes.begin(), bytes.end());
  }
  const auto entries = signings();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].case_digest, crypto::sha256(signed_bytes));
  EXPECT_EQ(entries[0].officer_key_digest, signer_digest(public_pass_keys(*world_->ring).value().front().point));
}

TEST_P(LightPassesTest, AStripOverTheEndOfAWeekHasBothKeysAndAnEntryForEach) {
  world_->clock.set(moment_of(saturday) + days{4});  // Wednesday noon; weeks since 1970 begin on Thursdays
  const auto strip = issue_passes(platform(), citizen(Colour::green), 1);
  ASSERT_TRUE(strip.has_value()) << strip.error().text();
  ASSERT_EQ(strip.value().passes.size(), 4U);
  const auto keys = public_pass_keys(*world_->ring).value();
  ASSERT_EQ(keys.size(), 2U);
  const auto entries = signings();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].officer_key_digest, signer_digest(keys[0].point));
  EXPECT_EQ(entries[1].officer_key_digest, signer_digest(keys[1].point));
  const auto known = trust();
  for (const auto& pass : strip.value().passes) {
    EXPECT_EQ(cert::verify(pass.text, known, pass.window.begin).outcome, cert::Outcome::valid);
  }
}

TEST_P(LightPassesTest, KeysAreMadeAWeekAheadAndDestroyedWhenTheirLastPassHasExpired) {
  auto& clock = world_->clock;
  const auto rotated = [&] {
    const auto changed = rotate_pass_keys(*world_->database, *world_->ring, clock);
    EXPECT_TRUE(changed.has_value()) << changed.error().text();
    return changed.has_value() && changed.value();
  };
  EXPECT_FALSE(keep_pass_keys(*world_->database, *world_->ring, clock).value()) << "nobody has asked for any";
  EXPECT_TRUE(rotated());
  EXPECT_FALSE(rotated());
  const auto first = public_pass_keys(*world_->ring).value();
  ASSERT_EQ(first.size(), 2U);
  const auto week = cert::pass_week(clock.now());
  clock.set(first[0].span.not_after);
  EXPECT_TRUE(rotated()) << "the week behind the next one";
  EXPECT_TRUE(pass_signer(*world_->ring, week).has_value()) << "its last passes are still shown";
  clock.set(first[0].span.not_after + seconds{1});
  EXPECT_TRUE(rotated());
  const auto gone = pass_signer(*world_->ring, week);
  ASSERT_TRUE(gone.has_error());
  EXPECT_EQ(gone.error().code, Errc::denied);
  const auto later = public_pass_keys(*world_->ring).value();
  ASSERT_EQ(later.size(), 2U);
  EXPECT_EQ(later[0].point, first[1].point);
  const auto entries = key_entries();
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_TRUE(entries[0].added && entries[1].added && entries[2].added);
  EXPECT_FALSE(entries[3].added);
  EXPECT_EQ(entries[3].public_key_digest, entries[0].public_key_digest);
}

std::string engine_of(const ::testing::TestParamInfo<store::Engine>& engine) {
  return engine.param == store::Engine::sqlite ? "sqlite" : "postgresql";
}
INSTANTIATE_TEST_SUITE_P(Stores, LightPassesTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         engine_of);

}  // namespace
}  // namespace lindung::service
