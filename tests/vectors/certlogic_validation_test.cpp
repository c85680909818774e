// The validation suite of the CertLogic specification: static validation reports exactly the issues that it lists.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "domain/certlogic.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

namespace certlogic = domain::certlogic;

// {name, cases: [{certLogicExpression, issues: [{expr, message}]}]}
bool is_validation_suite(const json::value& value) {
  const auto* suite = object_with(value, {"name", "cases"});
  if (suite == nullptr || !suite->at("cases").is_array() || suite->at("cases").get_array().empty()) return false;
  return object_with(suite->at("cases").get_array().front(), {"certLogicExpression", "issues"}) != nullptr;
}

const Format validation_format{"certlogic-validation", is_validation_suite};

bool is_skipped(const json::object& object) {
  const auto* directive = object.if_contains("directive");
  return directive != nullptr && *directive == "skip";
}

json::array as_json(const std::vector<certlogic::Issue>& issues) {
  json::array array;
  for (const auto& issue : issues) array.push_back({{"expr", issue.expr}, {"message", issue.message}});
  return array;
}

TEST(CertLogicVectors, static_validation_reports_exactly_the_listed_issues) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"certlogic-validation"};
  const auto files = Folder::get().for_each_json(is_validation_suite, [&](const JsonFile& file) {
    const auto& suite = file.value.get_object();
    for (const auto& each : suite.at("cases").get_array()) {
      const auto& test_case = each.get_object();
      if (is_skipped(suite) || is_skipped(test_case)) {
        balance.skip("marked skip");
        continue;
      }
      const auto& logic = test_case.at("certLogicExpression");
      const json::value issues = as_json(certlogic::validate(logic));
      // What is valid compiles, too.
      const bool compiles = certlogic::Expression::compile(logic).has_value();
      balance.judge(issues == test_case.at("issues") && (compiles || !issues.get_array().empty()),
                    file.name + ", " + json::serialize(logic), "gives " + json::serialize(issues));
    }
  });
  if (files == 0) GTEST_SKIP() << "no CertLogic validation suite in " << Folder::get().root();
  EXPECT_GT(balance.ran(), 0U);
}

}  // namespace
}  // namespace lindung::vectors
