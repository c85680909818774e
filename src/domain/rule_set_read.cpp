// Reads a rule set and checks it: nothing unknown, nothing missing, nothing that could surprise at a door.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/category.h"
#include "domain/certlogic.h"
#include "domain/colour.h"
#include "domain/colour_reason.h"
#include "domain/hand.h"
#include "domain/rule_document.h"
#include "domain/rule_name.h"
#include "domain/rule_paths.h"
#include "domain/rule_set.h"

namespace lindung::domain {

namespace {

constexpr std::array kinds_of_records = {std::string_view{"vaccinations"}, std::string_view{"tests"},
                                         std::string_view{"recoveries"}, std::string_view{"exemptions"},
                                         std::string_view{"contacts"}};

// Parts of an object, with the place for messages ("colours[2]").
class Fields {
 public:
  static Result<Fields> of(const json::value& value, std::string place, std::initializer_list<std::string_view> known) {
    const auto* object = value.if_object();
    if (object == nullptr) return fail(Errc::malformed, "rule set: " + place + " is no object");
    for (const auto& member : *object) {
      if (std::ranges::find(known, std::string_view{member.key()}) == known.end()) {
        return fail(Errc::malformed,
                    "rule set: " + place + " has an unknown member \"" + std::string{member.key()} + '"');
      }
    }
    for (const auto name : known) {
      if (!object->contains(name))
        return fail(Errc::malformed, "rule set: " + place + " has no \"" + std::string{name} + '"');
    }
    return Fields{*object, std::move(place)};
  }

  [[nodiscard]] auto refuse(std::string_view name, const std::string& why) const {
    return fail(Errc::malformed, "rule set: " + place_ + "." + std::string{name} + " " + why);
  }
  [[nodiscard]] const json::value& any(std::string_view name) const { return object_->at(name); }
  [[nodiscard]] Result<std::string> text(std::string_view name) const {
    const auto* text = any(name).if_string();
    if (text == nullptr || text->empty()) return refuse(name, "is no text");
    return std::string{*text};
  }
  [[nodiscard]] Result<std::string> name(std::string_view name) const {
    TRY(value, text(name));
    if (!is_rule_name(value)) return refuse(name, "is not made of a-z, 0-9, - and _");
    return value;
  }
  [[nodiscard]] Result<const json::array*> array(std::string_view name) const {
    const auto* array = any(name).if_array();
    if (array == nullptr) return refuse(name, "is no array");
    return array;
  }
  [[nodiscard]] Result<Moment> moment(std::string_view name) const {
    TRY(value, text(name));
    const auto moment = parse_rfc3339(value);
    if (!moment) return refuse(name, "is no RFC 3339 time");
    return moment.value();
  }
  [[nodiscard]] Result<Colour> colour(std::string_view name) const {
    TRY(value, text(name));
    const auto colour = parse_colour(value);
    if (!colour) return refuse(name, "is no colour");
    return colour.value();
  }
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const {
    TRY(items, array(name));
    std::vector<std::string> texts;
    for (const auto& item : *items) {
      const auto* text = item.if_string();
      if (text == nullptr) return refuse(name, "holds something else than texts");
      texts.emplace_back(*text);
    }
    return texts;
  }
  // The bits of the named categories, each once.
  [[nodiscard]] Result<std::uint16_t> doors(std::string_view name) const {
    TRY(words, texts(name));
    std::uint16_t doors = 0;
    for (const auto& word : words) {
      const auto category = parse_category(word);
      if (!category) return refuse(name, "names an unknown category");
      const auto bit = static_cast<std::uint16_t>(1U << static_cast<unsigned>(category.value()));
      if ((doors & bit) != 0) return refuse(name, "names a category twice");
      doors = static_cast<std::uint16_t>(doors | bit);
    }
    return doors;
  }
  [[nodiscard]] Result<Text> both_languages(std::string_view name) const {
    TRY(fields, Fields::of(any(name), place_ + "." + std::string{name}, {"id", "en"}));
    Text text;
    BOOST_OUTCOME_TRY(text.id, fields.text("id"));
    BOOST_OUTCOME_TRY(text.en, fields.text("en"));
    return text;
  }
  [[nodiscard]] const std::string& place() const noexcept { return place_; }

 private:
  Fields(const json::object& object, std::string place) : object_{&object}, place_{std::move(place)} {}
  const json::object* object_;
  std::string place_;
};

std::string place_of(std::string_view list, std::size_t index) {
  return std::string{list} + "[" + std::to_string(index) + "]";
}

}  // namespace

class RuleSetReader {
 public:
  Result<RuleSet> read(std::string_view document) {
    TRY(json, parse_rule_json(document));
    TRY(fields, Fields::of(json, "the document",
                           {"id", "version", "engine", "engineVersion", "validFrom", "validTo", "source", "valueSets",
                            "definitions", "colours", "policies", "cases"}));
    rules_.digest_ = crypto::sha256(as_bytes(document));
    TRYV(read_head(fields));
    TRYV(read_value_sets(fields));
    TRYV(read_definitions(fields));
    TRYV(read_colours(fields));
    TRYV(read_policies(fields));
    TRYV(read_cases(fields));
    return std::move(rules_);
  }

 private:
  Result<void> read_head(const Fields& fields) {
    BOOST_OUTCOME_TRY(rules_.id_, fields.name("id"));
    BOOST_OUTCOME_TRY(rules_.version_, fields.text("version"));
    if (!is_rule_version(rules_.version_)) return fields.refuse("version", "is not of the form 1.0.0");
    rules_.name_ = rules_.id_ + "@" + rules_.version_;
    TRY(engine, fields.text("engine"));
    TRY(engine_version, fields.text("engineVersion"));
    if (engine != "CERTLOGIC") return fail(Errc::unsupported, "rule set: another engine than CERTLOGIC");
    if (engine_version != certlogic::language_version) {
      return fail(Errc::unsupported,
                  "rule set: another version of CertLogic than " + std::string{certlogic::language_version});
    }
    TRYV(fields.text("source"));
    BOOST_OUTCOME_TRY(rules_.valid_from_, fields.moment("validFrom"));
    BOOST_OUTCOME_TRY(rules_.valid_to_, fields.moment("validTo"));
    if (rules_.valid_from_ >= rules_.valid_to_) return fields.refuse("validTo", "is not after validFrom");
    return ok();
  }

  Result<void> read_value_sets(const Fields& fields) {
    const auto& sets = fields.any("valueSets");
    if (!paths_.add_value_sets(sets))
      return fields.refuse("valueSets", "holds something else than named lists of texts");
    paths_.add("external.validationClock");
    for (const auto kind : kinds_of_records) paths_.add("payload." + std::string{kind});
    rules_.value_sets_ = sets.get_object();
    return ok();
  }

  Result<certlogic::Expression> logic(const Fields& fields) const {
    const auto& json = fields.any("logic");
    auto compiled = certlogic::Expression::compile(json);
    if (!compiled) return fail("rule set: " + fields.place(), compiled.error());
    const auto fault = paths_.fault_of(json);
    if (!fault.empty()) return fields.refuse("logic", fault);
    return compiled;
  }

  Result<void> read_definitions(const Fields& fields) {
    TRY(items, fields.array("definitions"));
    for (std::size_t i = 0; i < items->size(); ++i) {
      TRY(each, Fields::of((*items)[i], place_of("definitions", i), {"id", "text", "logic"}));
      TRY(id, each.name("id"));
      TRY(text, each.both_languages("text"));
      TRY(compiled, logic(each));
      if (id == "colour" || !paths_.add("derived." + id)) return each.refuse("id", "is taken");
      rules_.definitions_.push_back({.id = std::move(id), .text = std::move(text), .logic = std::move(compiled)});
    }
    return ok();
  }

  Result<void> read_colours(const Fields& fields) {
    TRY(items, fields.array("colours"));
    if (items->empty() || items->size() > most_colour_rules) {
      return fields.refuse("colours", "are not 1 to " + std::to_string(most_colour_rules) + " rules");
    }
    for (std::size_t i = 0; i < items->size(); ++i) {
      TRY(each, Fields::of((*items)[i], place_of("colours", i), {"id", "colour", "facts", "reason", "logic"}));
      TRY(id, each.name("id"));
      if (id == override_id || id == dispute_id) return each.refuse("id", "is what officers put over the rules");
      const auto& others = rules_.colours_;
      if (std::ranges::any_of(others, [&](const ColourRule& other) { return other.id == id; })) {
        return each.refuse("id", "is taken");
      }
      TRY(colour, each.colour("colour"));
      TRY(reason, each.both_languages("reason"));
      TRY(facts, each.texts("facts"));
      for (const auto& fact : facts) {
        if (std::ranges::find(kinds_of_records, fact) == kinds_of_records.end()) {
          return each.refuse("facts", "names an unknown kind of record");
        }
      }
      TRY(compiled, logic(each));
      // The last rule, and only the last one, is for everybody that is left.
      const bool always = each.any("logic") == true;
      if (always != (i + 1 == items->size())) {
        return each.refuse("logic",
                           always ? "hides the rules behind it" : "must be true: somebody would have no colour");
      }
      if (each.any("logic") == false) return each.refuse("logic", "never applies");
      rules_.colours_.push_back({.id = std::move(id),
                                 .colour = colour,
                                 .reason = std::move(reason),
                                 .facts = std::move(facts),
                                 .logic = std::move(compiled)});
    }
    return ok();
  }

  Result<void> read_policies(const Fields& fields) {
    TRY(items, fields.array("policies"));
    paths_.add("derived.colour");
    unsigned covered = 0;
    for (std::size_t i = 0; i < items->size(); ++i) {
      TRY(each, Fields::of((*items)[i], place_of("policies", i), {"categories", "text", "logic"}));
      TRY(doors, each.doors("categories"));
      if ((covered & doors) != 0) return each.refuse("categories", "names a category that has a policy");
      covered |= doors;
      TRY(text, each.both_languages("text"));
      TRY(compiled, logic(each));
      rules_.policies_.push_back({.doors = doors, .text = std::move(text), .logic = std::move(compiled)});
    }
    for (const auto category : all_categories) {
      if (((covered >> static_cast<unsigned>(category)) & 1U) == 0) {
        return fields.refuse("policies", "leave out " + std::string{name_of(category)});
      }
    }
    return ok();
  }

  Result<void> read_cases(const Fields& fields) {
    TRY(items, fields.array("cases"));
    for (std::size_t i = 0; i < items->size(); ++i) {
      TRY(each, Fields::of((*items)[i], place_of("cases", i), {"name", "at", "payload", "colour", "rule", "doors"}));
      RuleCase made;
      BOOST_OUTCOME_TRY(made.name, each.text("name"));
      BOOST_OUTCOME_TRY(made.at, each.moment("at"));
      BOOST_OUTCOME_TRY(made.colour, each.colour("colour"));
      BOOST_OUTCOME_TRY(made.rule, each.name("rule"));
      BOOST_OUTCOME_TRY(made.doors, each.doors("doors"));
      made.payload = each.any("payload");
      if (!made.payload.is_object()) return each.refuse("payload", "is no object");
      rules_.cases_.push_back(std::move(made));
    }
    return ok();
  }

  RuleSet rules_;
  RulePaths paths_;  // that logic may read at this point
};

Result<RuleSet> RuleSet::parse(std::string_view document) { return RuleSetReader{}.read(document); }

}  // namespace lindung::domain
