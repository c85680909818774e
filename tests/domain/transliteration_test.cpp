#include "domain/transliteration.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace lindung::domain {
namespace {

struct Sample {
  std::string_view name;
  std::string_view expected;
};

TEST(Transliteration, WritesLatinLettersWithMarksAsTableADoes) {
  constexpr Sample samples[]{{"Sjöberg-Nuñez", "SJOEBERG<NUNEZ"},  // NOLINT(*-c-arrays): a table
                             {"Åse Østergård", "AASE<OESTERGAARD"},
                             {"Þór Müller-Weiß", "THOR<MUELLER<WEISS"},
                             {"ĳsbrand Œuvre", "IJSBRAND<OEUVRE"},
                             {"Łukasz Żółć", "LUKASZ<ZOLC"},
                             {"İbrahim Işık Ğ", "IBRAHIM<ISIK<G"},
                             {"Nguyễn Thị Ơn", "NGUYEN<THI<ON"},
                             {"Ștefan Ț", "STEFAN<T"},
                             {"Aṣ", "A"}};
  for (const auto& sample : samples) EXPECT_EQ(icao_transliterated(sample.name), sample.expected) << sample.name;
}

TEST(Transliteration, WritesCyrillicAsTableBDoes) {
  EXPECT_EQ(icao_transliterated("Щербаков Юрий"), "SHCHERBAKOV<IURII");
  EXPECT_EQ(icao_transliterated("Ћирић Џејмс Љубица"), "CIRIC<DZEJMS<LJUBITSA");
  EXPECT_EQ(icao_transliterated("ёж объезд"), "EZH<OBIEEZD");
}

TEST(Transliteration, WritesArabicAsTableCDoes) {
  EXPECT_EQ(icao_transliterated("هشام"), "HXSHAM");
  EXPECT_EQ(icao_transliterated("محمّد"), "MXHMMD");  // a letter under a shadda is doubled
  EXPECT_EQ(icao_transliterated("فاطمة بي"), "FAXTTMXAH<BY");
}

TEST(Transliteration, PutsOneFillerBetweenPartsAndNoneAtTheEnds) {
  EXPECT_EQ(icao_transliterated("  D'Artois,  Anna--Maria 3rd. "), "DARTOIS<ANNA<MARIA<RD");
  EXPECT_EQ(icao_transliterated("SITI<<AYU<"), "SITI<AYU");
  EXPECT_EQ(icao_transliterated(""), "");
}

TEST(Transliteration, ReadsLettersWhoseMarksStandBehindThem) {
  EXPECT_EQ(icao_transliterated("Mu\xCC\x88ller"), "MUELLER");
  EXPECT_EQ(icao_transliterated("e\xCC\x81ve"), "EVE");
}

TEST(Transliteration, HasTheSecondChoiceForLettersThatHaveOne) {
  EXPECT_EQ(icao_transliterated_short("Sjöberg Åse Müller Ægir"), "SJOBERG<ASE<MULLER<AEGIR");
}

TEST(Transliteration, LeavesOutWhatIsNoUtf8) { EXPECT_EQ(icao_transliterated("A\xFF\xC3(B\xE2\x82"), "AB"); }

}  // namespace
}  // namespace lindung::domain
