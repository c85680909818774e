#include "server/incident_post.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "domain/incident_draft.h"
#include "http/hook.h"
#include "http/mail.h"
#include "service/incident_messages.h"

namespace lindung::server {

namespace {

constexpr std::chrono::milliseconds connect_timeout{5'000};
constexpr std::chrono::milliseconds call_timeout{10'000};
constexpr std::size_t shown_digits = 16;
constexpr unsigned first_success = 200;
constexpr unsigned behind_success = 300;

Result<SecretBytes> read_password(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  SecretBytes out;
  char c = 0;
  while (file.get(c) && c != '\n' && c != '\r') out.push_back(static_cast<std::uint8_t>(c));
  if (out.empty()) return fail(Errc::io, path + ": no password can be read");
  return out;
}

std::string name_of(const service::IncidentMessage& message) {
  return codec::hex(message.incident.bytes()).substr(0, shown_digits) + "-" +
         std::string{domain::name_of(message.form)};
}

}  // namespace

Bytes hook_signed_bytes(Moment created, const service::MessageId& id, std::string_view body) {
  ByteArray<8> moment{};
  put_be(moment, unix_seconds(created));
  return Message{}
      .raw(as_bytes("lindung-hook v1"))
      .raw(ByteArray<1>{0})
      .raw(moment)
      .raw(id.bytes())
      .raw(crypto::sha256(as_bytes(body)))
      .take();
}

Result<void> IncidentPost::to_hook(const std::string& url, const service::IncidentMessage& message) const {
  if (is_stopping_) return fail(Errc::unavailable, "the server stops");
  const auto now = clock_.now();
  const auto& body = message.files.json;
  TRY(key, key_());
  const auto signature = key.sign(hook_signed_bytes(now, message.id, body));
  TRY(answer, http::post_json({.url = url,
                               .fields = {{"Lindung-Message", codec::hex(message.id.bytes())},
                                          {"Lindung-Created", std::to_string(unix_seconds(now))},
                                          {"Lindung-Signature", codec::base64url(signature)}},
                               .ca_file = terms_.hook_ca,
                               .connect_timeout = connect_timeout,
                               .call_timeout = call_timeout},
                              body));
  if (answer.status >= first_success && answer.status < behind_success) return ok();
  return fail(Errc::unavailable, message.recipient + " answered " + std::to_string(answer.status));
}

Result<void> IncidentPost::by_mail(const std::string& address, const service::IncidentMessage& message) const {
  if (is_stopping_) return fail(Errc::unavailable, "the server stops");
  auto server = terms_.mail;
  server.connect_timeout = connect_timeout;
  server.call_timeout = call_timeout;
  if (!server.user.empty()) {
    TRY(password, read_password(terms_.mail_password_file));
    server.password = std::move(password);
  }
  const auto name = name_of(message);
  return http::send_mail(
      server,
      {.from = terms_.mail_from,
       .to = {address},
       .subject = "Laporan insiden / Incident report " + name,
       .text = message.files.text,
       .files = {{.name = name + ".pdf", .type = "application/pdf", .bytes = std::string{as_text(message.files.pdf)}},
                 {.name = name + ".json", .type = "application/json", .bytes = message.files.json}},
       .date = clock_.now(),
       .id = codec::hex(message.id.bytes())});
}

}  // namespace lindung::server
