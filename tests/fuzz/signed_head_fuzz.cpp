// The signature fields of a request: the first line of the input is the Host, each further one a field "name: value".
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "gateway/signed_head.h"
#include "http/message.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;  // NOLINT: a program of one function
  auto text = as_text({data, size});
  std::vector<http::Field> fields;
  bool is_host = true;
  while (!text.empty() && fields.size() < 64) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto colon = line.find(": ");
    if (is_host) {
      fields.push_back({.name = "Host", .value = line});
    } else if (colon != std::string_view::npos) {
      fields.push_back({.name = line.substr(0, colon), .value = line.substr(colon + 2)});
    }
    is_host = false;
  }
  const http::Request request{.method = "POST",
                              .target = gateway::exchange_profile.path,
                              .fields = fields,
                              .body = {},
                              .framed_by_content_length = true,
                              .client_certificate_subject = {}};
  const gateway::Authorities authorities{.names = {"gateway.example"}, .https = true};
  const auto head = gateway::parse_signed_head(request, gateway::exchange_profile, authorities);
  // What is accepted has one spelling: the base ends with the parameters as they stood.
  if (head.has_value() && (head.value().key_id.empty() || head.value().key_id.size() > 64)) __builtin_trap();
  return 0;
}
