#include <array>
#include <span>
#include <string_view>

#include "store/schema.h"
#include "store/schema_parts.h"

namespace lindung::store {

namespace {

// Reports of suspected cases: who may send them and how many they sent, the offices that look at them, what waits
// there, how often somebody looked and why, what was published and what it cost of the privacy budget. The reports
// themselves and their counts are in tables of their day (period_table.h). `sealed` of a reporter's day: its own cells,
// under the day's key. `state` and `role` as service/reporters.h and service/report_offices.h.
constexpr std::array version_12{
    std::string_view{"CREATE TABLE reporter (reporter_id TEXT NOT NULL, name TEXT NOT NULL, state INT NOT NULL, "
                     "per_day INT NOT NULL, per_minute INT NOT NULL, added_at INT NOT NULL, "
                     "PRIMARY KEY (reporter_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE reporter_key (key_id TEXT NOT NULL, reporter_id TEXT NOT NULL, "
                     "public_key BYTES NOT NULL, districts TEXT NOT NULL, syndromes TEXT NOT NULL, "
                     "added_at INT NOT NULL, revoked_at INT, PRIMARY KEY (key_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE reporter_rate (reporter_id TEXT NOT NULL, minute INT NOT NULL, used INT NOT NULL, "
                     "PRIMARY KEY (reporter_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE reporter_day (reporter_id TEXT NOT NULL, day INT NOT NULL, reports INT NOT NULL, "
                     "held INT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (reporter_id, day)) CLUSTERED"},
    std::string_view{"CREATE TABLE report_office (office_id TEXT NOT NULL, name TEXT NOT NULL, role INT NOT NULL, "
                     "districts TEXT NOT NULL, public_key BYTES NOT NULL, added_at INT NOT NULL, "
                     "PRIMARY KEY (office_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE report_task (office_id TEXT NOT NULL, idx BYTES NOT NULL, day INT NOT NULL, "
                     "state INT NOT NULL, PRIMARY KEY (office_id, idx)) CLUSTERED"},
    std::string_view{"CREATE TABLE report_view (office_id TEXT NOT NULL, day INT NOT NULL, purpose TEXT NOT NULL, "
                     "views INT NOT NULL, PRIMARY KEY (office_id, day, purpose)) CLUSTERED"},
    std::string_view{"CREATE TABLE report_figure (day INT NOT NULL, epsilon_milli INT NOT NULL, "
                     "published_at INT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (day)) CLUSTERED"},
};

// Incidents, and what detectors compare the present with. What an incident is about, what was said of it and what was
// sent are sealed; its states, moments and counts stand beside for who looks by them. incident_alarm leads from what an
// alarm is about, hidden, to the incident that is open for it. incident_person says whom an incident concerns; a person
// with a notice was told. partner_hour and officer_day are counts without people.
constexpr std::array version_13{
    std::string_view{"ALTER TABLE canary ADD COLUMN alarmed_questions INT NOT NULL DEFAULT 0"},
    std::string_view{"ALTER TABLE canary ADD COLUMN alarmed_found INT NOT NULL DEFAULT 0"},
    std::string_view{"UPDATE canary SET alarmed_questions = questions, alarmed_found = found"},
    std::string_view{"CREATE TABLE incident (incident_id BYTES NOT NULL, kind INT NOT NULL, state INT NOT NULL, "
                     "is_drill INT NOT NULL, aware_at INT NOT NULL, opened_at INT NOT NULL, changed_at INT NOT NULL, "
                     "met_first INT, met_second INT, log_index INT NOT NULL, telling INT NOT NULL, "
                     "last_told BYTES NOT NULL, "
                     "persons_found INT NOT NULL, persons_told INT NOT NULL, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (incident_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE incident_alarm (alarm_key BYTES NOT NULL, incident_id BYTES NOT NULL, "
                     "last_at INT NOT NULL, times INT NOT NULL, PRIMARY KEY (alarm_key)) CLUSTERED"},
    std::string_view{"CREATE TABLE incident_event (incident_id BYTES NOT NULL, number INT NOT NULL, at INT NOT NULL, "
                     "log_index INT, sealed BYTES NOT NULL, PRIMARY KEY (incident_id, number)) CLUSTERED"},
    std::string_view{"CREATE TABLE incident_message (incident_id BYTES NOT NULL, message_id BYTES NOT NULL, "
                     "recipient TEXT NOT NULL, form INT NOT NULL, state INT NOT NULL, queued_at INT NOT NULL, "
                     "next_at INT NOT NULL, attempts INT NOT NULL, delivered_at INT, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (incident_id, message_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE incident_scan (incident_id BYTES NOT NULL, scan_id BYTES NOT NULL, "
                     "partner_id TEXT NOT NULL, from_at INT NOT NULL, until_at INT NOT NULL, last_link BYTES NOT NULL, "
                     "is_done INT NOT NULL, looked_at INT NOT NULL, found INT NOT NULL, "
                     "PRIMARY KEY (incident_id, scan_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE incident_person (incident_id BYTES NOT NULL, citizen_ref BYTES NOT NULL, "
                     "notice_id BYTES, PRIMARY KEY (incident_id, citizen_ref)) CLUSTERED"},
    std::string_view{"CREATE TABLE partner_hour (partner_id TEXT NOT NULL, hour INT NOT NULL, questions INT NOT NULL, "
                     "unlinked INT NOT NULL, denied INT NOT NULL, PRIMARY KEY (partner_id, hour)) CLUSTERED"},
    std::string_view{"CREATE TABLE officer_day (officer_id TEXT NOT NULL, day INT NOT NULL, lookups INT NOT NULL, "
                     "PRIMARY KEY (officer_id, day)) CLUSTERED"},
};

// What a partner signed when it signed the pact: the digest alone stands in the log, and evidence needs the signature.
constexpr std::array version_14{
    std::string_view{"CREATE TABLE pact_signature (partner_id TEXT NOT NULL, pact_digest BYTES NOT NULL, "
                     "key_id TEXT NOT NULL, signature BYTES NOT NULL, signed_at INT NOT NULL, "
                     "PRIMARY KEY (partner_id, pact_digest)) CLUSTERED"},
};

// How systems end: what the operator keeps, the steps of a closing, who signed its certificate and where it stands in
// the log. Messages of the disclosure inbox, sealed to a key that is not here, are found by a digest of their receipt;
// disclosure_due holds those that wait. Legal requests are sealed whole; legal_due holds whom to tell, legal_count what
// is public.
constexpr std::array version_15{
    std::string_view{"CREATE TABLE ledger (name TEXT NOT NULL, kind INT NOT NULL, system TEXT NOT NULL, "
                     "added_at INT NOT NULL, due_at INT, sealed BYTES NOT NULL, PRIMARY KEY (name)) CLUSTERED"},
    std::string_view{"CREATE TABLE ledger_step (name TEXT NOT NULL, step INT NOT NULL, at INT NOT NULL, "
                     "sealed BYTES NOT NULL, PRIMARY KEY (name, step)) CLUSTERED"},
    std::string_view{"CREATE TABLE ledger_signature (name TEXT NOT NULL, officer_id TEXT NOT NULL, "
                     "public_key BYTES NOT NULL, signature BYTES NOT NULL, place INT NOT NULL, "
                     "PRIMARY KEY (name, officer_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE ledger_closed (name TEXT NOT NULL, digest BYTES NOT NULL, log_index INT NOT NULL, "
                     "PRIMARY KEY (name)) CLUSTERED"},
    std::string_view{"CREATE TABLE disclosure (receipt_digest BYTES NOT NULL, at INT NOT NULL, state INT NOT NULL, "
                     "changed_at INT NOT NULL, log_index INT NOT NULL, body BYTES NOT NULL, answer BYTES, "
                     "PRIMARY KEY (receipt_digest)) CLUSTERED"},
    std::string_view{"CREATE TABLE disclosure_due (receipt_digest BYTES NOT NULL, at INT NOT NULL, "
                     "escalated INT NOT NULL, PRIMARY KEY (receipt_digest)) CLUSTERED"},
    std::string_view{"CREATE TABLE legal_request (request_id BYTES NOT NULL, at INT NOT NULL, state INT NOT NULL, "
                     "log_index INT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (request_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE legal_due (request_id BYTES NOT NULL, due_at INT NOT NULL, "
                     "PRIMARY KEY (request_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE legal_count (month TEXT NOT NULL, basis TEXT NOT NULL, granted INT NOT NULL, "
                     "refused INT NOT NULL, told INT NOT NULL, PRIMARY KEY (month, basis)) CLUSTERED"},
};

// Where partners' signatures are good, as digests under a key of the ring, and how many of an hour failed: `strange`
// are those from places that are not in signature_place.
constexpr std::array version_16{
    std::string_view{"CREATE TABLE signature_place (partner_id TEXT NOT NULL, place BYTES NOT NULL, "
                     "last_hour INT NOT NULL, PRIMARY KEY (partner_id, place)) CLUSTERED"},
    std::string_view{"CREATE TABLE signature_hour (partner_id TEXT NOT NULL, hour INT NOT NULL, good INT NOT NULL, "
                     "failed INT NOT NULL, strange INT NOT NULL, PRIMARY KEY (partner_id, hour)) CLUSTERED"},
};

// Whom to tell when that answers about them were opened in an evidence pack, and what is public of it.
constexpr std::array version_17{
    std::string_view{"CREATE TABLE pack_due (citizen_ref BYTES NOT NULL, pack_digest BYTES NOT NULL, "
                     "due_at INT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (citizen_ref, pack_digest)) CLUSTERED"},
    std::string_view{"CREATE TABLE pack_count (month TEXT NOT NULL, basis TEXT NOT NULL, made INT NOT NULL, "
                     "told INT NOT NULL, PRIMARY KEY (month, basis)) CLUSTERED"},
};

constexpr std::array migrations_here{
    Migration{.version = 12, .name = "reports", .statements = version_12},
    Migration{.version = 13, .name = "incidents", .statements = version_13},
    Migration{.version = 14, .name = "witnesses", .statements = version_14},
    Migration{.version = 15, .name = "ledger", .statements = version_15},
    Migration{.version = 16, .name = "places", .statements = version_16},
    Migration{.version = 17, .name = "packs", .statements = version_17},
};

}  // namespace

std::span<const Migration> report_migrations() { return migrations_here; }

}  // namespace lindung::store
