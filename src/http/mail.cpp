#include "http/mail.h"

#include <curl/curl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "http/curl_call.h"

namespace lindung::http {

namespace {

constexpr std::size_t longest_address = 254;
constexpr std::size_t longest_answer = std::size_t{64} * 1024;
constexpr long permanent_refusal = 500;
constexpr long refusal = 400;

bool is_file_name(std::string_view name) noexcept {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return c > ' ' && c < 0x7F && std::string_view{"\"\\/<>;"}.find(c) == std::string_view::npos;
  });
}

bool is_ascii(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7F; });
}

std::string base64(std::string_view bytes) {
  std::vector<unsigned char> out((bytes.size() + 2) / 3 * 4 + 1);  // and the zero that OpenSSL ends it with
  const auto* const in = reinterpret_cast<const unsigned char*>(bytes.data());  // NOLINT: text as bytes
  const int size = EVP_EncodeBlock(out.data(), in, static_cast<int>(bytes.size()));
  return {out.begin(), out.begin() + size};
}

// Source: RFC 2047 section 2: a word has at most 75 characters, and no character of the text is cut in two.
std::string encoded_subject(std::string_view text) {
  if (is_ascii(text)) return std::string{text};
  constexpr std::size_t bytes_a_word = 45;
  std::string out;
  while (!text.empty()) {
    auto size = std::min(bytes_a_word, text.size());
    while (size > 1 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

std::string mail_date(Moment at) {
  const std::time_t seconds_since = std::chrono::system_clock::to_time_t(at);
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", fmt::gmtime(seconds_since));
}

Result<CurlList> head_of(const Mail& mail) {
  CurlList head;
  std::string to;
  for (const auto& each : mail.to) to += (to.empty() ? "<" : ", <") + each + ">";
  const auto host = mail.from.substr(mail.from.find('@') + 1);
  for (const auto& line : {"Date: " + mail_date(mail.date), "From: <" + mail.from + ">", "To: " + to,
                           "Subject: " + encoded_subject(mail.subject), "Message-ID: <" + mail.id + "@" + host + ">",
                           std::string{"MIME-Version: 1.0"}, std::string{"Auto-Submitted: auto-generated"}}) {
    TRYV(curl_append(head, line));
  }
  return head;
}

Result<void> add_part(curl_mime* mime, std::string_view bytes, const std::string& type, const std::string& name) {
  auto* const part = curl_mime_addpart(mime);
  const bool is_taken = part != nullptr && curl_mime_data(part, bytes.data(), bytes.size()) == CURLE_OK &&
                        curl_mime_type(part, type.c_str()) == CURLE_OK &&
                        curl_mime_encoder(part, name.empty() ? "quoted-printable" : "base64") == CURLE_OK &&
                        (name.empty() || curl_mime_filename(part, name.c_str()) == CURLE_OK);
  return is_taken ? ok() : Result<void>{fail(Errc::unavailable, "no memory for a part of a mail")};
}

Result<void> check(const MailServer& server, const Mail& mail) {
  if (!is_mail_url(server.url)) return fail(Errc::invalid_argument, "the URL of a mail server");
  if (!is_mail_address(mail.from)) return fail(Errc::invalid_argument, "the address of the sender");
  if (mail.to.empty() || !std::ranges::all_of(mail.to, is_mail_address)) {
    return fail(Errc::invalid_argument, "an address of a receiver");
  }
  if (!is_one_line(mail.subject)) return fail(Errc::invalid_argument, "the subject of a mail");
  if (mail.id.empty() || !std::ranges::all_of(mail.id, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      })) {
    return fail(Errc::invalid_argument, "the id of a mail");
  }
  for (const auto& file : mail.files) {
    if (!is_file_name(file.name) || !is_ascii(file.type)) return fail(Errc::invalid_argument, "the name of a file");
  }
  return ok();
}

void log_in(CURL* handle, const MailServer& server) {
  if (server.user.empty()) return;
  curl_easy_setopt(handle, CURLOPT_USERNAME, server.user.c_str());
  SecretBytes ended{server.password};
  ended.push_back(0);
  curl_easy_setopt(handle, CURLOPT_PASSWORD, reinterpret_cast<const char*>(ended.data()));  // NOLINT: bytes as text
}

Error named(CURL* handle, Error error) {
  long reply = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &reply);
  if (reply < refusal) return error;
  return {.code = reply >= permanent_refusal ? Errc::denied : Errc::unavailable,
          .detail = "the mail server answered " + std::to_string(reply),
          .number = {}};
}

}  // namespace

bool is_mail_address(std::string_view text) noexcept {
  const auto at = text.find('@');
  return text.size() <= longest_address && at != std::string_view::npos && at != 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos && text.front() != '-' &&
         std::ranges::all_of(text, [](char c) {
           return c > ' ' && c < 0x7F && std::string_view{"<>()[],;:\\\""}.find(c) == std::string_view::npos;
         });
}

bool is_mail_url(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return false;
  const auto scheme = url.substr(0, scheme_end);
  const auto host = url.substr(scheme_end + 3);
  return (scheme == "smtp" || scheme == "smtps") && !host.empty() && is_one_line(url) &&
         host.find_first_of("/?#@ ") == std::string_view::npos;
}

Result<void> send_mail(const MailServer& server, const Mail& mail) {
  TRYV(check(server, mail));
  TRY(handle, curl_handle({.url = server.url + "/" + server.helo,
                           .schemes = "smtp,smtps",
                           .ca_file = server.ca_file,
                           .connect_timeout = server.connect_timeout,
                           .call_timeout = server.call_timeout}));
  auto* const raw = handle.get();
  const bool may_be_plain = is_loopback_url(server.url) && server.ca_file.empty() && server.user.empty();
  curl_easy_setopt(raw, CURLOPT_USE_SSL, static_cast<long>(may_be_plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  log_in(raw, server);
  CurlList receivers;
  for (const auto& each : mail.to) {
    TRYV(curl_append(receivers, "<" + each + ">"));
  }
  TRY(head, head_of(mail));
  const CurlMime mime{curl_mime_init(raw)};
  TRYV(add_part(mime.get(), mail.text, "text/plain; charset=utf-8", {}));
  for (const auto& file : mail.files) {
    TRYV(add_part(mime.get(), file.bytes, file.type, file.name));
  }
  curl_easy_setopt(raw, CURLOPT_MAIL_FROM, ("<" + mail.from + ">").c_str());
  curl_easy_setopt(raw, CURLOPT_MAIL_RCPT, receivers.get());
  curl_easy_setopt(raw, CURLOPT_HTTPHEADER, head.get());
  curl_easy_setopt(raw, CURLOPT_MIMEPOST, mime.get());
  const auto said = curl_run(raw, longest_answer);
  if (!said) return named(raw, said.error());
  return ok();
}

}  // namespace lindung::http
