// Date-times of CertLogic: the formats of the specification and no others, and the offsets of the JavaScript Date.
#include "domain/certlogic_time.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lindung::domain::certlogic {
namespace {

std::string shown(std::string_view text) {
  const auto parsed = parse_date_time(text);
  return parsed ? date_time_text(*parsed) : "refused";
}

TEST(CertLogicTime, every_format_of_the_specification_is_read) {
  const std::vector<std::pair<std::string_view, std::string_view>> formats{
      {"2021", "2021-12-31T00:00:00.000Z"},
      {"2021-02", "2021-02-28T00:00:00.000Z"},
      {"2020-02", "2020-02-29T00:00:00.000Z"},
      {"2021-06-01", "2021-06-01T00:00:00.000Z"},
      {"2021-06-01T12:30:15", "2021-06-01T12:30:15.000Z"},
      {"2021-06-01T12:30:15Z", "2021-06-01T12:30:15.000Z"},
      {"2021-06-01T12:30:15+7", "2021-06-01T05:30:15.000Z"},
      {"2021-06-01T12:30:15-07", "2021-06-01T19:30:15.000Z"},
      {"2021-06-01T12:30:15+530", "2021-06-01T07:00:15.000Z"},
      {"2021-06-01T12:30:15+0530", "2021-06-01T07:00:15.000Z"},
      {"2021-06-01T12:30:15+5:30", "2021-06-01T07:00:15.000Z"},
      {"2021-06-01T12:30:15+05:30", "2021-06-01T07:00:15.000Z"},
      {"2021-06-01T12:30:15.1", "2021-06-01T12:30:15.100Z"},
      {"2021-06-01T12:30:15.1239999Z", "2021-06-01T12:30:15.123Z"},
      {"2021-06-01T12:30:15.12+7", "2021-06-01T05:30:15.120Z"},
      {"2021-06-01T12:30:15.1234-07:00", "2021-06-01T19:30:15.123Z"},
      {"2021-06-01T24:00:00Z", "2021-06-02T00:00:00.000Z"},
  };
  for (const auto& [text, expected] : formats) EXPECT_EQ(shown(text), expected) << text;
}

TEST(CertLogicTime, other_formats_and_dates_that_do_not_exist_are_refused) {
  for (const std::string_view text : {"",
                                      "21",
                                      "202a",
                                      "2021-",
                                      "2021-6",
                                      "2021-13",
                                      "2021-00",
                                      "2021-02-29",
                                      "2021-09-99",
                                      "2021-6-01",
                                      "2021-06-1",
                                      "2021-06-01T",
                                      "2021-06-01 12:30:15",
                                      "2021-06-01T12:30",
                                      "2021-06-01T12:30Z",
                                      "2021-06-01T25:00:00",
                                      "2021-06-01T24:00:01",
                                      "2021-06-01T12:60:15",
                                      "2021-06-01T12:30:60",
                                      "2021-06-01T12:30:15.",
                                      "2021-06-01T12:30:15.Z",
                                      "2021-06-01T12:30:15z",
                                      "2021-06-01T12:30:15+",
                                      "2021-06-01T12:30:15+05:",
                                      "2021-06-01T12:30:15+05:3",
                                      "2021-06-01T12:30:15+24:00",
                                      "2021-06-01T12:30:15+05:60",
                                      "2021-06-01T12:30:15+05300",
                                      "2021-06-01T12:30:15+053:00",
                                      "2021-06-01T12:30:15Z ",
                                      "+2021-06-01"}) {
    EXPECT_EQ(shown(text), "refused") << text;
  }
}

TEST(CertLogicTime, a_date_of_birth_is_rounded_up_to_the_last_day_that_fits) {
  EXPECT_EQ(date_time_text(parse_date_of_birth("2004").value()), "2004-12-31T00:00:00.000Z");
  EXPECT_EQ(date_time_text(parse_date_of_birth("2004-02").value()), "2004-02-29T00:00:00.000Z");
  EXPECT_EQ(date_time_text(parse_date_of_birth("2004-02-01").value()), "2004-02-01T00:00:00.000Z");
  EXPECT_FALSE(parse_date_of_birth("2004-02-01T00:00:00Z"));
}

TEST(CertLogicTime, offsets_go_as_the_specifications_table_and_run_over_short_months) {
  struct Row {
    std::string_view from;
    std::int64_t amount;
    TimeUnit unit;
    std::string_view to;
  };
  const std::vector<Row> rows{
      {"2020-02-29", 1, TimeUnit::day, "2020-03-01T00:00:00.000Z"},
      {"2020-02-29", 1, TimeUnit::month, "2020-03-29T00:00:00.000Z"},
      {"2020-02-29", 1, TimeUnit::year, "2021-03-01T00:00:00.000Z"},
      {"2020-02-29", 4, TimeUnit::year, "2024-02-29T00:00:00.000Z"},
      {"2021-01-31", 1, TimeUnit::month, "2021-03-03T00:00:00.000Z"},
      {"2021-03-31", -1, TimeUnit::month, "2021-03-03T00:00:00.000Z"},
      {"2021-12-15T10:20:30.5Z", 1, TimeUnit::month, "2022-01-15T10:20:30.500Z"},
      {"2021-01-15", -13, TimeUnit::month, "2019-12-15T00:00:00.000Z"},
      {"2021-06-01", -25, TimeUnit::hour, "2021-05-30T23:00:00.000Z"},
      {"1900-02-28", 1, TimeUnit::day, "1900-03-01T00:00:00.000Z"},
  };
  for (const auto& row : rows) {
    const auto moved = plus_time(parse_date_time(row.from).value(), row.amount, row.unit);
    ASSERT_TRUE(moved);
    EXPECT_EQ(date_time_text(*moved), row.to) << row.from;
  }
}

TEST(CertLogicTime, an_offset_out_of_the_range_of_dates_is_none) {
  for (const auto unit : {TimeUnit::year, TimeUnit::month, TimeUnit::day, TimeUnit::hour}) {
    EXPECT_FALSE(plus_time(0, INT64_MAX, unit));
    EXPECT_FALSE(plus_time(0, INT64_MIN, unit));
    EXPECT_FALSE(plus_time(0, 500'000'000, unit));
  }
  EXPECT_TRUE(plus_time(0, 29'000, TimeUnit::year));
}

TEST(CertLogicTime, the_next_month_begins_after_the_last_day_of_this_one) {
  EXPECT_EQ(date_time_text(next_month(parse_date_time("2021-12-31T23:59:59.999Z").value())),
            "2022-01-01T00:00:00.000Z");
  EXPECT_EQ(date_time_text(next_month(parse_date_time("2020-02-01").value())), "2020-03-01T00:00:00.000Z");
}

}  // namespace
}  // namespace lindung::domain::certlogic
