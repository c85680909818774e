#include "cert/verdict_json.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>

#include "cert/reason.h"
#include "cert/step.h"
#include "cert/verdict.h"

namespace lindung::cert {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text) { return text.empty() ? json::value{} : json::value(text); }

}  // namespace

json::object verdict_json(const Verdict& verdict, json::value id) {
  json::object steps;
  for (const auto& each : verdict.steps) steps[name_of(each.step)] = each.passed;
  json::object out{{"id", std::move(id)},
                   {"format", name_of(verdict.format)},
                   {"verdict", name_of(verdict.outcome)},
                   {"reason", verdict.reason ? json::value(name_of(*verdict.reason)) : json::value{}},
                   {"steps", std::move(steps)},
                   {"issuer", text_or_null(verdict.issuer)},
                   {"subject_initials", text_or_null(verdict.subject_initials)}};
  if (!verdict.holder.empty()) {
    out["holder"] = verdict.holder;
    out["birth_year"] = verdict.birth_year == 0 ? json::value{} : json::value(verdict.birth_year);
  }
  return out;
}

}  // namespace lindung::cert
