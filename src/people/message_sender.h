// Providers that speak to another machine: each sends one message and says whether it was taken over there.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "people/messages.h"

namespace lindung::people {

class MessageSender {
 public:
  MessageSender() = default;
  MessageSender(const MessageSender&) = delete;
  MessageSender& operator=(const MessageSender&) = delete;
  virtual ~MessageSender() = default;
  // Waits for the network, for at most 20 s. Errors: unavailable (it may be tried again), denied (the other side
  // refused it for good). The details hold no number and no text.
  [[nodiscard]] virtual Result<void> send(const PhoneMessage& message) = 0;
};

// A mail to a gateway that makes it a text message. TLS is required, by STARTTLS or from the first byte.
struct SmtpOptions {
  std::string url;   // "smtp://mail.example:587", "smtps://mail.example:465"
  std::string from;  // "lindung@example.go.id"
  std::string to;    // "{phone}@sms.example": the digits of the number stand in the place of {phone}
  std::string user;  // empty: no log-in
  SecretBytes password;
  std::string ca_file;  // PEM; empty: the machine's trust store
  bool plain{};         // without TLS: for a relay on this machine
};
// Errors: invalid_argument for an option with control characters or spaces, no {phone}, another scheme.
[[nodiscard]] Result<std::unique_ptr<MessageSender>> smtp_sender(SmtpOptions options);

// POST of as_json(message) with Lindung-Signature: t=UNIX,v1=HEX, where HEX is HMAC-SHA256(secret, UNIX "." body). Any
// 2xx says that it was taken.
struct HookOptions {
  std::string url;  // "https://hook.example/path"
  SecretBytes secret;
  std::string ca_file;
  bool plain{};  // http:// too: for a service on this machine
};
// Errors: invalid_argument for another scheme, and for a secret of less than 16 bytes.
[[nodiscard]] Result<std::unique_ptr<MessageSender>> hook_sender(HookOptions options);

}  // namespace lindung::people
