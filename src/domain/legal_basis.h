// The legal bases on which officers may set a colour: data/codes/legal-bases.json, with their sources, part of the
// program.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/rule_set.h"

namespace lindung::domain {

struct LegalBasis {
  std::string id;  // "court-order"
  Text name;
  std::string source;  // the law
};

// In the order of their ids.
[[nodiscard]] std::span<const LegalBasis> legal_bases();
// Errors: invalid_argument for an id that is none.
[[nodiscard]] Result<const LegalBasis*> find_legal_basis(std::string_view id);

// By what law an authority may ask about somebody: data/codes/request-bases.json, likewise.
[[nodiscard]] std::span<const LegalBasis> request_bases();
[[nodiscard]] Result<const LegalBasis*> find_request_basis(std::string_view id);

}  // namespace lindung::domain
