#include "house/floors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "house/tree.h"

namespace lindung::house {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t asio_units_max = 25;
constexpr std::string_view architecture_page = "docs/architecture.md";

constexpr std::string_view small_table =
    "| word | meaning |\n|---|---|\n| 3 | not a floor |\n\n"
    "| floor | component | what it is |\n|---|---|---|\n"
    "| 0 | base | bytes |\n| 1 | codec | structure |\n| 1 | crypto | keys |\n| 2 | cert (planned) | later |\n"
    "| 3 | server, cli | top |\n";

std::vector<Component> floors() { return read_floors(project().at(std::string{architecture_page})); }

TEST(Floors, AreReadFromTheTableOfThePage) {
  const auto read = read_floors(small_table);
  ASSERT_EQ(read.size(), 6U);
  EXPECT_EQ(read[2].name, "crypto");
  EXPECT_EQ(read[2].floor, 1U);
  EXPECT_FALSE(read[2].is_planned);
  EXPECT_EQ(read[3].name, "cert");
  EXPECT_TRUE(read[3].is_planned);
  EXPECT_EQ(read[5].name, "cli");
  EXPECT_EQ(read[5].floor, 3U);
  EXPECT_GE(floors().size(), 13U);
}

TEST(Floors, NoIncludeClimbs) { EXPECT_THAT(climbing_includes(project(), floors()), IsEmpty()); }

TEST(Floors, AnIncludeThatClimbsOrStaysOnTheFloorIsFound) {
  const Tree tree{
      {"src/base/bytes.h", ""},
      {"src/base/bad.h", "#pragma once\n#include \"codec/cbor.h\"\n"},
      {"src/codec/cbor.h", "#include <vector>\n#include \"base/bytes.h\"\n#include \"codec/json.h\"\n"},
      {"src/codec/json.h", " #  include \"../crypto/digest.h\" // a detour\n"},
      {"src/crypto/digest.h", ""},
  };
  EXPECT_THAT(climbing_includes(tree, read_floors(small_table)),
              ElementsAre("src/base/bad.h (floor 0) includes src/codec/cbor.h (floor 1)",
                          "src/codec/json.h (floor 1) includes src/crypto/digest.h (floor 1)"));
}

TEST(Floors, EveryFileOfTheSourceBelongsToOne) { EXPECT_THAT(files_without_floor(project(), floors()), IsEmpty()); }

TEST(Floors, AFileOutsideOfThemIsFound) {
  const Tree tree{{"src/CMakeLists.txt", ""}, {"src/base/bytes.h", ""}, {"src/util/all.h", ""}, {"src/main.cpp", ""}};
  EXPECT_THAT(files_without_floor(tree, read_floors(small_table)),
              ElementsAre("src/main.cpp belongs to no floor", "src/util/all.h belongs to no floor"));
}

TEST(Floors, EveryComponentOfTheTableIsThereUnlessPlanned) {
  EXPECT_THAT(components_without_folder(project(), floors()), IsEmpty());
}

TEST(Floors, AMissingComponentAndAPlannedOneThatIsThereAreFound) {
  const Tree tree{{"src/base/bytes.h", ""},
                  {"src/cert/cose.h", ""},
                  {"src/cli/main.cpp", ""},
                  {"src/codec/cbor.h", ""},
                  {"src/crypto/digest.h", ""}};
  EXPECT_THAT(components_without_folder(tree, read_floors(small_table)),
              ElementsAre("src/cert/ is there but marked as planned", "src/server/ is not there"));
}

TEST(Floors, EveryComponentSaysInAReadmeWhatItPromises) {
  EXPECT_THAT(components_without_readme(project(), floors()), IsEmpty());
}

TEST(Floors, AComponentWithoutReadmeIsFound) {
  const Tree tree{{"src/base/README.md", ""}, {"src/codec/cbor.h", ""}};
  EXPECT_THAT(components_without_readme(tree, read_floors("| floor | component |\n|---|---|\n| 0 | base |\n"
                                                          "| 1 | codec |\n| 2 | cert (planned) |\n")),
              ElementsAre("src/codec/README.md is missing"));
}

TEST(Travel, TakesOfTheMainServiceWhatKnowsNothingOfCheckIns) {
  const std::vector<std::string> allowed{"src/service/gate.h", "src/service/log_publisher.h",
                                         "src/service/logged_unit.h"};
  EXPECT_THAT(includes_beyond(project(), "travel", "service", allowed), IsEmpty());
  EXPECT_THAT(includes_beyond(project(), "service", "travel", {}), IsEmpty());
  EXPECT_THAT(includes_beyond(project(), "gateway", "travel", {}), IsEmpty());
}

TEST(Travel, AnIncludeBeyondThatIsFoundThroughAHeaderToo) {
  const Tree tree{
      {"src/service/logged_unit.h", "#include \"service/partners.h\"\n"},
      {"src/service/partners.h", ""},
      {"src/service/visits.h", ""},
      {"src/store/rows.h", ""},
      {"src/travel/cards.h", "#include \"store/rows.h\"\n#include \"service/visits.h\"\n"},
      {"src/travel/cards.cpp", "#include \"travel/cards.h\"\n#include \"service/logged_unit.h\"\n"},
  };
  EXPECT_THAT(includes_beyond(tree, "travel", "service", {"src/service/logged_unit.h"}),
              ElementsAre("src/service/logged_unit.h includes src/service/partners.h",
                          "src/travel/cards.h includes src/service/visits.h"));
}

// Whoever runs a witness has to believe little of this project: of the store the durable files alone.
TEST(Witness, IncludesNothingOfHealthPartnersOrPeople) {
  constexpr std::array allowed{"base/", "codec/", "crypto/", "http/", "log/", "witness/", "store/durable_file.h"};
  std::size_t seen = 0;
  for (const auto& [path, content] : project()) {
    if (!path.starts_with("src/witness/")) continue;
    for (const auto& name : includes_of(content)) {
      if (resolve(project(), path, name).empty()) continue;  // not ours
      ++seen;
      EXPECT_TRUE(std::ranges::any_of(allowed, [&](std::string_view each) { return name.starts_with(each); }))
          << path << " includes " << name;
    }
  }
  EXPECT_GT(seen, 20U);
}

TEST(AsioUnits, AreAtMostTwentyFive) {
  const auto units = units_with_asio(project());
  EXPECT_GT(units.size(), 0U) << "none found: the check does not see how Asio is included";
  EXPECT_LE(units.size(), asio_units_max) << testing::PrintToString(units);
}

TEST(AsioUnits, AreFoundThroughHeadersOfOurOwnToo) {
  const Tree tree{
      {"src/http/transport.h", "#include <boost/asio/ip/tcp.hpp>\n"},
      {"src/http/connection.h", "#include \"http/transport.h\"\n#include \"http/loop.h\"\n"},
      {"src/http/loop.h", "#include \"http/connection.h\"\n"},
      {"src/http/connection.cpp", "#include \"http/connection.h\"\n"},
      {"src/http/message.cpp", "#include \"http/message.h\"\n#include <boost/json.hpp>\n"},
      {"src/http/message.h", ""},
      {"tests/http/client.h", "#include <boost/beast/http.hpp>\n"},
      {"tests/http/client_test.cpp", "#include \"client.h\"\n"},
      {"bench/http_bench.cpp", "#include \"http/loop.h\"\n"},
      {"docs/example.cpp", "#include <boost/asio.hpp>\n"},
  };
  EXPECT_THAT(units_with_asio(tree),
              ElementsAre("bench/http_bench.cpp", "src/http/connection.cpp", "tests/http/client_test.cpp"));
}

}  // namespace
}  // namespace lindung::house
