// The test suite of the CertLogic specification: each assertion's data gives the expected value.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "domain/certlogic.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

namespace certlogic = domain::certlogic;

// {name, directive?, cases: [{name, certLogicExpression?, directive?, assertions: [{certLogicExpression?, data,
// expected, directive?}]}]}; the assertion's own expression goes before the case's.
bool is_suite(const json::value& value) {
  const auto* suite = object_with(value, {"name", "cases"});
  if (suite == nullptr || !suite->at("cases").is_array() || suite->at("cases").get_array().empty()) return false;
  const auto* first = object_with(suite->at("cases").get_array().front(), {"name", "assertions"});
  return first != nullptr && first->at("assertions").is_array();
}

const Format suite_format{"certlogic", is_suite};

bool is_skipped(const json::object& object) {
  const auto* directive = object.if_contains("directive");
  return directive != nullptr && *directive == "skip";
}

void run_assertion(Balance& balance, const std::string& where, const json::value& logic,
                   const json::object& assertion) {
  const auto expression = certlogic::Expression::compile(logic);
  if (!expression) return balance.judge(false, where, expression.error().text());
  const auto result = certlogic::evaluate(expression.value(), assertion.at("data"));
  if (!result) return balance.judge(false, where, result.error().text());
  balance.judge(
      result.value() == assertion.at("expected"), where,
      "gives " + json::serialize(result.value()) + " instead of " + json::serialize(assertion.at("expected")));
}

TEST(CertLogicVectors, every_assertion_of_the_test_suite_holds) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"certlogic"};
  const auto files = Folder::get().for_each_json(is_suite, [&](const JsonFile& file) {
    const auto& suite = file.value.get_object();
    for (const auto& each : suite.at("cases").get_array()) {
      const auto& test_case = each.get_object();
      int number = 0;
      for (const auto& item : test_case.at("assertions").get_array()) {
        const auto& assertion = item.get_object();
        ++number;
        if (is_skipped(suite) || is_skipped(test_case) || is_skipped(assertion)) {
          balance.skip("marked skip");
          continue;
        }
        const auto* own = assertion.if_contains("certLogicExpression");
        run_assertion(
            balance,
            file.name + ", " + std::string{test_case.at("name").get_string()} + ", assertion " + std::to_string(number),
            own != nullptr ? *own : test_case.at("certLogicExpression"), assertion);
      }
    }
  });
  if (files == 0) GTEST_SKIP() << "no CertLogic test suite in " << Folder::get().root();
  EXPECT_GT(balance.ran(), 0U);
}

}  // namespace
}  // namespace lindung::vectors
