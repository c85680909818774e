#include "cert/who_content.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cert/contents.h"
#include "cert/dcc_content.h"
#include "cert/initials.h"
#include "cert/reason.h"
#include "cert/refusal.h"
#include "cert/step.h"
#include "cert/text_forms.h"
#include "codec/cbor_tree.h"

namespace lindung::cert {
namespace {

using codec::CborItem;

// Sub-claims of claim -260.
constexpr std::int64_t claim_vaccination = 3;
constexpr std::int64_t claim_test = 4;
constexpr std::int64_t claim_health_link = 5;
constexpr std::int64_t claim_dvc = -6;
constexpr std::size_t longest_text = 2048;

auto refuse_schema(std::string_view field) { return refuse(Step::schema, Reason::schema, std::string{field}); }

std::optional<std::string_view> text_in(const CborItem& map, std::string_view name) {
  const auto found = map.find(name);
  return found ? found->text() : std::nullopt;
}

bool is_text(const CborItem& map, std::string_view name) {
  const auto text = text_in(map, name);
  return text && !text->empty() && text->size() <= longest_text;
}

// A date that is there must be one: of a year, a month or a day.
bool is_date_or_absent(const CborItem& map, std::string_view name) {
  if (!map.find(name)) return true;
  const auto text = text_in(map, name);
  if (!text) return false;
  if (text->size() == 4) return is_full_date(std::string{*text} + "-01-01");
  if (text->size() == 7) return is_full_date(std::string{*text} + "-01");
  return is_full_date(*text) || is_date_time(*text);
}

// A code by itself, or {code, system}.
bool has_code(const CborItem& map, std::string_view name) {
  const auto found = map.find(name);
  if (!found) return false;
  return found->is_map() ? is_text(*found, "code") : is_text(map, name);
}

// Digital vaccination certificate (the ICVP): one person, one dose.
Checked<WhoContent> read_dvc(const CborItem& dvc) {
  if (!dvc.is_map()) return refuse_schema("-6");
  if (!is_text(dvc, "n")) return refuse_schema("n");
  if (!is_date_or_absent(dvc, "dob")) return refuse_schema("dob");
  const auto vaccination = dvc.find("v");
  if (!vaccination || !vaccination->is_map()) return refuse_schema("v");
  if (!is_text(*vaccination, "dt") || !is_date_or_absent(*vaccination, "dt")) return refuse_schema("v.dt");
  if (!has_code(*vaccination, "vp") && !has_code(*vaccination, "mp")) return refuse_schema("v.vp");
  for (const std::string_view date : {"vls", "vle"}) {
    if (!is_date_or_absent(*vaccination, date)) return refuse_schema("v." + std::string{date});
  }
  return WhoContent{.word = "vaccination",
                    .kind = EntryKind::vaccination,
                    .initials = initials_of_words(text_in(dvc, "n").value_or(""))};
}

bool is_link(const CborItem& item) {
  const auto text = item.is_map() ? text_in(item, "u") : item.text();
  return text && text->size() <= longest_text && (text->starts_with("shlink:/") || text->starts_with("vhlink:/"));
}

// A link to documents elsewhere: nothing of a person stands in it.
Checked<WhoContent> read_health_link(const CborItem& links) {
  bool good = links.is_array() ? links.size() > 0 : is_link(links);
  if (links.is_array()) {
    links.for_each([&](const CborItem& each) {
      good = good && is_link(each);
      return good;
    });
  }
  if (!good) return refuse_schema("5");
  return WhoContent{.word = "health-link", .kind = {}, .initials = {}};
}

Checked<WhoContent> read_data_set(const CborItem& set, EntryKind kind) {
  if (!set.is_map()) return refuse_schema("core data set");
  if (!is_text(set, "name")) return refuse_schema("name");
  for (const std::string_view date : {"birthDate", "date", "valid_from", "valid_until", "due_date", "vaccine_valid"}) {
    if (!is_date_or_absent(set, date)) return refuse_schema(date);
  }
  const std::string_view what = kind == EntryKind::test ? "pathogen" : "vaccine";
  if (!has_code(set, what)) return refuse_schema(what);
  return WhoContent{.word = std::string{name_of(kind)},
                    .kind = kind,
                    .initials = initials_of_words(text_in(set, "name").value_or(""))};
}

Checked<WhoContent> read_one_of(const CborItem& sets, EntryKind kind) {
  if (!sets.is_array()) return read_data_set(sets, kind);
  if (sets.size() != 1) return refuse(Step::schema, Reason::entry_count, std::to_string(sets.size()));
  return read_data_set(*sets.at(0), kind);
}

}  // namespace

Checked<WhoContent> read_who_claims(const CborItem& hcert) {
  if (hcert.size() == 0) return refuse(Step::schema, Reason::no_content);
  if (hcert.size() != 1) return refuse(Step::schema, Reason::entry_count, std::to_string(hcert.size()));
  if (const auto found = hcert.find(claim_dvc)) return read_dvc(*found);
  if (const auto found = hcert.find(claim_health_link)) return read_health_link(*found);
  if (const auto found = hcert.find(claim_vaccination)) return read_one_of(*found, EntryKind::vaccination);
  if (const auto found = hcert.find(claim_test)) return read_one_of(*found, EntryKind::test);
  return refuse(Step::schema, Reason::unsupported_content, "a sub-claim that is not known");
}

WhoItem who_content_of(const CborItem& hcert) {
  if (const auto found = hcert.find(claim_dvc)) return {.form = Contents::Form::dose_of_person, .item = *found};
  for (const auto claim : {claim_vaccination, claim_test}) {
    const auto found = hcert.find(claim);
    if (!found) continue;
    return {.form = Contents::Form::core_data_set, .item = found->is_array() ? found->at(0) : found};
  }
  return {};
}

Checked<WhoContent> read_core_data_set(const CborItem& payload) {
  if (payload.find("vaccine")) return read_data_set(payload, EntryKind::vaccination);
  if (payload.find("pathogen")) return read_data_set(payload, EntryKind::test);
  return refuse(Step::schema, Reason::no_content);
}

}  // namespace lindung::cert
