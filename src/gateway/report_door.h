// The door of POST /v1/report: a registered reporter's signed and sealed report.
#pragma once

#include <cstdint>
#include <mutex>

#include "base/result.h"
#include "base/time.h"
#include "domain/report.h"
#include "gateway/envelope.h"
#include "gateway/exchange_keys.h"
#include "gateway/sealed_door.h"
#include "gateway/signed_head.h"
#include "http/message.h"
#include "service/opened.h"
#include "service/platform.h"
#include "service/reports.h"
#include "store/ring.h"

namespace lindung::gateway {

inline constexpr EnvelopeProfile report_envelope{.signature = {.path = "/v1/report",
                                                               .content_type = "application/vnd.lindung.report",
                                                               .tag = "lindung-report",
                                                               .has_pact = false},
                                                 .reply_content_type = "application/vnd.lindung.report-answer",
                                                 .request_label = "lindung report v1",
                                                 .response_label = "lindung report response v1"};
// The way in for FHIR R4 is signed and not sealed: TLS alone hides it.
inline constexpr SignatureProfile report_fhir_profile{.path = "/v1/report/fhir",
                                                      .content_type = "application/fhir+json",
                                                      .tag = "lindung-report-fhir",
                                                      .has_pact = false};

struct AdmittedReport {
  domain::Report report;
  service::ReportSender sender;
  service::ReplyKey reply_key;
};

// Safe from many threads.
class ReportDoor {
 public:
  // The platform outlives the door.
  ReportDoor(const service::Platform& platform, Authorities authorities);

  // Errors: those of SealedDoor, in its order; partner_suspended, partner_cut; malformed (of the report: the field).
  [[nodiscard]] Result<AdmittedReport> admit(const http::Request& request);

 private:
  [[nodiscard]] Result<void> keep_keys();

  const service::Platform& platform_;
  ExchangeKeys keys_;
  SealedDoor sealed_;
  std::mutex loading_;
  std::uint64_t loaded_{};  // generation of the ring that keys_ is of
};

}  // namespace lindung::gateway
