#include "gateway/report_door.h"

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/id.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "domain/report.h"
#include "gateway/sealed_door.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "service/platform.h"
#include "service/reporters.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::gateway {

ReportDoor::ReportDoor(const service::Platform& platform, Authorities authorities)
    : platform_{platform}, sealed_{keys_, std::move(authorities)} {}

// The keys of today change by themselves, and those of another node by its ring.
Result<void> ReportDoor::keep_keys() {
  const auto generation = platform_.ring.generation();
  const std::scoped_lock lock{loading_};
  if (loaded_ == generation) return ok();
  TRYV(keys_.load(platform_.ring, store::KeyClass::report_exchange));
  loaded_ = generation;
  return ok();
}

Result<AdmittedReport> ReportDoor::admit(const http::Request& request) {
  constexpr std::array sizes{domain::report_size};
  const auto now = platform_.clock.now();
  TRY(presented, sealed_.read(request, report_envelope, sizes, now));
  const KeyId id{std::string{presented.head().key_id}};
  std::optional<service::ReporterKey> holder;
  TRYV(platform_.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(found, service::find_reporter_key(transaction, id));
    holder = std::move(found);
    return ok();
  }));
  TRY(proven, sealed_.prove(std::move(presented), holder ? &holder->key : nullptr));
  if (holder->state == service::ReporterState::cut) return fail(Errc::partner_cut);
  if (holder->state == service::ReporterState::suspended) return fail(Errc::partner_suspended);
  TRYV(keep_keys());
  TRY(opened, sealed_.open(request, report_envelope, proven, now));
  TRY(report, domain::parse_report(opened.plaintext, now));
  return AdmittedReport{.report = std::move(report),
                        .sender = {.key = id, .content = crypto::sha256(opened.plaintext)},
                        .reply_key = opened.reply_key};
}

}  // namespace lindung::gateway
