// Cards from strangers: what is read is checked without harm, and written and read again as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/time.h"
#include "codec/json.h"
#include "domain/travel_card.h"
#include "domain/travel_card_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const auto card = domain::read_travel_card(as_text(BytesView{data, size}));
  if (card.has_error()) return 0;
  static_cast<void>(domain::faults_of(card.value(), moment_of(1'795'262'400)));
  const auto day = domain::travel_day(card.value().journey);
  for (const auto& person : card.value().people) static_cast<void>(domain::category_of(person, day));
  const auto text = codec::to_text(domain::json_of(card.value()));
  const auto again = domain::read_travel_card(text);
  if (again.has_error() || codec::to_text(domain::json_of(again.value())) != text) std::abort();
  return 0;
}
