// --witness KEY… and --need K: whose cosignatures a verifier demands.
#pragma once

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "log/cosignature.h"

namespace lindung::cli {

class NeededWitnesses {
 public:
  // To a command that outlives this object's uses.
  void add_options(CLI::App& command);
  // Errors: malformed for what is no witness's verifier key.
  [[nodiscard]] Result<std::vector<log::WitnessKey>> keys() const;
  // All that were named, unless --need says fewer.
  [[nodiscard]] std::size_t needed() const noexcept { return need_ == 0 ? texts_.size() : need_; }

 private:
  std::vector<std::string> texts_;
  std::size_t need_{};
};

[[nodiscard]] boost::json::array seen_by_json(const std::vector<log::SeenBy>& seen_by);

}  // namespace lindung::cli
