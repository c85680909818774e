#include "travel/schema.h"

#include <array>
#include <span>
#include <string_view>

#include "store/schema.h"

namespace lindung::travel {

namespace {

// Every personal field stands in a `sealed` column under the key of the day of travel; a database administrator sees
// ids that are random, days, ports and counts. card_day and card_port are the second ways to a card, card_person finds
// one by the document of who travels on that day and says nothing of another day.
constexpr std::array cards{
    std::string_view{"CREATE TABLE travel_setting (name TEXT NOT NULL, value BYTES NOT NULL, PRIMARY KEY (name)) "
                     "CLUSTERED"},
    std::string_view{"CREATE TABLE travel_filing (filing_id BYTES NOT NULL, travel_day INT NOT NULL, "
                     "content BYTES NOT NULL, card_id BYTES NOT NULL, PRIMARY KEY (filing_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE travel_card (card_id BYTES NOT NULL, travel_day INT NOT NULL, version INT NOT NULL, "
                     "state INT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (card_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE travel_card_day (travel_day INT NOT NULL, card_id BYTES NOT NULL, "
                     "PRIMARY KEY (travel_day, card_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE travel_card_port (port TEXT NOT NULL, travel_day INT NOT NULL, "
                     "card_id BYTES NOT NULL, version INT NOT NULL, state INT NOT NULL, "
                     "PRIMARY KEY (port, travel_day, card_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE travel_card_person (person_index BYTES NOT NULL, card_id BYTES NOT NULL, "
                     "place INT NOT NULL, travel_day INT NOT NULL, PRIMARY KEY (person_index, card_id, place)) "
                     "CLUSTERED"},
    std::string_view{"CREATE TABLE travel_certificate (card_id BYTES NOT NULL, place INT NOT NULL, slot INT NOT NULL, "
                     "travel_day INT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (card_id, place, slot)) CLUSTERED"},
};

constexpr std::array borders{
    std::string_view{"CREATE TABLE travel_officer (officer_id TEXT NOT NULL, public_key BYTES NOT NULL, "
                     "added_at INT NOT NULL, revoked_at INT, PRIMARY KEY (officer_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE travel_device (device_id TEXT NOT NULL, port TEXT NOT NULL, "
                     "public_key BYTES NOT NULL, added_at INT NOT NULL, revoked_at INT, PRIMARY KEY (device_id)) "
                     "CLUSTERED"},
    std::string_view{"CREATE TABLE travel_carrier (carrier_id TEXT NOT NULL, name TEXT NOT NULL, "
                     "public_key BYTES NOT NULL, added_at INT NOT NULL, revoked_at INT, PRIMARY KEY (carrier_id)) "
                     "CLUSTERED"},
    std::string_view{"CREATE TABLE travel_decision (decision_id BYTES NOT NULL, card_id BYTES NOT NULL, "
                     "travel_day INT NOT NULL, device_id TEXT NOT NULL, result INT NOT NULL, content BYTES NOT NULL, "
                     "sealed BYTES NOT NULL, PRIMARY KEY (decision_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE travel_crossing (card_id BYTES NOT NULL, place INT NOT NULL, port TEXT NOT NULL, "
                     "travel_day INT NOT NULL, decision_id BYTES NOT NULL, uses INT NOT NULL, "
                     "PRIMARY KEY (card_id, place, port)) CLUSTERED"},
    std::string_view{"CREATE TABLE travel_figure (port TEXT NOT NULL, hour INT NOT NULL, outcome INT NOT NULL, "
                     "people INT NOT NULL, PRIMARY KEY (port, hour, outcome)) CLUSTERED"},
    std::string_view{"CREATE TABLE travel_sick (report_id BYTES NOT NULL, port TEXT NOT NULL, travel_day INT NOT NULL, "
                     "card_id BYTES NOT NULL, content BYTES NOT NULL, at INT NOT NULL, seen_at INT, "
                     "sealed BYTES NOT NULL, PRIMARY KEY (report_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE travel_sick_port (port TEXT NOT NULL, report_id BYTES NOT NULL, "
                     "travel_day INT NOT NULL, PRIMARY KEY (port, report_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE travel_rules (rule_id TEXT NOT NULL, version TEXT NOT NULL, digest BYTES NOT NULL, "
                     "state INT NOT NULL, changed_at INT NOT NULL, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (rule_id, version)) CLUSTERED"},
};

// What desks did, as their devices sign it: by card and mark, for the lists of other devices of the port and for what
// does not go together. travel_desk_row is where the chain of a device's decisions ends here.
constexpr std::array passings{
    std::string_view{
        "CREATE TABLE travel_passing (port TEXT NOT NULL, travel_day INT NOT NULL, card_id BYTES NOT NULL, "
        "mark BYTES NOT NULL, device_id TEXT NOT NULL, number INT NOT NULL, verdict INT NOT NULL, "
        "overridden INT NOT NULL, at INT NOT NULL, sealed BYTES NOT NULL, "
        "PRIMARY KEY (port, travel_day, card_id, mark, device_id, number)) CLUSTERED"},
    std::string_view{"CREATE TABLE travel_desk_row (device_id TEXT NOT NULL, number INT NOT NULL, hash BYTES NOT NULL, "
                     "serial INT NOT NULL, PRIMARY KEY (device_id)) CLUSTERED"},
    std::string_view{
        "CREATE TABLE travel_conflict (port TEXT NOT NULL, travel_day INT NOT NULL, card_id BYTES NOT NULL, "
        "mark BYTES NOT NULL, kind INT NOT NULL, found_at INT NOT NULL, "
        "PRIMARY KEY (port, travel_day, card_id, mark)) CLUSTERED"},
};

// Keys of carriers: two may be in force while one takes the other's place. The first stands in travel_carrier too.
constexpr std::array carrier_keys{
    std::string_view{"CREATE TABLE travel_carrier_key (carrier_id TEXT NOT NULL, number INT NOT NULL, "
                     "public_key BYTES NOT NULL, added_at INT NOT NULL, revoked_at INT, "
                     "PRIMARY KEY (carrier_id, number)) CLUSTERED"},
    std::string_view{"INSERT INTO travel_carrier_key (carrier_id, number, public_key, added_at, revoked_at) "
                     "SELECT carrier_id, 1, public_key, added_at, revoked_at FROM travel_carrier"},
};

}  // namespace

std::span<const store::Migration> migrations() {
  static const std::array all{store::Migration{.version = 1, .name = "travel log", .statements = store::log_tables()},
                              store::Migration{.version = 2, .name = "travel cards", .statements = cards},
                              store::Migration{.version = 3, .name = "borders", .statements = borders},
                              store::Migration{.version = 4, .name = "passings", .statements = passings},
                              store::Migration{.version = 5, .name = "carrier keys", .statements = carrier_keys}};
  return all;
}

}  // namespace lindung::travel
