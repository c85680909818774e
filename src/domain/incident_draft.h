// What is sent about an incident, in both languages, made from the incident and the log: to the cyber teams (BSSN
// regulation 1/2024 article 15), to the data-protection authority and to each person concerned (law 27/2022 article
// 46), and to the public. Text and machine-readable JSON here; the page is image/document.h's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/alarm.h"
#include "domain/incident.h"
#include "domain/rule_set.h"

namespace lindung::domain {

// The numbers stand in the database.
enum class DraftForm : std::uint8_t { bssn = 1, authority = 2, persons = 3, open_to_all = 4 };
[[nodiscard]] std::string_view name_of(DraftForm form) noexcept;  // "bssn", "authority", "persons", "public"
// Errors: invalid_argument.
[[nodiscard]] Result<DraftForm> parse_draft_form(std::string_view name);

// Whom authorities and persons may ask.
struct Reporter {
  std::string organisation;
  std::string name;
  std::string phone;
  std::string email;
};

struct ChronologyLine {
  Moment at;
  std::optional<std::uint64_t> log_index;  // none: an event that the log does not hold
  Text text;
};

struct DraftFacts {
  IncidentId id;
  AlarmKind kind{};
  Subject subject;
  bool is_drill{};
  IncidentState state{};
  IncidentTexts texts;
  Text account;  // what the detector saw
  Moment opened_at;
  Moment aware_at;
  Moment made_at;
  Reporter reporter;
  std::vector<ChronologyLine> chronology;  // in time
  std::size_t left_out{};                  // lines that were too many
  std::uint64_t persons_found{};
  std::uint64_t persons_told{};
  bool counts_all_persons{};  // nobody looks for more
  std::vector<ClockFace> clocks;
  std::string log_origin;
  std::uint64_t log_size{};
};

struct DraftSection {
  std::string name;  // "chronology"
  Text heading;
  std::vector<Text> paragraphs;
};
struct Draft {
  DraftForm form{};
  Text title;
  Text subtitle;
  std::vector<DraftSection> sections;
};

// Privacy: names no citizen; the public's and the persons' name no partner's officer and no officer of ours.
[[nodiscard]] Draft make_draft(DraftForm form, const DraftFacts& facts);

// Indonesian, then English. No line begins like a formula, whatever was written into the incident.
[[nodiscard]] std::string draft_text(const Draft& draft);
[[nodiscard]] std::string draft_json(const Draft& draft, const DraftFacts& facts);

// What each person is told: at most 2000 bytes in either language (service/notices.h).
[[nodiscard]] Text person_notice(const DraftFacts& facts);

}  // namespace lindung::domain
