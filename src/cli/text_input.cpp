#include "cli/text_input.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <istream>
#include <iterator>
#include <string>
#include <system_error>

#include "base/error.h"
#include "base/result.h"

namespace lindung::cli {
namespace {

constexpr std::size_t most_text = 64UL * 1024;  // above what is looked at, so that a verdict says why

std::string read_all(std::istream& in) {
  std::string out;
  for (std::istreambuf_iterator<char> at{in}, end; at != end && out.size() < most_text; ++at) out += *at;
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
  return out;
}

}  // namespace

Result<std::string> text_input(const std::string& argument) {
  constexpr std::size_t limit = 4'096;
  if (argument != "-") return argument;
  std::string text;
  for (std::istreambuf_iterator<char> at{std::cin}, end; at != end; ++at) {
    if (text.size() == limit) return fail(Errc::too_large, "more than 4096 bytes of text");
    text += *at;
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::string certificate_text(const std::string& argument) {
  if (argument == "-") return read_all(std::cin);
  std::error_code error;
  if (!std::filesystem::is_regular_file(argument, error)) return argument;
  std::ifstream file{argument, std::ios::binary};
  return read_all(file);
}

}  // namespace lindung::cli
