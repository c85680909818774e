#include "http/response_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "http/client.h"

namespace lindung::http {

namespace {

namespace beast = boost::beast;
using beast::http::error;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

auto refusal(const beast::error_code& code) {
  const bool large = code == error::body_limit || code == error::header_limit || code == error::buffer_overflow;
  return fail(large ? Errc::too_large : Errc::malformed, "the answer: " + code.message());
}

}  // namespace

struct ResponseReader::Parser {
  Parser(std::size_t header_limit, std::size_t body_limit, bool head)
      : max_header_bytes{header_limit}, max_body_bytes{body_limit}, to_head{head} {
    begin();
  }

  void begin() {
    message.emplace();
    message->eager(true);
    message->header_limit(std::numeric_limits<std::uint32_t>::max());  // counted here, over all put() calls
    message->body_limit(max_body_bytes);
    message->skip(to_head);
    head_bytes = 0;
  }

  std::size_t max_header_bytes;
  std::size_t max_body_bytes;
  bool to_head;
  std::string waiting;        // what the parser could not use yet
  std::size_t head_bytes{0};  // that it took of the head
  std::optional<beast::http::response_parser<beast::http::string_body>> message;
};

ResponseReader::ResponseReader(std::size_t max_header_bytes, std::size_t max_body_bytes, bool to_head)
    : parser_{std::make_unique<Parser>(max_header_bytes, max_body_bytes, to_head)} {}

ResponseReader::~ResponseReader() = default;

Result<bool> ResponseReader::feed(std::string_view bytes) {
  auto& waiting = parser_->waiting;
  waiting.append(bytes);
  while (!waiting.empty()) {
    beast::error_code code;
    const bool had_head = parser_->message->is_header_done();
    const auto used = parser_->message->put(boost::asio::const_buffer{waiting.data(), waiting.size()}, code);
    if (code && code != error::need_more) return refusal(code);
    waiting.erase(0, used);
    if (!had_head) {
      parser_->head_bytes += used;
      const bool has_head = parser_->message->is_header_done();
      if (!has_head && parser_->head_bytes + waiting.size() > parser_->max_header_bytes) {
        return fail(Errc::too_large, "the head of the answer");
      }
    } else if (code == error::need_more && waiting.size() > parser_->max_header_bytes) {
      return fail(Errc::too_large, "a chunk's line or the trailer of the answer");
    }
    if (parser_->message->is_done()) {
      if (parser_->message->get().result_int() / 100 == 1) {
        parser_->begin();
        continue;
      }
      if (!waiting.empty()) return fail(Errc::malformed, "bytes behind the answer");
      return true;
    }
    if (code == error::need_more || used == 0) break;
  }
  return false;
}

Result<bool> ResponseReader::end() {
  if (!parser_->message->got_some()) return false;
  beast::error_code code;
  parser_->message->put_eof(code);
  return !code && parser_->message->is_done();
}

ClientResponse ResponseReader::take() {
  auto message = parser_->message->release();
  ClientResponse out{.status = message.result_int(), .fields = {}, .body = std::move(message.body())};
  for (const auto& field : message) out.fields.emplace_back(text(field.name_string()), text(field.value()));
  return out;
}

bool ResponseReader::keep_alive() const { return parser_->message->keep_alive(); }

}  // namespace lindung::http
