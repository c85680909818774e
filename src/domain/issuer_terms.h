// What an issuer may sign in: which kinds of records, about whom, how many a day, at what hours, how far back.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/nik.h"
#include "domain/record.h"

namespace lindung::domain {

// Local time of one offset; Indonesia has three and none of them changes in summer.
struct OpeningHours {
  std::uint8_t days{};            // bit 0 is Monday
  std::uint16_t opens{};          // minutes of the local day
  std::uint16_t closes{};         // exclusive; after `opens`, at most 1440
  std::int16_t offset_minutes{};  // of local time from UTC

  [[nodiscard]] bool is_open_at(Moment now) const noexcept;
  friend bool operator==(const OpeningHours&, const OpeningHours&) = default;
};

// "mon-sat 07:00-17:00 WIB": days are a range or a list ("mon,wed"), the zone is WIB, WITA, WIT or an offset (+07:00).
// Errors: invalid_argument for anything else.
[[nodiscard]] Result<OpeningHours> parse_opening_hours(std::string_view text);
[[nodiscard]] std::string text_of(const OpeningHours& hours);

inline constexpr std::uint8_t all_record_kinds = 0b11'1110;  // bit of each RecordKind
[[nodiscard]] constexpr std::uint8_t bit_of(RecordKind kind) noexcept {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind));
}
// "vaccination,test". Errors: invalid_argument for an unknown word, or none.
[[nodiscard]] Result<std::uint8_t> parse_record_kinds(std::string_view text);
[[nodiscard]] std::string text_of_kinds(std::uint8_t kinds);

struct IssuerTerms {
  std::string licence{};  // of the register; empty: none was asked for
  std::uint8_t kinds{all_record_kinds};
  std::vector<std::string> districts{};  // the 2, 4 or 6 digits with which its people's NIKs begin; empty: anybody
  std::uint64_t daily_rows{};            // accepted a UTC day; 0: as many as come
  std::optional<OpeningHours> hours{};   // none: always
  std::chrono::days back_dating{3'650};

  [[nodiscard]] bool allows(RecordKind kind) const noexcept { return (kinds & bit_of(kind)) != 0; }
  // Somebody without a NIK belongs to no district.
  [[nodiscard]] bool covers(const std::optional<Nik>& nik) const noexcept;
  friend bool operator==(const IssuerTerms&, const IssuerTerms&) = default;
};

// "31,3174". Errors: invalid_argument unless each is 2, 4 or 6 digits.
[[nodiscard]] Result<std::vector<std::string>> parse_districts(std::string_view text);

// The stored form. Errors: malformed or corrupt for other bytes than encode() writes.
[[nodiscard]] Bytes encode(const IssuerTerms& terms);
[[nodiscard]] Result<IssuerTerms> decode_issuer_terms(BytesView stored);

}  // namespace lindung::domain
