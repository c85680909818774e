// Incidents: their two clocks, their texts, and what is sent about them.
#include "domain/incident.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "domain/alarm.h"
#include "domain/incident_draft.h"

namespace lindung::domain {
namespace {

using std::chrono::hours;

constexpr Moment noon{seconds{1'795'262'400}};  // 2026-11-21T12:00:00Z

TEST(IncidentClock, CountsDownFromTheMomentOfBecomingAware) {
  const auto first = read_clock(IncidentClock::authorities_24h, noon, {}, noon + hours{1});
  EXPECT_EQ(first.due, noon + hours{24});
  EXPECT_EQ(first.seconds_left, 23 * 3'600);
  EXPECT_FALSE(first.is_late());
  const auto second = read_clock(IncidentClock::persons_72h, noon, {}, noon + hours{73});
  EXPECT_EQ(second.seconds_left, -3'600);
  EXPECT_TRUE(second.is_late());
}

TEST(IncidentClock, StopsWhenItIsMetAndThenSaysWhetherThatWasLate) {
  const auto met = read_clock(IncidentClock::authorities_24h, noon, noon + hours{2}, noon + hours{400});
  EXPECT_EQ(met.seconds_left, 22 * 3'600);
  EXPECT_TRUE(read_clock(IncidentClock::authorities_24h, noon, noon + hours{25}, noon + hours{26}).is_late());
}

TEST(IncidentClock, AMachinesClockThatWasPutBackGivesNoMoreTime) {
  const auto newest_entry = noon + hours{20};
  const auto reading = clock_reading(noon - hours{48}, newest_entry);
  EXPECT_EQ(read_clock(IncidentClock::authorities_24h, noon, {}, reading).seconds_left, 4 * 3'600);
  EXPECT_EQ(clock_reading(noon + hours{21}, newest_entry), noon + hours{21});
}

TEST(IncidentText, HasOneSpelling) {
  EXPECT_EQ(clean_text("  a\t\n b\r\n", 10).value(), "a b");
  EXPECT_EQ(clean_text("a\x01\x7f\xE2\x80\xAE"
                       "b",
                       10)
                .value(),
            "ab")
      << "controls and signs that turn the direction of writing";
  EXPECT_EQ(clean_text("naïf — 你好", 40).value(), "naïf — 你好");
}

TEST(IncidentText, NeverBeginsAFormula) {
  for (const auto* const begin : {"=", "+", "-", "@", " =", "\t=", "==", "\xEF\xBC\x9D", "\xE2\x80\x8B="}) {
    EXPECT_EQ(clean_text(std::string{begin} + "cmd|' /C calc'!A0", 60).value(), "cmd|' /C calc'!A0") << begin;
  }
}

TEST(IncidentText, IsRefusedWhereItIsNoUtf8OrTooLong) {
  EXPECT_EQ(clean_text("\xC3", 10).error().code, Errc::invalid_argument);
  EXPECT_EQ(clean_text("12345678901", 10).error().code, Errc::invalid_argument);
  EXPECT_EQ(clean_text("1234567890", 10).value(), "1234567890");
}

TEST(AlarmSubject, IsWrittenAndReadBack) {
  for (const Subject& subject : {Subject{}, Subject{.kind = SubjectKind::partner, .id = "gojek"},
                                 Subject{.kind = SubjectKind::issuer, .id = "rs-fatmawati"}}) {
    EXPECT_EQ(parse_subject(text_of(subject)).value(), subject);
  }
  for (const auto* const wrong : {"", "partner", "partner:", "citizen:1", "partner:a b"}) {
    EXPECT_EQ(parse_subject(wrong).error().code, Errc::invalid_argument) << wrong;
  }
}

DraftFacts facts_of(std::string_view hostile) {
  const auto text = clean_text(hostile, longest_description).value();
  return {.id = IncidentId{ByteArray<16>{0xAB}},
          .kind = AlarmKind::canary_asked,
          .subject = {.kind = SubjectKind::partner, .id = "gojek"},
          .is_drill = false,
          .state = IncidentState::contained,
          .texts = {.title = text,
                    .description = text,
                    .impact = text,
                    .data = text,
                    .handling = text,
                    .recovery = text,
                    .lesson = {}},
          .account = account_of({.kind = AlarmKind::canary_asked,
                                 .subject = {.kind = SubjectKind::partner, .id = "gojek"},
                                 .at = noon,
                                 .count = 3}),
          .opened_at = noon,
          .aware_at = noon,
          .made_at = noon + hours{1},
          .reporter = {.organisation = "Kemenkes", .name = "Siti", .phone = "021", .email = "siti@example.org"},
          .chronology = {{.at = noon, .log_index = 42, .text = {.id = "Diputus.", .en = "Cut."}}},
          .left_out = 0,
          .persons_found = 12,
          .persons_told = 3,
          .counts_all_persons = true,
          .clocks = {read_clock(IncidentClock::authorities_24h, noon, {}, noon + hours{1})},
          .log_origin = "lindung.example/log",
          .log_size = 100};
}

TEST(IncidentDraft, SaysWhatEachReceiverIsOwed) {
  const auto facts = facts_of("");
  const auto bssn = draft_text(make_draft(DraftForm::bssn, facts));
  for (const auto* const owed : {"Narahubung pelapor", "Uraian insiden", "Kronologi", "Dampak", "Reporter's contact",
                                 "Description of the incident", "Chronology", "Impact", "021", "#42", "partner:gojek",
                                 "Keadaan sekarang: terkendali", "State at present: contained"}) {
    EXPECT_NE(bssn.find(owed), std::string::npos) << owed;
  }
  const auto authority = draft_text(make_draft(DraftForm::authority, facts));
  for (const auto* const owed : {"Data pribadi yang terungkap", "Kapan dan bagaimana", "Upaya penanganan dan pemulihan",
                                 "Personal data that was disclosed", "When and how", "Handling and recovery"}) {
    EXPECT_NE(authority.find(owed), std::string::npos) << owed;
  }
  for (const auto form : {DraftForm::persons, DraftForm::open_to_all}) {
    const auto text = draft_text(make_draft(form, facts));
    EXPECT_EQ(text.find("gojek"), std::string::npos) << "people and the public are told no partner's name";
    EXPECT_NE(text.find("siti@example.org"), std::string::npos);
  }
}

TEST(IncidentDraft, NoLineBeginsAFormulaWhateverWasWritten) {
  std::size_t lines = 0;
  for (const auto* const hostile :
       {"=1+1", "@SUM(A1)", "-2+3", "+cmd", "a\n=HYPERLINK(\"http://x\")", "\"},{\"x\":\"", "</script>"}) {
    const auto facts = facts_of(hostile);
    for (const auto form : {DraftForm::bssn, DraftForm::authority, DraftForm::persons, DraftForm::open_to_all}) {
      const auto draft = make_draft(form, facts);
      const auto text = draft_text(draft);
      for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        const auto first = text.find_first_not_of(' ', at);
        ASSERT_NE(first, std::string::npos);
        EXPECT_EQ(std::string_view{"=+-@\t\r"}.find(text[first]), std::string_view::npos) << text.substr(at, 40);
        ++lines;
      }
      const auto json = codec::parse_json(draft_json(draft, facts));
      ASSERT_TRUE(json.has_value()) << json.error().text();
      EXPECT_EQ(json.value().at("incident").as_string(), "ab000000000000000000000000000000");
    }
  }
  EXPECT_GT(lines, 500U);
}

TEST(IncidentDraft, ANoticeFitsWhateverWasWritten) {
  std::string longest;
  while (longest.size() + 3 <= longest_description) longest += "\xE2\x82\xAC";
  auto facts = facts_of(longest);
  const auto notice = person_notice(facts);
  EXPECT_LE(notice.id.size(), 2'000U);
  EXPECT_LE(notice.en.size(), 2'000U);
  EXPECT_TRUE(codec::is_utf8(notice.id));
  EXPECT_TRUE(codec::is_utf8(notice.en));
}

TEST(IncidentDraft, ADrillSaysSoFirst) {
  auto facts = facts_of("");
  facts.is_drill = true;
  EXPECT_TRUE(draft_text(make_draft(DraftForm::bssn, facts)).starts_with("LATIHAN"));
}

}  // namespace
}  // namespace lindung::domain
