// The texts of the codes in a picture: QR, Aztec, Data Matrix; drawn, scanned or photographed.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "image/picture.h"

namespace lindung::image {

// PNG, JPEG or PDF, in a process of its own: some pictures are made to keep a reader of codes busy for hours. Each text
// once, from the top of the first page to the bottom of the last; codes that hold bytes which are no text are passed
// over. Errors: not_found where there is no code; unsupported for another kind of file; malformed; too_large; timeout.
[[nodiscard]] Result<std::vector<std::string>> read_codes(BytesView file, const PictureLimits& limits = {});

// Of one picture, here and now, however long it takes; none is no error. Errors: malformed for bytes that do not fit
// its size. The same with the picture's file, PNG or JPEG. Errors: those of read_png and read_jpeg too; unsupported.
[[nodiscard]] Result<std::vector<std::string>> codes_in_file(BytesView file, const PictureLimits& limits);
[[nodiscard]] Result<std::vector<std::string>> codes_in(const Grey& picture);

}  // namespace lindung::image
