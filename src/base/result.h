// Result<T>: a value or an Error, never an exception, for every function that can fail.
// TRY(name, expression) binds the value or returns the error; TRYV(expression) is for Result<void>.
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/success_failure.hpp>
#include <boost/outcome/try.hpp>
#include <string>
#include <utility>

#include "base/error.h"  // IWYU pragma: export

namespace lindung {

namespace outcome = BOOST_OUTCOME_V2_NAMESPACE;

template <class T>
using Result = outcome::basic_result<T, Error, outcome::policy::terminate>;

[[nodiscard]] inline auto ok() { return outcome::success(); }

[[nodiscard]] inline auto fail(Errc code, std::string detail = {}) {
  return outcome::failure(Error{.code = code, .detail = std::move(detail), .number = {}});
}

[[nodiscard]] inline auto fail(Errc code, std::string detail, std::uint64_t number) {
  return outcome::failure(Error{.code = code, .detail = std::move(detail), .number = number});
}

// Passes an error on with a word on what was being done: fail("reading the ring", error).
[[nodiscard]] inline auto fail(const std::string& doing, Error error) {
  error.detail = error.detail.empty() ? doing : doing + ": " + error.detail;
  return outcome::failure(std::move(error));
}

}  // namespace lindung

#define TRY(name, ...) BOOST_OUTCOME_TRY(auto name, __VA_ARGS__)
#define TRYV(...) BOOST_OUTCOME_TRYV(__VA_ARGS__)
