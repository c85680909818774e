#include "cli/text_of_file.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <istream>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "cert/code_texts.h"
#include "image/codes.h"
#include "image/picture.h"

namespace lindung::cli {

namespace {

constexpr std::size_t most_text = 64UL * 1024;  // above what is looked at, so that the verdict says why

std::string read_all(std::istream& in) {
  std::string out;
  const image::PictureLimits picture;
  for (std::istreambuf_iterator<char> at{in}, end; at != end && out.size() <= picture.bytes; ++at) out += *at;
  return out;
}

// The text of what is in a file: of a picture, that of the code in it.
Result<std::string> text_in(std::string content) {
  if (image::picture_kind(as_bytes(content)) == image::PictureKind::none) {
    content.resize(std::min(content.size(), most_text));
    while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) content.pop_back();
    return content;
  }
  TRY(codes, image::read_codes(as_bytes(content)));
  return cert::text_of_codes(std::move(codes));
}

}  // namespace

Result<std::string> text_of(const std::string& argument) {
  if (argument == "-") return text_in(read_all(std::cin));
  std::error_code error;
  if (!std::filesystem::is_regular_file(argument, error)) return argument;
  std::ifstream file{argument, std::ios::binary};
  return text_in(read_all(file));
}

}  // namespace lindung::cli
