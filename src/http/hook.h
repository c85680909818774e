// Tells another system something: one HTTPS POST of a JSON text, blocking, through libcurl. Nobody is followed
// elsewhere, no proxy of the environment is asked, and a certificate that is not good ends the call before a byte goes.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lindung::http {

struct Hook {
  std::string url{};  // https://…; http:// for this machine only (127.0.0.1, [::1], localhost)
  // Sent as they stand, behind Content-Type: application/json.
  std::vector<std::pair<std::string, std::string>> fields{};
  std::string ca_file{};  // PEM path; empty: the machine's own trust store
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds call_timeout{30'000};
  std::size_t max_response_bytes{std::size_t{64} * 1024};
};

struct HookAnswer {
  unsigned status{};
  std::string body{};
};

// Errors: invalid_argument (a URL of another kind, a field with a line break); unavailable (not reached, TLS refused);
// timeout; too_large (of the answer); io (a bad file of certificates); outcome_unknown (it broke after bytes were
// sent).
[[nodiscard]] Result<HookAnswer> post_json(const Hook& hook, std::string_view body);

// Whether post_json() would take such a URL.
[[nodiscard]] bool is_hook_url(std::string_view url);

}  // namespace lindung::http
