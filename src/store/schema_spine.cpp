#include <array>
#include <span>
#include <string_view>

#include "store/schema.h"
#include "store/schema_parts.h"

namespace lindung::store {

namespace {

// The head of the log is one row: each transaction that appends locks it first (protocol.md section 10). `last_at` is
// the newest moment that an entry was given, Unix seconds, for the check of the clock.
constexpr std::array version_1{
    std::string_view{"CREATE TABLE log_head (id INT PRIMARY KEY, next INT NOT NULL, last_at INT NOT NULL)"},
    std::string_view{"INSERT INTO log_head (id, next, last_at) VALUES (0, 0, 0)"},
    std::string_view{"CREATE TABLE log_entry (idx INT PRIMARY KEY, leaf BYTES NOT NULL)"},
};

// The spine: partners, citizens, venues, and what a scan reads and writes. Every personal field stands in a `sealed`
// column (sealing.h); a database administrator sees ids, sizes and times. citizen_ref is the distribution key of a
// person's rows; token and citizen_index are the second ways to reach them and hold nothing else.
constexpr std::array version_2{
    std::string_view{"CREATE TABLE setting (name TEXT NOT NULL, value BYTES NOT NULL, PRIMARY KEY (name)) CLUSTERED"},

    std::string_view{"CREATE TABLE pact (digest BYTES NOT NULL, body TEXT NOT NULL, added_at INT NOT NULL, "
                     "PRIMARY KEY (digest)) CLUSTERED"},
    std::string_view{"CREATE TABLE partner (partner_id TEXT NOT NULL, state INT NOT NULL, epoch INT NOT NULL, "
                     "profile INT NOT NULL, per_minute INT NOT NULL, pact_digest BYTES, cut_index INT, "
                     "changed_at INT NOT NULL, PRIMARY KEY (partner_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE partner_key (key_id TEXT NOT NULL, partner_id TEXT NOT NULL, "
                     "public_key BYTES NOT NULL, not_before INT NOT NULL, not_after INT NOT NULL, revoked_at INT, "
                     "PRIMARY KEY (key_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE partner_rate (partner_id TEXT NOT NULL, minute INT NOT NULL, used INT NOT NULL, "
                     "PRIMARY KEY (partner_id)) CLUSTERED"},

    std::string_view{"CREATE TABLE citizen (citizen_ref BYTES NOT NULL, wrapped_key BYTES NOT NULL, "
                     "created_at INT NOT NULL, PRIMARY KEY (citizen_ref)) CLUSTERED"},
    std::string_view{"CREATE TABLE citizen_index (idx BYTES NOT NULL, citizen_ref BYTES NOT NULL, "
                     "PRIMARY KEY (idx)) CLUSTERED"},
    std::string_view{"CREATE TABLE identity (citizen_ref BYTES NOT NULL, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (citizen_ref)) CLUSTERED"},
    std::string_view{"CREATE TABLE record (citizen_ref BYTES NOT NULL, record_id BYTES NOT NULL, "
                     "batch BYTES NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (citizen_ref, record_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE timeline (citizen_ref BYTES NOT NULL, generation INT NOT NULL, "
                     "sealed BYTES NOT NULL, PRIMARY KEY (citizen_ref, generation)) CLUSTERED"},
    std::string_view{"CREATE TABLE open_visit (citizen_ref BYTES NOT NULL, due_at INT NOT NULL, "
                     "sealed BYTES NOT NULL, PRIMARY KEY (citizen_ref)) CLUSTERED"},

    std::string_view{"CREATE TABLE link (citizen_ref BYTES NOT NULL, link_id BYTES NOT NULL, partner_id TEXT NOT NULL, "
                     "epoch INT NOT NULL, granted_at INT NOT NULL, withdrawn_at INT, "
                     "PRIMARY KEY (citizen_ref, link_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE token (partner_id TEXT NOT NULL, token_index BYTES NOT NULL, "
                     "citizen_ref BYTES NOT NULL, link_id BYTES NOT NULL, state INT NOT NULL, born_at INT NOT NULL, "
                     "dies_at INT, follows BYTES, PRIMARY KEY (partner_id, token_index)) CLUSTERED"},
    std::string_view{"CREATE TABLE quota (link_id BYTES NOT NULL, day INT NOT NULL, bare INT NOT NULL, "
                     "at_venue INT NOT NULL, PRIMARY KEY (link_id)) CLUSTERED"},

    std::string_view{"CREATE TABLE venue (venue_id BYTES NOT NULL, name TEXT NOT NULL, category INT NOT NULL, "
                     "capacity INT NOT NULL, created_at INT NOT NULL, PRIMARY KEY (venue_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE venue_key (venue_id BYTES NOT NULL, key_id INT NOT NULL, "
                     "public_key BYTES NOT NULL, sealed BYTES NOT NULL, added_at INT NOT NULL, revoked_at INT, "
                     "PRIMARY KEY (venue_id, key_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE occupancy (venue_id BYTES NOT NULL, inside INT NOT NULL, "
                     "PRIMARY KEY (venue_id)) CLUSTERED"},

    std::string_view{"CREATE TABLE issuer (issuer_id TEXT NOT NULL, name TEXT NOT NULL, added_at INT NOT NULL, "
                     "PRIMARY KEY (issuer_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE issuer_key (issuer_id TEXT NOT NULL, key_id TEXT NOT NULL, algorithm INT NOT NULL, "
                     "public_key BYTES NOT NULL, added_at INT NOT NULL, revoked_at INT, "
                     "PRIMARY KEY (issuer_id, key_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE import (issuer_id TEXT NOT NULL, import_id TEXT NOT NULL, "
                     "content_digest BYTES NOT NULL, at INT NOT NULL, rows_in INT NOT NULL, accepted INT NOT NULL, "
                     "rejected INT NOT NULL, quarantined INT NOT NULL, log_index INT NOT NULL, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (issuer_id, import_id)) CLUSTERED"},
    std::string_view{
        "CREATE TABLE quarantine (issuer_id TEXT NOT NULL, import_id TEXT NOT NULL, place TEXT NOT NULL, "
        "reason TEXT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (issuer_id, import_id, place)) CLUSTERED"},
    std::string_view{"CREATE TABLE rule_set (rule_id TEXT NOT NULL, version TEXT NOT NULL, digest BYTES NOT NULL, "
                     "body TEXT NOT NULL, state INT NOT NULL, generation INT NOT NULL, changed_at INT NOT NULL, "
                     "PRIMARY KEY (rule_id, version)) CLUSTERED"},

    std::string_view{"CREATE TABLE officer (officer_id TEXT NOT NULL, public_key BYTES NOT NULL, "
                     "added_at INT NOT NULL, revoked_at INT, PRIMARY KEY (officer_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE approval (approval_id BYTES NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, "
                     "asked_by TEXT NOT NULL, asked_at INT NOT NULL, approved_by TEXT, approved_at INT, "
                     "PRIMARY KEY (approval_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE canary (citizen_ref BYTES NOT NULL, partner_id TEXT NOT NULL, "
                     "planted_at INT NOT NULL, PRIMARY KEY (citizen_ref)) CLUSTERED"},
};

// Which timelines serve is read with the lock of the head: no answer behind an activation follows the rules before it.
// The document of a rule set is sealed, so that the database's owner cannot write rules. `state` as
// service/rule_sets.h.
constexpr std::string_view log_generation{"ALTER TABLE log_head ADD COLUMN generation INT NOT NULL DEFAULT 1"};
constexpr std::array version_3{
    log_generation,
    std::string_view{"DROP TABLE rule_set"},
    std::string_view{"CREATE TABLE rule_set (rule_id TEXT NOT NULL, version TEXT NOT NULL, digest BYTES NOT NULL, "
                     "state INT NOT NULL, generation INT NOT NULL, changed_at INT NOT NULL, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (rule_id, version)) CLUSTERED"},
    std::string_view{"DELETE FROM setting WHERE name = 'timeline_generation'"},
};

// A link's tokens, found from the link: a withdrawal ends them without looking through all tokens of a partner. canary
// gets the columns that its use needs: nothing wrote it before. officer_command holds the signed commands of the last
// minutes, so that none is taken twice.
constexpr std::array version_4{
    std::string_view{"CREATE TABLE link_token (citizen_ref BYTES NOT NULL, link_id BYTES NOT NULL, "
                     "token_index BYTES NOT NULL, PRIMARY KEY (citizen_ref, link_id, token_index)) CLUSTERED"},
    std::string_view{"INSERT INTO link_token (citizen_ref, link_id, token_index) "
                     "SELECT citizen_ref, link_id, token_index FROM token"},
    std::string_view{"DROP TABLE canary"},
    std::string_view{"CREATE TABLE canary (citizen_ref BYTES NOT NULL, partner_id TEXT NOT NULL, person_index BYTES, "
                     "planted_at INT NOT NULL, questions INT NOT NULL, found INT NOT NULL, "
                     "PRIMARY KEY (citizen_ref)) CLUSTERED"},
    std::string_view{"CREATE TABLE officer_command (officer_id TEXT NOT NULL, digest BYTES NOT NULL, "
                     "at INT NOT NULL, PRIMARY KEY (officer_id, digest)) CLUSTERED"},
};

// Where records come from and how long they counted. `sealed` of an issuer holds its terms. known_from and known_until
// of a record are sizes of the log: the answers between them knew it. A batch is one import; its parts remember whom
// they concerned and what came of them, so that an interrupted import goes on where it stopped and a batch can be
// undone without looking through everybody's records. `state` as service/batches.h and service/quarantine.h.
constexpr std::array version_5{
    std::string_view{"ALTER TABLE issuer ADD COLUMN sealed BYTES"},
    std::string_view{"ALTER TABLE issuer_key ADD COLUMN not_before INT NOT NULL DEFAULT 0"},
    std::string_view{"ALTER TABLE issuer_key ADD COLUMN not_after INT"},
    std::string_view{"CREATE TABLE licence (licence_id TEXT NOT NULL, holder TEXT NOT NULL, valid_until INT NOT NULL, "
                     "PRIMARY KEY (licence_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE issuer_day (issuer_id TEXT NOT NULL, day INT NOT NULL, accepted INT NOT NULL, "
                     "PRIMARY KEY (issuer_id, day)) CLUSTERED"},
    std::string_view{"CREATE TABLE batch (batch BYTES NOT NULL, issuer_id TEXT NOT NULL, import_id TEXT NOT NULL, "
                     "key_id TEXT NOT NULL, signature BYTES NOT NULL, content_digest BYTES NOT NULL, "
                     "begun_at INT NOT NULL, part_rows INT NOT NULL, state INT NOT NULL, "
                     "PRIMARY KEY (batch)) CLUSTERED"},
    std::string_view{"CREATE TABLE batch_part (batch BYTES NOT NULL, part INT NOT NULL, citizens BYTES NOT NULL, "
                     "sealed BYTES NOT NULL, PRIMARY KEY (batch, part)) CLUSTERED"},
    std::string_view{"ALTER TABLE record ADD COLUMN known_from INT NOT NULL DEFAULT 0"},
    std::string_view{"ALTER TABLE record ADD COLUMN known_until INT"},
    std::string_view{"ALTER TABLE quarantine ADD COLUMN state INT NOT NULL DEFAULT 1"},
    std::string_view{"ALTER TABLE quarantine ADD COLUMN held_at INT NOT NULL DEFAULT 0"},
    std::string_view{
        "CREATE TABLE lot (vaccine TEXT NOT NULL, lot TEXT NOT NULL, doses INT NOT NULL, used INT NOT NULL, "
        "PRIMARY KEY (vaccine, lot)) CLUSTERED"},
    std::string_view{
        "CREATE TABLE rules_in_force (log_index INT NOT NULL, rule_id TEXT NOT NULL, version TEXT NOT NULL, "
        "PRIMARY KEY (log_index)) CLUSTERED"},
    std::string_view{"INSERT INTO rules_in_force (log_index, rule_id, version) "
                     "SELECT 0, rule_id, version FROM rule_set WHERE state = 2"},
};

// Contacts: who is to be traced, and what came of it in figures. `state` and what is sealed as service/contact_cases.h.
constexpr std::array version_6{
    std::string_view{"CREATE TABLE trace_case (trace_id BYTES NOT NULL, state INT NOT NULL, queued_at INT NOT NULL, "
                     "changed_at INT NOT NULL, log_index INT, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (trace_id)) CLUSTERED"},
};

// What officers put over derived colours, and what citizens are told. A hand's moments and log indexes stand beside its
// sealed row for who looks by them; the sealed row says the same and is what counts. hand_due holds the hands whose end
// is still to be written down, notice_due the notices that are still to be delivered: both are found by the clock, and
// their rows go when it is done. override_count holds what is public: no person, no log index.
constexpr std::array version_7{
    std::string_view{"CREATE TABLE hand (citizen_ref BYTES NOT NULL, hand_id BYTES NOT NULL, kind INT NOT NULL, "
                     "state INT NOT NULL, from_at INT NOT NULL, until_at INT NOT NULL, ended_at INT, "
                     "log_index_from INT NOT NULL, log_index_until INT, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (citizen_ref, hand_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE hand_due (citizen_ref BYTES NOT NULL, hand_id BYTES NOT NULL, kind INT NOT NULL, "
                     "due_at INT NOT NULL, PRIMARY KEY (citizen_ref, hand_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE override_count (month TEXT NOT NULL, basis TEXT NOT NULL, colour INT NOT NULL, "
                     "set_count INT NOT NULL, ended_count INT NOT NULL, PRIMARY KEY (month, basis, colour)) CLUSTERED"},
    std::string_view{"CREATE TABLE notice (citizen_ref BYTES NOT NULL, notice_id BYTES NOT NULL, at INT NOT NULL, "
                     "delivered_at INT, sealed BYTES NOT NULL, PRIMARY KEY (citizen_ref, notice_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE notice_due (citizen_ref BYTES NOT NULL, notice_id BYTES NOT NULL, "
                     "claimed_until INT NOT NULL, PRIMARY KEY (citizen_ref, notice_id)) CLUSTERED"},
};

// A rule set that is announced has its moment; a command may wait for more than one officer.
constexpr std::array version_8{
    std::string_view{"ALTER TABLE rule_set ADD COLUMN announced_for INT"},
    std::string_view{"CREATE TABLE approval_officer (approval_id BYTES NOT NULL, officer_id TEXT NOT NULL, "
                     "at INT NOT NULL, PRIMARY KEY (approval_id, officer_id)) CLUSTERED"},
};

// The nodes that are on this database now, as they show themselves to each other (service/nodes.h).
constexpr std::array version_9{
    std::string_view{"CREATE TABLE node (node_id BYTES NOT NULL, joined_at INT NOT NULL, renewals INT NOT NULL, "
                     "drained INT NOT NULL, PRIMARY KEY (node_id)) CLUSTERED"},
};

// What we sign. A signer's sealed row holds its certificate and what became of it; revoked_signer finds those that were
// taken back. A certificate's row lies under its holder's key. certificate_name finds it by a digest of its identifier,
// certificate_of_key by the key that signed it, for as long as it counts; logged_signature says where the log holds a
// signature, by a digest that the log shows too. revoked_certificate is what the world may know: no person in it.
constexpr std::array version_10{
    std::string_view{"CREATE TABLE signer (kind INT NOT NULL, scope TEXT NOT NULL, epoch INT NOT NULL, "
                     "kid BYTES NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (kind, scope, epoch)) CLUSTERED"},
    std::string_view{"CREATE TABLE revoked_signer (kid BYTES NOT NULL, revoked_at INT NOT NULL, "
                     "PRIMARY KEY (kid)) CLUSTERED"},
    std::string_view{"CREATE TABLE certificate (citizen_ref BYTES NOT NULL, certificate_id BYTES NOT NULL, "
                     "sealed BYTES NOT NULL, PRIMARY KEY (citizen_ref, certificate_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE certificate_name (hash BYTES NOT NULL, citizen_ref BYTES NOT NULL, "
                     "certificate_id BYTES NOT NULL, format INT NOT NULL, kid BYTES NOT NULL, "
                     "expires_at INT NOT NULL, PRIMARY KEY (hash)) CLUSTERED"},
    std::string_view{"CREATE TABLE certificate_of_key (kid BYTES NOT NULL, citizen_ref BYTES NOT NULL, "
                     "certificate_id BYTES NOT NULL, PRIMARY KEY (kid, citizen_ref, certificate_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE logged_signature (digest BYTES NOT NULL, log_index INT NOT NULL, "
                     "PRIMARY KEY (digest)) CLUSTERED"},
    std::string_view{"CREATE TABLE revoked_certificate (hash BYTES NOT NULL, format INT NOT NULL, kid BYTES NOT NULL, "
                     "rid TEXT NOT NULL, revoked_at INT NOT NULL, expires_at INT NOT NULL, log_index INT NOT NULL, "
                     "PRIMARY KEY (hash)) CLUSTERED"},
};

// Keys under which venues have certificates verified, and how often they did: no person, no certificate.
constexpr std::array version_11{
    std::string_view{
        "CREATE TABLE verify_key (key_id TEXT NOT NULL, venue_id BYTES NOT NULL, public_key BYTES NOT NULL, "
        "added_at INT NOT NULL, revoked_at INT, PRIMARY KEY (key_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE verify_count (key_id TEXT NOT NULL, day INT NOT NULL, asked INT NOT NULL, "
                     "PRIMARY KEY (key_id, day)) CLUSTERED"},
};

constexpr std::array migrations_here{
    Migration{.version = 1, .name = "log", .statements = version_1},
    Migration{.version = 2, .name = "spine", .statements = version_2},
    Migration{.version = 3, .name = "rules", .statements = version_3},
    Migration{.version = 4, .name = "canaries", .statements = version_4},
    Migration{.version = 5, .name = "provenance", .statements = version_5},
    Migration{.version = 6, .name = "contacts", .statements = version_6},
    Migration{.version = 7, .name = "hands", .statements = version_7},
    Migration{.version = 8, .name = "announcements", .statements = version_8},
    Migration{.version = 9, .name = "nodes", .statements = version_9},
    Migration{.version = 10, .name = "certificates", .statements = version_10},
    Migration{.version = 11, .name = "verify-keys", .statements = version_11},
};

}  // namespace

std::span<const Migration> spine_migrations() { return migrations_here; }

std::span<const std::string_view> log_tables() {
  static constexpr std::array tables{version_1[0], version_1[1], version_1[2], log_generation};
  return tables;
}

}  // namespace lindung::store
