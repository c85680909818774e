// What the log says of one partner, entry by entry: whether each of its answers stands where the partner was active.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/id.h"
#include "base/result.h"
#include "log/entry.h"

namespace lindung::log {

// Entries are given in the order of the log. A partner becomes active by `active` at first and after shredding;
// `resumed` alone ends a suspension, `uncut` alone a cut; a new pact changes nothing.
class PartnerHistory {
 public:
  explicit PartnerHistory(PartnerId partner) : partner_{std::move(partner)} {}

  void add(std::uint64_t index, const Entry& entry);

  [[nodiscard]] std::optional<std::uint64_t> cut_index() const noexcept { return cut_; }
  [[nodiscard]] std::optional<std::uint64_t> last_answer_index() const noexcept { return last_answer_; }
  // Errors: conflict, with number = index, for the first answer that stands where the partner was not active.
  [[nodiscard]] Result<void> verdict() const;

 private:
  enum class State : std::uint8_t { inactive, active, suspended, cut };
  void change(std::uint64_t index, PartnerChange change);

  PartnerId partner_;
  State state_{State::inactive};
  std::optional<std::uint64_t> cut_;
  std::optional<std::uint64_t> last_answer_;
  std::optional<std::uint64_t> wrong_answer_;
  std::string wrong_because_;
};

}  // namespace lindung::log
