// The configuration file: never a crash, and a problem for whatever is refused.
#include <cstddef>
#include <cstdint>
#include <variant>

#include "base/bytes.h"
#include "server/config.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;  // NOLINT: a program of one function
  const auto parsed = server::parse_config(as_text({data, size}));
  const auto* problems = std::get_if<server::ConfigProblems>(&parsed);
  if (problems != nullptr && problems->empty()) __builtin_trap();
  return 0;
}
