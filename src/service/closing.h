// The end of a closing: the certificate is made from the recorded steps, signed by two officers, and stands in the log.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "domain/closing_certificate.h"
#include "service/platform.h"

namespace lindung::service {

struct ClosingState {
  domain::ClosingCertificate certificate;  // its signatures so far
  bool is_closed{};                        // two signed, and its entries are in the log
};
// What officers sign, or have signed. Errors: not_found; conflict while a step is missing.
[[nodiscard]] Result<ClosingState> find_closing(const Platform& platform, std::string_view system);

// Takes one officer's signature over the certificate; with the second one the system is closed, and both entries
// "system.closed" are in the log. The same again changes nothing.
// Errors: those of find_closing(); denied unless a registered officer signed these bytes; conflict for a third one.
[[nodiscard]] Result<ClosingState> sign_closing(const Platform& platform, std::string_view system,
                                                const OfficerId& officer, const crypto::Ed25519Signature& signature);

}  // namespace lindung::service
