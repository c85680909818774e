// The Specimens of an import, so that a result finds when its specimen was taken; and which Observations stand in it,
// so that a report on them is not taken for a fact of its own.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "domain/fhir_node.h"
#include "domain/fhir_rows.h"
#include "domain/fhir_table.h"

namespace lindung::domain::fhir {

// What a Specimen says about when it was taken.
struct Collection {
  enum class State : std::uint8_t { unknown, silent, timed, rejected };
  State state{State::unknown};  // unknown: no such Specimen; silent: it does not say when
  Moment at;
};

// Its collection time. Reasons: entered_in_error (also for a specimen that is unsatisfactory or unavailable), those of
// first_moment().
[[nodiscard]] Read<Collection> read_specimen(const Node& resource, Moment now);

class Carriers {
 public:
  void specimen(const Row& row, std::string_view id, const Collection& collection);
  void observation(const Row& row, std::string_view id);

  [[nodiscard]] Collection find_specimen(const Row& row, std::string_view reference);
  [[nodiscard]] bool has_observation(const Row& row, std::string_view reference);

 private:
  DigestTable specimens_;  // state in the low 2 bits, unix seconds above
  DigestTable observations_;
};

}  // namespace lindung::domain::fhir
