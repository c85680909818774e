#include "domain/legal_basis.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "codec/json.h"
#include "embedded/codes_legal_bases_json.h"
#include "embedded/codes_request_bases_json.h"

namespace lindung::domain {

namespace {

namespace json = boost::json;

Result<std::string> text_of(const json::object& object, std::string_view name) {
  const auto* text = object.if_contains(name);
  if (text == nullptr || !text->is_string() || text->get_string().empty()) {
    return fail(Errc::malformed, "legal bases: no text in " + std::string{name});
  }
  return std::string{text->get_string()};
}

Result<std::vector<LegalBasis>> read_bases(std::string_view text) {
  TRY(file, codec::parse_json(text));
  const auto* list = file.is_object() ? file.get_object().if_contains("bases") : nullptr;
  if (list == nullptr || !list->is_array()) return fail(Errc::malformed, "legal bases: no list");
  std::vector<LegalBasis> bases;
  for (const auto& item : list->get_array()) {
    const auto* object = item.if_object();
    const auto* name = object == nullptr ? nullptr : object->if_contains("name");
    if (name == nullptr || !name->is_object()) return fail(Errc::malformed, "legal bases: no name");
    LegalBasis basis;
    BOOST_OUTCOME_TRY(basis.id, text_of(*object, "id"));
    BOOST_OUTCOME_TRY(basis.name.id, text_of(name->get_object(), "id"));
    BOOST_OUTCOME_TRY(basis.name.en, text_of(name->get_object(), "en"));
    BOOST_OUTCOME_TRY(basis.source, text_of(*object, "source"));
    if (!bases.empty() && bases.back().id >= basis.id) return fail(Errc::malformed, "legal bases: order of the ids");
    bases.push_back(std::move(basis));
  }
  return bases;
}

// The files are part of the program: a broken one is a broken build, which the first test shows.
std::vector<LegalBasis> need_bases(std::string_view text) {
  auto read = read_bases(text);
  if (read.has_error() || read.value().empty()) std::abort();
  return std::move(read).value();
}

Result<const LegalBasis*> find_in(std::span<const LegalBasis> bases, std::string_view id) {
  const auto found = std::ranges::find(bases, id, &LegalBasis::id);
  if (found == bases.end()) return fail(Errc::invalid_argument, "no such legal basis");
  return &*found;
}

}  // namespace

std::span<const LegalBasis> legal_bases() {
  static const auto bases = need_bases(embedded::codes_legal_bases_json);
  return bases;
}

Result<const LegalBasis*> find_legal_basis(std::string_view id) { return find_in(legal_bases(), id); }

std::span<const LegalBasis> request_bases() {
  static const auto bases = need_bases(embedded::codes_request_bases_json);
  return bases;
}

Result<const LegalBasis*> find_request_basis(std::string_view id) { return find_in(request_bases(), id); }

}  // namespace lindung::domain
