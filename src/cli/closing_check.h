// What anybody can try again years after a system was closed: whether its certificate stands in the log, and whether
// what the certificate says still holds.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "domain/closing_certificate.h"

namespace lindung::cli {

struct ClosingCheck {
  std::string what;  // "signatures", "log", "officers", "reach 127.0.0.1:9200", …
  bool holds{};
  std::string says;
};

struct ClosingCheckOptions {
  std::string log_folder;  // an exported log
  std::string url;         // a gateway's public log, where there is no folder
  std::string log_key;     // hex; empty: the one that the log names itself
  SecretBytes passphrase;  // of the rings that were left; empty: they are compared, not opened
  bool from_outside{};     // not on the system's machine: its files and its loopback are not looked for
};

[[nodiscard]] std::vector<ClosingCheck> check_closing(const domain::ClosingCertificate& certificate,
                                                      const ClosingCheckOptions& options, Moment now);

}  // namespace lindung::cli
