#include "domain/import.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/bytes.h"
#include "base/secret.h"
#include "base/time.h"
#include "domain/record.h"

namespace lindung::domain {

namespace {

// The kinds keep one person's number from being taken for another's; they stand in stored indexes.
enum class KeyKind : std::uint8_t { nik = 1, passport = 2, local = 3 };

SecretBytes marked(KeyKind kind, BytesView value) {
  SecretBytes key(value.size() + 1);
  key.front() = static_cast<std::uint8_t>(kind);
  std::ranges::copy(value, key.begin() + 1);
  return key;
}

}  // namespace

SecretBytes index_key(const Identity& identity) {
  if (identity.nik) return marked(KeyKind::nik, as_bytes(identity.nik->digits()));
  if (identity.passport) return marked(KeyKind::passport, as_bytes(identity.passport->number()));
  return marked(KeyKind::local, identity.local.bytes());
}

bool is_before_birth(const Fact& fact, const Identity& person) {
  if (!person.birth) return false;
  using std::chrono::day;
  using std::chrono::month;
  using std::chrono::year;
  const std::chrono::year_month_day born{year{person.birth->year},
                                         month{person.birth->month == 0 ? 1 : person.birth->month},
                                         day{person.birth->day == 0 ? 1 : person.birth->day}};
  // A day begins up to nine hours before it does in UTC.
  return moment_of(fact) + std::chrono::hours{9} < Moment{std::chrono::sys_days{born}};
}

}  // namespace lindung::domain
