// docs/reasons.md holds every reason, in the order and words of the code.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cert/reason.h"

namespace lindung::cert {
namespace {

struct Row {
  std::string name;
  std::string words;
};

std::vector<Row> documented() {
  std::ifstream page{std::string{LINDUNG_SOURCE_DIR} + "/docs/reasons.md"};
  std::vector<Row> out;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) continue;
    std::vector<std::string> cells;
    std::istringstream rest{line.substr(2)};
    for (std::string cell; std::getline(rest, cell, '|');) cells.push_back(cell.substr(cell.find_first_not_of(' ')));
    for (auto& cell : cells) cell.erase(cell.find_last_not_of(' ') + 1);
    if (cells.size() < 3) continue;
    out.push_back({.name = cells[0].substr(1, cells[0].size() - 2), .words = cells[2]});
  }
  return out;
}

TEST(Reasons, the_page_of_reasons_is_that_of_the_code) {
  const auto rows = documented();
  const auto known = all_reasons();
  ASSERT_EQ(rows.size(), known.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].name, known[i].name);
    EXPECT_EQ(rows[i].words, known[i].words);
    EXPECT_EQ(name_of(known[i].reason), known[i].name);
  }
}

}  // namespace
}  // namespace lindung::cert
