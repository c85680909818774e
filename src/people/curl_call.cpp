#include "people/curl_call.h"

#include <curl/curl.h>
#include <curl/easy.h>

#include <cstddef>
#include <string>

#include "base/result.h"

namespace lindung::people {

namespace {

constexpr long connect_ms = 5'000;
constexpr long call_ms = 20'000;
constexpr long refused_for_good = 500;  // SMTP 5yz
constexpr long first_client_error = 400;

std::size_t ignore(char* /*data*/, std::size_t size, std::size_t count, void* /*to*/) { return size * count; }

// Once for the process, before any thread of ours calls it.
bool is_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

}  // namespace

CurlHandle new_call(const std::string& url, const char* protocols, const std::string& ca_file) {
  if (!is_ready()) return nullptr;
  CurlHandle call{curl_easy_init()};
  if (!call) return nullptr;
  auto* const at = call.get();
  curl_easy_setopt(at, CURLOPT_URL, url.c_str());
  curl_easy_setopt(at, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(at, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(at, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(at, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
  curl_easy_setopt(at, CURLOPT_TIMEOUT_MS, call_ms);
  curl_easy_setopt(at, CURLOPT_WRITEFUNCTION, ignore);
  curl_easy_setopt(at, CURLOPT_PROXY, "");
  curl_easy_setopt(at, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (!ca_file.empty()) curl_easy_setopt(at, CURLOPT_CAINFO, ca_file.c_str());
  return call;
}

Result<void> perform(CURL* call) {
  const auto done = curl_easy_perform(call);
  long answer = 0;
  curl_easy_getinfo(call, CURLINFO_RESPONSE_CODE, &answer);
  const auto said = "the provider: " + std::string{curl_easy_strerror(done)} + ", " + std::to_string(answer);
  if (done == CURLE_OK) return ok();
  const bool is_smtp_refusal = done != CURLE_HTTP_RETURNED_ERROR && answer >= refused_for_good;
  const bool is_http_refusal =
      done == CURLE_HTTP_RETURNED_ERROR && answer >= first_client_error && answer < refused_for_good;
  if (is_smtp_refusal || is_http_refusal) return fail(Errc::denied, said);
  return fail(Errc::unavailable, said);
}

}  // namespace lindung::people
