#include "travel/sick.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "crypto/digest.h"
#include "domain/json_fields.h"
#include "domain/travel_card.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "travel/card_rows.h"
#include "travel/day_keys.h"
#include "travel/devices.h"
#include "travel/ground.h"

namespace lindung::travel {

namespace {

namespace json = boost::json;

constexpr std::string_view table = "travel_sick";
constexpr std::size_t longest_note = 500;
constexpr std::size_t most_symptoms = 8;

bool is_note(std::string_view text) {
  return text.size() <= longest_note && codec::is_utf8(text) &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

std::string text_of(const SickReport& report) {
  json::array symptoms;
  for (const auto symptom : report.symptoms) symptoms.emplace_back(domain::name_of(symptom));
  return codec::to_text(json::object{
      {"place", report.place}, {"at", rfc3339(report.at)}, {"symptoms", std::move(symptoms)}, {"note", report.note}});
}

Result<void> read_into(SickReport& report, BytesView opened) {
  TRY(value, codec::parse_json(as_text(opened)));
  TRY(fields, domain::JsonFields::of(value, "report", {"place", "at", "symptoms", "note"}));
  TRY(place, fields.number("place", domain::most_people));
  report.place = static_cast<std::uint8_t>(place);
  BOOST_OUTCOME_TRY(report.at, fields.moment("at"));
  TRY(names, fields.texts("symptoms", most_symptoms));
  for (const auto& name : names) {
    TRY(symptom, domain::parse_symptom(name));
    report.symptoms.push_back(symptom);
  }
  if (const auto* note = fields.any("note").if_string(); note != nullptr) report.note = std::string{*note};
  return ok();
}

struct StoredReport {
  SickReport report;
  Day day;
  Bytes sealed;
};

// By its id at this port, or the one that has waited longest.
Result<StoredReport> load_sick(store::Transaction& transaction, const std::string& port,
                               const std::optional<SickReportId>& id) {
  std::optional<StoredReport> found;
  const auto take_row = [&](const store::Row& row) {
    found = StoredReport{.report = {.id = take<16>(row.bytes(0)),
                                    .card = domain::CardId{take<16>(row.bytes(1))},
                                    .place = 0,
                                    .at = {},
                                    .symptoms = {},
                                    .note = {}},
                         .day = Day{static_cast<std::uint32_t>(row.integer(2))},
                         .sealed = to_bytes(row.bytes(3))};
  };
  if (id) {
    TRYV(transaction.run(store::Sql{"SELECT report_id, card_id, travel_day, sealed FROM travel_sick "
                                    "WHERE report_id = $1 AND port = $2"},
                         {BytesView{*id}, std::string_view{port}}, take_row));
  } else {
    TRYV(transaction.run(
        store::Sql{"SELECT s.report_id, s.card_id, s.travel_day, s.sealed FROM travel_sick_port p "
                   "JOIN travel_sick s ON s.report_id = p.report_id WHERE p.port = $1 AND s.seen_at IS NULL "
                   "ORDER BY s.at, s.report_id LIMIT 1"},
        {std::string_view{port}}, take_row));
  }
  if (!found) return fail(Errc::not_found, "no such report waits at this port");
  return std::move(*found);
}

}  // namespace

Result<void> report_sick(const Ground& ground, const Device& device, const SickReport& report) {
  if (report.symptoms.empty() || report.symptoms.size() > most_symptoms || report.place >= domain::most_people ||
      !is_note(report.note)) {
    return fail(Errc::malformed, "sick on arrival: a person's place, 1 to 8 symptoms and a short note are needed");
  }
  const auto text = text_of(report);
  TRY(mark, store::BlindIndex{ground.ring}.of("travel-content",
                                              Message{}.text(table).raw(report.card.bytes()).text(text).view()));
  return service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    auto& transaction = unit.transaction();
    std::optional<bool> is_same;
    TRYV(transaction.run(store::Sql{"SELECT content FROM travel_sick WHERE report_id = $1"}, {BytesView{report.id}},
                         [&](const store::Row& row) { is_same = std::ranges::equal(row.bytes(0), mark); }));
    if (is_same) return *is_same ? Result<void>{ok()} : fail(Errc::replay_conflict, "this report id was used before");
    TRY(card, load_card(transaction, report.card));
    if (!card) return fail(Errc::not_found, "no such card");
    TRY(sealed, seal_row(ground, card->day, table, report.id, as_bytes(text)));
    const std::int64_t day = card->day.number;
    TRYV(transaction.run(
        store::Sql{"INSERT INTO travel_sick (report_id, port, travel_day, card_id, content, at, sealed) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7)"},
        {BytesView{report.id}, std::string_view{device.port}, day, report.card.bytes(), BytesView{mark},
         static_cast<std::int64_t>(unix_seconds(unit.now())), BytesView{sealed}}));
    TRYV(transaction.run(store::Sql{"INSERT INTO travel_sick_port (port, report_id, travel_day) VALUES ($1, $2, $3)"},
                         {std::string_view{device.port}, BytesView{report.id}, day}));
    TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                    .action = "travel.sick-on-arrival",
                                    .officer_key_digest = crypto::sha256(device.key.bytes()),
                                    .case_digest = crypto::sha256(report.id)}));
    return ok();
  });
}

Result<std::vector<WaitingSick>> list_sick(const Ground& ground, const std::string& port) {
  std::vector<WaitingSick> out;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.clear();
    TRYV(transaction.run(
        store::Sql{"SELECT s.report_id, s.at, s.seen_at FROM travel_sick_port p "
                   "JOIN travel_sick s ON s.report_id = p.report_id WHERE p.port = $1 ORDER BY s.at DESC LIMIT 1000"},
        {std::string_view{port}}, [&](const store::Row& row) {
          WaitingSick each{.id = take<16>(row.bytes(0)),
                           .taken_in = moment_of(static_cast<std::uint64_t>(row.integer(1))),
                           .seen_at = {}};
          if (!row.is_null(2)) each.seen_at = moment_of(static_cast<std::uint64_t>(row.integer(2)));
          out.push_back(each);
        }));
    return ok();
  }));
  return out;
}

Result<SickReport> take_sick(const Ground& ground, const std::string& port, const std::optional<SickReportId>& id) {
  SickReport out;
  TRYV(service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    TRY(stored, load_sick(unit.transaction(), port, id));
    TRY(opened, open_row(ground, stored.day, table, stored.report.id, stored.sealed));
    TRYV(read_into(stored.report, opened));
    const auto now = static_cast<std::int64_t>(unix_seconds(unit.now()));
    TRYV(unit.transaction().run(
        store::Sql{"UPDATE travel_sick SET seen_at = COALESCE(seen_at, $1) WHERE report_id = $2"},
        {now, BytesView{stored.report.id}}));
    TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                    .action = "travel.sick-taken",
                                    .officer_key_digest = {},
                                    .case_digest = crypto::sha256(stored.report.id)}));
    out = std::move(stored.report);
    return ok();
  }));
  return out;
}

}  // namespace lindung::travel
