// Reads bytes as a sequence of items of our CBOR and writes them again: whatever is accepted has one spelling.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "codec/cbor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using lindung::codec::CborReader;
  using lindung::codec::CborWriter;
  const lindung::BytesView input{data, size};
  CborReader reader{input};
  CborWriter writer;
  while (reader.end().has_error()) {
    if (const auto number = reader.uint()) {
      writer.uint(number.value());
    } else if (const auto text = reader.text()) {
      writer.text(text.value());
    } else if (const auto bytes = reader.bytes()) {
      writer.bytes(bytes.value());
    } else if (const auto items = reader.array()) {
      writer.array(items.value());
    } else {
      return 0;
    }
  }
  if (lindung::to_bytes(writer.view()) != lindung::to_bytes(input)) std::abort();
  return 0;
}
