// Names of tiles as they come in URLs, and hostile tiles and bundles under a log that goes on from them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "log/tile.h"
#include "log/tile_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const BytesView input{data, size};
  const auto name = log::parse_tile_path(as_text(input));
  if (name.has_value() && log::path_of(name.value()) != as_text(input)) std::abort();

  if (input.empty()) return 0;
  const unsigned width = input[0];
  const auto content = to_bytes(input.subspan(1));
  const log::TileSource source = [&content](std::string_view /*path*/) -> Result<Bytes> { return content; };
  if (width > 0) {
    const auto hashes = log::read_hashes(source, 0, 0, width);
    if (hashes.has_value() && hashes.value().size() != width * log::hash_size) std::abort();
    const auto entries = log::read_entries(source, 0, width);
    if (entries.has_value() && entries.value().size() > content.size()) std::abort();
  }
  const auto writer = log::TileWriter::resume(width, source);
  if (writer.has_value() && writer.value().size() != width) std::abort();
  return 0;
}
