// Our vaccines in the codes that certificates name them by.
#pragma once

#include <string_view>

namespace lindung::cert {

struct VaccineCodes {
  std::string_view vaccine;      // ours, data/codes/vaccines.json
  std::string_view prophylaxis;  // SNOMED CT
  std::string_view product;      // the EU's; the product's own name where the EU has none
  std::string_view maker;        // likewise
  std::string_view cvx;          // empty: it has none
};

// Null for a record that names no product, or none against COVID-19.
// Source: eu-dcc-valuesets (vaccine-prophylaxis, vaccine-medicinal-product, vaccine-mah-manf); CVX of the CDC.
[[nodiscard]] const VaccineCodes* codes_of_vaccine(std::string_view vaccine) noexcept;

}  // namespace lindung::cert
