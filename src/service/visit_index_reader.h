// Looks into the visits of days: whole segments by their index, the newest rows by opening them. Gives stays to the
// program that traces, and to nobody else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "service/visit_index_page.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

// Inside one transaction, which sees segments and rows of the same moment.
class VisitIndexReader {
 public:
  // More rows than these outside of the index are not looked through one by one.
  static constexpr std::size_t loose_rows_max = 600'000;

  VisitIndexReader(store::Transaction& transaction, const store::KeyRing& ring)
      : transaction_{transaction}, ring_{ring} {}
  // For one citizen's own eyes: opens no row of anybody else that is outside of the index, so of_citizen() is for this
  // one only and at_venue() tells of nobody else.
  VisitIndexReader(store::Transaction& transaction, const store::KeyRing& ring, const CitizenRef& only)
      : transaction_{transaction}, ring_{ring}, only_{only} {}

  // False when the key of the day is destroyed.
  [[nodiscard]] Result<bool> remembers(Day day);
  // Stays that began on the day, by place and time; of a forgotten day none.
  // Errors: unavailable when the index is too far behind; corrupt.
  [[nodiscard]] Result<std::vector<IndexedStay>> of_citizen(Day day, const CitizenRef& citizen);
  [[nodiscard]] Result<std::vector<IndexedStay>> at_venue(Day day, const VenueId& venue);

 private:
  struct OpenDay {
    Day day;
    Secret<32> key;
    std::uint32_t segments{};
    std::vector<IndexedStay> loose_by_citizen;  // of rows outside of the index, in order
    std::vector<IndexedStay> loose_by_venue;
  };
  [[nodiscard]] Result<void> list();
  // Null when there is nothing to look into.
  [[nodiscard]] Result<const OpenDay*> open(Day day);
  [[nodiscard]] Result<void> load_loose_rows(OpenDay& opened, std::optional<std::uint64_t> up_to);
  [[nodiscard]] Result<std::vector<IndexedStay>> find(const OpenDay& day, IndexKind kind, const ByteArray<16>& tag,
                                                      const std::vector<IndexedStay>& loose);
  [[nodiscard]] Result<void> look_into(const OpenDay& day, const PageName& segment, const ByteArray<16>& tag,
                                       std::vector<IndexedStay>& found);

  store::Transaction& transaction_;
  const store::KeyRing& ring_;
  std::optional<CitizenRef> only_;
  bool is_listed_{};
  std::uint64_t oldest_{};
  std::set<std::uint64_t> with_visits_;
  std::set<std::uint64_t> with_index_;
  std::map<Day, OpenDay> days_;
};

}  // namespace lindung::service
