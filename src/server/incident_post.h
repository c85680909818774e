// Reports about incidents on their way to other machines: as JSON to a hook, signed with the directory key, or as a
// mail with the PDF and the JSON. A report that was sent before goes again under the same id, so that the other side
// can tell.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "http/mail.h"
#include "service/incident_messages.h"

namespace lindung::server {

struct IncidentPostTerms {
  http::MailServer mail{};  // no URL: no mail can go
  std::string mail_from{};
  std::string mail_password_file{};  // read for each mail; its first line
  std::string hook_ca{};             // PEM path; empty: the machine's own trust store
};

// What Lindung-Signature signs: "lindung-hook v1", a zero byte, the moment (8 bytes), the message's id (16), SHA-256 of
// the body.
[[nodiscard]] Bytes hook_signed_bytes(Moment created, const service::MessageId& id, std::string_view body);

class IncidentPost {
 public:
  using SigningKey = std::function<Result<crypto::Ed25519PrivateKey>()>;
  IncidentPost(IncidentPostTerms terms, const Clock& clock, SigningKey key)
      : terms_{std::move(terms)}, clock_{clock}, key_{std::move(key)} {}

  // Returns when the other side has answered 2xx. Errors: unavailable for any other answer; those of post_json().
  [[nodiscard]] Result<void> to_hook(const std::string& url, const service::IncidentMessage& message) const;
  // Returns when the mail server has taken it. Errors: io (the password's file); those of send_mail().
  [[nodiscard]] Result<void> by_mail(const std::string& address, const service::IncidentMessage& message) const;
  // From now on nothing is sent: for who wants to end within the time of one call.
  void stop() noexcept { is_stopping_ = true; }

 private:
  IncidentPostTerms terms_;
  const Clock& clock_;
  SigningKey key_;
  std::atomic<bool> is_stopping_{false};
};

}  // namespace lindung::server
