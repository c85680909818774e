#include "domain/holder_match.h"

#include <gtest/gtest.h>

#include <optional>

#include "domain/import.h"

namespace lindung::domain {
namespace {

TEST(HolderMatch, TakesTheSamePartsInAnyOrder) {
  EXPECT_TRUE(is_same_name("Budi Santoso", {.family = "SANTOSO", .given = "BUDI"}));
  EXPECT_TRUE(is_same_name("Santoso Budi", {.family = "SANTOSO", .given = "BUDI"}));
  EXPECT_TRUE(is_same_name("Siti Nur Aisyah", {.family = "AISYAH", .given = "SITI<NUR"}));
  EXPECT_TRUE(is_same_name("Eddie Murphy", {.family = "", .given = "EDDIE<MURPHY"}));
  EXPECT_FALSE(is_same_name("Budi Santoso", {.family = "SANTOSO", .given = "BUDHI"}));
  EXPECT_FALSE(is_same_name("Budi Budi", {.family = "SANTOSO", .given = "BUDI"}));
}

TEST(HolderMatch, TakesUmlautsInEitherTransliteration) {
  EXPECT_TRUE(is_same_name("Jörg Müller", {.family = "MUELLER", .given = "JOERG"}));
  EXPECT_TRUE(is_same_name("Jörg Müller", {.family = "MULLER", .given = "JORG"}));
  EXPECT_FALSE(is_same_name("Jörg Müller", {.family = "MILLER", .given = "JOERG"}));
}

TEST(HolderMatch, TakesPartsWithHyphensOrWrittenTogether) {
  EXPECT_TRUE(is_same_name("Anna-Maria Suryadi", {.family = "SURYADI", .given = "ANNA<MARIA"}));
  EXPECT_TRUE(is_same_name("Anna Maria Suryadi", {.family = "SURYADI", .given = "ANNAMARIA"}));
  EXPECT_TRUE(is_same_name("D'Artois Anne", {.family = "DARTOIS", .given = "ANNE"}));
}

TEST(HolderMatch, LetsPartsInTheMiddleBeMissingAndNoOthers) {
  EXPECT_TRUE(is_same_name("Budi Agung Santoso", {.family = "SANTOSO", .given = "BUDI"}));
  EXPECT_TRUE(is_same_name("Budi Santoso", {.family = "SANTOSO", .given = "BUDI<AGUNG"}));
  EXPECT_FALSE(is_same_name("Budi Agung Santoso", {.family = "SANTOSO", .given = "AGUNG"}));
  EXPECT_FALSE(is_same_name("Budi Agung Santoso", {.family = "AGUNG", .given = "BUDI"}));
  EXPECT_FALSE(is_same_name("Agung Santoso", {.family = "SANTOSO", .given = "BUDI<AGUNG"}));
}

TEST(HolderMatch, TakesASingleNameAsThatNameAlone) {
  EXPECT_TRUE(is_same_name("Suharti", {.family = "SUHARTI", .given = ""}));
  EXPECT_TRUE(is_same_name("Suharti", {.family = "SUHARTI", .given = "SUHARTI"}));
  EXPECT_FALSE(is_same_name("Suharti", {.family = "SUHARTI", .given = "DEWI"}));
  EXPECT_FALSE(is_same_name("Dewi Suharti", {.family = "SUHARTI", .given = ""}));
  EXPECT_FALSE(is_same_name("", {.family = "", .given = ""}));
}

TEST(HolderMatch, TakesANameThatWasCutOffAtTheWidthOfItsDocument) {
  // 39 letters with the fillers between the names.
  EXPECT_TRUE(is_same_name("Bambang Tri Hartono Kusumawardhana Nasution",
                           {.family = "KUSUMAWARDHANA", .given = "BAMBANG<TRI<HARTONO<NAS"}));
  EXPECT_TRUE(is_same_name("Nilavadhanananda Chayapa Dejthamrong Krasuang",
                           {.family = "NILAVADHANANANDA", .given = "CHAYAPA<DEJTHAMRONG<K"}));
  EXPECT_FALSE(is_same_name("Bambang Tri Hartono Kusumawardhana Nasution",
                            {.family = "KUSUMAWARDHANA", .given = "BAMBANG<TRI<HARTONO<NAT"}));
  // A short name was not cut off.
  EXPECT_FALSE(is_same_name("Budi Santoso", {.family = "SANTOSO", .given = "BU"}));
}

TEST(HolderMatch, ComparesBirthDatesByWhatBothSay) {
  const PartialDate full{.year = 1964, .month = 8, .day = 12};
  EXPECT_EQ(match_birth(full, full), BirthMatch::same);
  EXPECT_EQ(match_birth(full, PartialDate{.year = 1964, .month = 8}), BirthMatch::partly);
  EXPECT_EQ(match_birth(PartialDate{.year = 1964}, full), BirthMatch::partly);
  EXPECT_EQ(match_birth(full, PartialDate{.year = 1964, .month = 9}), BirthMatch::differs);
  EXPECT_EQ(match_birth(full, PartialDate{.year = 1963}), BirthMatch::differs);
  EXPECT_EQ(match_birth(full, PartialDate{.year = 1964, .month = 8, .day = 13}), BirthMatch::differs);
  EXPECT_EQ(match_birth(full, std::nullopt), BirthMatch::differs);
  EXPECT_EQ(match_birth(std::nullopt, full), BirthMatch::differs);
}

}  // namespace
}  // namespace lindung::domain
