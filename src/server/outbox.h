// Notices to citizens as files, DIR/outbox/ID.json: whoever sends letters, mails or messages takes them from there and
// removes what it sent. docs/configuration.md shows one.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"
#include "service/disclosures.h"
#include "service/notices.h"

namespace lindung::server {

class Outbox final : public service::Notifier {
 public:
  explicit Outbox(std::string folder) : folder_{std::move(folder)} {}

  // Makes the folder (mode 0700) when it is not there. The file (mode 0600) appears whole and durable, under the
  // notice's id, so that a notice that was delivered before changes nothing. Errors: io.
  [[nodiscard]] Result<void> deliver(const service::Notice& notice) override;

  // A file DIR/outbox/escalation-ID-LEVEL.json for whoever it names; the same one again changes nothing. Errors: io.
  [[nodiscard]] Result<void> escalate(const service::DisclosureEscalation& escalation) const;

  [[nodiscard]] std::uint64_t delivered() const noexcept { return delivered_; }
  [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }

 private:
  [[nodiscard]] Result<void> write(const service::Notice& notice) const;
  [[nodiscard]] Result<void> put(const std::string& name, const std::string& text) const;

  std::string folder_;
  std::atomic<std::uint64_t> delivered_{};
  std::atomic<std::uint64_t> failed_{};
};

}  // namespace lindung::server
