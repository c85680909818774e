// What a citizen is told about things that the platform or its officers did to their records or colour. A notice is
// written in the unit that did it, so that neither is ever there without the other, and delivered behind the commit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/rule_set.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

using NoticeId = Id<struct NoticeIdTag, ByteArray<16>>;  // random

// The numbers stand in sealed rows.
enum class NoticeKind : std::uint8_t {
  override_set = 1,
  override_ended = 2,
  dispute_opened = 3,
  dispute_decided = 4,
  contact = 5,
  records_corrected = 6,
  records_undone = 7,
  incident = 8,
  report_identity_opened = 9,
  legal_request = 10,
  certificate_taken_back = 11,
  account = 12,     // a new device, a recovery
  delegation = 13,  // somebody acts for somebody, or no longer does
  consent = 14,     // a partner was linked, or no longer is
  right = 15,       // restricted, exported, erased
};
inline constexpr NoticeKind last_notice_kind = NoticeKind::right;
[[nodiscard]] std::string_view name_of(NoticeKind kind) noexcept;  // "override-set"

// Privacy: personal data. The texts name nobody else: no other citizen, no officer, no venue where people met.
struct Notice {
  NoticeId id;
  CitizenRef citizen;
  NoticeKind kind{};
  Moment at;
  domain::Text text;
};

// Writes a notice into this unit, under the citizen's key; it is delivered within a second of the commit, or turn by
// turn where more of them wait. Errors: not_found when there is no such citizen; invalid_argument for a text that is
// empty or longer than 2000 bytes.
[[nodiscard]] Result<void> put_notice(store::Transaction& transaction, const store::KeyRing& ring,
                                      const CitizenRef& citizen, NoticeKind kind, const domain::Text& text, Moment now);
// For who has the citizen open.
[[nodiscard]] Result<void> put_notice(store::Transaction& transaction, const OpenPerson& person, NoticeKind kind,
                                      const domain::Text& text, Moment now);
// Under an id that the caller made, for who follows its delivery.
[[nodiscard]] Result<void> put_notice(store::Transaction& transaction, const OpenPerson& person, const NoticeId& id,
                                      NoticeKind kind, const domain::Text& text, Moment now);

// The way out. Delivering the same notice again must do no harm: a notice is delivered at least once.
class Notifier {
 public:
  Notifier() = default;
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;
  virtual ~Notifier() = default;
  // Returns when the notice cannot be lost any more. Errors: any; it is tried again.
  [[nodiscard]] virtual Result<void> deliver(const Notice& notice) = 0;
};

inline constexpr std::size_t notices_a_turn = 100;
// How long a notice belongs to the node that took it up: afterwards, since that node failed, anybody takes it up again.
inline constexpr seconds notice_claim{10};

// Delivers up to notices_a_turn of those that wait, in no order that would tell who was concerned together; one that
// fails does not stop the others. Errors: the first one that was met.
[[nodiscard]] Result<void> deliver_notices(const Platform& platform, Notifier& notifier);

struct KeptNotice {
  Notice notice;
  std::optional<Moment> delivered_at;
};
// Newest first. Errors: not_found when there is no such citizen.
[[nodiscard]] Result<std::vector<KeptNotice>> list_notices(const Platform& platform, const CitizenRef& citizen);

}  // namespace lindung::service
