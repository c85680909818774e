// Providers that speak to another machine: each sends one message and says whether it was taken over there.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "http/hook.h"
#include "http/mail.h"
#include "people/messages.h"

namespace lindung::people {

class MessageSender {
 public:
  MessageSender() = default;
  MessageSender(const MessageSender&) = delete;
  MessageSender& operator=(const MessageSender&) = delete;
  virtual ~MessageSender() = default;
  // Waits for the network, as long as the options say. Errors: denied (the other side refused it for good); else those
  // of http::send_mail and http::post_json, after which it may be tried again. The details hold no number and no text.
  [[nodiscard]] virtual Result<void> send(const PhoneMessage& message) = 0;
};

// A mail to a gateway that makes it a text message. TLS is required, as http::send_mail requires it.
struct MailOptions {
  http::MailServer server;
  std::string from;  // "lindung@example.go.id"
  std::string to;    // "{phone}@sms.example": the digits of the number stand in the place of {phone}
};
// Errors: invalid_argument for what is no address, no {phone}, another scheme.
[[nodiscard]] Result<std::unique_ptr<MessageSender>> mail_sender(MailOptions options);

// POST of as_json(message) with Lindung-Signature: t=UNIX,v1=HEX, where HEX is HMAC-SHA256(secret, UNIX "." body). Any
// 2xx says that it was taken.
struct HookOptions {
  http::Hook hook;
  SecretBytes secret;
};
// Errors: invalid_argument for another scheme, and for a secret of less than 16 bytes.
[[nodiscard]] Result<std::unique_ptr<MessageSender>> hook_sender(HookOptions options);

}  // namespace lindung::people
