#include "http/curl_call.h"

#include <curl/curl.h>
#include <curl/easy.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/result.h"

namespace lindung::http {

namespace {

bool is_library_ready() {
  static const bool is_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return is_ready;
}

struct Taken {
  std::string bytes;
  std::size_t limit{};
};

std::size_t take(char* bytes, std::size_t one, std::size_t count, void* into) {
  auto& taken = *static_cast<Taken*>(into);
  if (one * count > taken.limit - taken.bytes.size()) return 0;
  taken.bytes.append(bytes, one * count);
  return count;
}

Errc error_of(CURLcode code) noexcept {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return Errc::timeout;
    case CURLE_WRITE_ERROR: return Errc::too_large;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return Errc::invalid_argument;
    case CURLE_SSL_CACERT_BADFILE: return Errc::io;
    case CURLE_LOGIN_DENIED: return Errc::denied;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING: return Errc::outcome_unknown;
    default: return Errc::unavailable;
  }
}

}  // namespace

Result<CurlHandle> curl_handle(const CurlTerms& terms) {
  if (!is_library_ready()) return fail(Errc::unavailable, "libcurl does not start");
  CurlHandle handle{curl_easy_init()};
  if (!handle) return fail(Errc::unavailable, "libcurl gives no handle");
  auto* const raw = handle.get();
  const auto set = [raw](auto option, auto value) { return curl_easy_setopt(raw, option, value) == CURLE_OK; };
  const bool is_set = set(CURLOPT_URL, terms.url.c_str()) && set(CURLOPT_PROTOCOLS_STR, terms.schemes.c_str()) &&
                      set(CURLOPT_PROXY, "") && set(CURLOPT_FOLLOWLOCATION, 0L) && set(CURLOPT_NOSIGNAL, 1L) &&
                      set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
                      set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(terms.connect_timeout.count())) &&
                      set(CURLOPT_TIMEOUT_MS, static_cast<long>(terms.call_timeout.count())) &&
                      (terms.ca_file.empty() || (set(CURLOPT_CAINFO, terms.ca_file.c_str()) &&
                                                 set(CURLOPT_CAPATH, static_cast<char*>(nullptr))));
  if (!is_set) return fail(Errc::invalid_argument, "libcurl does not take the URL or its terms");
  return handle;
}

Result<void> curl_append(CurlList& list, const std::string& line) {
  auto* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return fail(Errc::unavailable, "no memory for a line");
  static_cast<void>(list.release());
  list.reset(longer);
  return ok();
}

Result<std::string> curl_run(CURL* handle, std::size_t limit) {
  Taken taken{.bytes = {}, .limit = limit};
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &taken);
  const auto code = curl_easy_perform(handle);
  if (code != CURLE_OK) return fail(error_of(code), curl_easy_strerror(code));
  return std::move(taken.bytes);
}

bool is_loopback_url(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return false;
  auto host = url.substr(scheme_end + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  constexpr std::array<std::string_view, 3> loopbacks{"127.0.0.1", "[::1]", "localhost"};
  return std::ranges::any_of(loopbacks, [&](std::string_view name) {
    return host == name || (host.starts_with(name) && host.substr(name.size()).starts_with(':') &&
                            host.find('@') == std::string_view::npos);
  });
}

bool is_one_line(std::string_view text) noexcept {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace lindung::http
