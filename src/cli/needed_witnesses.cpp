#include "cli/needed_witnesses.h"

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "log/cosignature.h"

namespace lindung::cli {

void NeededWitnesses::add_options(CLI::App& command) {
  command.add_option("--witness", texts_, "verifier key of a witness whose cosignature counts; once for each");
  command.add_option("--need", need_, "how many of them must have cosigned; without it, all")
      ->check(CLI::PositiveNumber);
}

Result<std::vector<log::WitnessKey>> NeededWitnesses::keys() const {
  std::vector<log::WitnessKey> out;
  for (const auto& text : texts_) {
    auto key = log::WitnessKey::parse(text);
    if (key.has_error()) return fail("--witness", key.error());
    out.push_back(std::move(key).value());
  }
  return out;
}

boost::json::array seen_by_json(const std::vector<log::SeenBy>& seen_by) {
  boost::json::array out;
  for (const auto& each : seen_by) {
    out.emplace_back(boost::json::object{{"witness", each.witness}, {"cosigned_at", rfc3339(each.at)}});
  }
  return out;
}

}  // namespace lindung::cli
