#include "border/schema.h"

#include <array>
#include <span>
#include <string_view>

#include "store/schema.h"

namespace lindung::border {

namespace {

// listed_* and document_key are the server's last list. A passing is what some desk decided about one person on a card;
// `device` tells whose it is. Decisions are the chain: never changed, `sent_at` apart.
constexpr std::array desk{
    std::string_view{"CREATE TABLE state (name TEXT NOT NULL, value BYTES NOT NULL, PRIMARY KEY (name)) CLUSTERED"},
    std::string_view{"CREATE TABLE listed_key (point BYTES NOT NULL, not_before INT NOT NULL, not_after INT NOT NULL, "
                     "PRIMARY KEY (point)) CLUSTERED"},
    std::string_view{"CREATE TABLE document_key (day INT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (day)) "
                     "CLUSTERED"},
    std::string_view{"CREATE TABLE listed_card (card_id BYTES NOT NULL, version INT NOT NULL, withdrawn INT NOT NULL, "
                     "PRIMARY KEY (card_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE passing (card_id BYTES NOT NULL, mark BYTES NOT NULL, device TEXT NOT NULL, "
                     "at INT NOT NULL, verdict INT NOT NULL, PRIMARY KEY (card_id, mark, device, at, verdict)) "
                     "CLUSTERED"},
    std::string_view{"CREATE TABLE scan (scan_id INT PRIMARY KEY, at INT NOT NULL, refused TEXT, card_id BYTES, "
                     "version INT, travel_day INT, crossings INT)"},
    std::string_view{"CREATE TABLE scan_person (scan_id INT NOT NULL, place INT NOT NULL, mark BYTES NOT NULL, "
                     "findings INT NOT NULL, decided_at INT, PRIMARY KEY (scan_id, place)) CLUSTERED"},
    std::string_view{"CREATE TABLE decision (number INT PRIMARY KEY, bytes BYTES NOT NULL, at INT NOT NULL, "
                     "waited_s INT NOT NULL, verdict INT NOT NULL, overridden INT NOT NULL, sent_at INT)"},
    std::string_view{"CREATE TABLE conflict (card_id BYTES NOT NULL, mark BYTES NOT NULL, kind INT NOT NULL, "
                     "told_at INT NOT NULL, PRIMARY KEY (card_id, mark)) CLUSTERED"},
};

constexpr std::array all{store::Migration{.version = 1, .name = "desk", .statements = desk}};

}  // namespace

std::span<const store::Migration> migrations() { return all; }

}  // namespace lindung::border
