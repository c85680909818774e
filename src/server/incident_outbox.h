// Reports about incidents on the way that the configuration names for each recipient: a hook, a mail, or a folder.
// There they are files, three a message: ID-FORM-MESSAGE.{pdf,txt,json}; the JSON comes last: who sees it has the
// others. Of a drill all are files, in the drill's folder.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"
#include "server/incident_post.h"
#include "service/incident_messages.h"
#include "service/incident_settings.h"

namespace lindung::server {

class IncidentOutbox final : public service::MessageCarrier {
 public:
  // Without a post (null) there are folders only. It outlives this.
  IncidentOutbox(std::string folder, std::string drills, service::IncidentSettings settings,
                 const IncidentPost* post = nullptr)
      : folder_{std::move(folder)}, drills_{std::move(drills)}, settings_{std::move(settings)}, post_{post} {}

  // Makes the folders (mode 0700) where they are not there. Each file (mode 0600) appears whole and durable; a message
  // that was carried before changes nothing. Errors: io; those of the post.
  [[nodiscard]] Result<void> carry(const service::IncidentMessage& message) override;

  // Not here: what drills sent.
  [[nodiscard]] std::uint64_t delivered() const noexcept { return delivered_; }
  [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }
  [[nodiscard]] const service::IncidentSettings& settings() const noexcept { return settings_; }

 private:
  [[nodiscard]] Result<void> send(const service::IncidentMessage& message) const;
  [[nodiscard]] Result<void> write(const service::IncidentMessage& message, const std::string& folder) const;

  std::string folder_;
  std::string drills_;
  service::IncidentSettings settings_;
  const IncidentPost* post_;
  std::atomic<std::uint64_t> delivered_{};
  std::atomic<std::uint64_t> failed_{};
};

}  // namespace lindung::server
