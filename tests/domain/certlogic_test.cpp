// CertLogic beyond the public test suite: limits, named errors, and what the specification leaves to the
// implementation.
#include "domain/certlogic.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"

namespace lindung::domain::certlogic {
namespace {

Result<json::value> result_of(std::string_view logic, std::string_view data = "{}") {
  const auto expression = Expression::compile(json::parse(logic));
  if (!expression) return outcome::failure(expression.error());
  return evaluate(expression.value(), json::parse(data));
}

std::string text_of(std::string_view logic, std::string_view data = "{}") {
  const auto result = result_of(logic, data);
  return result ? json::serialize(result.value()) : result.error().text();
}

json::value nested(std::size_t depth) {
  json::value logic = true;
  for (std::size_t i = 0; i < depth; ++i) logic = json::object{{"!", json::array{std::move(logic)}}};
  return logic;
}

TEST(CertLogic, logic_of_64_levels_is_evaluated_and_of_65_is_too_large) {
  const auto deep = Expression::compile(nested(64));
  ASSERT_TRUE(deep) << deep.error().text();
  EXPECT_EQ(evaluate(deep.value(), nullptr).value(), true);
  const auto deeper = Expression::compile(nested(65));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().code, Errc::too_large);
  EXPECT_EQ(deeper.error().detail, "CertLogic nested deeper than 64");
}

TEST(CertLogic, ten_thousand_levels_are_refused_without_recursing_into_them) {
  const auto hostile = nested(10'000);
  const auto compiled = Expression::compile(hostile);
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error().code, Errc::too_large);
  const auto issues = validate(hostile);
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_EQ(issues[0].message, "expressions are nested deeper than 64");
  EXPECT_TRUE(data_accesses(hostile).empty());
}

TEST(CertLogic, more_expressions_than_the_limit_are_too_large) {
  json::array operands;
  for (int i = 0; i < 100; ++i) operands.push_back(json::object{{"var", "x"}});
  const json::value logic = json::object{{"and", operands}};
  EXPECT_TRUE(Expression::compile(logic, {.nodes = 101}));
  const auto refused = Expression::compile(logic, {.nodes = 100});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
}

TEST(CertLogic, reductions_that_multiply_end_after_a_million_steps) {
  std::string logic = R"({"var":"current"})";
  for (int i = 0; i < 8; ++i) logic = R"({"reduce":[[1,2,3,4,5,6,7,8,9,0],)" + logic + ",0]}";
  const auto result = result_of(logic);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::too_large);
}

TEST(CertLogic, a_result_that_doubles_or_deepens_with_each_step_is_too_large) {
  std::string items = "[0";
  for (int i = 0; i < 300; ++i) items += ",0";
  items += "]";
  const std::string doubling = R"({"reduce":[)" + items + R"(,[{"var":"accumulator"},{"var":"accumulator"}],0]})";
  EXPECT_EQ(result_of(doubling).error().code, Errc::too_large);
  const std::string deepening = R"({"reduce":[)" + items + R"(,[{"var":"accumulator"}],0]})";
  EXPECT_EQ(result_of(deepening).error().code, Errc::too_large);
}

TEST(CertLogic, an_unknown_operation_is_malformed_even_where_it_is_never_reached) {
  const auto result = result_of(R"({"if":[true,1,{"xor":[1,2]}]})");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::malformed);
  EXPECT_EQ(result.error().detail, "CertLogic: unrecognised operator: \"xor\"");
}

TEST(CertLogic, surplus_operands_are_reported_but_evaluate) {
  const std::string_view logic = R"({"if":[true,1,2,3]})";
  EXPECT_EQ(validate(json::parse(logic)).size(), 1U);
  EXPECT_EQ(text_of(logic), "1");
  EXPECT_EQ(text_of(R"({"!":[false,{"var":"x"}]})"), "true");
  EXPECT_EQ(text_of(R"({"extractFromUVCI":["a:b",1,2]})"), "\"b\"");
}

TEST(CertLogic, operands_of_a_wrong_type_are_named_errors_without_their_values) {
  const std::vector<std::pair<std::string_view, std::string_view>> wrong{
      {R"({"+":[{"var":"s"},1]})", "CertLogic: both operands of \"+\" must be integers"},
      {R"({"<":[{"var":"s"},1]})", "CertLogic: all operands of a comparison must be integers"},
      {R"({"<":[{"var":"nothing"},1]})", "CertLogic: all operands of a comparison must be integers"},
      {R"({"in":[1,{"var":"s"}]})", "CertLogic: the right-hand side of \"in\" must be an array"},
      {R"({"in":[1,{"var":"nothing"}]})", "CertLogic: the right-hand side of \"in\" must be an array"},
      {R"({"reduce":[{"var":"s"},1,0]})", "CertLogic: the operand of \"reduce\" must be an array"},
      {R"({"before":[{"var":"s"},{"var":"s"}]})",
       "CertLogic: all operands of a date-time comparison must be date-times"},
      {R"({"plusTime":[{"var":"s"},0,"day"]})",
       "CertLogic: the date operand of \"plusTime\" is not an allowed date or date-time"},
      {R"({"plusTime":[1,0,"day"]})", "CertLogic: the date operand of \"plusTime\" must be a string"},
      {R"({"dccDateOfBirth":[{"var":"s"}]})", "CertLogic: the operand of \"dccDateOfBirth\" is not a date of birth"},
      {R"({"extractFromUVCI":[1,0]})", "CertLogic: the first operand of \"extractFromUVCI\" must be a string or null"},
      {R"({"if":[{"plusTime":["2021",0,"day"]},1,2]})",
       "CertLogic: the guard of an \"if\" is neither truthy nor falsy"},
      {R"({"!":[{"plusTime":["2021",0,"day"]}]})", "CertLogic: the operand of \"!\" is neither truthy nor falsy"},
      {R"({"and":[true,{"plusTime":["2021",0,"day"]}]})",
       "CertLogic: an operand of \"and\" is neither truthy nor falsy"},
  };
  for (const auto& [logic, message] : wrong) {
    const auto result = result_of(logic, R"({"s":"SECRET"})");
    ASSERT_FALSE(result) << logic;
    EXPECT_EQ(result.error().code, Errc::invalid_argument) << logic;
    EXPECT_EQ(result.error().detail, message) << logic;
  }
}

TEST(CertLogic, paths_drill_into_what_is_there_and_give_null_for_the_rest) {
  const std::string_view data = R"({"a":{"b":[{"c":7}],"1":"one"},"s":"text","n":null})";
  EXPECT_EQ(text_of(R"({"var":"a.b.0.c"})", data), "7");
  EXPECT_EQ(text_of(R"({"var":"a.1"})", data), "\"one\"");
  for (const std::string_view path : {"x", "a.x", "a.b.1", "a.b.c", "a.b.0.c.d", "s.0", "s.length", "n.a", "a.b.-1"}) {
    EXPECT_EQ(text_of(R"({"var":")" + std::string{path} + "\"}", data), "null") << path;
  }
  EXPECT_EQ(text_of(R"({"var":""})", "[1]"), "[1]");
}

TEST(CertLogic, a_lambda_sees_its_accumulator_and_item_as_one_object_too) {
  EXPECT_EQ(text_of(R"({"reduce":[[1,2],{"var":""},0]})"),
            R"({"accumulator":{"accumulator":0,"current":1},"current":2})");
  EXPECT_EQ(text_of(R"({"reduce":[[1],{"var":"x"},0]})", R"({"x":5})"), "null");
}

TEST(CertLogic, equality_never_coerces_and_date_times_are_never_equal) {
  EXPECT_EQ(text_of(R"({"===":[1,1.0]})"), "true");
  EXPECT_EQ(text_of(R"({"===":[0,false]})"), "false");
  EXPECT_EQ(text_of(R"({"===":[{"var":"x"},{"var":"y"}]})"), "true");
  EXPECT_EQ(text_of(R"({"===":[[],[]]})"), "false");
  EXPECT_EQ(text_of(R"({"===":[{"var":"x"},{"var":"x"}]})", R"({"x":[1]})"), "true");
  EXPECT_EQ(text_of(R"({"===":[{"plusTime":["2021",0,"day"]},{"plusTime":["2021",0,"day"]}]})"), "false");
}

TEST(CertLogic, integers_may_be_written_as_fractions_and_fractions_are_no_integers) {
  EXPECT_EQ(text_of(R"({"+":[{"var":"x"},1]})", R"({"x":2.0})"), "3");
  EXPECT_EQ(result_of(R"({"+":[{"var":"x"},1]})", R"({"x":2.5})").error().code, Errc::invalid_argument);
  EXPECT_EQ(text_of(R"({"<":[1,{"var":"x"}]})", R"({"x":1e300})"), "true");
  EXPECT_EQ(text_of(R"({"if":[{"var":"x"},1,2]})", R"({"x":0.5})"), "1");
}

TEST(CertLogic, a_sum_over_the_range_of_integers_is_a_number_and_no_overflow) {
  EXPECT_EQ(text_of(R"({"<":[0,{"+":[9223372036854775807,9223372036854775807]}]})"), "true");
}

TEST(CertLogic, a_date_time_as_the_result_is_its_text_and_holds_for_nothing) {
  EXPECT_EQ(text_of(R"({"plusTime":["2021-06-01T00:00:00+07:00",1,"hour"]})"), "\"2021-05-31T18:00:00.000Z\"");
  const auto expression = Expression::compile(json::parse(R"({"plusTime":["2021-06-01",1,"hour"]})"));
  ASSERT_TRUE(expression);
  EXPECT_EQ(holds(expression.value(), nullptr).error().code, Errc::invalid_argument);
}

TEST(CertLogic, data_accesses_are_the_paths_outside_of_lambdas) {
  const auto paths = data_accesses(json::parse(
      R"({"and":[{"var":"b"},{"reduce":[{"var":"a.c"},{"var":"current.x"},{"var":"b"}]},{"plusTime":[{"var":"d"},0,"day"]}]})"));
  EXPECT_EQ(paths, (std::vector<std::string>{"a.c", "b", "d"}));
}

TEST(CertLogicValidation, every_fault_of_form_has_its_message) {
  const std::vector<std::pair<std::string_view, std::vector<std::string>>> faults{
      {"1.5", {"1.5 is a non-integer number"}},
      {"0.0000001", {"1e-7 is a non-integer number"}},
      {R"({"var":"a..b"})", {"data access path doesn't have a valid format: a..b"}},
      {R"({"var":"."})", {"data access path doesn't have a valid format: ."}},
      {R"({"if":[true,null]})",
       {"an \"if\"-operation must have exactly 3 values/operands, but it has 2", "invalid CertLogic expression"}},
      {R"({"and":[true]})", {"an \"and\" operation must have at least 2 operands, but it has 1"}},
      {R"({"<":[1,2,3,4]})", {"an operation with operator \"<\" must have 2 or 3 operands, but it has 4"}},
      {R"({"in":[1]})", {"an operation with operator \"in\" must have 2 operands, but it has 1"}},
      {R"({"!":[]})", {"a !-operation (logical not/negation) must have exactly 1 operand, but it has 0"}},
      {R"({"plusTime":["2021",[1,null,{}],"week"]})",
       {"\"amount\" argument (#2) of \"plusTime\" must be an integer, but it is: 1,,[object Object]",
        "\"unit\" argument (#3) of \"plusTime\" must be a string equal to one of year, month, day, hour, but it is: "
        "week"}},
      {R"({"reduce":[]})", {"a \"reduce\"-operation must have exactly 3 values/operands, but it has 0"}},
      {R"({"extractFromUVCI":["x",false]})",
       {"\"index\" argument (#2) of \"extractFromUVCI\" must be an integer, but it is: false"}},
      {R"({"dccDateOfBirth":[]})", {"a \"dccDateOfBirth\"-operation must have exactly 1 value/operand, but it has 0"}},
      {R"({"a":[],"b":[]})", {"expression object must have exactly one key, but it has 2"}},
  };
  for (const auto& [logic, messages] : faults) {
    std::vector<std::string> got;
    for (const auto& issue : validate(json::parse(logic))) got.push_back(issue.message);
    EXPECT_EQ(got, messages) << logic;
  }
}

TEST(CertLogicTrace, the_next_change_is_the_moment_of_the_comparison_and_never_an_evaluation_too_late) {
  const auto logic = Expression::compile(
      json::parse(R"({"before":[{"plusTime":[{"var":"clock"},0,"day"]},{"plusTime":["2021-09-01",14,"day"]}]})"));
  ASSERT_TRUE(logic);
  json::value data{{"clock", "2021-09-02T00:00:00Z"}};
  Trace trace{.clock = &data.at("clock"), .now = parse_date_time("2021-09-02T00:00:00Z").value()};
  EXPECT_TRUE(holds(logic.value(), data, &trace).value());
  EXPECT_EQ(trace.next, parse_date_time("2021-09-15T00:00:00Z").value());
  EXPECT_FALSE(trace.opaque);
}

TEST(CertLogicTrace, a_comparison_that_was_decided_for_good_has_no_next_change) {
  const auto logic = Expression::compile(
      json::parse(R"({"before":[{"plusTime":[{"var":"clock"},1,"month"]},{"plusTime":["2021-09-01",0,"day"]}]})"));
  ASSERT_TRUE(logic);
  json::value data{{"clock", "2021-10-02T00:00:00Z"}};
  Trace trace{.clock = &data.at("clock"), .now = parse_date_time("2021-10-02T00:00:00Z").value()};
  EXPECT_FALSE(holds(logic.value(), data, &trace).value());
  EXPECT_EQ(trace.next, Trace::never);
}

TEST(CertLogicTrace, the_clock_used_as_a_text_is_noticed) {
  for (const std::string_view text : {R"({"===":[{"var":"clock"},"2021"]})", R"({"in":[{"var":"clock"},["2021"]]})",
                                      R"({"extractFromUVCI":[{"var":"clock"},0]})",
                                      R"({"reduce":[[1],{"===":[{"var":"accumulator.0"},"x"]},[{"var":"clock"}]]})"}) {
    const auto logic = Expression::compile(json::parse(text));
    ASSERT_TRUE(logic);
    const json::value data{{"clock", "2021-10-02T00:00:00Z"}};
    Trace trace{.clock = &data.at("clock"), .now = 0};
    EXPECT_TRUE(holds(logic.value(), data, &trace)) << text;
    EXPECT_TRUE(trace.opaque) << text;
  }
}

}  // namespace
}  // namespace lindung::domain::certlogic
