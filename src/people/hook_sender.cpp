#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "http/hook.h"
#include "people/message_sender.h"
#include "people/messages.h"

namespace lindung::people {

namespace {

constexpr std::size_t shortest_secret = 16;
constexpr unsigned first_success = 200;
constexpr unsigned behind_success = 300;
constexpr unsigned first_client_error = 400;
constexpr unsigned first_server_error = 500;

class HookSender final : public MessageSender {
 public:
  explicit HookSender(HookOptions options) : options_{std::move(options)} {}

  Result<void> send(const PhoneMessage& message) override {
    const auto body = as_json(message);
    const auto at_s = std::to_string(unix_seconds(message.at));
    const auto mac = crypto::hmac_sha256(options_.secret, {as_bytes(at_s), as_bytes("."), as_bytes(body)});
    auto hook = options_.hook;
    hook.fields.emplace_back("Lindung-Signature", "t=" + at_s + ",v1=" + codec::hex(mac));
    TRY(answer, http::post_json(hook, body));
    if (answer.status >= first_success && answer.status < behind_success) return ok();
    const bool is_for_good = answer.status >= first_client_error && answer.status < first_server_error;
    return fail(is_for_good ? Errc::denied : Errc::unavailable, "the provider: " + std::to_string(answer.status));
  }

 private:
  HookOptions options_;
};

}  // namespace

Result<std::unique_ptr<MessageSender>> hook_sender(HookOptions options) {
  if (!http::is_hook_url(options.hook.url)) {
    return fail(Errc::invalid_argument, "messages.hook_url: https:// is needed, or http:// of this machine");
  }
  if (options.secret.size() < shortest_secret) {
    return fail(Errc::invalid_argument, "messages.hook_secret_file: at least 16 bytes are needed");
  }
  return std::unique_ptr<MessageSender>{std::make_unique<HookSender>(std::move(options))};
}

}  // namespace lindung::people
