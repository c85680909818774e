#include "http/response_reader.h"

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

constexpr std::size_t shortest_chunked_rest = 5;

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
  parser_->waiting.append(bytes);
  std::string_view left{parser_->waiting};
  beast::error_code code;
  while (!left.empty() && !code) {
    auto& message = *parser_->message;
    const bool in_head = !message.is_header_done();
    if (!in_head && message.chunked() && left.size() < shortest_chunked_rest) break;  // see RequestReader
    const auto used = message.put(boost::asio::const_buffer{left.data(), left.size()}, code);
    if (code && code != error::need_more) return refusal(code);
    left.remove_prefix(used);
    if (in_head) parser_->head_bytes += used;
    // What the parser cannot use yet is the rest of a line of the head, of a chunk or of the trailer.
    const auto line = code ? left.size() : 0;
    if ((in_head ? parser_->head_bytes : 0) + line > parser_->max_header_bytes) {
      return fail(Errc::too_large, "the head of the answer");
    }
    if (!message.is_done()) continue;
    if (message.get().result_int() / 100 != 1) {
      if (!left.empty()) return fail(Errc::malformed, "bytes behind the answer");
      return true;
    }
    parser_->begin();
  }
  parser_->waiting.erase(0, parser_->waiting.size() - left.size());
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
