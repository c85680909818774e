// Machine-readable zones: the standard's own examples, every alteration that a check digit can tell, and the words for
// what is refused.
#include "domain/mrz.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "domain/border_desk.h"
#include "domain/holder_match.h"
#include "domain/import.h"
#include "domain/mrz_names.h"
#include "domain/nik.h"

namespace lindung::domain {
namespace {

using namespace std::chrono_literals;

const Moment in_2011 = lindung::moment_of(1'300'000'000);  // 2011-03-13, while the examples count
const Moment in_2026 = lindung::moment_of(1'795'262'400);  // 2026-11-21

// ICAO Doc 9303, eighth edition: part 4 appendix B, part 5 appendix B, part 6 appendix B, part 7 appendices.
constexpr std::string_view td3 =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10\n";
constexpr std::string_view td1 =
    "I<UTOD231458907<<<<<<<<<<<<<<<\n"
    "7408122F1204159UTO<<<<<<<<<<<6\n"
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<\n";
constexpr std::string_view td2 =
    "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
    "D231458907UTO7408122F1204159<<<<<<<6\n";
constexpr std::string_view mrv_a =
    "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
    "L8988901C4XXX4009078F96121096ZE184226B<<<<<<\n";
constexpr std::string_view mrv_b =
    "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
    "L8988901C4XXX4009078F9612109<<<<<<<<\n";
constexpr std::string_view long_td1 =
    "I<UTOD23145890<7349<<<<<<<<<<<\n"
    "3407127M9507122UTO<<<<<<<<<<<2\n"
    "STEVENSON<<PETER<JOHN<<<<<<<<<\n";

constexpr std::array examples{td3, td1, td2, mrv_a, mrv_b, long_td1};

std::string refusal(std::string_view text, Moment at = in_2011) {
  const auto zone = read_zone(text, at);
  return zone ? "read" : std::string{name_of(zone.error().reason)};
}

// The example with one field's characters changed, and every check digit made anew that covers it.
std::string td3_with(std::size_t column, std::string_view field, bool repair = true) {
  std::string line{td3.substr(45, 44)};
  line.replace(column - 1, field.size(), field);
  if (repair) {
    const std::string_view view{line};
    line[9] = check_digit(view.substr(0, 9));
    line[19] = check_digit(view.substr(13, 6));
    line[27] = check_digit(view.substr(21, 6));
    line[42] = check_digit(view.substr(28, 14));
    line[43] = check_digit(line.substr(0, 10) + line.substr(13, 7) + line.substr(21, 22));
  }
  return std::string{td3.substr(0, 45)} + line + "\n";
}

TEST(Zones, TheStandardsPassportIsRead) {
  const auto zone = read_zone(td3, in_2011);
  ASSERT_TRUE(zone) << name_of(zone.error().reason);
  EXPECT_EQ(zone.value().form, ZoneForm::td3);
  EXPECT_EQ(zone.value().document_code, "P");
  EXPECT_EQ(zone.value().state, "UTO");
  EXPECT_EQ(zone.value().number, "L898902C3");
  EXPECT_EQ(zone.value().nationality, "UTO");
  EXPECT_EQ(zone.value().birth, (PartialDate{.year = 1974, .month = 8, .day = 12}));
  EXPECT_EQ(zone.value().sex, Sex::female);
  EXPECT_EQ(zone.value().expiry, 2012y / 4 / 15);
  EXPECT_EQ(zone.value().name.family, "ERIKSSON");
  EXPECT_EQ(zone.value().name.given, "ANNA<MARIA");
  EXPECT_FALSE(zone.value().names_fill_field);
  EXPECT_EQ(zone.value().optional_data, "ZE184226B");
  EXPECT_EQ(joined_names(zone.value()), "ERIKSSON<<ANNA<MARIA");
}

TEST(Zones, TheStandardsCardsAndVisasAreRead) {
  const auto card = read_zone(td1, in_2011);
  ASSERT_TRUE(card) << name_of(card.error().reason);
  EXPECT_EQ(card.value().form, ZoneForm::td1);
  EXPECT_EQ(card.value().number, "D23145890");
  EXPECT_EQ(card.value().expiry, 2012y / 4 / 15);
  const auto two = read_zone(td2, in_2011);
  ASSERT_TRUE(two) << name_of(two.error().reason);
  EXPECT_EQ(two.value().form, ZoneForm::td2);
  EXPECT_EQ(two.value().number, "D23145890");
  for (const auto visa : {mrv_a, mrv_b}) {
    const auto read = read_zone(visa, in_2011);
    ASSERT_TRUE(read) << name_of(read.error().reason);
    EXPECT_EQ(read.value().number, "L8988901C");
    EXPECT_EQ(read.value().nationality, "XXX");
    EXPECT_EQ(read.value().birth, (PartialDate{.year = 1940, .month = 9, .day = 7}));
    EXPECT_EQ(read.value().expiry, 1996y / 12 / 10);
  }
  EXPECT_EQ(read_zone(mrv_a, in_2011).value().form, ZoneForm::mrv_a);
  EXPECT_EQ(read_zone(mrv_b, in_2011).value().form, ZoneForm::mrv_b);
}

TEST(Zones, ANumberOfMoreThanNineCharactersGoesOnInTheOptionalData) {
  const auto zone = read_zone(long_td1, in_2011);
  ASSERT_TRUE(zone) << name_of(zone.error().reason);
  EXPECT_EQ(zone.value().number, "D23145890734");
  EXPECT_EQ(zone.value().optional_data, "");
  EXPECT_EQ(zone.value().sex, Sex::male);
  auto altered = std::string{long_td1};
  altered[16] = '4';  // inside the long number
  EXPECT_EQ(refusal(altered), "number-check");
}

TEST(Zones, SpacesLowerCaseAndMissingLineEndsAreForgiven) {
  std::string typed = "  ";
  for (const char c : td3) {
    typed += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (c == '<' && typed.size() % 7 == 0) typed += ' ';
  }
  EXPECT_EQ(read_zone(typed, in_2011).value().number, "L898902C3");
  for (const auto example : examples) {
    std::string one_line{example};
    std::erase(one_line, '\n');
    EXPECT_EQ(refusal(one_line), "read") << example;
    std::string windows{example};
    windows.replace(windows.find('\n'), 1, "\r\n");
    EXPECT_EQ(refusal(windows), "read") << example;
  }
}

// Weights 7, 3 and 1 have no factor in common with 10: what changes a value modulo 10 changes the digit. 0, A, K, U and
// the filler are alike to it, as are 1, B, L, V and so on: those exchanges no check digit finds.
TEST(Zones, EverySubstitutionThatAWeightCanTellIsFound) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<";
  struct Part {
    std::string_view zone;
    std::size_t line, first, last;  // that check digits cover, they themselves too
  };
  const auto parts = std::to_array<Part>({{td3, 2, 1, 10},
                                          {td3, 2, 14, 20},
                                          {td3, 2, 22, 44},
                                          {td1, 1, 6, 30},
                                          {td1, 2, 1, 7},
                                          {td1, 2, 9, 15},
                                          {td1, 2, 19, 30},
                                          {td2, 2, 1, 10},
                                          {td2, 2, 14, 20},
                                          {td2, 2, 22, 36},
                                          {mrv_a, 2, 1, 10},
                                          {mrv_a, 2, 14, 20},
                                          {mrv_a, 2, 22, 28},
                                          {mrv_b, 2, 1, 10},
                                          {mrv_b, 2, 14, 20},
                                          {long_td1, 1, 6, 30}});
  std::size_t tried = 0;
  std::size_t alike = 0;
  for (const auto& part : parts) {
    const std::size_t width = part.zone.find('\n') + 1;
    for (auto column = part.first; column <= part.last; ++column) {
      const auto at = ((part.line - 1) * width) + column - 1;
      for (const char c : alphabet) {
        std::string altered{part.zone};
        if (altered[at] == c) continue;
        const bool is_told = check_digit(std::string(1, altered[at])) != check_digit(std::string(1, c));
        altered[at] = c;
        if (is_told) {
          ASSERT_NE(refusal(altered), "read") << altered;
          ++tried;
        } else {
          ++alike;
        }
      }
    }
  }
  EXPECT_GT(tried, 5000U);
  EXPECT_GT(alike, 500U);
}

TEST(Zones, AnAlteredFieldIsNamedByItsOwnCheckDigit) {
  EXPECT_EQ(refusal(td3_with(1, "M", false)), "number-check");
  EXPECT_EQ(refusal(td3_with(10, "7", false)), "number-check");
  EXPECT_EQ(refusal(td3_with(14, "84", false)), "birth-check");
  EXPECT_EQ(refusal(td3_with(22, "22", false)), "expiry-check");
  EXPECT_EQ(refusal(td3_with(29, "A", false)), "optional-check");
  EXPECT_EQ(refusal(td3_with(44, "1", false)), "composite-check");
  auto card = std::string{td1};
  card[20] = '7';  // optional data that the composite alone covers
  EXPECT_EQ(refusal(card), "composite-check");
}

TEST(Zones, TwoCharactersThatChangedPlacesAreFoundWhereTheirValuesAllowIt) {
  // Neighbours' weights differ by 4, 2 or 6: values that differ by 5 are not told apart where the difference is even.
  std::string line{td3.substr(45, 44)};
  std::size_t found = 0;
  for (std::size_t i = 0; i + 1 < 9; ++i) {
    auto altered = line;
    std::swap(altered[i], altered[i + 1]);
    if (check_digit(altered.substr(0, 9)) == check_digit(line.substr(0, 9))) continue;
    EXPECT_EQ(refusal(std::string{td3.substr(0, 45)} + altered), "number-check");
    ++found;
  }
  EXPECT_GE(found, 6U);
}

TEST(Zones, PartsOfABirthDateMayBeUnknown) {
  const auto born = [](std::string_view field) { return read_zone(td3_with(14, field), in_2011).value().birth; };
  EXPECT_EQ(born("7408<<"), (PartialDate{.year = 1974, .month = 8, .day = 0}));
  EXPECT_EQ(born("74<<<<"), (PartialDate{.year = 1974, .month = 0, .day = 0}));
  EXPECT_EQ(born("<<<<<<"), std::nullopt);
  EXPECT_EQ(refusal(td3_with(14, "7<<<<<")), "birth-date");
  EXPECT_EQ(refusal(td3_with(14, "741312")), "birth-date");
  EXPECT_EQ(refusal(td3_with(14, "740230")), "birth-date");
  EXPECT_EQ(refusal(td3_with(14, "010229")), "birth-date");  // neither 2001 nor 1901 had that day
  EXPECT_EQ(refusal(td3_with(22, "1204<<")), "expiry-date");
  EXPECT_EQ(refusal(td3_with(22, "120431")), "expiry-date");
}

TEST(Zones, TwoDigitsOfAYearMeanWhatTheDayOfReadingAllows) {
  const auto year_of_birth = [](std::string_view field, Moment at) {
    return read_zone(td3_with(14, field), at).value().birth->year;
  };
  EXPECT_EQ(year_of_birth("110313", in_2011), 2011);  // born on the very day
  EXPECT_EQ(year_of_birth("110314", in_2011), 1911);  // the day after: a hundred years ago
  EXPECT_EQ(year_of_birth("110314", in_2026), 2011);
  EXPECT_EQ(year_of_birth("261121", in_2026), 2026);
  EXPECT_EQ(year_of_birth("261122", in_2026), 1926);
  const auto year_of_expiry = [](std::string_view field, Moment at) {
    return static_cast<int>(read_zone(td3_with(22, field), at).value().expiry.year());
  };
  EXPECT_EQ(year_of_expiry("610101", in_2011), 2061);
  EXPECT_EQ(year_of_expiry("620101", in_2011), 1962);
  EXPECT_EQ(year_of_expiry("760101", in_2026), 2076);
}

TEST(Zones, ADocumentCountsUntilTheEndOfItsLastDay) {
  const auto zone = read_zone(td3, in_2011).value();
  const Moment last_second{std::chrono::sys_days{2012y / 4 / 16} - 1s};
  EXPECT_FALSE(has_ended(zone, last_second));
  EXPECT_TRUE(has_ended(zone, last_second + 1s));
}

TEST(Zones, AnEmptyPersonalNumberMayHaveAFillerForItsCheckDigit) {
  auto text = td3_with(29, "<<<<<<<<<<<<<<");
  EXPECT_EQ(text[45 + 42], '0');
  EXPECT_EQ(refusal(text), "read");
  text[45 + 42] = '<';
  EXPECT_EQ(refusal(text), "read");
}

TEST(Zones, WhatIsNoZoneSaysWhatIsWrongWithIt) {
  EXPECT_EQ(refusal(""), "empty");
  EXPECT_EQ(refusal(" \n\r\n "), "empty");
  EXPECT_EQ(refusal(std::string(257, '<')), "too-long");
  EXPECT_EQ(refusal("P<UTO\xc3\x89RIKSSON"), "characters");
  EXPECT_EQ(refusal("P<UTOERIKSSON"), "lines");
  EXPECT_EQ(refusal(td3.substr(0, 88)), "lines");
  const auto with = [](std::string_view zone, std::size_t at, char c) {
    std::string out{zone};
    out[at] = c;
    return refusal(out);
  };
  EXPECT_EQ(with(td3, 0, 'Q'), "document-code");
  EXPECT_EQ(with(td1, 0, 'V'), "document-code");
  EXPECT_EQ(with(td3, 2, '1'), "state");
  EXPECT_EQ(with(td3, 3, '<'), "state");
  EXPECT_EQ(with(td3, 45 + 10, '<'), "nationality");
  EXPECT_EQ(with(td3, 45 + 20, 'X'), "sex");
  EXPECT_EQ(with(td3, 5, '<'), "names");
  EXPECT_EQ(with(td3, 7, '1'), "names");
  EXPECT_EQ(with(td3, 30, 'A'), "names");  // a third name behind two fillers
  EXPECT_EQ(refusal(td3_with(1, "L89<902C3")), "number");
}

TEST(Zones, AFaultSaysWhereAndNothingOfWhatStandsThere) {
  const auto zone = read_zone(td3_with(14, "84", false), in_2011);
  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().line, 2U);
  EXPECT_EQ(zone.error().column, 14U);
  const auto characters = read_zone("P<UTO!", in_2011);
  ASSERT_FALSE(characters);
  EXPECT_EQ(characters.error().column, 6U);
}

TEST(Zones, EveryReasonHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (unsigned i = 0; i <= static_cast<unsigned>(ZoneReason::names); ++i) {
    names.insert(name_of(static_cast<ZoneReason>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ZoneReason::names) + 1);
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(Zones, EveryReasonIsExplainedOnThePageForOfficers) {
  std::ifstream file{std::string{LINDUNG_SOURCE_DIR} + "/docs/border.md"};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  ASSERT_GT(page.size(), 1000U);
  for (unsigned i = 0; i <= static_cast<unsigned>(ZoneReason::names); ++i) {
    const auto name = name_of(static_cast<ZoneReason>(i));
    EXPECT_NE(page.find("`" + std::string{name} + "`"), std::string::npos) << name;
  }
  for (unsigned i = 0; i < desk_findings; ++i) {
    const auto name = name_of(static_cast<DeskFinding>(i));
    EXPECT_NE(page.find("`" + std::string{name} + "`"), std::string::npos) << name;
  }
}

// Made-up documents of every form: what is written under the standard's rules is read as it was written.
TEST(Zones, WhatIsWrittenByTheRulesIsReadAgain) {
  std::mt19937 random{9303};
  const auto pick = [&](std::string_view of, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += of[random() % of.size()];
    return out;
  };
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view both = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const auto filled = [](std::string text, std::size_t width) { return text + std::string(width - text.size(), '<'); };
  for (int round = 0; round < 300; ++round) {
    const auto number = pick(both, 10 + (random() % 12));
    const auto family = pick(letters, 1 + (random() % 10));
    const auto given = pick(letters, 1 + (random() % 10));
    const auto tail = number.substr(9) + check_digit(number);
    const std::string first = filled("I<UTO" + number.substr(0, 9) + "<" + tail, 30);
    const std::string birth = "900117" + std::string(1, check_digit("900117"));
    const std::string expiry = "300117" + std::string(1, check_digit("300117"));
    std::string second = birth + "M" + expiry + "D<<" + std::string(11, '<');
    second += check_digit(first.substr(5) + birth + expiry + std::string(11, '<'));
    const auto zone = read_zone(first + "\n" + second + "\n" + filled(family + "<<" + given, 30), in_2026);
    ASSERT_TRUE(zone) << name_of(zone.error().reason) << " " << number;
    ASSERT_EQ(zone.value().number, number);
    ASSERT_EQ(zone.value().nationality, "D");
    ASSERT_EQ(joined_names(zone.value()), family + "<<" + given);
  }
}

TEST(ZoneNames, AreTransliteratedAndTakenApartByFillers) {
  EXPECT_EQ(zone_names("Eriksson", "Anna Maria"), "ERIKSSON<<ANNA<MARIA");
  EXPECT_EQ(zone_names("Müller-Lüdenscheidt", "Jürgen"), "MUELLER<LUEDENSCHEIDT<<JUERGEN");
  EXPECT_EQ(zone_names("D'Artagnan", ""), "DARTAGNAN");
  EXPECT_EQ(zone_names("Suharto", ""), "SUHARTO");
  EXPECT_EQ(zone_names("Αθηνά", "x"), "");
}

// Part 4 section 4.2.3.1: what does not fit is cut so that the last place holds a letter.
TEST(ZoneNames, ThatDoNotFitEndInALetterAndKeepSomethingOfBoth) {
  const auto thai = zone_names("Nilavadhanananda", "Chayapa Dejthamrong Krasuang");
  EXPECT_EQ(thai, "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K");
  const auto primary = zone_names("Bennelong Wooloomooloo Warrandyte Warnambool", "Dingo Potoroo");
  EXPECT_EQ(primary, "BENNELONG<WOOLOOMOOLOO<WARRANDYTE<W<<DI");
  std::mt19937 random{4};
  std::size_t cut = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto words = [&](std::size_t most) {
      std::string out;
      for (std::size_t i = 0, count = 1 + (random() % most); i < count; ++i) {
        out += std::string(1 + (random() % 14), static_cast<char>('A' + (random() % 26))) + " ";
      }
      return out;
    };
    const auto name = zone_names(words(5), words(5), 30);
    ASSERT_LE(name.size(), 30U);
    ASSERT_TRUE(name.back() >= 'A' && name.back() <= 'Z') << name;
    ASSERT_NE(name.find("<<"), std::string::npos) << name;
    ASSERT_EQ(name.find("<<<"), std::string::npos) << name;
    cut += name.size() == 30 ? 1 : 0;
  }
  EXPECT_GT(cut, 500U);
}

TEST(ZoneNames, OfAShorterFieldAreOnePersonsStill) {
  const auto card = zone_names("Nilavadhanananda", "Chayapa Dejthamrong Krasuang", 39);
  EXPECT_TRUE(is_same_name("Chayapa Dejthamrong Krasuang Nilavadhanananda",
                           {.family = "NILAVADHANANANDA", .given = "CHAYAPA<DEJTHAMRONG<K"}));
  EXPECT_FALSE(is_same_name("Anna Maria Eriksson", {.family = "NILAVADHANANANDA", .given = "CHAYAPA"}));
  EXPECT_EQ(card.size(), 39U);
}

}  // namespace
}  // namespace lindung::domain
