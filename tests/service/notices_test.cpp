// Notices over a real store: there with what gave cause for them, delivered at least once, gone with the citizen.
#include "service/notices.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/colour.h"
#include "domain/rule_set.h"
#include "store/database.h"
#include "support/test_store.h"
#include "support/world.h"

namespace lindung::service {
namespace {

constexpr std::uint64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z
const domain::Text greeting{.id = "Halo", .en = "Hello"};

class Postbox final : public Notifier {
 public:
  Result<void> deliver(const Notice& notice) override {
    ++tried;
    if (answer.has_value()) got.push_back(notice);
    return answer;
  }
  Result<void> answer{ok()};
  std::size_t tried{};
  std::vector<Notice> got;
};

class NoticesTest : public ::testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    LINDUNG_NEEDS_POSTGRES(GetParam() == store::Engine::postgresql);
    world_ = std::make_unique<test::World>(moment_of(noon), GetParam());
    citizen_ = world_->add_citizen(domain::Colour::red, false);
  }
  Result<void> put(NoticeKind kind, const domain::Text& text = greeting) { return put_to(citizen_, kind, text); }
  Result<void> put_to(const CitizenRef& citizen, NoticeKind kind, const domain::Text& text = greeting) {
    return world_->database->write([&](store::Transaction& transaction) {
      return put_notice(transaction, *world_->ring, citizen, kind, text, world_->clock.now());
    });
  }
  Result<void> deliver() { return deliver_notices(*world_->platform, postbox_); }
  void run(store::Sql sql) {
    ASSERT_TRUE(world_->database
                    ->write([&](store::Transaction& transaction) -> Result<void> {
                      TRYV(transaction.run(sql, {}));
                      return ok();
                    })
                    .has_value());
  }

  std::unique_ptr<test::World> world_;
  CitizenRef citizen_;
  Postbox postbox_;
};

TEST_P(NoticesTest, ArriveOnceWithKindMomentAndBothTexts) {
  ASSERT_TRUE(put(NoticeKind::contact).has_value());
  ASSERT_TRUE(deliver().has_value());
  world_->clock.advance(notice_claim);
  ASSERT_TRUE(deliver().has_value());
  ASSERT_EQ(postbox_.got.size(), 1U);
  const auto& notice = postbox_.got.front();
  EXPECT_EQ(notice.citizen, citizen_);
  EXPECT_EQ(name_of(notice.kind), "contact");
  EXPECT_EQ(notice.at, moment_of(noon));
  EXPECT_EQ(notice.text.id, "Halo");
  EXPECT_EQ(notice.text.en, "Hello");
  const auto listed = list_notices(*world_->platform, citizen_);
  ASSERT_TRUE(listed.has_value()) << listed.error().text();
  ASSERT_EQ(listed.value().size(), 1U);
  EXPECT_EQ(listed.value().front().notice.id, notice.id);
  EXPECT_EQ(listed.value().front().delivered_at, moment_of(noon));
}

TEST_P(NoticesTest, AreNotThereWhenTheirCauseIsNot) {
  const auto done = world_->database->write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(put_notice(transaction, *world_->ring, citizen_, NoticeKind::contact, greeting, world_->clock.now()));
    return fail(Errc::conflict, "the cause failed");
  });
  ASSERT_TRUE(done.has_error());
  ASSERT_TRUE(deliver().has_value());
  EXPECT_EQ(postbox_.tried, 0U);
  EXPECT_TRUE(list_notices(*world_->platform, citizen_).value().empty());
}

TEST_P(NoticesTest, ThatCannotBeDeliveredAreTriedAgainAndSaidToHaveFailed) {
  ASSERT_TRUE(put(NoticeKind::override_set).has_value());
  postbox_.answer = fail(Errc::io, "the folder is read-only");
  const auto failed = deliver();
  ASSERT_TRUE(failed.has_error());
  EXPECT_EQ(failed.error().code, Errc::io);
  EXPECT_FALSE(list_notices(*world_->platform, citizen_).value().front().delivered_at.has_value());
  postbox_.answer = ok();
  world_->clock.advance(notice_claim);
  ASSERT_TRUE(deliver().has_value());
  EXPECT_EQ(postbox_.tried, 2U);
  EXPECT_EQ(postbox_.got.size(), 1U);
}

TEST_P(NoticesTest, AreDeliveredByOneNodeAtATime) {
  ASSERT_TRUE(put(NoticeKind::override_set).has_value());
  Postbox other;
  class Slow final : public Notifier {
   public:
    explicit Slow(std::function<void()> meanwhile) : meanwhile_{std::move(meanwhile)} {}
    Result<void> deliver(const Notice&) override {
      meanwhile_();
      return ok();
    }

   private:
    std::function<void()> meanwhile_;
  } slow{[&] { EXPECT_TRUE(deliver_notices(*world_->platform, other).has_value()); }};
  ASSERT_TRUE(deliver_notices(*world_->platform, slow).has_value());
  EXPECT_EQ(other.tried, 0U);
}

TEST_P(NoticesTest, ThatWereDeliveredBeforeACrashComeAgainUnderTheSameId) {
  // The process ends between the delivery and its mark: what the claim wrote stays, and nothing else.
  class Killed final : public Notifier {
   public:
    Result<void> deliver(const Notice& notice) override {
      id = notice.id;
      return fail(Errc::io, "killed");
    }
    NoticeId id;
  } killed;
  ASSERT_TRUE(put(NoticeKind::override_set).has_value());
  EXPECT_EQ(deliver_notices(*world_->platform, killed).error().code, Errc::io);
  ASSERT_TRUE(deliver().has_value());
  EXPECT_EQ(postbox_.tried, 0U) << "still claimed by the node that died";
  world_->clock.advance(notice_claim);
  ASSERT_TRUE(deliver().has_value());
  ASSERT_EQ(postbox_.got.size(), 1U);
  EXPECT_EQ(postbox_.got.front().id, killed.id);
}

TEST_P(NoticesTest, ManyGoOutTurnByTurn) {
  constexpr std::size_t many = notices_a_turn + 20;
  for (std::size_t i = 0; i < many; ++i) {
    ASSERT_TRUE(put(NoticeKind::contact).has_value());
  }
  ASSERT_TRUE(deliver().has_value());
  EXPECT_EQ(postbox_.got.size(), notices_a_turn);
  ASSERT_TRUE(deliver().has_value());
  std::set<NoticeId> ids;
  for (const auto& notice : postbox_.got) ids.insert(notice.id);
  EXPECT_EQ(ids.size(), many);
}

TEST_P(NoticesTest, OfAnErasedCitizenAreNeverDelivered) {
  ASSERT_TRUE(put(NoticeKind::contact).has_value());
  const auto other = world_->add_citizen(domain::Colour::green, true);
  ASSERT_TRUE(put_to(other, NoticeKind::override_set).has_value());
  ASSERT_TRUE(world_->database
                  ->write([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(transaction.run(store::Sql{"DELETE FROM citizen WHERE citizen_ref = $1"}, {citizen_.bytes()}));
                    return ok();
                  })
                  .has_value());
  ASSERT_TRUE(deliver().has_value());
  ASSERT_EQ(postbox_.got.size(), 1U);
  EXPECT_EQ(postbox_.got.front().citizen, other);
  const auto listed = list_notices(*world_->platform, citizen_);
  ASSERT_TRUE(listed.has_error());
  EXPECT_EQ(listed.error().code, Errc::not_found);
}

TEST_P(NoticesTest, ThatTheDatabasesOwnerMovedOrChangedAreNotDeliveredAndHoldUpNobody) {
  ASSERT_TRUE(put(NoticeKind::contact).has_value());
  run(store::Sql{"UPDATE notice SET at = at + 1"});
  const auto other = world_->add_citizen(domain::Colour::green, true);
  ASSERT_TRUE(put_to(other, NoticeKind::override_set).has_value());
  const auto done = deliver();
  ASSERT_TRUE(done.has_error());
  EXPECT_EQ(done.error().code, Errc::corrupt);
  ASSERT_EQ(postbox_.got.size(), 1U);
  EXPECT_EQ(postbox_.got.front().citizen, other);
}

TEST_P(NoticesTest, WithoutATextOrWithAnEndlessOneAreRefused) {
  for (const auto& text :
       {domain::Text{.id = "Halo", .en = ""}, domain::Text{.id = std::string(2'001, 'x'), .en = "x"}}) {
    const auto refused = put(NoticeKind::contact, text);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, NoticesTest, ::testing::Values(store::Engine::sqlite, store::Engine::postgresql),
                         [](const auto& engine) {
                           return engine.param == store::Engine::sqlite ? "sqlite" : "postgresql";
                         });

}  // namespace
}  // namespace lindung::service
