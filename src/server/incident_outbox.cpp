#include "server/incident_outbox.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "domain/incident_draft.h"
#include "server/incident_post.h"
#include "service/incident_messages.h"
#include "service/incident_settings.h"
#include "store/durable_file.h"

namespace lindung::server {

namespace {

constexpr std::size_t name_digits = 16;

Result<void> make_folder(const std::string& path) {
  std::error_code code;
  const bool was_made = std::filesystem::create_directories(path, code);
  if (code) return fail(Errc::io, path + ": " + code.message());
  if (was_made) std::filesystem::permissions(path, std::filesystem::perms::owner_all, code);
  return ok();
}

}  // namespace

Result<void> IncidentOutbox::send(const service::IncidentMessage& message) const {
  if (message.is_drill) return write(message, drills_ + "/" + message.recipient);
  const auto found = std::ranges::find(settings_.recipients, message.recipient, &service::IncidentRecipient::name);
  if (found == settings_.recipients.end()) return write(message, folder_ + "/" + message.recipient);
  if (post_ != nullptr && !found->hook.empty()) return post_->to_hook(found->hook, message);
  if (post_ != nullptr && !found->mail.empty()) return post_->by_mail(found->mail, message);
  return write(message, found->folder.empty() ? folder_ + "/" + message.recipient : found->folder);
}

Result<void> IncidentOutbox::write(const service::IncidentMessage& message, const std::string& folder) const {
  TRYV(make_folder(folder));
  const auto begin = folder + "/" + codec::hex(message.incident.bytes()).substr(0, name_digits) + "-" +
                     std::string{domain::name_of(message.form)} + "-" +
                     codec::hex(message.id.bytes()).substr(0, name_digits);
  const std::array<std::pair<std::string_view, BytesView>, 3> files{
      {{".pdf", message.files.pdf}, {".txt", as_bytes(message.files.text)}, {".json", as_bytes(message.files.json)}}};
  for (const auto& [ending, content] : files) {
    const auto written = store::create_file(begin + std::string{ending}, content);
    // Written before, and the note of it lost: the name stands for the content.
    if (written.has_error() && written.error().code != Errc::conflict) return written;
  }
  return ok();
}

Result<void> IncidentOutbox::carry(const service::IncidentMessage& message) {
  const auto sent = send(message);
  if (!message.is_drill) ++(sent.has_value() ? delivered_ : failed_);
  return sent;
}

}  // namespace lindung::server
