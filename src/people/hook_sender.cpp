#include <curl/curl.h>
#include <curl/easy.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "people/curl_call.h"
#include "people/message_sender.h"
#include "people/messages.h"

namespace lindung::people {

namespace {

constexpr std::size_t shortest_secret = 16;

class Hook final : public MessageSender {
 public:
  explicit Hook(HookOptions options) : options_{std::move(options)} {}

  Result<void> send(const PhoneMessage& message) override {
    const auto body = as_json(message);
    const auto at_s = std::to_string(unix_seconds(message.at));
    const auto mac = crypto::hmac_sha256(options_.secret, {as_bytes(at_s), as_bytes("."), as_bytes(body)});
    const auto call = new_call(options_.url, options_.plain ? "http,https" : "https", options_.ca_file);
    if (!call) return fail(Errc::unavailable, "libcurl");
    auto* const at = call.get();
    CurlList fields{curl_slist_append(nullptr, "Content-Type: application/json")};
    for (const auto& field : {"Lindung-Signature: t=" + at_s + ",v1=" + codec::hex(mac), std::string{"Expect:"}}) {
      auto* const longer = curl_slist_append(fields.get(), field.c_str());
      if (longer == nullptr) return fail(Errc::unavailable, "libcurl");
      static_cast<void>(fields.release());
      fields.reset(longer);
    }
    curl_easy_setopt(at, CURLOPT_HTTPHEADER, fields.get());
    curl_easy_setopt(at, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(at, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(at, CURLOPT_FAILONERROR, 1L);
    TRYV(perform(at));
    constexpr long first_success = 200;
    constexpr long behind_success = 300;
    long status = 0;
    curl_easy_getinfo(at, CURLINFO_RESPONSE_CODE, &status);
    if (status < first_success || status >= behind_success) {
      return fail(Errc::unavailable, "the provider: " + std::to_string(status));
    }
    return ok();
  }

 private:
  HookOptions options_;
};

}  // namespace

Result<std::unique_ptr<MessageSender>> hook_sender(HookOptions options) {
  const bool has_scheme = options.url.starts_with("https://") || (options.plain && options.url.starts_with("http://"));
  const bool is_line = std::ranges::all_of(options.url, [](char c) { return c > 0x20 && c < 0x7F; });
  if (!has_scheme || !is_line) return fail(Errc::invalid_argument, "messages.hook_url: https:// is needed");
  if (options.secret.size() < shortest_secret) {
    return fail(Errc::invalid_argument, "messages.hook_secret_file: at least 16 bytes are needed");
  }
  return std::unique_ptr<MessageSender>{std::make_unique<Hook>(std::move(options))};
}

}  // namespace lindung::people
