// The keys of days of travel: made ahead for every day that somebody may file for, destroyed some days behind it. What
// was sealed under a destroyed one stays noise, in backups of the database too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "travel/ground.h"

namespace lindung::travel {

// Makes the keys that are missing from today to the last day that can be filed for; whether it made one.
[[nodiscard]] Result<bool> keep_day_keys(const Ground& ground);

// Errors: not_found before it is made; denied when it was destroyed; sealed.
[[nodiscard]] Result<Secret<32>> day_key(const Ground& ground, Day day);
// Of the document marks in the codes of that day's cards: the server's own devices get it with the day's list.
[[nodiscard]] Result<Secret<32>> document_key(const Ground& ground, Day day);

// Rows of a day. Shape: `table` names the column too where a row has several.
[[nodiscard]] Result<Bytes> seal_row(const Ground& ground, Day day, std::string_view table, BytesView primary_key,
                                     BytesView plaintext);
// Errors: denied when the day is over and its key gone; corrupt; sealed.
[[nodiscard]] Result<Bytes> open_row(const Ground& ground, Day day, std::string_view table, BytesView primary_key,
                                     BytesView sealed);

[[nodiscard]] Bytes seal_row_under(const Secret<32>& key, std::string_view table, BytesView primary_key,
                                   BytesView plaintext);
[[nodiscard]] Result<Bytes> open_row_under(const Secret<32>& key, std::string_view table, BytesView primary_key,
                                           BytesView sealed);

struct RetentionReport {
  std::vector<std::uint32_t> days;  // whose keys were destroyed by this run
  std::uint64_t cards{};            // of them, tried with the ring as it is then
  std::uint64_t cards_readable{};   // never any: it is an error
};
// Destroys the keys of days that lie more than Terms::keep behind, each with its entry in the log before it, and
// deletes the rows of those days. Safe to repeat. Errors: corrupt when a row of a destroyed day still opens.
[[nodiscard]] Result<RetentionReport> forget_old_days(const Ground& ground);

struct DayStatus {
  std::uint32_t first{};  // of the days whose keys are there
  std::uint32_t last{};
  std::uint64_t days{};
};
[[nodiscard]] Result<DayStatus> day_status(const Ground& ground);

}  // namespace lindung::travel
