#include "http/request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/none.hpp>
#include <boost/optional/optional.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "http/message.h"

namespace lindung::http {

namespace {

namespace beast = boost::beast;
using Code = beast::error_code;
using Text = beast::string_view;
using ParseError = beast::http::error;

constexpr std::size_t room_behind_the_head = 4096;
constexpr std::size_t shortest_chunked_rest = 5;
// What a connection keeps between two requests; more was an exception and is given back.
constexpr std::size_t kept_body_capacity = std::size_t{64} * 1024;
constexpr std::size_t kept_field_capacity = 64;

std::string_view plain(Text text) noexcept { return {text.data(), text.size()}; }

// Takes the parser's events of one request. Beast parses field by field as they come, and out of one contiguous
// buffer, so what it reports are views into that buffer (R1).
class Events final : public beast::http::basic_parser<true> {
 public:
  Events(std::span<const char> buffer, Request& request, std::vector<Field>& fields,
         std::vector<std::uint8_t>& long_body)
      : buffer_{buffer}, request_{request}, fields_{fields}, long_body_{long_body} {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the buffer is the limit, over all put() calls
    body_limit(boost::none);                                  // the route's limit counts, over all chunks
  }

  std::optional<Errc> refused;  // why a callback stopped the parser, when it was not for bad grammar
  bool is_http_1_0{false};
  std::size_t body_limit_bytes{0};
  std::uint64_t body_bytes{0};

  // The body so far stands in the read buffer, whose space is needed: copy it (R1 holds: nobody saw it yet).
  void spill() {
    if (request_.body.empty() || !long_body_.empty()) return;
    long_body_.assign(request_.body.begin(), request_.body.end());
    request_.body = long_body_;
  }

 private:
  static void refuse(Code& code) { code = ParseError::bad_value; }

  // RFC 9112 section 5.2. Beast unfolds a value into memory of its own, or leaves the line break in front of it.
  [[nodiscard]] bool folded(Text name, Text value) const noexcept {
    const std::less<const char*> before;
    const char* const gap = name.data() + name.size();
    if (before(value.data(), gap) || before(buffer_.data() + buffer_.size(), value.data())) return true;
    return std::find(gap, value.data(), '\n') != value.data();
  }

  void on_request_impl(beast::http::verb /*verb*/, Text method, Text target, int version, Code& code) override {
    code = {};
    is_http_1_0 = version < 11;
    request_.method = plain(method);
    request_.target = plain(target);
  }

  void on_response_impl(int /*status*/, Text /*reason*/, int /*version*/, Code& code) override { refuse(code); }

  void on_field_impl(beast::http::field known, Text name, Text value, Code& code) override {
    code = {};
    if (head_done_) return;  // a trailer: nothing of it may pass for a field of the head (RFC 9110 section 6.5.1)
    if (folded(name, value)) return refuse(code);
    if (known == beast::http::field::content_length) {
      const auto digits = plain(value);
      if (request_.framed_by_content_length || digits.find_first_not_of("0123456789") != std::string_view::npos) {
        return refuse(code);  // RFC 9112 section 6.3: several lengths, even equal ones
      }
      request_.framed_by_content_length = true;
    }
    if (known == beast::http::field::transfer_encoding) ++codings_;
    fields_.push_back({plain(name), plain(value)});
  }

  void on_header_impl(Code& code) override {
    code = {};
    head_done_ = true;
    request_.fields = fields_;
    // RFC 9112 section 6.1: exactly "chunked", once; anything else hides the length of the body, and HTTP/1.0 had none.
    if (codings_ == 0) return;
    if (codings_ > 1 || is_http_1_0 || !same_name(request_.only("Transfer-Encoding").second, "chunked")) refuse(code);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, Code& code) override { code = {}; }

  std::size_t on_body_impl(Text piece, Code& code) override { return take(piece, code); }

  void on_chunk_header_impl(std::uint64_t /*size*/, Text /*extensions*/, Code& code) override { code = {}; }

  std::size_t on_chunk_body_impl(std::uint64_t /*remaining*/, Text piece, Code& code) override {
    return take(piece, code);
  }

  void on_finish_impl(Code& code) override { code = {}; }

  std::size_t take(Text piece, Code& code) {
    if (piece.size() > body_limit_bytes - body_bytes) {
      refused = Errc::too_large;
      code = ParseError::body_limit;
      return 0;
    }
    code = {};
    body_bytes += piece.size();
    const auto bytes = as_bytes(plain(piece));
    if (request_.sink) {
      if (request_.sink->take(bytes)) return piece.size();
      refused = Errc::unavailable;
      code = ParseError::body_limit;
      return 0;
    }
    if (long_body_.empty() && request_.body.empty()) {
      request_.body = bytes;
    } else if (long_body_.empty() && request_.body.data() + request_.body.size() == bytes.data()) {
      request_.body = {request_.body.data(), request_.body.size() + bytes.size()};
    } else {
      spill();
      long_body_.insert(long_body_.end(), bytes.begin(), bytes.end());
      request_.body = long_body_;
    }
    return piece.size();
  }

  std::span<const char> buffer_;
  Request& request_;
  std::vector<Field>& fields_;
  std::vector<std::uint8_t>& long_body_;
  unsigned codings_{0};
  bool head_done_{false};
};

}  // namespace

class RequestReader::Parser {
 public:
  explicit Parser(std::size_t max_header_bytes)
      : max_header_bytes_{max_header_bytes},
        capacity_{max_header_bytes + room_behind_the_head},
        buffer_{std::make_unique_for_overwrite<char[]>(capacity_)} {  // NOLINT(*-avoid-c-arrays): bytes of one size
    begin();
  }

  [[nodiscard]] std::span<char> room() noexcept { return {buffer_.get() + filled_, capacity_ - filled_}; }
  void arrived(std::size_t count) noexcept { filled_ += count; }

  Step advance() {
    while (true) {
      if (refusal_) return Step::refused;
      if (events_->is_done()) return Step::complete;
      if (filled_ - parsed_ < least_bytes()) return make_room();
      const bool had_head = events_->is_header_done();
      Code code;
      parsed_ += events_->put({buffer_.get() + parsed_, filled_ - parsed_}, code);
      if (code && code != ParseError::need_more)
        return refuse(events_->refused.value_or(Errc::malformed), code.message());
      const bool has_head = events_->is_header_done();
      if (!had_head && (has_head ? parsed_ : filled_ + 1) > max_header_bytes_) {
        return refuse(Errc::headers_too_large, "a header block over " + std::to_string(max_header_bytes_) + " bytes");
      }
      if (code) return make_room();
      if (!had_head && has_head) {
        head_end_ = parsed_;
        return Step::head;
      }
    }
  }

  bool ended_early() {
    if (!started()) return false;
    refuse(Errc::malformed, "the connection ended inside a request");
    return true;
  }

  [[nodiscard]] bool started() const noexcept { return filled_ > (events_->is_done() ? parsed_ : 0); }

  void next() {
    const auto left = filled_ - parsed_;
    std::memmove(buffer_.get(), buffer_.get() + parsed_, left);
    filled_ = left;
    parsed_ = head_end_ = 0;
    request_ = {};
    clear(fields_, kept_field_capacity);
    clear(long_body_, kept_body_capacity);
    begin();
  }

  bool limit_body(std::size_t bytes) {
    events_->body_limit_bytes = bytes;
    if (events_->content_length().value_or(0) <= bytes) return true;
    refuse(Errc::too_large, "Content-Length over the limit");
    return false;
  }

  [[nodiscard]] bool bytes_behind_head() const noexcept { return filled_ > head_end_; }
  Events& events() noexcept { return *events_; }
  Request& request() noexcept { return request_; }
  [[nodiscard]] const Error& refusal() const noexcept { return *refusal_; }

 private:
  void begin() { events_.emplace(std::span<const char>{buffer_.get(), capacity_}, request_, fields_, long_body_); }

  Step refuse(Errc code, std::string detail) {
    refusal_ = Error{.code = code, .detail = std::move(detail), .number = {}};
    return Step::refused;
  }

  // Beast of Boost 1.81 aborts on "0\r\n" and then a single byte (boostorg/beast pull request 2861). The shortest rest
  // of a chunked body is "0\r\n\r\n", so it may be left alone until that many bytes are there.
  [[nodiscard]] std::size_t least_bytes() const noexcept {
    return events_->is_header_done() && events_->chunked() ? shortest_chunked_rest : 1;
  }

  // The head stays where it is, for the request's views; the space behind it is used again and again for the body.
  Step make_room() {
    if (filled_ < capacity_) return Step::need_bytes;
    if (parsed_ == head_end_) return refuse(Errc::malformed, "the line of a chunk or the trailer is too long");
    events_->spill();
    std::memmove(buffer_.get() + head_end_, buffer_.get() + parsed_, filled_ - parsed_);
    filled_ -= parsed_ - head_end_;
    parsed_ = head_end_;
    return Step::need_bytes;
  }

  template <class T>
  static void clear(std::vector<T>& values, std::size_t kept) {
    values.clear();
    if (values.capacity() > kept) values.shrink_to_fit();
  }

  std::size_t max_header_bytes_;
  std::size_t capacity_;
  std::unique_ptr<char[]> buffer_;  // NOLINT(*-avoid-c-arrays)
  std::size_t filled_{0};           // bytes of the buffer that have arrived
  std::size_t parsed_{0};           // of those, what the parser has taken
  std::size_t head_end_{0};         // where the body begins, once the head stands
  Request request_;
  std::vector<Field> fields_;
  std::vector<std::uint8_t> long_body_;
  std::optional<Events> events_;
  std::optional<Error> refusal_;
};

RequestReader::RequestReader(std::size_t max_header_bytes) : parser_{std::make_unique<Parser>(max_header_bytes)} {}
RequestReader::~RequestReader() = default;

std::span<char> RequestReader::room() noexcept { return parser_->room(); }
void RequestReader::arrived(std::size_t count) noexcept { parser_->arrived(count); }
RequestReader::Step RequestReader::advance() { return parser_->advance(); }
bool RequestReader::ended_early() { return parser_->ended_early(); }
const Error& RequestReader::refusal() const noexcept { return parser_->refusal(); }
Request& RequestReader::request() noexcept { return parser_->request(); }
bool RequestReader::keep_alive() const noexcept { return parser_->events().keep_alive(); }
bool RequestReader::is_http_1_0() const noexcept { return parser_->events().is_http_1_0; }
bool RequestReader::body_pending() const noexcept { return !parser_->events().is_done(); }
void RequestReader::divert_body(std::shared_ptr<BodySink> sink) { parser_->request().sink = std::move(sink); }
bool RequestReader::limit_body(std::size_t bytes) { return parser_->limit_body(bytes); }
std::uint64_t RequestReader::body_bytes_so_far() const noexcept { return parser_->events().body_bytes; }
bool RequestReader::started() const noexcept { return parser_->started(); }
void RequestReader::next() { parser_->next(); }

bool RequestReader::waits_for_continue() const noexcept {
  // RFC 9110 section 10.1.1: not for HTTP/1.0, and not when the body is on its way already.
  if (is_http_1_0() || !body_pending() || parser_->bytes_behind_head()) return false;
  return same_name(parser_->request().only("Expect").second, "100-continue");
}

}  // namespace lindung::http
