// What has been read, gathered into parts of a size that memory and a transaction can hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "domain/fhir.h"
#include "domain/fhir_people.h"
#include "domain/import.h"
#include "domain/import_reason.h"
#include "domain/record.h"

namespace lindung::domain::fhir {

// Each call but finish() is one row with its outcome; a full part is given away at once. Errors: what `take` returns.
class Parts {
 public:
  Parts(std::size_t rows, const Take& take, const People& people) : rows_{rows}, take_{take}, people_{people} {}

  [[nodiscard]] Result<void> person(std::size_t person, Place place);
  [[nodiscard]] Result<void> record(std::size_t person, Record record, Place place);
  // A row that is right and says nothing by itself.
  [[nodiscard]] Result<void> nothing();
  [[nodiscard]] Result<void> rejected(Place place, Reason reason);
  [[nodiscard]] Result<void> quarantined(Quarantined held);
  // Gives the last part; the balance of all.
  [[nodiscard]] Result<Balance> finish();

 private:
  [[nodiscard]] PersonRecords& of(std::size_t person);
  [[nodiscard]] Result<void> counted(std::uint64_t Balance::* outcome);
  [[nodiscard]] Result<void> give();

  std::size_t rows_;
  const Take& take_;
  const People& people_;
  ReadBatch part_;
  std::unordered_map<std::size_t, std::size_t> in_part_;  // a person's place among all to that in the part
  Balance total_;
};

}  // namespace lindung::domain::fhir
