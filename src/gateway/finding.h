// What `lindung partner doctor` says of one part of a request or of a way to the gateway.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lindung::gateway {

enum class Verdict : std::uint8_t { good, wrong, unknown };

// Privacy: names of fields, sizes, times, host names, key ids and public digests; never a token or a key.
struct Finding {
  std::string part;  // "Content-Digest", "created", "clock"
  Verdict verdict{};
  std::string found;
  std::string mend{};  // what to do; empty when it is good
};

class Findings {
 public:
  void good(std::string part, std::string found) {
    all_.push_back({.part = std::move(part), .verdict = Verdict::good, .found = std::move(found)});
  }
  void wrong(std::string part, std::string found, std::string mend) {
    all_.push_back(
        {.part = std::move(part), .verdict = Verdict::wrong, .found = std::move(found), .mend = std::move(mend)});
    ++wrongs_;
  }
  void unknown(std::string part, std::string found, std::string mend) {
    all_.push_back(
        {.part = std::move(part), .verdict = Verdict::unknown, .found = std::move(found), .mend = std::move(mend)});
  }
  [[nodiscard]] const std::vector<Finding>& all() const noexcept { return all_; }
  [[nodiscard]] bool has_wrong() const noexcept { return wrongs_ != 0; }

 private:
  std::vector<Finding> all_;
  unsigned wrongs_{};
};

}  // namespace lindung::gateway
