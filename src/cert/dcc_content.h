// The EU's digital COVID certificate (claim -260/1): the rules of its schema versions 1.0.0 to 1.3.x, written by hand
// in place of a JSON schema engine, and its value sets. Source: ehn-dcc-development/eu-dcc-schema.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cert/refusal.h"
#include "codec/cbor_tree.h"

namespace lindung::cert {

enum class EntryKind : std::uint8_t { vaccination, test, recovery };

[[nodiscard]] std::string_view name_of(EntryKind kind) noexcept;

struct DccContent {
  EntryKind kind{};
  std::string country;   // "co" of the entry
  std::string uci;       // "ci" of the entry
  std::string initials;  // of the given and the family name
};

// Errors (step schema): schema_version; schema, with the field; entry_count; value_set, with the field.
[[nodiscard]] Checked<DccContent> read_dcc(const codec::CborItem& dcc);

// The entry's country without any check, for a certificate whose issuer is no country; empty if there is none.
[[nodiscard]] std::string_view entry_country(const codec::CborItem& dcc);

// The schema alone. Errors: as read_dcc, without value_set.
[[nodiscard]] Checked<DccContent> check_dcc_schema(const codec::CborItem& dcc);

}  // namespace lindung::cert
