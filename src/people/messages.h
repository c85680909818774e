// The way to a telephone: one-time codes and words about an account go through a provider that the operator chose.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/rule_set.h"

namespace lindung::people {

using MessageId = Id<struct PhoneMessageIdTag, ByteArray<16>>;  // random

enum class MessageKind : std::uint8_t { code = 1, account = 2 };
[[nodiscard]] std::string_view name_of(MessageKind kind) noexcept;  // "code"

// Privacy: personal data and, of a code, a secret.
struct PhoneMessage {
  MessageId id;
  MessageKind kind{MessageKind::code};
  std::string phone;  // "+6281234567890"
  domain::Text text;
  Moment at;
};

// {"id", "kind", "to", "at", "text": {"id", "en"}} as one line: what folder and hook give on.
[[nodiscard]] std::string as_json(const PhoneMessage& message);

// Thread-safe.
class Messages {
 public:
  Messages() = default;
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;
  virtual ~Messages() = default;
  // Takes a message over; it goes out at once or within moments, and is tried again for as long as a code stands. Never
  // waits for a network. Errors: busy while too many wait; io.
  [[nodiscard]] virtual Result<void> post(const PhoneMessage& message) = 0;
};

}  // namespace lindung::people
