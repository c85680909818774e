#include "domain/import.h"

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"
#include "base/secret.h"

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

}  // namespace lindung::domain
