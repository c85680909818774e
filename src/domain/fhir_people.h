// The people of one import, and what they are called in it (fhir_names.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "domain/fhir_rows.h"
#include "domain/fhir_table.h"
#include "domain/import.h"

namespace lindung::domain::fhir {

enum class Standing : std::uint8_t { unknown, accepted, rejected, quarantined, ambiguous };

struct PersonFound {
  Standing standing{Standing::unknown};
  std::size_t person{};  // of accepted and quarantined: place in the list of people
};

class People {
 public:
  // The place of this person: a known one with the same NIK (else passport, else local id), or a new one.
  [[nodiscard]] std::size_t place_of(Identity identity);
  // A place of its own, which no other person is found at.
  [[nodiscard]] std::size_t apart(Identity identity);
  // What this row's Patient is called from now on. Outside its Bundle a name that two people have is ambiguous.
  void name(const Row& row, std::string_view id, PersonFound person);
  // Whom a reference means for this row: in its Bundle first, then in the import.
  [[nodiscard]] PersonFound find(const Row& row, std::string_view reference);

  [[nodiscard]] const Identity& at(std::size_t place) const { return people_[place]; }

 private:
  void call(const Digest& key, PersonFound person);

  std::vector<Identity> people_;
  DigestTable by_index_key_;
  DigestTable names_;  // standing in the low 3 bits, place above
};

}  // namespace lindung::domain::fhir
