// One call of libcurl with the bounds that all of ours have.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace lindung::people {

struct FreeCurl {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
using CurlHandle = std::unique_ptr<CURL, FreeCurl>;

struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, FreeList>;

// With times, protocols ("smtp,smtps") and trust set; no redirect is followed, and nothing is written anywhere.
[[nodiscard]] CurlHandle new_call(const std::string& url, const char* protocols, const std::string& ca_file);
// Errors: unavailable, with curl's word for it; denied for an answer that says no for good.
[[nodiscard]] Result<void> perform(CURL* call);

}  // namespace lindung::people
