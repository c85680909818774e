#include "service/incident_drafts.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/alarm.h"
#include "domain/incident.h"
#include "domain/incident_draft.h"
#include "domain/rule_set.h"
#include "image/document.h"
#include "image/page.h"
#include "service/incident_chronology.h"
#include "service/incident_rows.h"
#include "service/incident_settings.h"
#include "service/platform.h"
#include "service/settings.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::service {

namespace {

constexpr std::chrono::days looked_back{7};  // before the operator became aware

image::Words words(const domain::Text& text) { return {.id = text.id, .en = text.en}; }

// Whether nobody looks for further people; the counts of the row are of those found so far.
Result<bool> counts_all(store::Transaction& transaction, const domain::IncidentId& id) {
  std::uint64_t scans = 0;
  std::uint64_t open = 0;
  TRYV(transaction.run(store::Sql{"SELECT is_done FROM incident_scan WHERE incident_id = $1"}, {id.bytes()},
                       [&](const store::Row& row) {
                         ++scans;
                         if (row.integer(0) == 0) ++open;
                       }));
  return scans != 0 && open == 0;
}

}  // namespace

Result<domain::DraftFacts> read_draft_facts(store::Transaction& transaction, const Platform& platform,
                                            const domain::IncidentId& id) {
  TRY(row, read_incident(transaction, platform.ring, id));
  TRY(events, read_events(transaction, platform.ring, id));
  TRY(chronology, read_chronology(transaction, row.subject, row.aware_at - looked_back));
  TRY(size, store::read_log_size(transaction));
  TRY(origin, read_setting(transaction, setting::log_origin));
  TRY(is_whole, counts_all(transaction, id));
  TRY(settings, read_incident_settings(transaction, platform.ring));
  const auto now = platform.clock.now();
  std::set<std::uint64_t> told;
  for (const auto& line : chronology.lines) {
    if (line.log_index) told.insert(*line.log_index);
  }
  for (auto& event : events) {
    if (event.log_index && told.contains(*event.log_index)) continue;
    chronology.lines.push_back({.at = event.at, .log_index = event.log_index, .text = std::move(event.text)});
  }
  // What the log does not hold stands behind the entries of its second.
  std::ranges::sort(chronology.lines, std::less{}, [](const domain::ChronologyLine& line) {
    return std::tuple{line.at, line.log_index.value_or(std::numeric_limits<std::uint64_t>::max()), line.text.en};
  });
  using domain::IncidentClock;
  return domain::DraftFacts{
      .id = id,
      .kind = row.kind,
      .subject = row.subject,
      .is_drill = row.is_drill,
      .state = row.state,
      .texts = row.texts,
      .account = domain::account_of(row.alarm()),
      .opened_at = row.opened_at,
      .aware_at = row.aware_at,
      .made_at = now,
      .reporter = std::move(settings.reporter),
      .chronology = std::move(chronology.lines),
      .left_out = chronology.left_out,
      .persons_found = row.persons_found,
      .persons_told = row.persons_told,
      .counts_all_persons = is_whole,
      .clocks = {domain::read_clock(IncidentClock::authorities_24h, row.aware_at, row.met_first, now),
                 domain::read_clock(IncidentClock::persons_72h, row.aware_at, row.met_second, now)},
      .log_origin = origin ? std::string{as_text(*origin)} : std::string{},
      .log_size = size};
}

Result<DraftFiles> render_draft(const domain::Draft& draft, const domain::DraftFacts& facts) {
  image::Document document{.title = words(draft.title),
                           .subtitle = words(draft.subtitle),
                           .sections = {},
                           .footer = {.id = "Lindung \xC2\xB7 insiden " + codec::hex(facts.id.bytes()),
                                      .en = "Lindung \xC2\xB7 incident " + codec::hex(facts.id.bytes())},
                           .made_at = rfc3339(facts.made_at)};
  for (const auto& section : draft.sections) {
    image::DocumentSection drawn{.heading = words(section.heading), .paragraphs = {}};
    for (const auto& paragraph : section.paragraphs) drawn.paragraphs.push_back(words(paragraph));
    document.sections.push_back(std::move(drawn));
  }
  TRY(pdf, image::document_pdf(document));
  return DraftFiles{.json = domain::draft_json(draft, facts), .text = domain::draft_text(draft), .pdf = std::move(pdf)};
}

Result<DraftFiles> draft_incident(const Platform& platform, const domain::IncidentId& id, domain::DraftForm form) {
  std::optional<domain::DraftFacts> facts;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(read, read_draft_facts(transaction, platform, id));
    facts = std::move(read);
    return ok();
  }));
  return render_draft(domain::make_draft(form, *facts), *facts);
}

}  // namespace lindung::service
