// Any bytes are read as CBOR of any type, or refused; a tree can be walked to its end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "cert/cbor_json.h"
#include "codec/cbor_tree.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const auto tree = codec::CborTree::read({data, size});
  if (tree.has_error()) {
    if (tree.error().code != Errc::malformed && tree.error().code != Errc::too_large) std::abort();
    return 0;
  }
  static_cast<void>(cert::json_of(tree.value().root()));
  return 0;
}
