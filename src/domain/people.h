// Made-up people for the demo, tests and benchmarks: plausible Indonesian citizens with health histories of all four
// colours. Nobody real: names are put together from common ones, numbers from real region codes and made-up dates.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/time.h"
#include "domain/colour.h"
#include "domain/nik.h"
#include "domain/record.h"

namespace lindung::domain {

struct MadeUpPerson {
  std::size_t number{};  // counted from 0
  Nik nik;
  std::string name;
  std::chrono::year_month_day birth;
  std::vector<Fact> facts;  // oldest first
  Colour intended{};        // under the rules id-2021 at the moment of making, and for at least a day after it
};

// The same seed, moment and place in the order give the same person; every NIK is given once.
// Shape: of every 20 in a row 14 are green, 3 yellow, 2 red, 1 black, mixed.
class MadeUpPeople {
 public:
  MadeUpPeople(std::uint64_t seed, std::size_t count, Moment now) : seed_{seed}, count_{count}, now_{now} {}

  // None after the last one.
  [[nodiscard]] std::optional<MadeUpPerson> next();

 private:
  std::uint64_t seed_;
  std::size_t count_;
  Moment now_;
  std::size_t made_{};
  std::unordered_set<std::uint64_t> used_;
};

// One line of FHIR NDJSON for the Patient ("Patient/p17") and one for each fact ("…/p17-1"), each with its line end.
// Reading them gives the same facts again.
void append_fhir(std::string& lines, const MadeUpPerson& person);

}  // namespace lindung::domain
