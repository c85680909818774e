// A report of a suspected case as it travels inside its envelope: fixed offsets, one length, no text that anybody could
// write freely (docs/reports.md has the table). Pure: bytes in, a report out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/syndrome.h"

namespace lindung::domain {

using ReportId = Id<struct ReportIdTag, ByteArray<16>>;  // random, made by the reporter
// Day of the report (4 bytes, since 1970) and 28 bytes that only its holder knows.
using Receipt = Id<struct ReceiptTag, ByteArray<32>>;
[[nodiscard]] Day receipt_day(const Receipt& receipt) noexcept;

// The numbers stand on the wire and in stored rows.
enum class ReportOperation : std::uint8_t { create = 1, add = 2, withdraw = 3, status = 4 };
enum class AgeBand : std::uint8_t { unknown = 0, under_5 = 1, from_5 = 2, from_15 = 3, from_45 = 4, from_65 = 5 };
[[nodiscard]] std::string_view name_of(AgeBand band) noexcept;  // "15-44"
// Errors: invalid_argument.
[[nodiscard]] Result<AgeBand> parse_age_band(std::string_view text);

inline constexpr std::size_t report_codes_max = 8;
inline constexpr std::size_t report_size = 768;
inline constexpr std::size_t report_answer_size = 64;
inline constexpr std::chrono::days onset_age_max{60};

// Sealed on the reporter's side for two offices (report_identity.h). Shape: of one length.
inline constexpr std::size_t sealed_identity_size = 352;
using OfficeKeyId = ByteArray<8>;  // the front of SHA-256 of its public key
struct SealedIdentity {
  OfficeKeyId first{};   // opens the outer seal: the health office
  OfficeKeyId second{};  // opens the inner one
  ByteArray<sealed_identity_size> sealed{};
  friend bool operator==(const SealedIdentity&, const SealedIdentity&) = default;
};

// Privacy: says what an unnamed person has; stored sealed only. Of `withdraw` and `status` only id and receipt.
struct Report {
  ReportOperation operation{ReportOperation::create};
  ReportId id;
  Receipt receipt;  // zeros for `create`
  Day onset;
  AgeBand age{AgeBand::unknown};
  std::string district;
  std::vector<SyndromeCode> codes;
  std::optional<SealedIdentity> identity;  // there with consent only
};

using ReportBytes = ByteArray<report_size>;
[[nodiscard]] ReportBytes encode(const Report& report);
// Errors: malformed (the detail names the field) for another version, operation or shape, bytes that are not zero where
// nothing is, an id of letters and digits only (it would be somebody's number), an unknown code or district, an onset
// in the future of Indonesia (UTC+9) or more than 60 days ago.
[[nodiscard]] Result<Report> parse_report(BytesView bytes, Moment now);
// The same rules for a report that came another way.
[[nodiscard]] Result<void> check(const Report& report, Moment now);

// What its codes say, each once, in the order of the numbers.
[[nodiscard]] std::vector<Syndrome> syndromes_of(const Report& report);

enum class ReportOutcome : std::uint8_t {
  accepted = 1,
  duplicate = 2,
  added = 3,
  withdrawn = 4,
  shown = 5,
  unknown = 6
};
[[nodiscard]] std::string_view name_of(ReportOutcome outcome) noexcept;
// How far it is, as its holder may know. A report that is held back looks like one that waits.
enum class ReportStage : std::uint8_t { none = 0, received = 1, looked_at = 2, decided = 3, withdrawn = 4 };
[[nodiscard]] std::string_view name_of(ReportStage stage) noexcept;

struct ReportAnswer {
  ReportOutcome outcome{};
  ReportStage stage{};
  Receipt receipt;
  std::optional<Moment> identity_opened_at;
};
using ReportAnswerBytes = ByteArray<report_answer_size>;
[[nodiscard]] ReportAnswerBytes encode(const ReportAnswer& answer);
// Errors: malformed.
[[nodiscard]] Result<ReportAnswer> parse_report_answer(BytesView bytes);

}  // namespace lindung::domain
