// Codes of travel cards from strangers: what is read has one spelling, and without a key nothing is believed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "cert/card_code.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const std::string_view text = as_text({data, size});
  const auto card = cert::read_card_code(text);
  if (card && cert::card_code_text(card.value()) != text) std::abort();
  static const cert::TravelKeys nobody;
  if (cert::verify_card_code(text, nobody, moment_of(1'795'262'400))) std::abort();
  return 0;
}
