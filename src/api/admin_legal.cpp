#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "api/legal_figures_json.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/import.h"
#include "domain/legal_basis.h"
#include "domain/nik.h"
#include "service/citizen_search.h"
#include "service/legal_requests.h"
#include "service/officers.h"
#include "service/pack_telling.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Result<void> need_two_officers(const AdminGround& at) {
  TRY(registered, service::count_officers(at.platform));
  if (registered < 2) return fail(Errc::denied, "a legal request takes two registered officers (lindung officer add)");
  return ok();
}

Object describe(const service::LegalRequest& request) {
  const auto& wish = request.wish;
  Object out{{"request", codec::hex(request.id.bytes())},
             {"state", service::name_of(request.state)},
             {"asked_at", rfc3339(request.asked_at)},
             {"authority", wish.authority},
             {"role", wish.role},
             {"basis", wish.basis},
             {"reference", wish.reference},
             {"question", service::name_of(wish.question)}};
  if (!wish.about.empty()) out["about"] = wish.about;
  out["from"] = rfc3339(wish.from);
  out["until"] = rfc3339(wish.until);
  if (request.decided_at) out["decided_at"] = rfc3339(*request.decided_at);
  if (!request.reason.empty()) out["reason"] = request.reason;
  if (wish.told_on) {
    out["told_on"] = rfc3339(*wish.told_on);
    out["because"] = wish.because;
  }
  if (request.told_at) out["told_at"] = rfc3339(*request.told_at);
  if (!request.answer.empty()) out["answer"] = request.answer;
  return out;
}

Result<service::LegalRequestId> id_of(const Arguments& arguments) {
  TRY(bytes, arguments.bytes<16>("request"));
  return service::LegalRequestId{bytes};
}

Result<Moment> moment_in(const Arguments& arguments, std::string_view name) {
  TRY(text, arguments.text(name));
  return parse_rfc3339(text);
}

// The number finds the person here and is kept nowhere.
Result<std::optional<CitizenRef>> person_of(const AdminGround& at, const Arguments& arguments) {
  if (!arguments.has("nik")) return std::optional<CitizenRef>{};
  TRY(text, arguments.text("nik"));
  TRY(nik, domain::parse_nik(text));
  domain::Identity identity{
      .nik = nik, .passport = {}, .local = domain::LocalId{ByteArray<16>{}}, .name = {}, .birth = {}};
  TRY(citizen, service::find_citizen(at.platform, identity));
  return std::optional{citizen};
}

Result<json::value> ask(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"authority", "role", "basis", "reference", "question", "nik", "about", "from",
                                          "until", "told_on", "because"}));
  TRYV(need_two_officers(at));
  service::LegalWish wish;
  BOOST_OUTCOME_TRY(wish.authority, arguments.text("authority"));
  BOOST_OUTCOME_TRY(wish.role, arguments.text("role"));
  BOOST_OUTCOME_TRY(wish.basis, arguments.text("basis"));
  BOOST_OUTCOME_TRY(wish.reference, arguments.text("reference"));
  TRY(question, arguments.text("question"));
  BOOST_OUTCOME_TRY(wish.question, service::parse_legal_question(question));
  BOOST_OUTCOME_TRY(wish.citizen, person_of(at, arguments));
  wish.about = arguments.text_or("about", "");
  BOOST_OUTCOME_TRY(wish.from, moment_in(arguments, "from"));
  wish.until = wish.from;
  if (arguments.has("until")) {
    BOOST_OUTCOME_TRY(wish.until, moment_in(arguments, "until"));
  }
  if (arguments.has("told_on")) {
    BOOST_OUTCOME_TRY(wish.told_on, moment_in(arguments, "told_on"));
  }
  wish.because = arguments.text_or("because", "");
  TRY(request, service::ask_legally(at.platform, wish, at.command));
  return describe(request);
}

Result<json::value> grant(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"request"}));
  TRYV(need_two_officers(at));
  TRY(id, id_of(arguments));
  TRY(request, service::grant_request(at.platform, id, at.command));
  return describe(request);
}

Result<json::value> refuse(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"request", "reason"}));
  TRYV(need_two_officers(at));
  TRY(id, id_of(arguments));
  TRY(reason, arguments.text("reason"));
  TRY(request, service::refuse_request(at.platform, id, reason, at.command));
  return describe(request);
}

Result<json::value> tell(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"request"}));
  TRY(id, id_of(arguments));
  TRY(request, service::tell_of_request(at.platform, id));
  return describe(request);
}

Result<json::value> show(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"request"}));
  TRY(id, id_of(arguments));
  TRY(request, service::find_request(at.platform, id));
  return describe(request);
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(requests, service::list_requests(at.platform));
  json::array out;
  for (const auto& request : requests) out.emplace_back(describe(request));
  return Object{{"requests", std::move(out)}};
}

Result<json::value> figures(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(counts, service::legal_figures(at.platform));
  TRY(packs, service::pack_figures(at.platform));
  return legal_figures_json(counts, packs);
}

Result<json::value> bases(const AdminGround&, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  json::array out;
  for (const auto& basis : domain::request_bases()) {
    out.emplace_back(
        Object{{"basis", basis.id}, {"id", basis.name.id}, {"en", basis.name.en}, {"source", basis.source}});
  }
  return Object{{"bases", std::move(out)}};
}

}  // namespace

std::vector<AdminCommand> legal_commands() {
  return {
      {.name = "legal/ask", .officers = 1, .run = ask},         {.name = "legal/answer", .officers = 2, .run = grant},
      {.name = "legal/refuse", .officers = 2, .run = refuse},   {.name = "legal/tell", .officers = 1, .run = tell},
      {.name = "legal/show", .officers = 1, .run = show},       {.name = "legal/list", .officers = 1, .run = list},
      {.name = "legal/figures", .officers = 0, .run = figures}, {.name = "legal/bases", .officers = 0, .run = bases}};
}

}  // namespace lindung::api
