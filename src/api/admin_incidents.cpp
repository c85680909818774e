#include "api/admin_incidents.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <cstdlib>
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
#include "domain/alarm.h"
#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "domain/link_token.h"
#include "service/incident_drafts.h"
#include "service/incident_messages.h"
#include "service/incident_persons.h"
#include "service/incidents.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;
using domain::IncidentTexts;

constexpr std::string_view all_authorities = "authorities";

// "23:41:05 left", "met", "LATE by 2:00:00"
std::string left_text(const domain::ClockFace& face) {
  if (face.met_at) return face.is_late() ? "met, late" : "met";
  const auto left = std::abs(face.seconds_left);
  const auto two = [](std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  const auto text = std::to_string(left / 3600) + ":" + two(left / 60 % 60) + ":" + two(left % 60);
  return face.is_late() ? "LATE by " + text : text + " left";
}

Object describe(const service::IncidentView& view) {
  const auto& row = view.row;
  const auto title = domain::said_or(row.texts.title, domain::title_of(row.kind));
  Object out{{"incident", codec::hex(row.id.bytes())},
             {"state", domain::name_of(row.state)},
             {"kind", domain::name_of(row.kind)},
             {"subject", domain::text_of(row.subject)},
             {"title", title.en},
             {"aware_at", rfc3339(row.aware_at)}};
  if (row.state != domain::IncidentState::closed) {
    out["24h"] = left_text(view.first);
    out["72h"] = left_text(view.second);
  }
  if (row.is_drill) out["drill"] = true;
  return out;
}

Object describe(const domain::ClockFace& face) {
  Object out{{"clock", domain::name_of(face.clock)}, {"due", rfc3339(face.due)}, {"late", face.is_late()}};
  if (face.met_at) {
    out["met_at"] = rfc3339(*face.met_at);
  } else {
    out["seconds_left"] = face.seconds_left;
  }
  return out;
}

Result<service::IncidentView> view_of(const AdminGround& at, const Arguments& arguments) {
  TRY(incident, arguments.text("incident"));
  return service::find_incident(at.platform, incident);
}

IncidentTexts texts_of(const Arguments& arguments) {
  return {.title = arguments.text_or("title", ""),
          .description = arguments.text_or("description", ""),
          .impact = arguments.text_or("impact", ""),
          .data = arguments.text_or("data", ""),
          .handling = arguments.text_or("handling", ""),
          .recovery = arguments.text_or("recovery", ""),
          .lesson = {}};
}

Result<json::value> begin(const AdminGround& at, service::NewIncident incident, const Arguments& arguments) {
  if (arguments.has("aware_at")) {
    TRY(text, arguments.text("aware_at"));
    TRY(moment, parse_rfc3339(text));
    incident.aware_at = moment;
  }
  incident.texts = texts_of(arguments);
  incident.command = at.command;
  TRY(id, service::open_incident(at.platform, incident));
  TRY(view, service::find_incident(at.platform, codec::hex(id.bytes())));
  auto out = describe(view);
  out["log_index"] = view.row.log_index;
  return out;
}

Result<json::value> open(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"subject", "aware_at", "title", "description", "impact", "data", "handling",
                                          "recovery", "nonce"}));
  TRY(subject, domain::parse_subject(arguments.text_or("subject", "installation")));
  return begin(at, {.subject = std::move(subject), .texts = {}}, arguments);
}

Result<json::value> drill(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"partner", "kind", "title", "description", "nonce"}));
  TRY(partner, arguments.text("partner"));
  TRY(kind, domain::parse_alarm_kind(arguments.text_or("kind", "canary-asked")));
  return begin(
      at,
      {.kind = kind, .subject = {.kind = domain::SubjectKind::partner, .id = partner}, .texts = {}, .is_drill = true},
      arguments);
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"drills"}));
  TRY(views, service::list_incidents(at.platform, arguments.number_or("drills", 0) != 0));
  json::array rows;
  for (const auto& view : views) rows.emplace_back(describe(view));
  return Object{{"incidents", std::move(rows)}};
}

Result<json::value> show(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"incident"}));
  TRY(view, view_of(at, arguments));
  const auto& row = view.row;
  TRY(events, service::list_events(at.platform, row.id));
  TRY(messages, service::list_messages(at.platform, row.id));
  TRY(progress, service::persons_progress(at.platform, row.id));
  auto out = describe(view);
  const auto& texts = row.texts;
  for (const auto& [name, text] : {std::pair{"description", &texts.description},
                                   {"impact", &texts.impact},
                                   {"data", &texts.data},
                                   {"handling", &texts.handling},
                                   {"recovery", &texts.recovery},
                                   {"lesson", &texts.lesson}}) {
    if (!text->empty()) out[name] = *text;
  }
  out["seen"] = row.count;
  if (row.usual != 0) out["usual"] = row.usual;
  out["clocks"] = json::array{describe(view.first), describe(view.second)};
  json::array lines;
  for (const auto& event : events) {
    Object line{{"at", rfc3339(event.at)}};
    if (event.log_index) line["log_index"] = *event.log_index;
    line["text"] = event.text.en;
    lines.emplace_back(std::move(line));
  }
  out["chronology"] = std::move(lines);
  json::array sent;
  for (const auto& message : messages) {
    Object one{{"to", message.recipient},
               {"form", domain::name_of(message.form)},
               {"state", service::name_of(message.state)},
               {"attempts", message.attempts},
               {"queued_at", rfc3339(message.queued_at)}};
    if (message.delivered_at) one["delivered_at"] = rfc3339(*message.delivered_at);
    if (!message.receipt.empty()) one["receipt"] = message.receipt;
    sent.emplace_back(std::move(one));
  }
  out["messages"] = std::move(sent);
  out["persons"] = Object{{"found", progress.found},         {"told", progress.told},
                          {"delivered", progress.delivered}, {"links_looked_at", progress.looked_at},
                          {"looking", progress.looks},       {"telling", progress.tells}};
  return out;
}

Result<json::value> note(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"incident", "title", "description", "impact", "data", "handling", "recovery",
                                          "note", "nonce"}));
  TRY(view, view_of(at, arguments));
  TRYV(service::add_to_incident(at.platform, view.row.id,
                                {.texts = texts_of(arguments), .note = arguments.text_or("note", "")}, at.command));
  TRY(after, view_of(at, arguments));
  return describe(after);
}

Result<json::value> draft(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"incident", "form"}));
  TRY(view, view_of(at, arguments));
  TRY(form_name, arguments.text("form"));
  TRY(form, domain::parse_draft_form(form_name));
  TRY(files, service::draft_incident(at.platform, view.row.id, form));
  return Object{{"incident", codec::hex(view.row.id.bytes())},
                {"form", form_name},
                {"json", files.json},
                {"text", files.text},
                {"pdf", codec::base64(files.pdf)}};
}

Result<json::value> notify(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"incident", "to"}));
  TRY(view, view_of(at, arguments));
  TRY(to, arguments.text("to"));
  std::vector<std::string> names{to};
  if (to == all_authorities) {
    TRY(all, service::queue_all_messages(at.platform, view.row.id, at.command));
    names = std::move(all);
  } else {
    TRYV(service::queue_message(at.platform, view.row.id, to, at.command));
  }
  json::array queued;
  for (const auto& name : names) queued.emplace_back(name);
  return Object{{"incident", codec::hex(view.row.id.bytes())}, {"queued", std::move(queued)}};
}

Result<json::value> tell(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"incident"}));
  TRY(view, view_of(at, arguments));
  TRYV(service::tell_persons(at.platform, view.row.id, at.command));
  return Object{
      {"incident", codec::hex(view.row.id.bytes())}, {"persons", view.row.persons_found}, {"state", "telling"}};
}

Result<json::value> receipt(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"incident", "from", "text"}));
  TRY(view, view_of(at, arguments));
  TRY(from, arguments.text("from"));
  TRY(text, arguments.text("text"));
  TRYV(service::acknowledge_message(at.platform, view.row.id, from, text, at.command));
  return Object{{"incident", codec::hex(view.row.id.bytes())}, {"acknowledged_by", from}};
}

// The words of a text, of which `read` makes one each.
template <class T, class Read>
Result<std::vector<T>> list_of(std::string_view text, Read read) {
  std::vector<T> out;
  while (!text.empty()) {
    const auto end = text.find(' ');
    const auto word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (word.empty()) continue;
    TRY(one, read(word));
    out.push_back(std::move(one));
  }
  return out;
}

Result<json::value> persons(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"incident", "partner", "from", "until", "tokens", "citizens"}));
  TRY(view, view_of(at, arguments));
  const auto& id = view.row.id;
  Object out{{"incident", codec::hex(id.bytes())}};
  if (arguments.has("partner")) {
    TRY(partner, arguments.text("partner"));
    TRY(from_text, arguments.text("from"));
    TRY(from, parse_rfc3339(from_text));
    auto until = at.platform.clock.now() + seconds{1};
    if (arguments.has("until")) {
      TRY(until_text, arguments.text("until"));
      TRY(moment, parse_rfc3339(until_text));
      until = moment;
    }
    TRYV(service::look_for_partners_people(at.platform, id, PartnerId{partner}, from, until));
    out["looking"] = true;
  }
  if (arguments.has("tokens")) {
    TRY(text, arguments.text("tokens"));
    TRY(tokens, list_of<domain::LinkToken>(text, [](std::string_view word) -> Result<domain::LinkToken> {
          domain::LinkToken token;
          TRYV(codec::from_hex(word, token.bytes));
          return token;
        }));
    TRY(found, service::add_people_of_tokens(at.platform, id, tokens));
    out["found"] = found;
  }
  if (arguments.has("citizens")) {
    TRY(text, arguments.text("citizens"));
    TRY(citizens, list_of<CitizenRef>(text, [](std::string_view word) -> Result<CitizenRef> {
          ByteArray<16> bytes{};
          TRYV(codec::from_hex(word, bytes));
          return CitizenRef{bytes};
        }));
    TRY(found, service::add_people(at.platform, id, citizens));
    out["found"] = found;
  }
  return out;
}

Result<json::value> contain(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"incident"}));
  TRY(view, view_of(at, arguments));
  TRY(index, service::contain_incident(at.platform, view.row.id, at.command));
  return Object{{"incident", codec::hex(view.row.id.bytes())}, {"state", "contained"}, {"log_index", index}};
}

Result<json::value> close(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"incident", "lesson"}));
  TRY(view, view_of(at, arguments));
  TRY(lesson, arguments.text("lesson"));
  TRY(index, service::close_incident(at.platform, view.row.id, lesson, at.command));
  return Object{{"incident", codec::hex(view.row.id.bytes())}, {"state", "closed"}, {"log_index", index}};
}

Result<json::value> lessons(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"drills"}));
  TRY(views, service::list_incidents(at.platform, arguments.number_or("drills", 0) != 0));
  json::array rows;
  for (const auto& view : views) {
    const auto& row = view.row;
    if (row.texts.lesson.empty()) continue;
    rows.emplace_back(Object{{"incident", codec::hex(row.id.bytes())},
                             {"kind", domain::name_of(row.kind)},
                             {"closed_at", rfc3339(row.changed_at)},
                             {"late", view.first.is_late() || view.second.is_late()},
                             {"drill", row.is_drill},
                             {"lesson", row.texts.lesson}});
  }
  return Object{{"lessons", std::move(rows)}};
}

}  // namespace

std::vector<AdminCommand> incident_commands() {
  return {{.name = "incident/open", .officers = 1, .run = open},
          {.name = "incident/list", .officers = 0, .run = list},
          {.name = "incident/show", .officers = 0, .run = show},
          {.name = "incident/note", .officers = 1, .run = note},
          {.name = "incident/draft", .officers = 0, .run = draft},
          {.name = "incident/notify", .officers = 1, .run = notify},
          {.name = "incident/tell", .officers = 2, .run = tell},
          {.name = "incident/receipt", .officers = 1, .run = receipt},
          {.name = "incident/persons", .officers = 1, .run = persons},
          {.name = "incident/contain", .officers = 2, .run = contain},
          {.name = "incident/close", .officers = 1, .run = close},
          {.name = "incident/drill", .officers = 1, .run = drill},
          {.name = "incident/lessons", .officers = 0, .run = lessons}};
}

}  // namespace lindung::api
