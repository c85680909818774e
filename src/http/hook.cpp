#include "http/hook.h"

#include <curl/curl.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "http/curl_call.h"

namespace lindung::http {

bool is_hook_url(std::string_view url) {
  if (!is_one_line(url) || url.find_first_of("@ ") != std::string_view::npos) return false;
  return url.starts_with("https://") || (url.starts_with("http://") && is_loopback_url(url));
}

Result<HookAnswer> post_json(const Hook& hook, std::string_view body) {
  if (!is_hook_url(hook.url)) return fail(Errc::invalid_argument, "the URL of a hook is not https://");
  TRY(handle, curl_handle({.url = hook.url,
                           .schemes = "https,http",
                           .ca_file = hook.ca_file,
                           .connect_timeout = hook.connect_timeout,
                           .call_timeout = hook.call_timeout}));
  CurlList fields;
  TRYV(curl_append(fields, "Content-Type: application/json"));
  TRYV(curl_append(fields, "Expect:"));  // no waiting for a leave to send
  for (const auto& [name, value] : hook.fields) {
    if (!is_one_line(name) || !is_one_line(value)) return fail(Errc::invalid_argument, "a field of a hook");
    TRYV(curl_append(fields, name + ": " + value));
  }
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, fields.get());
  curl_easy_setopt(handle.get(), CURLOPT_POST, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  TRY(said, curl_run(handle.get(), hook.max_response_bytes));
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  return HookAnswer{.status = static_cast<unsigned>(status), .body = said};
}

}  // namespace lindung::http
