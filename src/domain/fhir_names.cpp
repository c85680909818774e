#include "domain/fhir_names.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "domain/fhir_rows.h"
#include "domain/fhir_table.h"

namespace lindung::domain::fhir {

namespace {

Digest name_in_import(std::string_view name) { return digest_of({"import", name}); }

Digest name_in_bundle(const Row& row, std::string_view name) {
  return digest_of({"bundle", std::to_string(row.bundle->number), name});
}

std::string joined(std::string_view type, std::string_view id) { return std::string{type}.append(1, '/').append(id); }

// "https://host/fhir/Patient/7/_history/2" and "Patient/7" to "Patient/7"; empty if it names nothing of this type.
std::string relative_name(std::string_view type, std::string_view reference) {
  reference = reference.substr(0, reference.find("/_history/"));
  const auto at = reference.rfind(joined(type, ""));
  if (at == std::string_view::npos || (at != 0 && reference[at - 1] != '/')) return {};
  return std::string{reference.substr(at)};
}

}  // namespace

bool is_fhir_id(std::string_view id) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, allowed);
}

bool is_absolute(std::string_view url) noexcept {
  return url.starts_with("urn:uuid:") || url.starts_with("urn:oid:") || url.starts_with("http://") ||
         url.starts_with("https://");
}

void each_name(const Row& row, std::string_view type, std::string_view id,
               const std::function<void(const Digest& key)>& show) {
  if (row.bundle != nullptr) {
    if (!row.full_url.empty()) show(name_in_bundle(row, row.full_url));
    if (!id.empty()) show(name_in_bundle(row, joined(type, id)));
  }
  if (is_absolute(row.full_url)) show(name_in_import(row.full_url));
  if (is_fhir_id(id)) show(name_in_import(joined(type, id)));
}

const std::uint64_t* find_name(DigestTable& names, const Row& row, std::string_view type, std::string_view reference) {
  const auto relative = relative_name(type, reference);
  const std::uint64_t* found = nullptr;
  if (row.bundle != nullptr) {
    found = names.find(name_in_bundle(row, reference));
    if (found == nullptr && !relative.empty()) found = names.find(name_in_bundle(row, relative));
  }
  if (found == nullptr && is_absolute(reference)) found = names.find(name_in_import(reference));
  if (found == nullptr && !relative.empty()) found = names.find(name_in_import(relative));
  return found;
}

}  // namespace lindung::domain::fhir
