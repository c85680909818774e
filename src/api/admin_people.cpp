#include "api/admin_people.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "people/delegation_rows.h"
#include "people/delegations.h"
#include "people/own_json.h"
#include "people/paper.h"
#include "service/looks.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

// Logged and kept for the citizen before anything is shown; the command that it names is an entry of its officer's.
Result<void> look(const AdminGround& at, const CitizenRef& citizen, std::string_view action,
                  const std::string& purpose) {
  return service::record_look(
      at.platform,
      {.citizen = citizen, .officer_key_digest = at.command, .action = std::string{action}, .purpose = purpose});
}

// "see,check-in"
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = text.find(',');
    words.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return words;
}

Result<json::value> add(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"for", "by", "relation", "scope", "days", "purpose"}));
  TRY(principal, arguments.bytes<16>("for"));
  TRY(agent, arguments.bytes<16>("by"));
  TRY(relation_word, arguments.text("relation"));
  TRY(relation, people::parse_relation(relation_word));
  TRY(scope_words, arguments.text("scope"));
  TRY(scope, people::parse_scope(words_of(scope_words)));
  TRY(days, arguments.number("days"));
  TRY(purpose, arguments.text("purpose"));
  TRYV(look(at, CitizenRef{principal}, "delegation/add", purpose));
  TRY(made, people::delegate_at_office(at.platform, {.principal = CitizenRef{principal},
                                                     .agent = CitizenRef{agent},
                                                     .relation = relation,
                                                     .scope = scope,
                                                     .days = days}));
  return Object{{"delegation", codec::hex(made.id.bytes())}, {"until", rfc3339(made.until)}};
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "purpose"}));
  TRY(citizen, arguments.bytes<16>("citizen"));
  TRY(purpose, arguments.text("purpose"));
  TRYV(look(at, CitizenRef{citizen}, "delegation/list", purpose));
  TRY(all, people::list_delegations(at.platform, CitizenRef{citizen}));
  json::array out;
  for (const auto& each : all) {
    if (each.delegation.side == people::Side::invitation) continue;
    auto row = people::delegation_json(each);
    row["side"] = each.delegation.side == people::Side::principal ? "acted-for" : "acts";
    out.emplace_back(std::move(row));
  }
  return Object{{"delegations", std::move(out)}};
}

Result<json::value> end(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "id"}));
  TRY(citizen, arguments.bytes<16>("citizen"));
  TRY(id, arguments.bytes<16>("id"));
  TRYV(people::end_delegation(at.platform, CitizenRef{citizen}, people::DelegationId{id}));
  return Object{{"ended", codec::hex(id)}};
}

Result<json::value> print(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "purpose"}));
  TRY(citizen, arguments.bytes<16>("citizen"));
  TRY(purpose, arguments.text("purpose"));
  TRYV(look(at, CitizenRef{citizen}, "citizen/print", purpose));
  TRY(paper, people::paper_of(at.platform, CitizenRef{citizen}));
  return Object{{"pdf", codec::base64(paper.pdf)}, {"card", paper.has_card}, {"passes", paper.passes}};
}

}  // namespace

std::vector<AdminCommand> people_commands() {
  return {{.name = "delegation/add", .officers = 1, .run = add},
          {.name = "delegation/list", .officers = 1, .run = list},
          {.name = "delegation/end", .officers = 1, .run = end},
          {.name = "citizen/print", .officers = 1, .run = print}};
}

}  // namespace lindung::api
