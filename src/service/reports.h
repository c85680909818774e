// Reports of suspected cases: taken in from a registered reporter, added to and withdrawn by whoever holds the receipt,
// counted by district and syndrome. Every report is an entry in the log before it is answered.
//
// A report that is kept apart is answered like any other: a forger does not learn where the limit lies. A quota is told
// as what it is, since an honest reporter has to know that the report was not taken.
#pragma once

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "domain/report.h"
#include "service/platform.h"

namespace lindung::service {

// Who sent it, as the signature says; checked again under the head of the log.
struct ReportSender {
  KeyId key;
  Hash content{};  // digest of what was sealed, without what differs between two attempts
};

// Shape: a report that domain::check() lets pass. Errors: bad_signature for a key that is gone; partner_suspended,
// partner_cut; malformed (scope); quota (number: seconds); replay_conflict for an id that was used for other content.
[[nodiscard]] Result<domain::ReportAnswer> take_report(const Platform& platform, const ReportSender& sender,
                                                       const domain::Report& report);

}  // namespace lindung::service
