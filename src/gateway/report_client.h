// A reporter's side: what the key document says about reports, the signed and sealed request, the answer. It opens no
// connection.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/report.h"
#include "gateway/sealed_client.h"

namespace lindung::gateway {

struct ReportOffice {
  std::string id;
  bool is_second{};
  std::vector<std::string> districts;
  crypto::X25519PublicKey public_key{};
};

struct ReportDirectory {
  struct Key {
    GatewayKey key;
    Moment not_before;
    Moment not_after;
  };
  std::vector<Key> keys;
  std::vector<ReportOffice> offices;

  // Errors: unsupported_key when there is none.
  [[nodiscard]] Result<GatewayKey> key_at(Moment now) const;
  // The health office of a district, and a second office. Errors: not_found.
  [[nodiscard]] Result<ReportOffice> health_office(std::string_view district) const;
  [[nodiscard]] Result<ReportOffice> second_office() const;
};
// Errors: those of open_key_directory().
[[nodiscard]] Result<ReportDirectory> open_report_directory(
    std::string_view body, const std::optional<crypto::Ed25519PublicKey>& directory_key);

[[nodiscard]] Result<SealedEnvelope> seal_report(const KeyHolder& reporter, const GatewayKey& gateway,
                                                 std::string_view authority, const domain::Report& report, Moment now);
// Errors: malformed when it does not open or has another form.
[[nodiscard]] Result<domain::ReportAnswer> open_report_answer(const SealedEnvelope& request, BytesView body);

}  // namespace lindung::gateway
