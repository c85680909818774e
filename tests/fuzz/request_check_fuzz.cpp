// A captured request as `partner doctor` reads it: whatever a partner, or somebody who asks for help, has in a file.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "gateway/key_directory.h"
#include "gateway/request_check.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;  // NOLINT: a program of one function
  static const auto key = crypto::Ed25519PrivateKey::from_seed(Secret<32>{ByteArray<32>{1}}).public_key();
  const auto request = gateway::parse_captured(as_text({data, size}));
  if (request.has_error()) return 0;
  gateway::KeyDirectory directory;
  directory.exchange_keys.push_back({.key = {.key_id = 7, .public_key = {}}, .not_before = {}, .not_after = {}});
  const auto report = gateway::check_request(request.value(), {.authority = "gateway.example",
                                                               .signing_key = key,
                                                               .key_id = "gojek.1",
                                                               .directory = directory,
                                                               .sent_at = moment_of(1'795'000'000)});
  // The last word is the door's: what has no wrong part has 311 bytes.
  if (!report.findings.has_wrong() && request.value().body.size() != 311) __builtin_trap();
  return 0;
}
