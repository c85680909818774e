#include "domain/fhir_people.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "domain/fhir_rows.h"
#include "domain/fhir_table.h"
#include "domain/import.h"

namespace lindung::domain::fhir {

namespace {

constexpr unsigned standing_bits = 3;
constexpr std::string_view patient_type = "Patient/";

std::uint64_t packed(PersonFound person) {
  return static_cast<std::uint64_t>(person.person) << standing_bits | static_cast<std::uint64_t>(person.standing);
}

PersonFound unpacked(std::uint64_t number) {
  return {.standing = static_cast<Standing>(number & ((1U << standing_bits) - 1)),
          .person = static_cast<std::size_t>(number >> standing_bits)};
}

Digest name_in_import(std::string_view name) { return digest_of({"import", name}); }

Digest name_in_bundle(const Row& row, std::string_view name) {
  return digest_of({"bundle", std::to_string(row.bundle->number), name});
}

// "https://host/fhir/Patient/7/_history/2" and "Patient/7" to "Patient/7"; empty if it names no Patient.
std::string relative_name(std::string_view reference) {
  reference = reference.substr(0, reference.find("/_history/"));
  const auto type = reference.rfind(patient_type);
  if (type == std::string_view::npos || (type != 0 && reference[type - 1] != '/')) return {};
  return std::string{reference.substr(type)};
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

std::size_t People::place_of(Identity identity) {
  const auto key = index_key(identity);
  const auto [place, is_new] = by_index_key_.insert(digest_of({as_text(BytesView{key})}), people_.size());
  if (is_new) people_.push_back(std::move(identity));
  return static_cast<std::size_t>(place);
}

std::size_t People::apart(Identity identity) {
  people_.push_back(std::move(identity));
  return people_.size() - 1;
}

void People::call(const Digest& key, PersonFound person) {
  const auto [number, is_new] = names_.insert(key, packed(person));
  if (is_new || number == packed(person)) return;
  // A rejected row gives way to one that can be used.
  const auto before = unpacked(number);
  if (before.standing == Standing::rejected) {
    number = packed(person);
  } else if (person.standing != Standing::rejected) {
    number = packed({.standing = Standing::ambiguous});
  }
}

void People::name(const Row& row, std::string_view id, PersonFound person) {
  if (row.bundle != nullptr) {
    if (!row.full_url.empty()) call(name_in_bundle(row, row.full_url), person);
    if (!id.empty()) call(name_in_bundle(row, std::string{patient_type}.append(id)), person);
  }
  if (is_absolute(row.full_url)) call(name_in_import(row.full_url), person);
  if (is_fhir_id(id)) call(name_in_import(std::string{patient_type}.append(id)), person);
}

PersonFound People::find(const Row& row, std::string_view reference) {
  const auto relative = relative_name(reference);
  const auto look = [this](const Digest& key) { return names_.find(key); };
  const std::uint64_t* found = nullptr;
  if (row.bundle != nullptr) {
    found = look(name_in_bundle(row, reference));
    if (found == nullptr && !relative.empty()) found = look(name_in_bundle(row, relative));
  }
  if (found == nullptr && is_absolute(reference)) found = look(name_in_import(reference));
  if (found == nullptr && !relative.empty()) found = look(name_in_import(relative));
  return found == nullptr ? PersonFound{} : unpacked(*found);
}

}  // namespace lindung::domain::fhir
