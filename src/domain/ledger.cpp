#include "domain/ledger.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "codec/utf8.h"

namespace lindung::domain {

namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_text = 500;
constexpr std::size_t longest_place = 4096;  // a path
constexpr std::array<std::string_view, 6> kinds{"store", "service", "key", "certificate", "domain", "backup"};
constexpr std::array<std::string_view, 6> steps{"listeners-closed",  "routes-gone",   "keys-destroyed",
                                                "backup-unreadable", "reach-refused", "domain-kept"};

bool is_one_line(std::string_view text, std::size_t least, std::size_t most = longest_text) {
  return text.size() >= least && text.size() <= most && codec::is_utf8(text) &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_place(std::string_view text) { return is_one_line(text, 1, longest_place); }

}  // namespace

std::string_view name_of(LedgerKind kind) noexcept { return kinds.at(static_cast<std::size_t>(kind) - 1); }

Result<LedgerKind> parse_ledger_kind(std::string_view name) {
  const auto* const found = std::ranges::find(kinds, name);
  if (found == kinds.end()) {
    return fail(Errc::invalid_argument, "kind: store, service, key, certificate, domain or backup");
  }
  return static_cast<LedgerKind>(found - kinds.begin() + 1);
}

bool is_ledger_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= longest_name &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos;
}

Result<void> check(const LedgerEntry& entry) {
  if (!is_ledger_name(entry.name)) return fail(Errc::invalid_argument, "name: [a-z0-9.-]{1,64}");
  if (!entry.system.empty() && !is_ledger_name(entry.system)) {
    return fail(Errc::invalid_argument, "system: [a-z0-9.-]{1,64}");
  }
  if (!is_one_line(entry.owner, 1)) return fail(Errc::invalid_argument, "owner: one line of 1 to 500 bytes");
  if (!is_one_line(entry.purpose, 1)) return fail(Errc::invalid_argument, "purpose: one line of 1 to 500 bytes");
  if (!is_one_line(entry.retention, 1)) return fail(Errc::invalid_argument, "retention: one line of 1 to 500 bytes");
  if (!is_one_line(entry.successor, 0)) return fail(Errc::invalid_argument, "successor: one line of up to 500 bytes");
  for (const auto& [name, place] : entry.places) {
    if (name != registered_until && std::ranges::find(place_names, name) == place_names.end()) {
      return fail(Errc::invalid_argument, "there is no place " + name);
    }
    if (!is_place(place)) return fail(Errc::invalid_argument, name + ": one line of 1 to 4096 bytes");
  }
  if (const auto until = entry.places.find(std::string{registered_until}); until != entry.places.end()) {
    TRYV(parse_day(until->second));
  }
  return ok();
}

std::string_view name_of(ClosingStep step) noexcept { return steps.at(static_cast<std::size_t>(step) - 1); }

Result<ClosingStep> parse_closing_step(std::string_view name) {
  const auto* const found = std::ranges::find(steps, name);
  if (found == steps.end()) return fail(Errc::invalid_argument, "there is no such step");
  return static_cast<ClosingStep>(found - steps.begin() + 1);
}

Result<void> check(const Findings& findings) {
  if (findings.size() > most_findings) return fail(Errc::invalid_argument, "findings: too many");
  for (const auto& [name, value] : findings) {
    if (!is_place(name) || !is_place(value)) {
      return fail(Errc::invalid_argument, "findings: one line of 1 to 4096 bytes each");
    }
  }
  return ok();
}

Result<Moment> parse_day(std::string_view text) {
  const auto at = parse_rfc3339(std::string{text} + "T00:00:00Z");
  constexpr std::size_t day_size = 10;
  if (at.has_error() || rfc3339(at.value()).substr(0, day_size) != text) {
    return fail(Errc::invalid_argument, "a day such as 2027-03-01 is needed");
  }
  return at.value();
}

}  // namespace lindung::domain
