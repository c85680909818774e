// What resources of an import are called: by full URL, by "Type/id", inside their Bundle or outside.
// Source: FHIR R4, references; Bundle, "Resolving references in Bundles".
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "domain/fhir_rows.h"
#include "domain/fhir_table.h"

namespace lindung::domain::fhir {

// An id that FHIR allows: [A-Za-z0-9-.]{1,64}. Others ("resource:0") mean something in their Bundle only.
[[nodiscard]] bool is_fhir_id(std::string_view id) noexcept;
// "urn:uuid:…", "https://…": a full URL that means the same everywhere.
[[nodiscard]] bool is_absolute(std::string_view url) noexcept;

// Every name that the resource of this row has.
void each_name(const Row& row, std::string_view type, std::string_view id,
               const std::function<void(const Digest& key)>& show);

// What a reference means for this row: in its Bundle first, then in the import. Null if nothing is called so.
[[nodiscard]] const std::uint64_t* find_name(DigestTable& names, const Row& row, std::string_view type,
                                             std::string_view reference);

}  // namespace lindung::domain::fhir
