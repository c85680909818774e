// Syndromes: what a suspected case is reported as, from the codes of others (data/codes/syndromes.json).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lindung::domain {

// The numbers stand in stored rows.
enum class Syndrome : std::uint8_t {
  ili = 1,
  sari = 2,
  fever_rash = 3,
  haemorrhagic = 4,
  diarrhoea = 5,
  neurological = 6,
  jaundice = 7,
};

struct SyndromeInfo {
  Syndrome syndrome{};
  std::string id;  // "fever-rash"
  std::string name_id;
  std::string name_en;
  std::chrono::hours deadline{};  // from the report to an officer's look
};
// In the order of the numbers.
[[nodiscard]] std::span<const SyndromeInfo> syndromes();
[[nodiscard]] const SyndromeInfo& info_of(Syndrome syndrome);
[[nodiscard]] std::string_view name_of(Syndrome syndrome);  // its id
// Errors: invalid_argument.
[[nodiscard]] Result<Syndrome> parse_syndrome(std::string_view id);

// The numbers stand on the wire.
enum class CodeSystem : std::uint8_t { snomed_ct = 1, icd_10 = 2 };
[[nodiscard]] std::string_view uri_of(CodeSystem system) noexcept;
// None for another system; a version behind it ("…|2023") is ignored.
[[nodiscard]] std::optional<CodeSystem> find_code_system(std::string_view uri);

inline constexpr std::size_t syndrome_code_max = 18;  // of a SNOMED CT identifier
struct SyndromeCode {
  CodeSystem system{};
  std::string code;
  friend bool operator==(const SyndromeCode&, const SyndromeCode&) = default;
};
// None for a code that is not in the table.
[[nodiscard]] std::optional<Syndrome> syndrome_of(CodeSystem system, std::string_view code);

// Four digits, as in the front of a NIK: a province of today and a regency (01 to 69) or city (71 to 99).
[[nodiscard]] bool is_district(std::string_view code);

}  // namespace lindung::domain
