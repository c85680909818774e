// What every call through libcurl has in common: its limits, that nothing of the environment is heard, and what its
// faults are called here. Included by mail.cpp and hook.cpp only: curl stays behind this floor.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lindung::http {

struct CurlFree {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  void operator()(curl_mime* mime) const noexcept { curl_mime_free(mime); }
};
using CurlHandle = std::unique_ptr<CURL, CurlFree>;
using CurlList = std::unique_ptr<curl_slist, CurlFree>;
using CurlMime = std::unique_ptr<curl_mime, CurlFree>;

struct CurlTerms {
  std::string url;
  std::string schemes;  // "https", "smtp,smtps"
  std::string ca_file;  // PEM path; empty: the machine's own trust store
  std::chrono::milliseconds connect_timeout{};
  std::chrono::milliseconds call_timeout{};
};

// A handle on which only what this call is about has still to be set. Errors: unavailable where libcurl does not start.
[[nodiscard]] Result<CurlHandle> curl_handle(const CurlTerms& terms);

// Adds a line; a list that is not there begins. Errors: unavailable (no memory).
[[nodiscard]] Result<void> curl_append(CurlList& list, const std::string& line);

// Keeps what comes, up to `limit` bytes. Errors: unavailable (not reached, TLS refused), timeout, too_large (more came
// than the limit), io (a bad file of certificates), invalid_argument (not a URL of these schemes), denied (the log-in
// was refused), outcome_unknown (the connection broke after bytes were sent).
[[nodiscard]] Result<std::string> curl_run(CURL* handle, std::size_t limit);

// The host of a URL is this machine: "127.0.0.1", "[::1]", "localhost".
[[nodiscard]] bool is_loopback_url(std::string_view url);

// Nothing that could end a line of a header or of the SMTP dialogue.
[[nodiscard]] bool is_one_line(std::string_view text) noexcept;

}  // namespace lindung::http
