// Reports on their way to authorities: written into the database with what they say, and delivered behind the commit
// until they were, so that a full disk or a folder that is not there loses nothing. A clock is met when all that it
// asks for was delivered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "service/incident_drafts.h"
#include "service/incident_rows.h"
#include "service/logged_unit.h"
#include "service/partners.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

using MessageId = Id<struct MessageIdTag, ByteArray<16>>;

// The numbers stand in the database.
enum class MessageState : std::uint8_t { queued = 1, delivered = 2, acknowledged = 3 };
[[nodiscard]] std::string_view name_of(MessageState state) noexcept;

struct IncidentMessage {
  domain::IncidentId incident;
  MessageId id;
  std::string recipient;
  domain::DraftForm form{};
  bool is_drill{};
  DraftFiles files;
};

// The way out. Delivering the same message again must do no harm.
class MessageCarrier {
 public:
  MessageCarrier() = default;
  MessageCarrier(const MessageCarrier&) = delete;
  MessageCarrier& operator=(const MessageCarrier&) = delete;
  virtual ~MessageCarrier() = default;
  // Returns when it cannot be lost any more. Errors: any; it is tried again.
  [[nodiscard]] virtual Result<void> carry(const IncidentMessage& message) = 0;
};

// Queues the report of a recipient as the incident stands now; of a drill, for the drill's folder. A recipient may be
// sent a newer one. Errors: not_found for a recipient that the configuration does not name.
[[nodiscard]] Result<MessageId> queue_message(const Platform& platform, const domain::IncidentId& id,
                                              const std::string& recipient, const CommandDigest& command);
// Queues for every recipient; gives their names.
[[nodiscard]] Result<std::vector<std::string>> queue_all_messages(const Platform& platform,
                                                                  const domain::IncidentId& id,
                                                                  const CommandDigest& command);

// In a unit: queues the draft of this form under the name of a recipient.
[[nodiscard]] Result<void> put_message(LoggedUnit& unit, const Platform& platform, const IncidentRow& row,
                                       const std::string& recipient, domain::DraftForm form, const MessageId& id);

// Delivers what is due; what fails is tried again after 5, 10, 20 … at most 300 s. Errors: the first one that was met.
[[nodiscard]] Result<void> deliver_messages(const Platform& platform, MessageCarrier& carrier);

// What a recipient answered, such as a number of theirs. Errors: conflict unless it was delivered; those of
// clean_text().
[[nodiscard]] Result<void> acknowledge_message(const Platform& platform, const domain::IncidentId& id,
                                               const std::string& recipient, std::string_view receipt,
                                               const CommandDigest& command);

struct MessageListing {
  MessageId id;
  std::string recipient;
  domain::DraftForm form{};
  MessageState state{};
  std::uint64_t attempts{};
  Moment queued_at;
  std::optional<Moment> delivered_at;
  std::string receipt;
};
[[nodiscard]] Result<std::vector<MessageListing>> list_messages(const Platform& platform, const domain::IncidentId& id);

// In a unit that changes what a clock asks for: sets the clocks that are met by now, with an entry "incident.notified"
// each, and the state once both are. `row` is written back by the caller.
[[nodiscard]] Result<void> settle_clocks(LoggedUnit& unit, const Platform& platform, IncidentRow& row);

}  // namespace lindung::service
