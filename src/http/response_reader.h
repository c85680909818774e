// The bytes of an answer, on the client's side. The parser is Beast's; nothing of it shows.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace lindung::http {

class ResponseReader {
 public:
  // `to_head`: the answer to HEAD, which has no body whatever its head says.
  ResponseReader(std::size_t max_header_bytes, std::size_t max_body_bytes, bool to_head);
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;
  ~ResponseReader();

  // Takes what has arrived; true when the answer is complete. Interim answers (1xx) are passed over.
  // Errors: malformed (the grammar, bytes behind the answer), too_large.
  [[nodiscard]] Result<bool> feed(std::string_view bytes);
  // The server has closed; true when that completes the answer (a body without a length).
  [[nodiscard]] Result<bool> end();
  // Once, when complete.
  [[nodiscard]] ClientResponse take();
  // Whether another request may follow on the connection; when complete.
  [[nodiscard]] bool keep_alive() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace lindung::http
