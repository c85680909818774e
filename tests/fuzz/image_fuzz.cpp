// PNG and JPEG of strangers, and the search for codes in them. PDFs are drawn by another program and not fuzzed here.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/result.h"
#include "image/codes.h"
#include "image/picture.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const BytesView file{data, size};
  constexpr image::PictureLimits limits{
      .bytes = std::size_t{1} << 20U, .pixels = std::size_t{192} * 192, .looked_at = std::size_t{128} * 128};
  const auto codes = image::codes_in_file(file, limits);
  const bool is_picture = image::picture_kind(file) != image::PictureKind::none;
  if (codes && !is_picture) std::abort();
  return 0;
}
