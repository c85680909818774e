#include "house/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "house/tree.h"

namespace lindung::house {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ThreatModel, EveryRowNamesATestThatExists) {
  const auto& page = project().at("docs/threat-model.md");
  EXPECT_GE(table_rows(page, "attacker").size(), 5U);
  EXPECT_THAT(threats_without_test(project(), page), IsEmpty());
}

TEST(ThreatModel, ARowWithoutATestIsFound) {
  const Tree tree{{"tests/log/verifier_test.cpp", "TEST(Verifier, FindsIt) {}"}, {"tests/gateway/door_test.cpp", ""}};
  const std::string page =
      "| attacker | attempt | countermeasure | test |\n|---|---|---|---|\n"
      "| thief | steal | seal | `tests/log/verifier_test.cpp` `FindsIt`, `tests/gateway/door_test.cpp` |\n"
      "| thief | lie | sign | `tests/gone_test.cpp` |\n"
      "| thief | hide | look | later |\n"
      "| thief | half a row |\n"
      "| thief | read the source | none | `script/test` |\n"
      "| thief | boast | none | `tests/log/verifier_test.cpp` `Finds` |\n"
      "\n| planned | not in the table |\n|---|---|\n| x | y |\n";
  EXPECT_THAT(threats_without_test(tree, page),
              ElementsAre("lie: tests/gone_test.cpp does not exist", "hide: no test is named",
                          "half a row: the row does not have its four cells",
                          "read the source: there is no test script/test", "boast: there is no test Finds"));
}

TEST(Pages, LinksLeadSomewhere) { EXPECT_THAT(dead_links(project()), IsEmpty()); }

TEST(Pages, ALinkThatLeadsNowhereIsFound) {
  const std::string adr = std::string{"docs/"} + "adr/";
  const Tree tree{
      {"README.md", "[one](docs/one.md#part) [two](docs/two.md) [web](https://example.org/x) [here](#part)"},
      {"docs/one.md", "[up](../README.md) [folder](adr/) [gone](adr/gone.md)"},
      {adr + "0001-first.md", ""},
      {"src/base/bytes.h", "// why: " + adr + "0001-first.md\n// and " + adr + "0002-second.md\n"},
  };
  EXPECT_THAT(dead_links(tree), ElementsAre("README.md:1 links to docs/two.md", "docs/one.md:1 links to adr/gone.md",
                                            "src/base/bytes.h:2 names " + adr + "0002-second.md"));
}

TEST(Project, NamesNoPathOfOneMachine) { EXPECT_THAT(machine_paths(project()), IsEmpty()); }

TEST(Project, APathOfOneMachineIsFound) {
  const std::string work = std::string{"/wo"} + "rk/";
  const std::string vectors = std::string{"../sha"} + "red/";
  const Tree tree{
      {"README.md", "first\nsee " + work + "main\n"},
      {"docs/one.md", "frame" + work + "x and ." + work + "\n"},
      {"tests/vectors/vectors.cpp", "a = \"" + vectors + "x\";\nb = \"" + vectors + "y\";\n"},
      {"tests/vectors/zebra.cpp", "a = \"" + vectors + "x\";\n"},
  };
  EXPECT_THAT(machine_paths(tree), ElementsAre("README.md:2 has a path of one machine",
                                               "tests/vectors/zebra.cpp:1 repeats the default for vectors"));
}

TEST(Project, LeavesNoWorkLyingInTheCode) { EXPECT_THAT(unfinished_marks(project()), IsEmpty()); }

TEST(Project, WorkLeftLyingIsFound) {
  const std::string mark = std::string{"TO"} + "DO";
  const Tree tree{
      {"src/base/bytes.h", "// " + mark + ": later\n"},
      {"src/base/id.h", "int " + mark + "S = 1;\n"},
      {"script/test",
       "# all is well\n# FIX"
       "ME\n"},
      {"docs/style.md", mark + "\n"},
  };
  EXPECT_THAT(unfinished_marks(tree), ElementsAre("script/test:2 is unfinished", "src/base/bytes.h:1 is unfinished"));
}

}  // namespace
}  // namespace lindung::house
