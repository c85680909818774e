// The codes of others to our words. The tables are data files with their sources (data/codes), part of the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "domain/record.h"

namespace lindung::domain {

// A first schedule of a disease's vaccines: complete after so many doses.
struct Series {
  std::string id;       // "covid-19-two-dose"
  std::string disease;  // "covid-19"
  unsigned doses{};
};

struct Vaccine {
  std::string code;  // "coronavac"
  std::string name;
  std::string series;
  unsigned vagueness{};  // 0 a product, 1 a kind of vaccine, 2 only the disease
};

// What a Condition, or an Observation that is no test, says.
enum class Finding : std::uint8_t { disease, contact, exemption };

struct CodeTables {
  std::string_view vaccines;
  std::string_view vaccine_codes;
  std::string_view vaccine_names;  // as people write them; of the same shape
  std::string_view tests;
  std::string_view results;
  std::string_view findings;
};

class CodeMap {
 public:
  // Errors: malformed for a table that is not JSON, lacks a member, names a thing twice or names an unknown one.
  [[nodiscard]] static Result<CodeMap> load(const CodeTables& tables);

  // Each null, or none, for a code that is not in the tables. A version behind the system ("…|2023") is ignored.
  [[nodiscard]] const Vaccine* vaccine(std::string_view system, std::string_view code) const;
  [[nodiscard]] std::optional<TestKind> test(std::string_view system, std::string_view code) const;
  [[nodiscard]] std::optional<TestResult> result(std::string_view system, std::string_view code) const;
  [[nodiscard]] std::optional<Finding> finding(std::string_view system, std::string_view code) const;

  // "covid-19"; of a vaccine of this map.
  [[nodiscard]] std::string_view disease_of(const Vaccine& vaccine) const;
  [[nodiscard]] std::span<const Series> series() const noexcept { return series_; }
  [[nodiscard]] std::span<const Vaccine> vaccines() const noexcept { return vaccines_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  // "system\ncode" to a place in a list, or to an enumerator.
  using Table = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;

  CodeMap() = default;
  [[nodiscard]] Result<void> read_vaccines(std::string_view text);
  [[nodiscard]] static Result<Table> read_table(std::string_view text, std::span<const std::string_view> words);
  [[nodiscard]] static const std::size_t* find(const Table& table, std::string_view system, std::string_view code);

  std::vector<Series> series_;
  std::vector<Vaccine> vaccines_;
  Table vaccine_codes_;
  Table tests_;
  Table results_;
  Table findings_;
};

// The tables of this program.
[[nodiscard]] const CodeMap& built_in_codes();

}  // namespace lindung::domain
