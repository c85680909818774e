#include "domain/incident_draft.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "domain/alarm.h"
#include "domain/incident.h"
#include "domain/rule_set.h"

namespace lindung::domain {

namespace {

namespace json = boost::json;

constexpr std::array forms{std::string_view{"bssn"}, std::string_view{"authority"}, std::string_view{"persons"},
                           std::string_view{"public"}};
constexpr std::size_t longest_notice = 2'000;

Text same(const std::string& text) { return {.id = text, .en = text}; }
Text labelled(std::string_view id, std::string_view en, const std::string& value) {
  return {.id = std::string{id} + ": " + value, .en = std::string{en} + ": " + value};
}
Text labelled(std::string_view id, std::string_view en, const Text& value) {
  return {.id = std::string{id} + ": " + value.id, .en = std::string{en} + ": " + value.en};
}
Text state_text(IncidentState state) {
  switch (state) {
    case IncidentState::open: return {.id = "terbuka", .en = "open"};
    case IncidentState::contained: return {.id = "terkendali", .en = "contained"};
    case IncidentState::notified: return {.id = "dilaporkan", .en = "notified"};
    case IncidentState::closed: return {.id = "selesai", .en = "closed"};
  }
  return {};
}
std::string or_dash(const std::string& text) { return text.empty() ? "\xE2\x80\x94" : text; }

// "2026-11-21 12:00:00 UTC"
std::string readable(Moment at) {
  auto text = rfc3339(at);
  constexpr std::size_t day_size = 10;
  text[day_size] = ' ';
  text.pop_back();
  return text + " UTC";
}

Text title_of_form(DraftForm form) {
  switch (form) {
    case DraftForm::bssn: return {.id = "Pelaporan insiden siber", .en = "Report of a cyber incident"};
    case DraftForm::authority:
      return {.id = "Pemberitahuan kegagalan pelindungan data pribadi",
              .en = "Notification of a failure to protect personal data"};
    case DraftForm::persons:
      return {.id = "Pemberitahuan kepada Anda tentang data pribadi Anda",
              .en = "Notice to you about your personal data"};
    case DraftForm::open_to_all: break;
  }
  return {.id = "Pengumuman kepada masyarakat", .en = "Notice to the public"};
}

Text basis_of(DraftForm form) {
  return form == DraftForm::bssn
             ? Text{.id = "Peraturan BSSN 1/2024 pasal 15 (24 jam)",
                    .en = "BSSN regulation 1/2024 article 15 (24 hours)"}
             : Text{.id = "UU 27/2022 pasal 46 (3 x 24 jam)", .en = "Law 27/2022 article 46 (3 x 24 hours)"};
}

Text what_happened(const DraftFacts& facts) { return said_or(facts.texts.description, facts.account); }

Text title_of_incident(const DraftFacts& facts) { return said_or(facts.texts.title, title_of(facts.kind)); }

Text persons_text(const DraftFacts& facts) {
  if (facts.persons_found == 0) {
    return facts.counts_all_persons
               ? Text{.id = "Tidak ditemukan orang yang terdampak.", .en = "No person concerned was found."}
               : Text{.id = "Jumlah orang yang terdampak belum diketahui.",
                      .en = "How many people are concerned is not known yet."};
  }
  const auto found = std::to_string(facts.persons_found);
  const auto told = std::to_string(facts.persons_told);
  Text text{.id = "Orang yang terdampak: " + found + ", telah diberi tahu: " + told + ".",
            .en = "People concerned: " + found + ", told: " + told + "."};
  if (!facts.counts_all_persons) {
    text.id += " Penghitungan masih berjalan.";
    text.en += " They are still being counted.";
  }
  return text;
}

DraftSection reporter_section(const DraftFacts& facts) {
  const auto& who = facts.reporter;
  return {
      .name = "reporter",
      .heading = {.id = "Narahubung pelapor", .en = "Reporter's contact"},
      .paragraphs = {labelled("Lembaga", "Organisation", or_dash(who.organisation)),
                     labelled("Nama", "Name", or_dash(who.name)), labelled("Telepon", "Telephone", or_dash(who.phone)),
                     labelled("Surel", "E-mail", or_dash(who.email))}};
}

DraftSection incident_section(const DraftFacts& facts) {
  DraftSection section{.name = "incident",
                       .heading = {.id = "Uraian insiden", .en = "Description of the incident"},
                       .paragraphs = {title_of_incident(facts), what_happened(facts)}};
  const auto subject = text_of(facts.subject);
  section.paragraphs.push_back(labelled("Pihak yang bersangkutan", "Whom it concerns", subject));
  section.paragraphs.push_back(labelled("Diketahui pada", "Known since", readable(facts.aware_at)));
  section.paragraphs.push_back(labelled("Keadaan sekarang", "State at present", state_text(facts.state)));
  return section;
}

DraftSection chronology_section(const DraftFacts& facts) {
  DraftSection section{.name = "chronology", .heading = {.id = "Kronologi", .en = "Chronology"}, .paragraphs = {}};
  for (const auto& line : facts.chronology) {
    auto begin = readable(line.at);
    begin += line.log_index ? " · #" + std::to_string(*line.log_index) + " · " : " · ";
    section.paragraphs.push_back({.id = begin + line.text.id, .en = begin + line.text.en});
  }
  if (facts.left_out != 0) {
    const auto count = std::to_string(facts.left_out);
    section.paragraphs.push_back(
        {.id = count + " baris lain ada dalam catatan publik.", .en = count + " other lines are in the public log."});
  }
  section.paragraphs.push_back({.id = "Nomor # adalah indeks dalam catatan publik " + facts.log_origin + " (ukuran " +
                                      std::to_string(facts.log_size) + ").",
                                .en = "Numbers with # are indexes in the public log " + facts.log_origin + " (size " +
                                      std::to_string(facts.log_size) + ")."});
  return section;
}

DraftSection impact_section(const DraftFacts& facts) {
  DraftSection section{.name = "impact", .heading = {.id = "Dampak", .en = "Impact"}, .paragraphs = {}};
  if (!facts.texts.impact.empty()) section.paragraphs.push_back(same(facts.texts.impact));
  section.paragraphs.push_back(persons_text(facts));
  return section;
}

DraftSection data_section(const DraftFacts& facts) {
  return {.name = "data",
          .heading = {.id = "Data pribadi yang terungkap", .en = "Personal data that was disclosed"},
          .paragraphs = {said_or(facts.texts.data, data_concerned(facts.kind))}};
}

DraftSection how_section(const DraftFacts& facts) {
  const auto when = readable(facts.aware_at);
  return {.name = "how",
          .heading = {.id = "Kapan dan bagaimana", .en = "When and how"},
          .paragraphs = {labelled("Diketahui pada", "Known since", when), what_happened(facts)}};
}

// For people and the public: whose name it is, they need not know; what happened, they do.
DraftSection how_for_people(const DraftFacts& facts) {
  return {.name = "how",
          .heading = {.id = "Kapan dan bagaimana", .en = "When and how"},
          .paragraphs = {labelled("Diketahui pada", "Known since", readable(facts.aware_at)),
                         said_or(facts.texts.description, title_of(facts.kind))}};
}

DraftSection handling_section(const DraftFacts& facts) {
  return {.name = "handling",
          .heading = {.id = "Upaya penanganan dan pemulihan", .en = "Handling and recovery"},
          .paragraphs = {said_or(facts.texts.handling, usual_handling(facts.kind)),
                         said_or(facts.texts.recovery, {.id = "Anda tidak perlu berbuat apa-apa; token baru diberikan "
                                                              "saat tautan dibuat kembali.",
                                                        .en = "You need not do anything; a new token comes with a new "
                                                              "link."})}};
}

DraftSection contact_section(const DraftFacts& facts) {
  const auto& who = facts.reporter;
  std::string line = or_dash(who.organisation);
  for (const auto& part : {who.phone, who.email}) {
    if (!part.empty()) line += ", " + part;
  }
  return {.name = "contact", .heading = {.id = "Hubungi kami", .en = "Contact us"}, .paragraphs = {same(line)}};
}

void add_language(std::string& out, const Draft& draft, std::string Text::* language) {
  const auto line = [&out](const std::string& text) { out += text + "\n"; };
  line(draft.title.*language);
  line(draft.subtitle.*language);
  for (const auto& section : draft.sections) {
    out += "\n" + section.heading.*language + "\n";
    for (const auto& paragraph : section.paragraphs) line("  " + paragraph.*language);
  }
}

json::object words(const Text& text) { return {{"id", text.id}, {"en", text.en}}; }

// Cut at the end of a sign.
std::string at_most(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80) --bytes;
  text.resize(bytes);
  return text;
}

}  // namespace

std::string_view name_of(DraftForm form) noexcept {
  const auto at = static_cast<std::size_t>(form) - 1;
  return at < forms.size() ? forms[at] : std::string_view{"unknown"};
}

Result<DraftForm> parse_draft_form(std::string_view name) {
  const auto* const found = std::ranges::find(forms, name);
  if (found == forms.end()) return fail(Errc::invalid_argument, "form: bssn, authority, persons or public is needed");
  return static_cast<DraftForm>(found - forms.begin() + 1);
}

Draft make_draft(DraftForm form, const DraftFacts& facts) {
  const auto number = codec::hex(facts.id.bytes());
  const auto basis = basis_of(form);
  Draft draft{.form = form,
              .title = title_of_form(form),
              .subtitle = {.id = "Insiden " + number + " · " + basis.id + " · dibuat " + readable(facts.made_at),
                           .en = "Incident " + number + " · " + basis.en + " · made " + readable(facts.made_at)},
              .sections = {}};
  if (facts.is_drill) {
    draft.title.id = "LATIHAN: " + draft.title.id;
    draft.title.en = "DRILL: " + draft.title.en;
  }
  auto& sections = draft.sections;
  switch (form) {
    case DraftForm::bssn:
      sections = {reporter_section(facts), incident_section(facts), chronology_section(facts), impact_section(facts)};
      break;
    case DraftForm::authority:
      sections = {reporter_section(facts), data_section(facts),   how_section(facts),
                  handling_section(facts), impact_section(facts), chronology_section(facts)};
      break;
    case DraftForm::persons:
      sections = {data_section(facts), how_for_people(facts), handling_section(facts), contact_section(facts)};
      break;
    case DraftForm::open_to_all:
      sections = {how_for_people(facts), data_section(facts), impact_section(facts), handling_section(facts),
                  contact_section(facts)};
      break;
  }
  return draft;
}

std::string draft_text(const Draft& draft) {
  std::string out;
  add_language(out, draft, &Text::id);
  out += "\n* * *\n\n";
  add_language(out, draft, &Text::en);
  return out;
}

std::string draft_json(const Draft& draft, const DraftFacts& facts) {
  json::array sections;
  for (const auto& section : draft.sections) {
    json::array paragraphs;
    for (const auto& paragraph : section.paragraphs) paragraphs.emplace_back(words(paragraph));
    sections.emplace_back(json::object{
        {"name", section.name}, {"heading", words(section.heading)}, {"paragraphs", std::move(paragraphs)}});
  }
  json::array clocks;
  for (const auto& face : facts.clocks) {
    json::object clock{{"clock", name_of(face.clock)}, {"due", rfc3339(face.due)}, {"late", face.is_late()}};
    if (face.met_at) clock["met_at"] = rfc3339(*face.met_at);
    clocks.emplace_back(std::move(clock));
  }
  json::object out{
      {"format", "lindung-incident-1"},           {"form", name_of(draft.form)},        {"drill", facts.is_drill},
      {"incident", codec::hex(facts.id.bytes())}, {"kind", name_of(facts.kind)},        {"state", name_of(facts.state)},
      {"aware_at", rfc3339(facts.aware_at)},      {"made_at", rfc3339(facts.made_at)},  {"clocks", std::move(clocks)},
      {"persons_concerned", facts.persons_found}, {"persons_told", facts.persons_told}, {"title", words(draft.title)},
      {"sections", std::move(sections)}};
  if (draft.form == DraftForm::bssn || draft.form == DraftForm::authority) {
    json::array lines;
    for (const auto& line : facts.chronology) {
      json::object row{{"at", rfc3339(line.at)}, {"text", words(line.text)}};
      if (line.log_index) row["log_index"] = *line.log_index;
      lines.emplace_back(std::move(row));
    }
    out["subject"] = text_of(facts.subject);
    out["reporter"] = json::object{{"organisation", facts.reporter.organisation},
                                   {"name", facts.reporter.name},
                                   {"phone", facts.reporter.phone},
                                   {"email", facts.reporter.email}};
    out["chronology"] = std::move(lines);
    out["log"] = json::object{{"origin", facts.log_origin}, {"size", facts.log_size}};
  }
  return codec::to_pretty_text(out);
}

Text person_notice(const DraftFacts& facts) {
  const auto draft = make_draft(DraftForm::persons, facts);
  Text notice;
  for (auto language : {&Text::id, &Text::en}) {
    auto& out = notice.*language;
    out = draft.title.*language + ".";
    for (const auto& section : draft.sections) {
      out += " " + section.heading.*language + ":";
      for (const auto& paragraph : section.paragraphs) out += " " + paragraph.*language;
    }
    out = at_most(std::move(out), longest_notice);
  }
  return notice;
}

}  // namespace lindung::domain
