// Signed notes, checkpoints and verifier keys from hostile text: what is accepted is written again the same way.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "log/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const auto text = as_text({data, size});
  if (const auto note = log::parse_note(text)) {
    if (note.value().encode() != text) std::abort();
  }
  if (const auto checkpoint = log::parse_checkpoint_text(text)) {
    if (log::text_of(checkpoint.value()) != text) std::abort();
  }
  if (const auto key = log::VerifierKey::parse(text)) {
    if (key.value().text() != text) std::abort();
  }
  return 0;
}
