// Boost.JSON's event parser feeds a builder that watches what the library leaves open: names that stand twice in an
// object (it would keep the last) and numbers (it would be off by a last digit, or infinite).
#include "codec/json.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/serializer.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_stack.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"

namespace lindung::codec {
namespace {

using boost::system::error_code;

// The names of the objects that are open, each object's names together at the end of one text.
class OpenNames {
 public:
  void open() { objects_.push_back(names_.size()); }
  void part(std::string_view text) { text_.append(text); }
  void end_of_name() {
    const std::size_t begin = names_.empty() ? 0 : names_.back().end;
    names_.push_back({.begin = begin, .end = text_.size()});
  }
  // False if two names of the object that closes are equal.
  [[nodiscard]] bool close() {
    const auto first = names_.begin() + static_cast<std::ptrdiff_t>(objects_.back());
    const std::size_t keep = first == names_.end() ? text_.size() : first->begin;
    std::vector<std::string_view> views;
    for (auto name = first; name != names_.end(); ++name) {
      views.push_back(std::string_view{text_}.substr(name->begin, name->end - name->begin));
    }
    std::ranges::sort(views);
    const bool unique = std::ranges::adjacent_find(views) == views.end();
    names_.erase(first, names_.end());
    text_.resize(keep);
    objects_.pop_back();
    return unique;
  }

 private:
  struct Name {
    std::size_t begin;
    std::size_t end;
  };
  std::string text_;
  std::vector<Name> names_;
  std::vector<std::size_t> objects_;  // where an open object's names begin in names_
};

// The callbacks of boost::json::basic_parser, which names them and their arguments.
struct Builder {
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  json::value_stack stack;
  OpenNames names;
  std::string number;
  bool name_twice = false;

  bool on_document_begin(error_code& /*ec*/) {
    stack.reset({});
    return true;
  }
  bool on_document_end(error_code& /*ec*/) { return true; }
  bool on_object_begin(error_code& /*ec*/) {
    names.open();
    return true;
  }
  bool on_object_end(std::size_t members, error_code& ec) {
    if (!names.close()) {
      name_twice = true;
      ec = json::error::syntax;
      return false;
    }
    stack.push_object(members);
    return true;
  }
  bool on_array_begin(error_code& /*ec*/) { return true; }
  bool on_array_end(std::size_t items, error_code& /*ec*/) {
    stack.push_array(items);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t /*so_far*/, error_code& /*ec*/) {
    names.part(part);
    stack.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t /*size*/, error_code& /*ec*/) {
    names.part(part);
    names.end_of_name();
    stack.push_key(part);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t /*so_far*/, error_code& /*ec*/) {
    stack.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t /*size*/, error_code& /*ec*/) {
    stack.push_string(part);
    return true;
  }
  bool on_number_part(json::string_view part, error_code& /*ec*/) {
    number.append(part);
    return true;
  }
  bool on_int64(std::int64_t value, json::string_view /*text*/, error_code& /*ec*/) {
    number.clear();
    stack.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, json::string_view /*text*/, error_code& /*ec*/) {
    number.clear();
    stack.push_uint64(value);
    return true;
  }
  // The library multiplies by a power of ten (0.3 becomes 0.30000000000000004); from_chars rounds correctly.
  bool on_double(double near, json::string_view text, error_code& ec) {
    number.append(text);
    double exact = 0;
    const auto* const end = number.data() + number.size();
    const auto [stopped, error] = std::from_chars(number.data(), end, exact);
    const bool too_small = error == std::errc::result_out_of_range && std::abs(near) < 1;
    number.clear();
    if (too_small) exact = 0;
    if ((error != std::errc{} && !too_small) || stopped != end) {
      ec = json::error::exponent_overflow;
      return false;
    }
    stack.push_double(exact);
    return true;
  }
  bool on_bool(bool value, error_code& /*ec*/) {
    stack.push_bool(value);
    return true;
  }
  bool on_null(error_code& /*ec*/) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(json::string_view /*part*/, error_code& /*ec*/) { return true; }
  bool on_comment(json::string_view /*part*/, error_code& /*ec*/) { return true; }
};

std::string number_text(double value) {
  if (!std::isfinite(value)) return "null";  // JSON has no other word for it; parse_json never makes one
  std::array<char, 32> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  std::string text{buffer.data(), written.ptr};
  // A whole number stays a double when it is read again.
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

// Writes compactly, or with a line for each member and item.
class Printer {
 public:
  explicit Printer(bool pretty) : pretty_{pretty} {}
  void print(const json::value& value, std::size_t depth) {  // NOLINT(misc-no-recursion): as deep as the value
    switch (value.kind()) {
      case json::kind::object: object(value.get_object(), depth); break;
      case json::kind::array: array(value.get_array(), depth); break;
      case json::kind::double_: out_ += number_text(value.get_double()); break;
      default: serializer_.reset(&value); write();
    }
  }
  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  // What the serializer was given; made once, since it is costlier than most of what it writes.
  void write() {
    while (!serializer_.done()) out_ += serializer_.read(part_.data(), part_.size());
  }
  void line(std::size_t depth) {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * depth, ' ');
  }
  void object(const json::object& members, std::size_t depth) {  // NOLINT(misc-no-recursion)
    out_ += '{';
    bool first = true;
    for (const auto& member : members) {
      if (!first) out_ += ',';
      first = false;
      line(depth + 1);
      serializer_.reset(member.key());
      write();
      out_ += pretty_ ? ": " : ":";
      print(member.value(), depth + 1);
    }
    if (!first) line(depth);
    out_ += '}';
  }
  void array(const json::array& items, std::size_t depth) {  // NOLINT(misc-no-recursion)
    out_ += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      line(depth + 1);
      print(item, depth + 1);
    }
    if (!first) line(depth);
    out_ += ']';
  }

  static constexpr std::size_t part_size = 512;

  bool pretty_;
  std::string out_;
  json::serializer serializer_;
  std::array<char, part_size> part_{};
};

}  // namespace

Result<json::value> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes) return fail(Errc::too_large, "JSON over " + std::to_string(limits.bytes) + " bytes");
  json::parse_options options;
  options.max_depth = limits.depth;
  json::basic_parser<Builder> parser{options};
  error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  const auto where = "JSON at byte " + std::to_string(read) + ": ";
  if (parser.handler().name_twice)
    return fail(Errc::malformed, where + "a name stands twice in the object that ends here");
  if (error) return fail(Errc::malformed, where + error.message());
  if (read != text.size()) return fail(Errc::malformed, where + "text behind the value");
  return parser.handler().stack.release();
}

std::string to_text(const json::value& value) {
  Printer printer{false};
  printer.print(value, 0);
  return std::move(printer).take();
}

std::string to_pretty_text(const json::value& value) {
  Printer printer{true};
  printer.print(value, 0);
  return std::move(printer).take();
}

}  // namespace lindung::codec
