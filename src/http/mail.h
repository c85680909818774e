// Sends one mail over SMTP, blocking, through libcurl: with TLS from the first byte (smtps://) or from STARTTLS on
// (smtp://), which a server must offer. A relay on this very machine may speak without.
//
//   TRYV(send_mail({.url = "smtps://mail.example.go.id", .user = "lindung", .password = secret},
//                  {.from = "lindung@example.go.id", .to = {"bantuan@bssn.go.id"}, .subject = "…", .text = "…", …}));
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace lindung::http {

struct MailServer {
  std::string url{};            // "smtps://host", "smtp://host:587"
  std::string user{};           // empty: no log-in
  SecretBytes password{};       // without an end of line
  std::string ca_file{};        // PEM path; empty: the machine's own trust store
  std::string helo{"lindung"};  // the name that the server is greeted with
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds call_timeout{60'000};
};

struct MailFile {
  std::string name{};  // "report.pdf": printable ASCII without quotes
  std::string type{};  // "application/pdf"
  std::string bytes{};
};

struct Mail {
  std::string from{};
  std::vector<std::string> to{};  // plain addresses: "a@example.org"
  std::string subject{};          // UTF-8
  std::string text{};             // UTF-8
  std::vector<MailFile> files{};
  Moment date{};
  std::string id{};  // of the Message-ID, in letters and digits: the same for each try of the same mail
};

// A plain address: one @, no space, no control character, no bracket, at most 254 bytes.
[[nodiscard]] bool is_mail_address(std::string_view text) noexcept;
// smtps:// or smtp:// with a host, no user and no path.
[[nodiscard]] bool is_mail_url(std::string_view url);

// Returns when the server has taken the mail for every address.
// Errors: invalid_argument (an address, a name of a file, a URL); denied (the server refused an address, the log-in or
// the mail for good: 5xx); unavailable (not reached, no TLS, refused for now: 4xx); timeout; io (a bad file of
// certificates); outcome_unknown (it broke while the mail went).
// Privacy: no address stands in an error.
[[nodiscard]] Result<void> send_mail(const MailServer& server, const Mail& mail);

}  // namespace lindung::http
