#include "store/ring.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/time.h"
#include "crypto/digest.h"
#include "ring_fixture.h"

namespace lindung::store {
namespace {

using std::chrono::days;

const KeyName nik_index{.cls = KeyClass::blind, .scope = "nik", .epoch = 1};
const KeyName gojek_index{.cls = KeyClass::partner_index, .scope = "gojek", .epoch = 1};

KeyInfo exchange_key(std::uint64_t serial, std::uint64_t number, Moment from) {
  return {.name = {.cls = KeyClass::exchange, .scope = {}, .epoch = serial},
          .number = number,
          .not_before = from,
          .not_after = from + days{2}};
}

TEST_F(RingTest, ANewRingHoldsTheStoresOwnKeysAndNothingElse) {
  const auto ring = create_unsealed();
  EXPECT_EQ(ring->newest(KeyClass::row).value().name.epoch, 1U);
  EXPECT_EQ(ring->newest(KeyClass::citizen_wrap).value().name.epoch, 1U);
  for (const auto cls :
       {KeyClass::exchange, KeyClass::directory, KeyClass::log, KeyClass::blind, KeyClass::partner_index,
        KeyClass::partner_rotation, KeyClass::partner_trace, KeyClass::link_commit, KeyClass::authority,
        KeyClass::document_signer, KeyClass::card_signer, KeyClass::pass_signer, KeyClass::travel_signer,
        KeyClass::travel_day, KeyClass::carrier_exchange, KeyClass::report_exchange, KeyClass::report_seal}) {
    EXPECT_TRUE(ring->list(cls).value().empty());
    EXPECT_EQ(code_of(ring->newest(cls)), Errc::not_found);
    EXPECT_EQ(ring->next_epoch(cls).value(), 1U);
  }
}

TEST_F(RingTest, CreatingOverARingIsAConflictAndKeepsIt) {
  create();
  const auto before = file_bytes();
  EXPECT_EQ(code_of(KeyRing::create(path(), as_bytes("other"), small_cost, now)), Errc::conflict);
  EXPECT_EQ(file_bytes(), before);
}

TEST_F(RingTest, RefusesAnEmptyPassphraseAndACostOutOfLimits) {
  EXPECT_EQ(code_of(KeyRing::create(path(), {}, small_cost, now)), Errc::invalid_argument);
  for (const auto& cost : {crypto::Argon2idCost{.passes = 0, .memory_bytes = 8192},
                           crypto::Argon2idCost{.passes = 65, .memory_bytes = 8192},
                           crypto::Argon2idCost{.passes = 1, .memory_bytes = 8191},
                           crypto::Argon2idCost{.passes = 1, .memory_bytes = (1ULL << 30U) + 1},
                           crypto::Argon2idCost{.passes = 5, .memory_bytes = 1ULL << 30U}}) {
    EXPECT_EQ(code_of(KeyRing::create(path(), as_bytes(passphrase), cost, now)), Errc::invalid_argument);
  }
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(RingTest, OpensSealedAndAnswersSealedToEverything) {
  create();
  const auto ring = KeyRing::open(path()).value();
  EXPECT_TRUE(ring->is_sealed());
  EXPECT_EQ(code_of(ring->key(nik_index)), Errc::sealed);
  EXPECT_EQ(code_of(ring->hmac_key(nik_index)), Errc::sealed);
  EXPECT_EQ(code_of(ring->list(KeyClass::row)), Errc::sealed);
  EXPECT_EQ(code_of(ring->newest(KeyClass::row)), Errc::sealed);
  EXPECT_EQ(code_of(ring->newest_hmac_key(KeyClass::row)), Errc::sealed);
  EXPECT_EQ(code_of(ring->next_epoch(KeyClass::row)), Errc::sealed);
  EXPECT_EQ(code_of(ring->add({.name = nik_index})), Errc::sealed);
  EXPECT_EQ(code_of(ring->add_all({})), Errc::sealed);
  EXPECT_EQ(code_of(ring->destroy(nik_index)), Errc::sealed);
  EXPECT_EQ(code_of(ring->rekey()), Errc::sealed);
  EXPECT_EQ(code_of(ring->period_key(Ratchet::visit_day, 0)), Errc::sealed);
  EXPECT_EQ(code_of(ring->oldest(Ratchet::visit_day)), Errc::sealed);
  EXPECT_EQ(code_of(ring->destroy_before(Ratchet::visit_day, 0)), Errc::sealed);
}

TEST_F(RingTest, AWrongPassphraseIsDeniedAndLeavesTheRingSealed) {
  create();
  const auto ring = KeyRing::open(path()).value();
  EXPECT_EQ(code_of(ring->unseal(as_bytes("empat belas gajah menyeberanG"))), Errc::denied);
  EXPECT_EQ(code_of(ring->unseal({})), Errc::denied);
  EXPECT_TRUE(ring->is_sealed());
  EXPECT_TRUE(ring->unseal(as_bytes(passphrase)).has_value());
  EXPECT_FALSE(ring->is_sealed());
}

TEST_F(RingTest, AMissingFileIsNotFound) { EXPECT_EQ(code_of(KeyRing::open(path("nothing"))), Errc::not_found); }

TEST_F(RingTest, KeepsKeysAcrossReopeningAndSealing) {
  const auto given = secret_of_bytes(7);
  Secret<32> random;
  {
    const auto ring = create_unsealed();
    ASSERT_TRUE(ring->add({.name = nik_index, .number = 3, .not_before = now, .not_after = now + days{1}}).has_value());
    ASSERT_TRUE(ring->add({.name = gojek_index}, given).has_value());
    random = ring->key(nik_index).value();
    EXPECT_FALSE(all_zero(random.view()));
    ring->seal();
    EXPECT_EQ(code_of(ring->key(nik_index)), Errc::sealed);
    ASSERT_TRUE(ring->unseal(as_bytes(passphrase)).has_value());
    EXPECT_TRUE(same(ring->key(nik_index).value(), random));
  }
  const auto again = open_unsealed();
  EXPECT_TRUE(same(again->key(nik_index).value(), random));
  EXPECT_TRUE(same(again->key(gojek_index).value(), given));
  const auto infos = again->list(KeyClass::blind).value();
  ASSERT_EQ(infos.size(), 1U);
  EXPECT_EQ(infos[0], (KeyInfo{.name = nik_index, .number = 3, .not_before = now, .not_after = now + days{1}}));
}

TEST_F(RingTest, NoKeyAndNoNameStandsPlainInTheFile) {
  const auto ring = create_unsealed();
  const auto key = secret_of_bytes(0x5a);
  ASSERT_TRUE(ring->add({.name = {.cls = KeyClass::blind, .scope = "passport-number", .epoch = 1}}, key).has_value());
  const auto bytes = file_bytes();
  EXPECT_FALSE(holds(bytes, key.view()));
  EXPECT_FALSE(holds(bytes, as_bytes("passport-number")));
  EXPECT_FALSE(holds(bytes, as_bytes(passphrase)));
  EXPECT_TRUE(holds(opened_body(), key.view()));
}

TEST_F(RingTest, ANameCannotBeUsedTwice) {
  const auto ring = create_unsealed();
  ASSERT_TRUE(ring->add({.name = nik_index}).has_value());
  const auto key = ring->key(nik_index).value();
  EXPECT_EQ(code_of(ring->add({.name = nik_index})), Errc::conflict);
  EXPECT_TRUE(same(ring->key(nik_index).value(), key));
}

TEST_F(RingTest, AddsAllKeysOrNone) {
  const auto ring = create_unsealed();
  ASSERT_TRUE(ring->add({.name = gojek_index}).has_value());
  const auto before = file_bytes();
  const std::array keys{NewKey{.info = {.name = nik_index}}, NewKey{.info = {.name = gojek_index}}};
  EXPECT_EQ(code_of(ring->add_all(keys)), Errc::conflict);
  EXPECT_EQ(code_of(ring->key(nik_index)), Errc::not_found);
  EXPECT_EQ(file_bytes(), before);
}

TEST_F(RingTest, ANameTwiceInOneCallIsAConflict) {
  const auto ring = create_unsealed();
  const std::array keys{NewKey{.info = {.name = nik_index}}, NewKey{.info = {.name = nik_index}}};
  EXPECT_EQ(code_of(ring->add_all(keys)), Errc::conflict);
}

TEST_F(RingTest, DestroyIsFinalAlsoAcrossReopening) {
  const auto ring = create_unsealed();
  ASSERT_TRUE(ring->add({.name = gojek_index}).has_value());
  const auto key = ring->key(gojek_index).value();
  ASSERT_TRUE(holds(opened_body(), key.view()));
  ASSERT_TRUE(ring->destroy(gojek_index).has_value());
  EXPECT_FALSE(holds(opened_body(), key.view()));
  const auto again = open_unsealed();
  for (const auto* each : {ring.get(), again.get()}) {
    EXPECT_EQ(code_of(each->key(gojek_index)), Errc::denied);
    EXPECT_EQ(code_of(each->hmac_key(gojek_index)), Errc::denied);
    EXPECT_TRUE(each->list(KeyClass::partner_index).value().empty());
    EXPECT_EQ(each->next_epoch(KeyClass::partner_index, "gojek").value(), 2U);
  }
  EXPECT_EQ(code_of(again->add({.name = gojek_index})), Errc::conflict);
  EXPECT_EQ(code_of(again->add({.name = gojek_index}, key)), Errc::conflict);
}

TEST_F(RingTest, DestroyingTwiceIsDoneAndDestroyingTheUnknownIsNotFound) {
  const auto ring = create_unsealed();
  ASSERT_TRUE(ring->add({.name = gojek_index}).has_value());
  EXPECT_TRUE(ring->destroy(gojek_index).has_value());
  EXPECT_TRUE(ring->destroy(gojek_index).has_value());
  EXPECT_EQ(code_of(ring->destroy(nik_index)), Errc::not_found);
}

TEST_F(RingTest, DestroysAllNamedKeysOrNone) {
  const auto ring = create_unsealed();
  ASSERT_TRUE(ring->add({.name = gojek_index}).has_value());
  const std::array names{gojek_index, nik_index};
  EXPECT_EQ(code_of(ring->destroy_all(names)), Errc::not_found);
  EXPECT_TRUE(ring->key(gojek_index).has_value());
}

TEST_F(RingTest, TheNewestIsTheHighestLiveEpochOfItsScope) {
  const auto ring = create_unsealed();
  std::vector<NewKey> keys;
  for (const auto* scope : {"dana", "gojek", "grab"}) {
    for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
      keys.push_back({.info = {.name = {.cls = KeyClass::partner_index, .scope = scope, .epoch = epoch}}});
    }
  }
  ASSERT_TRUE(ring->add_all(keys).has_value());
  EXPECT_EQ(ring->newest(KeyClass::partner_index, "gojek").value().name.epoch, 3U);
  ASSERT_TRUE(ring->destroy({.cls = KeyClass::partner_index, .scope = "gojek", .epoch = 3}).has_value());
  EXPECT_EQ(ring->newest(KeyClass::partner_index, "gojek").value().name.epoch, 2U);
  EXPECT_EQ(ring->next_epoch(KeyClass::partner_index, "gojek").value(), 4U);
  EXPECT_EQ(code_of(ring->newest(KeyClass::partner_index, "goje")), Errc::not_found);
  EXPECT_EQ(ring->list(KeyClass::partner_index).value().size(), 8U);
}

TEST_F(RingTest, AnExchangeNumberRestsThirtyDays) {
  const auto ring = create_unsealed();
  ASSERT_TRUE(ring->add(exchange_key(1, 7, now)).has_value());
  ASSERT_TRUE(ring->destroy({.cls = KeyClass::exchange, .scope = {}, .epoch = 1}).has_value());
  EXPECT_EQ(code_of(ring->add(exchange_key(2, 7, now + days{31}))), Errc::conflict);
  EXPECT_TRUE(ring->add(exchange_key(2, 8, now + days{31})).has_value());
  EXPECT_TRUE(ring->add(exchange_key(3, 7, now + days{32})).has_value());
  EXPECT_EQ(code_of(ring->add(exchange_key(4, 256, now))), Errc::invalid_argument);
}

TEST_F(RingTest, RefusesNamesThatItCouldNotWrite) {
  const auto ring = create_unsealed();
  const auto refused = [&](KeyName name) { return code_of(ring->add({.name = std::move(name)})); };
  EXPECT_EQ(refused({.cls = KeyClass{0}}), Errc::invalid_argument);
  EXPECT_EQ(refused({.cls = static_cast<KeyClass>(static_cast<unsigned>(last_key_class) + 1)}), Errc::invalid_argument);
  EXPECT_EQ(refused({.cls = KeyClass::blind, .scope = "a b"}), Errc::invalid_argument);
  EXPECT_EQ(refused({.cls = KeyClass::blind, .scope = "\xc3\xa9"}), Errc::invalid_argument);
  EXPECT_EQ(refused({.cls = KeyClass::blind, .scope = std::string(65, 'a')}), Errc::invalid_argument);
  EXPECT_EQ(refused({.cls = KeyClass::blind, .epoch = ~std::uint64_t{0}}), Errc::invalid_argument);
  EXPECT_EQ(code_of(ring->add({.name = nik_index, .not_after = Moment{seconds{-1}}})), Errc::invalid_argument);
}

TEST_F(RingTest, PreparesKeysForHmacAndRefusesOthers) {
  const auto ring = create_unsealed();
  ASSERT_TRUE(ring->add({.name = nik_index}, secret_of_bytes(9)).has_value());
  ASSERT_TRUE(ring->add({.name = {.cls = KeyClass::log, .scope = {}, .epoch = 1}}).has_value());
  EXPECT_EQ(ring->hmac_key(nik_index).value()->mac(as_bytes("x")),
            crypto::hmac_sha256(secret_of_bytes(9).view(), {as_bytes("x")}));
  EXPECT_EQ(code_of(ring->hmac_key({.cls = KeyClass::log, .scope = {}, .epoch = 1})), Errc::invalid_argument);
  EXPECT_EQ(code_of(ring->newest_hmac_key(KeyClass::log)), Errc::invalid_argument);
}

TEST_F(RingTest, AChangedPassphraseOpensAndTheOldOneIsDenied) {
  const auto ring = create_unsealed();
  ASSERT_TRUE(ring->add({.name = nik_index}).has_value());
  const auto key = ring->key(nik_index).value();
  EXPECT_EQ(code_of(ring->change_passphrase(as_bytes("wrong"), as_bytes("new"))), Errc::denied);
  EXPECT_EQ(code_of(ring->change_passphrase(as_bytes(passphrase), {})), Errc::invalid_argument);
  ASSERT_TRUE(ring->change_passphrase(as_bytes(passphrase), as_bytes("new")).has_value());
  ASSERT_TRUE(ring->add({.name = gojek_index}).has_value());
  const auto again = KeyRing::open(path()).value();
  EXPECT_EQ(code_of(again->unseal(as_bytes(passphrase))), Errc::denied);
  ASSERT_TRUE(again->unseal(as_bytes("new")).has_value());
  EXPECT_TRUE(same(again->key(nik_index).value(), key));
  EXPECT_TRUE(again->key(gojek_index).has_value());
}

TEST_F(RingTest, ChangingThePassphraseOfASealedRingLeavesItSealed) {
  create();
  const auto ring = KeyRing::open(path()).value();
  ASSERT_TRUE(ring->change_passphrase(as_bytes(passphrase), as_bytes("new")).has_value());
  EXPECT_TRUE(ring->is_sealed());
  EXPECT_TRUE(ring->unseal(as_bytes("new")).has_value());
}

TEST_F(RingTest, RekeyingKeepsAllKeysAndStartsNewEpochsForRows) {
  const auto ring = create_unsealed();
  const KeyName first{.cls = KeyClass::row, .scope = {}, .epoch = 1};
  const auto row = ring->key(first).value();
  const auto wrap_before = parse_ring_file(file_bytes(), RingLimits{}).value().wrap;
  ASSERT_TRUE(ring->rekey().has_value());
  const auto wrap_after = parse_ring_file(file_bytes(), RingLimits{}).value().wrap;
  EXPECT_NE(wrap_before.wrapped_master, wrap_after.wrapped_master);
  const auto again = open_unsealed();
  EXPECT_TRUE(same(again->key(first).value(), row));
  EXPECT_EQ(again->newest(KeyClass::row).value().name.epoch, 2U);
  EXPECT_EQ(again->newest(KeyClass::citizen_wrap).value().name.epoch, 2U);
  EXPECT_FALSE(same(again->key({.cls = KeyClass::row, .scope = {}, .epoch = 2}).value(), row));
}

TEST_F(RingTest, TheGenerationMovesWithEveryChange) {
  create();
  const auto ring = KeyRing::open(path()).value();
  auto last = ring->generation();
  const auto moved = [&] {
    const auto before = last;
    last = ring->generation();
    return last != before;
  };
  ASSERT_TRUE(ring->unseal(as_bytes(passphrase)).has_value());
  EXPECT_TRUE(moved());
  ASSERT_TRUE(ring->add({.name = nik_index}).has_value());
  EXPECT_TRUE(moved());
  ASSERT_TRUE(ring->key(nik_index).has_value());
  EXPECT_FALSE(moved());
  ASSERT_TRUE(ring->destroy(nik_index).has_value());
  EXPECT_TRUE(moved());
  ring->seal();
  EXPECT_TRUE(moved());
}

TEST_F(RingTest, TwoRingsOnOneFileLoseNothingOfEachOther) {
  const auto one = create_unsealed();
  const auto other = open_unsealed();
  ASSERT_TRUE(one->add({.name = gojek_index}).has_value());
  ASSERT_TRUE(other->add({.name = nik_index}).has_value());
  ASSERT_TRUE(one->destroy(gojek_index).has_value());
  EXPECT_EQ(code_of(other->add({.name = gojek_index})), Errc::conflict);
  ASSERT_TRUE(other->rekey().has_value());
  EXPECT_EQ(code_of(other->key(gojek_index)), Errc::denied);
  const auto again = open_unsealed();
  EXPECT_TRUE(again->key(nik_index).has_value());
  EXPECT_EQ(code_of(again->key(gojek_index)), Errc::denied);
}

TEST_F(RingTest, ARefreshShowsWhatAnotherRingHasChangedAndWritesNothing) {
  const auto one = create_unsealed();
  const auto other = open_unsealed();
  ASSERT_TRUE(one->add({.name = gojek_index}).has_value());
  const auto before = file_bytes();
  EXPECT_EQ(code_of(other->key(gojek_index)), Errc::not_found);
  EXPECT_TRUE(other->refresh().value());
  EXPECT_TRUE(other->key(gojek_index).has_value());
  EXPECT_FALSE(other->refresh().value());
  EXPECT_EQ(file_bytes(), before);
  other->seal();
  EXPECT_EQ(code_of(other->refresh()), Errc::sealed);
}

TEST_F(RingTest, ARingBehindASymbolicLinkStaysBehindIt) {
  create();
  const auto link = path() + "-of-another-node";
  std::filesystem::create_symlink(path(), link);
  const auto ring = KeyRing::open(link).value();
  ASSERT_TRUE(ring->unseal(as_bytes(passphrase)).has_value());
  ASSERT_TRUE(ring->add({.name = gojek_index}).has_value());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_TRUE(open_unsealed()->key(gojek_index).has_value());
}

TEST_F(RingTest, DoesNotTakeOverAnOlderFileUnderItsFeet) {
  const auto ring = create_unsealed();
  const auto old = file_bytes();
  ASSERT_TRUE(ring->add({.name = gojek_index}).has_value());
  ASSERT_TRUE(ring->destroy(gojek_index).has_value());
  write_raw(old);
  EXPECT_EQ(code_of(ring->add({.name = nik_index})), Errc::conflict);
  EXPECT_EQ(code_of(ring->unseal(as_bytes(passphrase))), Errc::conflict);
  ring->seal();
  EXPECT_TRUE(ring->unseal(as_bytes(passphrase)).has_value());
}

TEST_F(RingTest, NoticesThatAnotherRingChangedThePassphrase) {
  const auto one = create_unsealed();
  const auto other = open_unsealed();
  ASSERT_TRUE(one->change_passphrase(as_bytes(passphrase), as_bytes("new")).has_value());
  EXPECT_EQ(code_of(other->add({.name = nik_index})), Errc::conflict);
}

}  // namespace
}  // namespace lindung::store
