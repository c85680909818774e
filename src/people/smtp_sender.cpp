#include <curl/curl.h>
#include <curl/easy.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "people/curl_call.h"
#include "people/message_sender.h"
#include "people/messages.h"

namespace lindung::people {

namespace {

constexpr std::string_view place = "{phone}";
constexpr std::size_t line_size = 76;  // RFC 2045 section 6.8

// What may stand in an address or a URL of ours: no space, no control character, nothing that ends a line.
bool is_plain(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F && c != '<' && c != '>'; });
}

std::string mail_date(Moment at) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", days.at(std::chrono::weekday{day}.c_encoding()),
                     static_cast<unsigned>(date.day()), months.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

// The texts are in the body alone, as base64: no header holds anything that somebody else wrote.
std::string mail_of(const PhoneMessage& message, const std::string& from, const std::string& to) {
  const auto host = from.substr(std::min(from.find('@') + 1, from.size()));
  std::string mail = "Date: " + mail_date(message.at) + "\r\nFrom: <" + from + ">\r\nTo: <" + to +
                     ">\r\nSubject: Lindung\r\nMessage-ID: <" + codec::hex(message.id.bytes()) + "@" + host +
                     ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: base64\r\n\r\n";
  const auto body = codec::base64(as_bytes(message.text.id + "\n" + message.text.en + "\n"));
  for (std::size_t at = 0; at < body.size(); at += line_size) mail += body.substr(at, line_size) + "\r\n";
  return mail;
}

struct Rest {
  std::string_view text;
};

std::size_t give(char* out, std::size_t size, std::size_t count, void* from) {
  auto& rest = *static_cast<Rest*>(from);
  const auto taken = std::min(size * count, rest.text.size());
  std::memcpy(out, rest.text.data(), taken);
  rest.text.remove_prefix(taken);
  return taken;
}

class Smtp final : public MessageSender {
 public:
  explicit Smtp(SmtpOptions options) : options_{std::move(options)} {}

  Result<void> send(const PhoneMessage& message) override {
    auto to = options_.to;
    const auto digits = message.phone.starts_with('+') ? message.phone.substr(1) : message.phone;
    if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) {
      return fail(Errc::denied, "the number is none");
    }
    to.replace(to.find(place), place.size(), digits);
    const auto mail = mail_of(message, options_.from, to);
    const auto call = new_call(options_.url, "smtp,smtps", options_.ca_file);
    if (!call) return fail(Errc::unavailable, "libcurl");
    auto* const at = call.get();
    const CurlList recipients{curl_slist_append(nullptr, ("<" + to + ">").c_str())};
    Rest rest{mail};
    const std::string password{as_text(options_.password)};
    if (!options_.plain) curl_easy_setopt(at, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    if (!options_.user.empty()) {
      curl_easy_setopt(at, CURLOPT_USERNAME, options_.user.c_str());
      curl_easy_setopt(at, CURLOPT_PASSWORD, password.c_str());
    }
    curl_easy_setopt(at, CURLOPT_MAIL_FROM, ("<" + options_.from + ">").c_str());
    curl_easy_setopt(at, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(at, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(at, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(at, CURLOPT_READDATA, &rest);
    return perform(at);
  }

 private:
  SmtpOptions options_;
};

}  // namespace

Result<std::unique_ptr<MessageSender>> smtp_sender(SmtpOptions options) {
  if (!options.url.starts_with("smtp://") && !options.url.starts_with("smtps://")) {
    return fail(Errc::invalid_argument, "messages.smtp_url: smtp:// or smtps:// is needed");
  }
  if (!is_plain(options.url) || !is_plain(options.from) || !is_plain(options.to) ||
      options.to.find(place) == std::string::npos) {
    return fail(Errc::invalid_argument, "messages.smtp_from, smtp_to: addresses are needed, {phone} in the second");
  }
  return std::unique_ptr<MessageSender>{std::make_unique<Smtp>(std::move(options))};
}

}  // namespace lindung::people
