#include "travel/decisions.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "crypto/digest.h"
#include "domain/travel_card.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "travel/card_rows.h"
#include "travel/cards.h"
#include "travel/day_keys.h"
#include "travel/devices.h"
#include "travel/ground.h"

namespace lindung::travel {

namespace {

constexpr std::string_view table = "travel_decision";
constexpr std::size_t least_reason = 3;
constexpr std::size_t most_reason = 200;
constexpr seconds clock_slack{300};  // of a device

bool is_reason(std::string_view text) {
  return text.size() >= least_reason && text.size() <= most_reason && codec::is_utf8(text) &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

bool can_be(const Decision& decision, Moment now) {
  return decision.version > 0 && decision.place < domain::most_people && decision.at <= now + clock_slack &&
         (decision.is_override ? is_reason(decision.reason) : decision.reason.empty());
}

std::string text_of(const Decision& decision) {
  return codec::to_text(boost::json::object{{"version", decision.version},
                                            {"place", decision.place},
                                            {"at", unix_seconds(decision.at)},
                                            {"outcome", name_of(decision.outcome)},
                                            {"override", decision.is_override},
                                            {"reason", decision.reason}});
}

// Behind a lock of the log's head, so that two devices that report one person do it one after the other.
class Intake {
 public:
  Intake(const Ground& ground, const Device& device, service::LoggedUnit& unit)
      : ground_{ground}, device_{device}, unit_{unit} {}

  Result<TakenDecision> take(const Decision& decision) {
    TakenDecision out{.id = decision.id};
    const auto text = text_of(decision);
    TRY(mark, store::BlindIndex{ground_.ring}.of("travel-content",
                                                 Message{}.text(table).raw(decision.card.bytes()).text(text).view()));
    TRY(known, find(decision.id, mark));
    if (known)
      return known->taken == Taken::other_content
                 ? *known
                 : TakenDecision{.id = decision.id, .taken = Taken::repeated, .first = known->taken};
    if (!can_be(decision, unit_.now())) {
      out.taken = Taken::bad;
      return out;
    }
    TRY(row, load_card(unit_.transaction(), decision.card));
    if (!row) {
      out.taken = Taken::unknown_card;
      return out;
    }
    const bool is_void = row->state != CardState::valid || row->version != decision.version;
    if (is_void) out.taken = Taken::void_version;
    if (decision.outcome == DeskOutcome::admitted) {
      TRY(is_second, cross(decision, *row));
      if (is_second) out.taken = Taken::second_use;
    }
    TRYV(keep(decision, *row, out.taken, mark, text));
    TRYV(count(decision));
    return out;
  }

 private:
  Result<std::optional<TakenDecision>> find(const DecisionId& id, const Hash& mark) {
    std::optional<TakenDecision> known;
    TRYV(unit_.transaction().run(
        store::Sql{"SELECT result, content FROM travel_decision WHERE decision_id = $1"}, {BytesView{id}},
        [&](const store::Row& row) {
          const bool is_same = std::ranges::equal(row.bytes(1), mark);
          known = TakenDecision{.id = id, .taken = is_same ? static_cast<Taken>(row.integer(0)) : Taken::other_content};
        }));
    return known;
  }

  // True when this person has crossed here before.
  Result<bool> cross(const Decision& decision, const CardRow& row) {
    const std::int64_t day = row.day.number;
    TRY(added, unit_.transaction().run(
                   store::Sql{"INSERT INTO travel_crossing (card_id, place, port, travel_day, decision_id, uses) "
                              "VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (card_id, place, port) DO NOTHING"},
                   {decision.card.bytes(), std::int64_t{decision.place}, std::string_view{device_.port}, day,
                    BytesView{decision.id}}));
    if (added > 0) return false;
    TRYV(unit_.transaction().run(
        store::Sql{"UPDATE travel_crossing SET uses = uses + 1 WHERE card_id = $1 AND place = $2 AND port = $3"},
        {decision.card.bytes(), std::int64_t{decision.place}, std::string_view{device_.port}}));
    TRYV(log("travel.second-use", decision.id));
    return true;
  }

  Result<void> keep(const Decision& decision, const CardRow& row, Taken taken, const Hash& mark,
                    const std::string& text) {
    // A decision that comes behind the day's key is still known by its id; what it said is gone with the day.
    const auto sealed = seal_row(ground_, row.day, table, decision.id, as_bytes(text));
    if (sealed.has_error() && sealed.error().code != Errc::denied) return sealed.error();
    const auto kept = sealed.has_value() ? BytesView{sealed.value()} : BytesView{};
    TRYV(unit_.transaction().run(
        store::Sql{"INSERT INTO travel_decision (decision_id, card_id, travel_day, device_id, result, content, sealed) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7)"},
        {BytesView{decision.id}, decision.card.bytes(), std::int64_t{row.day.number}, std::string_view{device_.id},
         static_cast<std::int64_t>(taken), BytesView{mark}, kept}));
    return decision.is_override ? log("travel.override", decision.id) : ok();
  }

  Result<void> count(const Decision& decision) {
    TRYV(unit_.transaction().run(
        store::Sql{"INSERT INTO travel_figure (port, hour, outcome, people) VALUES ($1, $2, $3, 1) "
                   "ON CONFLICT (port, hour, outcome) DO UPDATE SET people = travel_figure.people + 1"},
        {std::string_view{device_.port}, std::int64_t{hour_of(decision.at).number},
         static_cast<std::int64_t>(decision.outcome)}));
    return ok();
  }

  // The decision's id is random and stands in the device's own record: who has that finds the entry.
  Result<void> log(std::string action, const DecisionId& id) {
    TRYV(unit_.log(log::OfficerEntry{.at = unit_.now(),
                                     .action = std::move(action),
                                     .officer_key_digest = crypto::sha256(device_.key.bytes()),
                                     .case_digest = crypto::sha256(id)}));
    return ok();
  }

  const Ground& ground_;
  const Device& device_;
  service::LoggedUnit& unit_;
};

}  // namespace

std::string_view name_of(DeskOutcome outcome) noexcept {
  switch (outcome) {
    case DeskOutcome::admitted: return "admitted";
    case DeskOutcome::referred: return "referred";
    case DeskOutcome::refused: return "refused";
  }
  return "?";
}

Result<DeskOutcome> parse_desk_outcome(std::string_view text) {
  for (const auto outcome : {DeskOutcome::admitted, DeskOutcome::referred, DeskOutcome::refused}) {
    if (text == name_of(outcome)) return outcome;
  }
  return fail(Errc::malformed, "admitted, referred or refused is needed");
}

std::string_view name_of(Taken taken) noexcept {
  switch (taken) {
    case Taken::taken: return "taken";
    case Taken::second_use: return "second-use";
    case Taken::void_version: return "void-version";
    case Taken::unknown_card: return "unknown-card";
    case Taken::repeated: return "repeated";
    case Taken::other_content: return "other-content";
    case Taken::bad: return "bad";
  }
  return "?";
}

Result<std::vector<TakenDecision>> take_decisions(const Ground& ground, const Device& device,
                                                  std::span<const Decision> decisions) {
  if (decisions.size() > most_decisions) return fail(Errc::too_large, "more than 1,000 decisions in one batch");
  std::vector<TakenDecision> out;
  TRYV(service::write_logged(ground.database, ground.clock, [&](service::LoggedUnit& unit) -> Result<void> {
    out.clear();
    Intake intake{ground, device, unit};
    for (const auto& decision : decisions) {
      TRY(taken, intake.take(decision));
      out.push_back(taken);
    }
    return ok();
  }));
  return out;
}

Result<std::vector<PortFigure>> port_figures(const Ground& ground, const std::string& port, Hour from, Hour until) {
  std::vector<PortFigure> out;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    out.clear();
    TRYV(transaction.run(store::Sql{"SELECT hour, outcome, people FROM travel_figure WHERE port = $1 AND hour >= $2 "
                                    "AND hour < $3 ORDER BY hour, outcome"},
                         {std::string_view{port}, std::int64_t{from.number}, std::int64_t{until.number}},
                         [&](const store::Row& row) {
                           out.push_back({.hour = static_cast<std::uint32_t>(row.integer(0)),
                                          .outcome = static_cast<DeskOutcome>(row.integer(1)),
                                          .people = static_cast<std::uint64_t>(row.integer(2))});
                         }));
    return ok();
  }));
  return out;
}

Result<std::vector<ExpectedPeople>> expected_people(const Ground& ground, const std::string& port, Day day) {
  std::vector<CardRow> rows;
  TRYV(ground.database.read([&](store::Transaction& transaction) -> Result<void> {
    rows.clear();
    TRYV(transaction.run(store::Sql{"SELECT c.card_id, c.version, c.sealed FROM travel_card_port p JOIN travel_card c "
                                    "ON c.card_id = p.card_id WHERE p.port = $1 AND p.travel_day = $2 AND p.state = 1 "
                                    "AND c.travel_day = $2 AND c.state = 1"},
                         {std::string_view{port}, std::int64_t{day.number}}, [&](const store::Row& row) {
                           rows.push_back({.id = CardId{take<16>(row.bytes(0))},
                                           .day = day,
                                           .version = static_cast<std::uint64_t>(row.integer(1)),
                                           .state = CardState::valid,
                                           .sealed = to_bytes(row.bytes(2))});
                         }));
    return ok();
  }));
  std::vector<ExpectedPeople> out;
  for (const auto& row : rows) {
    TRY(opened, open_card(ground, row));
    const auto& journey = opened.card.card.journey;
    const auto at = port == journey.destination ? journey.arrival : journey.departure;
    const auto hour = hour_of(at).number;
    auto found = std::ranges::find(out, hour, &ExpectedPeople::hour);
    if (found == out.end()) found = out.insert(out.end(), ExpectedPeople{.hour = hour});
    ++found->cards;
    found->people += opened.card.card.people.size();
  }
  std::ranges::sort(out, {}, &ExpectedPeople::hour);
  return out;
}

}  // namespace lindung::travel
