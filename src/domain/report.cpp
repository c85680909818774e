#include "domain/report.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/syndrome.h"

namespace lindung::domain {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t operation_at = 1;
constexpr std::size_t id_at = 2;
constexpr std::size_t receipt_at = 18;
constexpr std::size_t onset_at = 50;
constexpr std::size_t age_at = 54;
constexpr std::size_t consent_at = 55;
constexpr std::size_t district_at = 56;
constexpr std::size_t district_size = 4;
constexpr std::size_t count_at = 60;
constexpr std::size_t codes_at = 61;
constexpr std::size_t code_size = 2 + syndrome_code_max;  // system | length | text
constexpr std::size_t identity_at = codes_at + report_codes_max * code_size;
constexpr std::size_t office_id_size = 8;
constexpr std::size_t end_at = identity_at + 2 * office_id_size + sealed_identity_size;
static_assert(end_at <= report_size);
constexpr std::chrono::hours furthest_east{9};  // where in Indonesia a day begins first
constexpr std::array<std::string_view, 6> age_names{"unknown", "0-4", "5-14", "15-44", "45-64", "65+"};

auto wrong(const char* field) { return fail(Errc::malformed, field); }

// 16 digits in the place of a random number would be somebody's.
bool looks_like_a_number(const ReportId& id) {
  return std::ranges::all_of(id.bytes(), [](std::uint8_t byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
  });
}

Result<std::vector<SyndromeCode>> parse_codes(BytesView bytes) {
  const std::size_t count = bytes[count_at];
  if (count > report_codes_max) return wrong("codes");
  std::vector<SyndromeCode> codes;
  for (std::size_t i = 0; i < report_codes_max; ++i) {
    const auto slot = bytes.subspan(codes_at + i * code_size, code_size);
    if (i >= count) {
      if (!all_zero(slot)) return wrong("codes");
      continue;
    }
    const std::size_t size = slot[1];
    if (size == 0 || size > syndrome_code_max || !all_zero(slot.subspan(2 + size))) return wrong("codes");
    if (slot[0] < 1 || slot[0] > 2) return wrong("codes");
    codes.push_back({.system = static_cast<CodeSystem>(slot[0]), .code = std::string{as_text(slot.subspan(2, size))}});
  }
  return codes;
}

Result<void> check_content(const Report& report, Moment now) {
  const bool is_new = report.operation == ReportOperation::create;
  for (const auto& code : report.codes) {
    if (!syndrome_of(code.system, code.code)) return wrong("codes: one that is not in the table");
  }
  for (std::size_t i = 0; i < report.codes.size(); ++i) {
    if (std::ranges::count(report.codes, report.codes[i]) != 1) return wrong("codes: one twice");
  }
  if (report.codes.size() > report_codes_max) return wrong("codes");
  if (!is_new) {
    if (report.onset.number != 0 || !report.district.empty() || report.age != AgeBand::unknown) {
      return wrong("what was reported stays: codes and a consent are added");
    }
    return report.codes.empty() && !report.identity ? wrong("nothing is added") : Result<void>{ok()};
  }
  if (report.codes.empty()) return wrong("codes: none");
  if (!is_district(report.district)) return wrong("district");
  if (report.onset > day_of(now + furthest_east)) return wrong("onset: in the future");
  if (start_of(report.onset) + onset_age_max < now) return wrong("onset: too long ago");
  return ok();
}

}  // namespace

Day receipt_day(const Receipt& receipt) noexcept { return {get_be<std::uint32_t>(receipt.bytes().first(4))}; }

std::string_view name_of(AgeBand band) noexcept { return age_names.at(static_cast<std::size_t>(band)); }

Result<AgeBand> parse_age_band(std::string_view text) {
  const auto found = std::ranges::find(age_names, text);
  if (found == age_names.end()) return fail(Errc::invalid_argument, "age: 0-4, 5-14, 15-44, 45-64, 65+ or unknown");
  return static_cast<AgeBand>(found - age_names.begin());
}

ReportBytes encode(const Report& report) {
  ReportBytes out{};
  const MutableBytes all{out};
  out[0] = version;
  out[operation_at] = static_cast<std::uint8_t>(report.operation);
  std::ranges::copy(report.id.bytes(), all.subspan(id_at).begin());
  std::ranges::copy(report.receipt.bytes(), all.subspan(receipt_at).begin());
  put_be(all.subspan(onset_at, 4), report.onset.number);
  out[age_at] = static_cast<std::uint8_t>(report.age);
  out[consent_at] = report.identity ? 1 : 0;
  std::ranges::copy(as_bytes(report.district), all.subspan(district_at).begin());
  out[count_at] = static_cast<std::uint8_t>(report.codes.size());
  for (std::size_t i = 0; i < report.codes.size(); ++i) {
    const auto slot = all.subspan(codes_at + i * code_size, code_size);
    const auto& code = report.codes[i];
    slot[0] = static_cast<std::uint8_t>(code.system);
    slot[1] = static_cast<std::uint8_t>(code.code.size());
    std::ranges::copy(as_bytes(code.code), slot.subspan(2).begin());
  }
  if (report.identity) {
    std::ranges::copy(report.identity->first, all.subspan(identity_at).begin());
    std::ranges::copy(report.identity->second, all.subspan(identity_at + office_id_size).begin());
    std::ranges::copy(report.identity->sealed, all.subspan(identity_at + 2 * office_id_size).begin());
  }
  return out;
}

Result<Report> parse_report(BytesView bytes, Moment now) {
  if (bytes.size() != report_size) return wrong("length");
  if (bytes[0] != version) return wrong("version");
  if (bytes[operation_at] < 1 || bytes[operation_at] > 4) return wrong("operation");
  Report report{.operation = static_cast<ReportOperation>(bytes[operation_at]),
                .id = ReportId{take<16>(bytes.subspan(id_at))},
                .receipt = Receipt{take<32>(bytes.subspan(receipt_at))},
                .onset = {get_be<std::uint32_t>(bytes.subspan(onset_at, 4))},
                .age = {},
                .district = {},
                .codes = {},
                .identity = {}};
  if (bytes[age_at] >= age_names.size()) return wrong("age");
  report.age = static_cast<AgeBand>(bytes[age_at]);
  const auto district = bytes.subspan(district_at, district_size);
  if (!all_zero(district)) report.district = as_text(district);
  TRY(codes, parse_codes(bytes));
  report.codes = std::move(codes);
  const auto identity = bytes.subspan(identity_at, end_at - identity_at);
  if (bytes[consent_at] > 1 || (bytes[consent_at] == 0 && !all_zero(identity))) return wrong("consent");
  if (bytes[consent_at] == 1) {
    report.identity = SealedIdentity{.first = take<office_id_size>(identity),
                                     .second = take<office_id_size>(identity.subspan(office_id_size)),
                                     .sealed = take<sealed_identity_size>(identity.subspan(2 * office_id_size))};
  }
  if (!all_zero(bytes.subspan(end_at))) return wrong("padding");
  TRYV(check(report, now));
  return report;
}

Result<void> check(const Report& report, Moment now) {
  if (looks_like_a_number(report.id)) return wrong("report id: not random");
  const bool has_receipt = !all_zero(report.receipt.bytes());
  if (has_receipt == (report.operation == ReportOperation::create)) return wrong("receipt");
  switch (report.operation) {
    case ReportOperation::create:
    case ReportOperation::add: return check_content(report, now);
    case ReportOperation::withdraw:
    case ReportOperation::status: break;
  }
  const bool is_bare = report.codes.empty() && !report.identity && report.district.empty() &&
                       report.onset.number == 0 && report.age == AgeBand::unknown;
  return is_bare ? Result<void>{ok()} : wrong("only a receipt is needed");
}

std::vector<Syndrome> syndromes_of(const Report& report) {
  std::vector<Syndrome> out;
  for (const auto& code : report.codes) {
    if (const auto syndrome = syndrome_of(code.system, code.code)) out.push_back(*syndrome);
  }
  std::ranges::sort(out);
  const auto rest = std::ranges::unique(out);
  out.erase(rest.begin(), rest.end());
  return out;
}

std::string_view name_of(ReportOutcome outcome) noexcept {
  switch (outcome) {
    case ReportOutcome::accepted: return "accepted";
    case ReportOutcome::duplicate: return "duplicate";
    case ReportOutcome::added: return "added";
    case ReportOutcome::withdrawn: return "withdrawn";
    case ReportOutcome::shown: return "shown";
    case ReportOutcome::unknown: break;
  }
  return "unknown";
}

std::string_view name_of(ReportStage stage) noexcept {
  switch (stage) {
    case ReportStage::received: return "received";
    case ReportStage::looked_at: return "looked-at";
    case ReportStage::decided: return "decided";
    case ReportStage::withdrawn: return "withdrawn";
    case ReportStage::none: break;
  }
  return "none";
}

namespace {

constexpr std::size_t stage_at = 2;
constexpr std::size_t answer_receipt_at = 4;
constexpr std::size_t opened_at = 36;
constexpr std::size_t answer_end = 44;

}  // namespace

ReportAnswerBytes encode(const ReportAnswer& answer) {
  ReportAnswerBytes out{};
  const MutableBytes all{out};
  out[0] = version;
  out[1] = static_cast<std::uint8_t>(answer.outcome);
  out[stage_at] = static_cast<std::uint8_t>(answer.stage);
  std::ranges::copy(answer.receipt.bytes(), all.subspan(answer_receipt_at).begin());
  put_be(all.subspan(opened_at, 8), answer.identity_opened_at ? unix_seconds(*answer.identity_opened_at) : 0);
  return out;
}

Result<ReportAnswer> parse_report_answer(BytesView bytes) {
  const bool is_answer = bytes.size() == report_answer_size && bytes[0] == version && bytes[1] >= 1 && bytes[1] <= 6 &&
                         bytes[stage_at] <= 4 && bytes[3] == 0 && all_zero(bytes.subspan(answer_end));
  if (!is_answer) return wrong("answer");
  const auto opened = get_be<std::uint64_t>(bytes.subspan(opened_at, 8));
  if (unix_seconds(moment_of(opened)) != opened) return wrong("answer: a moment beyond all times");
  return ReportAnswer{.outcome = static_cast<ReportOutcome>(bytes[1]),
                      .stage = static_cast<ReportStage>(bytes[stage_at]),
                      .receipt = Receipt{take<32>(bytes.subspan(answer_receipt_at))},
                      .identity_opened_at = opened == 0 ? std::nullopt : std::optional{moment_of(opened)}};
}

}  // namespace lindung::domain
