// Legal requests over a real store: what may be asked, what is answered and to whom it is told.
#include "service/legal_requests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "service/contact_world.h"
#include "service/hands_world.h"
#include "service/links.h"
#include "store/database.h"
#include "store/ring_ratchet.h"

namespace lindung::service {
namespace {

using std::chrono::days;
using std::chrono::hours;

class LegalRequestsTest : public testing::HandsTest {
 protected:
  [[nodiscard]] LegalWish wish() const {
    return {.authority = "Polda Metro Jaya",
            .role = "Penyidik",
            .basis = "criminal-investigation",
            .reference = "B/12/XI/2026",
            .question = LegalQuestion::colour_on,
            .citizen = citizen_,
            .about = {},
            .from = now(),
            .until = now(),
            .told_on = {},
            .because = {}};
  }
  [[nodiscard]] LegalWish about_link(const std::string& partner) const {
    auto asked = wish();
    asked.question = LegalQuestion::linked;
    asked.about = partner;
    return asked;
  }
  LegalRequest ask(const LegalWish& asked) {
    auto request = ask_legally(platform(), asked, {});
    EXPECT_TRUE(request.has_value()) << request.error().text();
    return request.has_value() ? request.value() : LegalRequest{};
  }
  std::string answer(const LegalWish& asked) {
    const auto granted = grant_request(platform(), ask(asked).id, {});
    EXPECT_TRUE(granted.has_value()) << granted.error().text();
    return granted.has_value() ? granted.value().answer : "";
  }
  Errc refused(const std::function<void(LegalWish&)>& change) {
    auto asked = wish();
    change(asked);
    const auto request = ask_legally(platform(), asked, {});
    EXPECT_TRUE(request.has_error());
    return request.has_error() ? request.error().code : Errc::io;
  }
};

TEST_P(LegalRequestsTest, AreAnsweredWithTheLeastThatAnswersThem) {
  EXPECT_EQ(answer(wish()), "red");
  EXPECT_EQ(answer(about_link("gojek")), "yes");
  EXPECT_EQ(answer(about_link("grab")), "no");
  auto before = about_link("gojek");
  before.from = before.until = now() - days{2};
  EXPECT_EQ(answer(before), "no") << "the link was granted later";
  ASSERT_TRUE(withdraw_links(platform(), PartnerId{"gojek"}, citizen_).has_value());
  world_->clock.advance(days{1});
  auto later = about_link("gojek");
  EXPECT_EQ(answer(later), "no");
  later.from = now() - days{2};
  EXPECT_EQ(answer(later), "yes") << "it was there in the range";
  auto certificate = wish();
  certificate.question = LegalQuestion::certificate_genuine;
  certificate.citizen.reset();
  certificate.about = std::string(64, 'a');
  EXPECT_EQ(answer(certificate), "no");
}

TEST_P(LegalRequestsTest, OutsideOfTheClosedListAreRefusedAndLeaveNothing) {
  const auto before = world_->log_entries().size();
  EXPECT_EQ(refused([](LegalWish& w) { w.basis = "because"; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](LegalWish& w) { w.authority = ""; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](LegalWish& w) { w.role = "a\nb"; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](LegalWish& w) { w.reference = ""; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](LegalWish& w) { w.citizen.reset(); }), Errc::invalid_argument);
  EXPECT_EQ(refused([](LegalWish& w) { w.about = "everything"; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](LegalWish& w) { w.question = LegalQuestion::visited; }), Errc::invalid_argument);
  EXPECT_EQ(refused([&](LegalWish& w) { w.until = w.from = now() + hours{1}; }), Errc::invalid_argument);
  EXPECT_EQ(refused([](LegalWish& w) { w.from = w.until - days{40}; }), Errc::invalid_argument) << "no bulk view";
  EXPECT_EQ(refused([&](LegalWish& w) { w.told_on = now() + days{30}; }), Errc::invalid_argument) << "without a reason";
  EXPECT_EQ(refused([&](LegalWish& w) {
              w.told_on = now() + days{3'000};
              w.because = "penyidikan";
            }),
            Errc::invalid_argument);
  EXPECT_EQ(refused([](LegalWish& w) { w.citizen = CitizenRef{ByteArray<16>{1}}; }), Errc::not_found);
  EXPECT_EQ(world_->log_entries().size(), before);
  EXPECT_TRUE(list_requests(platform()).value().empty());
}

TEST_P(LegalRequestsTest, TellThePersonAtOnceAndStandInTheLogWithoutThem) {
  const auto asked = ask(wish());
  EXPECT_TRUE(notices().empty()) << "nothing was answered yet";
  const auto granted = grant_request(platform(), asked.id, {});
  ASSERT_TRUE(granted.has_value());
  EXPECT_EQ(granted.value().told_at, now());
  EXPECT_EQ(notices(), std::vector<std::string>{"legal-request"});
  auto names = actions();
  EXPECT_EQ((std::vector<std::string>{names.end() - 3, names.end()}),
            (std::vector<std::string>{"legal.asked", "legal.granted", "legal.told"}));
  const auto again = grant_request(platform(), asked.id, {});
  ASSERT_TRUE(again.has_error());
  EXPECT_EQ(again.error().code, Errc::conflict) << "shown once";
  EXPECT_TRUE(find_request(platform(), asked.id).value().answer.empty());
  EXPECT_EQ(find_request(platform(), asked.id).value().state, LegalState::granted);
}

TEST_P(LegalRequestsTest, TellLaterByThemselvesOnTheDayThatWasGivenWithItsReason) {
  auto asked = wish();
  asked.told_on = now() + days{30};
  asked.because = "penyidikan berjalan";
  const auto request = ask(asked);
  ASSERT_TRUE(grant_request(platform(), request.id, {}).has_value());
  ASSERT_TRUE(tell_due_requests(platform()).has_value());
  EXPECT_TRUE(notices().empty());
  world_->clock.advance(days{30} - seconds{1});
  ASSERT_TRUE(tell_due_requests(platform()).has_value());
  EXPECT_TRUE(notices().empty());
  world_->clock.advance(seconds{1});
  ASSERT_TRUE(tell_due_requests(platform()).has_value());
  EXPECT_EQ(notices().size(), 1U);
  ASSERT_TRUE(tell_due_requests(platform()).has_value());
  ASSERT_TRUE(tell_of_request(platform(), request.id).has_value());
  EXPECT_EQ(notices().size(), 1U) << "once";
}

TEST_P(LegalRequestsTest, ThatAreRefusedAnswerNothingAndTellNobody) {
  const auto request = ask(wish());
  EXPECT_EQ(refuse_request(platform(), request.id, "", {}).error().code, Errc::invalid_argument);
  ASSERT_TRUE(refuse_request(platform(), request.id, "tanpa penetapan", {}).has_value());
  EXPECT_EQ(grant_request(platform(), request.id, {}).error().code, Errc::conflict);
  EXPECT_EQ(tell_of_request(platform(), request.id).error().code, Errc::conflict);
  EXPECT_TRUE(notices().empty());
  EXPECT_EQ(find_request(platform(), request.id).value().reason, "tanpa penetapan");
}

TEST_P(LegalRequestsTest, AreCountedForEverybodyWithSmallNumbersHidden) {
  for (int i = 0; i < 4; ++i) static_cast<void>(answer(wish()));
  auto figures = legal_figures(platform()).value();
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(figures.front().month, "2026-11");
  EXPECT_EQ(figures.front().basis, "criminal-investigation");
  EXPECT_EQ(figures.front().granted, std::nullopt) << "four are not told";
  EXPECT_EQ(figures.front().refused, 0U);
  static_cast<void>(answer(wish()));
  figures = legal_figures(platform()).value();
  EXPECT_EQ(figures.front().granted, 5U);
  EXPECT_EQ(figures.front().told, 5U);
}

TEST_P(LegalRequestsTest, StandInTheDatabaseOnlySealed) {
  const auto request = ask(wish());
  ASSERT_TRUE(grant_request(platform(), request.id, {}).has_value());
  std::size_t rows = 0;
  ASSERT_TRUE(world_->database
                  ->read([&](store::Transaction& transaction) -> Result<void> {
                    TRYV(
                        transaction.run(store::Sql{"SELECT sealed FROM legal_request"}, {}, [&](const store::Row& row) {
                          ++rows;
                          const auto bytes = row.bytes(0);
                          EXPECT_EQ(as_text(bytes).find("Polda"), std::string_view::npos);
                          EXPECT_EQ(as_text(bytes).find(as_text(citizen_.bytes())), std::string_view::npos);
                        }));
                    return ok();
                  })
                  .has_value());
  EXPECT_EQ(rows, 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, LegalRequestsTest,
                         ::testing::Values(store::Engine::sqlite, store::Engine::postgresql), testing::engine_name);

TEST(LegalVisits, AreYesOrNoForOneVenueInARangeAndForgottenDaysAreNotDenied) {
  ContactWorld at;
  const auto person = at.person();
  const VenueId mall{ByteArray<16>{1}};
  const VenueId office{ByteArray<16>{2}};
  const auto noon = at.world.clock.now();
  at.stayed(person.citizen, mall, noon - days{3}, noon - days{3} + hours{2});
  const auto ask = [&](const VenueId& venue, Moment from, Moment until) -> Result<std::string> {
    TRY(request, ask_legally(*at.world.platform,
                             {.authority = "Pengadilan",
                              .role = "Hakim",
                              .basis = "court-order",
                              .reference = "12",
                              .question = LegalQuestion::visited,
                              .citizen = person.citizen,
                              .about = codec::hex(venue.bytes()),
                              .from = from,
                              .until = until,
                              .told_on = {},
                              .because = {}},
                             {}));
    TRY(granted, grant_request(*at.world.platform, request.id, {}));
    return granted.answer;
  };
  EXPECT_EQ(ask(mall, noon - days{4}, noon - days{2}).value(), "yes");
  EXPECT_EQ(ask(mall, noon - days{3} + hours{1}, noon - days{2}).value(), "yes") << "they were still there";
  EXPECT_EQ(ask(mall, noon - days{3} + hours{3}, noon - days{2}).value(), "no");
  EXPECT_EQ(ask(office, noon - days{4}, noon - days{2}).value(), "no");
  ASSERT_TRUE(at.world.ring->destroy_before(store::Ratchet::visit_day, day_of(noon - days{2}).number).has_value());
  const auto forgotten = ask(mall, noon - days{4}, noon - days{2});
  ASSERT_TRUE(forgotten.has_error());
  EXPECT_EQ(forgotten.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace lindung::service
