#include "service/gate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lindung::service {
namespace {

// What a gate reported, one text a change.
class Heard {
 public:
  [[nodiscard]] Gate::Report report() {
    return [this](const Gate::Change& change) {
      changes_.push_back(std::string{change.guard} + "|" + std::string{change.reason} + "|" +
                         (change.is_open ? "open" : "closed"));
    };
  }
  [[nodiscard]] const std::vector<std::string>& changes() const { return changes_; }

 private:
  std::vector<std::string> changes_;
};

TEST(Gate, ReportsEachClosingAndOpeningOnce) {
  Heard heard;
  Gate gate{heard.report()};
  gate.close("clock", "is 6 s from the database's");
  gate.close("clock", "is 7 s from the database's");
  gate.open("clock");
  gate.open("clock");
  EXPECT_EQ(heard.changes(), (std::vector<std::string>{"clock|is 6 s from the database's|closed", "clock||open"}));
}

TEST(Gate, AnswersAgainOnlyWhenNobodyHoldsItClosed) {
  Heard heard;
  Gate gate{heard.report()};
  gate.close("log", "older");
  gate.close("database", "does not answer");
  gate.open("database");
  EXPECT_FALSE(gate.is_open());
  EXPECT_EQ(gate.reasons(), std::vector<std::string>{"log: older"});
  gate.open("log");
  EXPECT_TRUE(gate.is_open());
  EXPECT_EQ(heard.changes(), (std::vector<std::string>{"log|older|closed", "database|does not answer|closed",
                                                       "database||closed", "log||open"}));
}

TEST(Gate, ALaterReasonTakesThePlaceOfTheEarlierOne) {
  Gate gate;
  gate.close("clock", "is 6 s from the database's");
  gate.close("clock", "is 7 s from the database's");
  EXPECT_EQ(gate.reasons(), std::vector<std::string>{"clock: is 7 s from the database's"});
}

}  // namespace
}  // namespace lindung::service
