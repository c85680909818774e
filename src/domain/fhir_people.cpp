#include "domain/fhir_people.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "domain/fhir_names.h"
#include "domain/fhir_rows.h"
#include "domain/fhir_table.h"
#include "domain/import.h"

namespace lindung::domain::fhir {

namespace {

constexpr unsigned standing_bits = 3;
constexpr std::string_view patient_type = "Patient";

std::uint64_t packed(PersonFound person) {
  return static_cast<std::uint64_t>(person.person) << standing_bits | static_cast<std::uint64_t>(person.standing);
}

PersonFound unpacked(std::uint64_t number) {
  return {.standing = static_cast<Standing>(number & ((1U << standing_bits) - 1)),
          .person = static_cast<std::size_t>(number >> standing_bits)};
}

}  // namespace

std::size_t People::place_of(Identity identity) {
  const auto key = index_key(identity);
  const auto [place, is_new] = by_index_key_.insert(digest_of({as_text(BytesView{key})}), people_.size());
  if (is_new) people_.push_back(std::move(identity));
  return static_cast<std::size_t>(place);
}

std::size_t People::apart(Identity identity) {
  people_.push_back(std::move(identity));
  return people_.size() - 1;
}

void People::call(const Digest& key, PersonFound person) {
  const auto [number, is_new] = names_.insert(key, packed(person));
  if (is_new || number == packed(person)) return;
  // A rejected row gives way to one that can be used.
  const auto before = unpacked(number);
  if (before.standing == Standing::rejected) {
    number = packed(person);
  } else if (person.standing != Standing::rejected) {
    number = packed({.standing = Standing::ambiguous});
  }
}

void People::name(const Row& row, std::string_view id, PersonFound person) {
  each_name(row, patient_type, id, [&](const Digest& key) { call(key, person); });
}

PersonFound People::find(const Row& row, std::string_view reference) {
  const auto* const found = find_name(names_, row, patient_type, reference);
  return found == nullptr ? PersonFound{} : unpacked(*found);
}

}  // namespace lindung::domain::fhir
