#include "http/response_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>

#include "http/message.h"

namespace lindung::http {

namespace {

// RFC 9110 section 15, as far as the product answers; a client reads the number, people read the phrase.
std::string_view phrase(unsigned status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "";
  }
}

void append(std::string& out, std::size_t number) {
  std::array<char, 20> digits;  // NOLINT(*-member-init): to_chars writes what is read
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

bool is_clean(std::string_view text) noexcept {
  return std::ranges::none_of(text,
                              [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

}  // namespace

bool has_body(unsigned status) noexcept { return status >= 200 && status != 204 && status != 304; }

bool fields_are_clean(const Response& response) noexcept {
  return is_clean(response.content_type) && std::ranges::all_of(response.fields, [](const auto& field) {
           return !field.first.empty() && is_clean(field.first) && is_clean(field.second) &&
                  field.first.find_first_of(": \t") == std::string::npos;
         });
}

void render_head(const Response& response, const Framing& framing, std::string& out) {
  out.assign("HTTP/1.1 ");
  append(out, response.status);
  out.append(" ").append(phrase(response.status)).append("\r\nDate: ").append(framing.date);
  if (!response.content_type.empty()) out.append("\r\nContent-Type: ").append(response.content_type);
  if (has_body(response.status)) {
    out.append("\r\nContent-Length: ");
    append(out, response.body.size());
  }
  for (const auto& [name, value] : response.fields) out.append("\r\n").append(name).append(": ").append(value);
  if (!framing.keep_alive) {
    out.append("\r\nConnection: close");
  } else if (framing.http_1_0) {
    out.append("\r\nConnection: keep-alive");
  }
  out.append("\r\n\r\n");
}

std::string_view DateText::now() {
  const std::time_t second = std::time(nullptr);
  if (second == second_) return text_;
  second_ = second;
  std::tm utc{};
  ::gmtime_r(&second, &utc);
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  text_ = fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days.at(static_cast<std::size_t>(utc.tm_wday)),
                      utc.tm_mday, months.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900, utc.tm_hour,
                      utc.tm_min, utc.tm_sec);
  return text_;
}

}  // namespace lindung::http
