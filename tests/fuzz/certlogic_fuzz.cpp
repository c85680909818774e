// CertLogic from strangers: {"logic": ..., "data": ...} is validated, compiled and evaluated, with and without a clock.
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.h"
#include "codec/json.h"
#include "domain/certlogic.h"
#include "domain/rule_set.h"
#include "domain/timeline.h"

namespace {

namespace codec = lindung::codec;
namespace domain = lindung::domain;
namespace json = boost::json;

void evaluate(const json::value& input) {
  namespace certlogic = domain::certlogic;
  const auto* object = input.if_object();
  if (object == nullptr) return;
  const auto* logic = object->if_contains("logic");
  const auto* data = object->if_contains("data");
  if (logic == nullptr || data == nullptr) return;
  const auto expression = certlogic::Expression::compile(*logic);
  // Valid logic compiles, unless it is too large.
  if (!expression && expression.error().code != lindung::Errc::too_large && certlogic::validate(*logic).empty())
    std::abort();
  if (!expression) return;
  certlogic::Trace trace{.clock = data, .now = 1'630'000'000'000};
  const auto holds = certlogic::holds(expression.value(), *data, &trace);
  if (holds && trace.next <= trace.now) std::abort();
  if (const auto result = certlogic::evaluate(expression.value(), *data)) {
    static_cast<void>(codec::to_text(result.value()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const lindung::BytesView bytes{data, size};
  if (const auto timeline = lindung::domain::decode_timeline(bytes)) {
    if (lindung::domain::encode(timeline.value()) != lindung::to_bytes(bytes)) std::abort();
  }
  const auto text = lindung::as_text(bytes);
  static_cast<void>(lindung::domain::RuleSet::parse(text));
  if (const auto json = lindung::codec::parse_json(text, {.bytes = 1U << 16U, .depth = 200})) evaluate(json.value());
  return 0;
}
