// The head of a response as bytes: status line, the fields that the server answers for, then the handler's own.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace lindung::http {

struct Framing {
  std::string_view date;  // IMF-fixdate
  bool head_request{};    // HEAD: Content-Length is told, the body is not sent
  bool keep_alive{true};
  bool http_1_0{};  // then staying open must be said
};

// Whether a response of this status has a body at all (RFC 9110 section 6.4.1).
[[nodiscard]] bool has_body(unsigned status) noexcept;

// Whether nothing in the handler's fields could end a line: no control characters (RFC 9110 section 5.5), names are
// not empty.
[[nodiscard]] bool fields_are_clean(const Response& response) noexcept;

// Replaces what `out` holds, and keeps its memory.
void render_head(const Response& response, const Framing& framing, std::string& out);

// "Sun, 06 Nov 1994 08:49:37 GMT", kept for the second that it names. One a thread.
class DateText {
 public:
  [[nodiscard]] std::string_view now();

 private:
  std::int64_t second_{-1};
  std::string text_;
};

}  // namespace lindung::http
