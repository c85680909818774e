#include <array>
#include <span>
#include <string_view>

#include "store/schema.h"
#include "store/schema_parts.h"

namespace lindung::store {

namespace {

// Accounts and their sessions. A session is found by the HMAC of its cookie, an account by those of a telephone number,
// a citizen or an officer (account_index), a passkey by that of its credential. What stands readable are moments,
// counts and references. portal_try is one proving of a telephone in one browser; code_phone keeps how often a number
// was written to and the last long code; spent_challenge the challenges that were answered, until they would be over
// anyway. civil_register holds MACs only: whether what somebody says agrees with it, and nothing that could be read.
constexpr std::array version_18{
    std::string_view{"CREATE TABLE session (token_index BYTES NOT NULL, account_id BYTES NOT NULL, "
                     "session_id BYTES NOT NULL, began_at INT NOT NULL, used_at INT NOT NULL, proved_at INT NOT NULL, "
                     "ends_at INT NOT NULL, by_passkey INT NOT NULL, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (token_index)) CLUSTERED"},
    std::string_view{"CREATE TABLE account_session (account_id BYTES NOT NULL, session_id BYTES NOT NULL, "
                     "token_index BYTES NOT NULL, PRIMARY KEY (account_id, session_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE account (account_id BYTES NOT NULL, role INT NOT NULL, citizen_ref BYTES, "
                     "created_at INT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (account_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE account_index (idx BYTES NOT NULL, account_id BYTES NOT NULL, "
                     "PRIMARY KEY (idx)) CLUSTERED"},
    std::string_view{"CREATE TABLE passkey (account_id BYTES NOT NULL, passkey_id BYTES NOT NULL, "
                     "added_at INT NOT NULL, used_at INT NOT NULL, counter INT NOT NULL, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (account_id, passkey_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE passkey_index (idx BYTES NOT NULL, account_id BYTES NOT NULL, "
                     "passkey_id BYTES NOT NULL, PRIMARY KEY (idx)) CLUSTERED"},
    std::string_view{"CREATE TABLE portal_try (idx BYTES NOT NULL, expires_at INT NOT NULL, tries INT NOT NULL, "
                     "mac BYTES NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (idx)) CLUSTERED"},
    std::string_view{"CREATE TABLE code_phone (idx BYTES NOT NULL, day_from INT NOT NULL, day_sent INT NOT NULL, "
                     "hour_from INT NOT NULL, long_mac BYTES NOT NULL, PRIMARY KEY (idx)) CLUSTERED"},
    std::string_view{"CREATE TABLE spent_challenge (digest BYTES NOT NULL, expires_at INT NOT NULL, "
                     "PRIMARY KEY (digest)) CLUSTERED"},
    std::string_view{"CREATE TABLE civil_register (idx BYTES NOT NULL, checks BYTES NOT NULL, "
                     "PRIMARY KEY (idx)) CLUSTERED"},
    std::string_view{"CREATE TABLE recovery (idx BYTES NOT NULL, citizen_ref BYTES NOT NULL, expires_at INT NOT NULL, "
                     "sealed BYTES NOT NULL, PRIMARY KEY (idx)) CLUSTERED"},
    std::string_view{"CREATE INDEX session_by_end ON session (ends_at)"},
    std::string_view{"CREATE INDEX portal_try_by_end ON portal_try (expires_at)"},
    std::string_view{"CREATE INDEX spent_challenge_by_end ON spent_challenge (expires_at)"},
    std::string_view{"CREATE INDEX code_phone_by_day ON code_phone (day_from)"},
    std::string_view{"CREATE INDEX recovery_by_citizen ON recovery (citizen_ref)"},
};

// What officers are there for, how often they looked at people and what for, and codes by which a passkey is bound to
// an officer. Who works for a venue, and by which code they came (both sealed: a label that an owner wrote);
// account_venue is the second way to it. venue_slot: how many were inside, without people.
constexpr std::array version_19{
    std::string_view{"CREATE TABLE officer_role (officer_id TEXT NOT NULL, role INT NOT NULL, "
                     "sealed BYTES NOT NULL, PRIMARY KEY (officer_id, role)) CLUSTERED"},
    std::string_view{"CREATE TABLE officer_code (code_digest BYTES NOT NULL, officer_id TEXT NOT NULL, "
                     "expires_at INT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (code_digest)) CLUSTERED"},
    std::string_view{"CREATE TABLE officer_purpose (officer_id TEXT NOT NULL, day INT NOT NULL, purpose TEXT NOT NULL, "
                     "views INT NOT NULL, PRIMARY KEY (officer_id, day, purpose)) CLUSTERED"},
    std::string_view{
        "CREATE TABLE venue_member (venue_id BYTES NOT NULL, account_id BYTES NOT NULL, role INT NOT NULL, "
        "since INT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (venue_id, account_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE account_venue (account_id BYTES NOT NULL, venue_id BYTES NOT NULL, "
                     "PRIMARY KEY (account_id, venue_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE venue_code (code_digest BYTES NOT NULL, venue_id BYTES NOT NULL, role INT NOT NULL, "
                     "expires_at INT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (code_digest)) CLUSTERED"},
    std::string_view{"CREATE TABLE venue_application (application_id BYTES NOT NULL, account_id BYTES NOT NULL, "
                     "name TEXT NOT NULL, category INT NOT NULL, capacity INT NOT NULL, state INT NOT NULL, "
                     "asked_at INT NOT NULL, PRIMARY KEY (application_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE account_application (account_id BYTES NOT NULL, application_id BYTES NOT NULL, "
                     "PRIMARY KEY (account_id, application_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE venue_watch (venue_id BYTES NOT NULL, alarm_percent INT NOT NULL, "
                     "PRIMARY KEY (venue_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE venue_slot (venue_id BYTES NOT NULL, slot INT NOT NULL, inside INT NOT NULL, "
                     "peak INT NOT NULL, PRIMARY KEY (venue_id, slot)) CLUSTERED"},
};

// Consents. A request of a partner is found by the digest of its reference, and again by the digest of the one-time
// code that an approval makes; what it asks for, and who approved it, is sealed. A consent lies under its citizen's
// key, and consent_due finds those that end by the clock. partner_web is where a partner may be answered in a browser
// and told of an end; partner_event holds what it is still to be told, sealed; partner_push counts its requests of this
// minute. officer_look is what officers saw of a citizen, under the citizen's key; look_progress says up to where the
// answers of the log are in the tables of their day (period_table.h).
constexpr std::array version_20{
    std::string_view{"CREATE TABLE consent_request (request_digest BYTES NOT NULL, partner_id TEXT NOT NULL, "
                     "state INT NOT NULL, expires_at INT NOT NULL, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (request_digest)) CLUSTERED"},
    std::string_view{"CREATE TABLE consent_code (code_digest BYTES NOT NULL, request_digest BYTES NOT NULL, "
                     "expires_at INT NOT NULL, PRIMARY KEY (code_digest)) CLUSTERED"},
    std::string_view{"CREATE TABLE consent (citizen_ref BYTES NOT NULL, link_id BYTES NOT NULL, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (citizen_ref, link_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE consent_due (citizen_ref BYTES NOT NULL, link_id BYTES NOT NULL, "
                     "due_at INT NOT NULL, PRIMARY KEY (citizen_ref, link_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE partner_web (partner_id TEXT NOT NULL, redirects TEXT NOT NULL, "
                     "webhook TEXT NOT NULL, changed_at INT NOT NULL, PRIMARY KEY (partner_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE partner_event (partner_id TEXT NOT NULL, event_id BYTES NOT NULL, "
                     "queued_at INT NOT NULL, next_at INT NOT NULL, attempts INT NOT NULL, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (partner_id, event_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE partner_push (partner_id TEXT NOT NULL, minute INT NOT NULL, used INT NOT NULL, "
                     "PRIMARY KEY (partner_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE officer_look (citizen_ref BYTES NOT NULL, log_index INT NOT NULL, "
                     "sealed BYTES NOT NULL, PRIMARY KEY (citizen_ref, log_index)) CLUSTERED"},
    std::string_view{"CREATE TABLE look_progress (id INT NOT NULL, next INT NOT NULL, PRIMARY KEY (id)) CLUSTERED"},
    std::string_view{"INSERT INTO look_progress (id, next) VALUES (0, 0)"},
};

// Rights and delegations of citizens. restriction: whose data nobody is answered about. A delegation stands once on
// each side, under that side's key; delegation_code finds an invitation by a blind index of its code. wrap_epoch
// follows keys that wrap citizens' keys from their replacement to their end (service/citizen_keys.h).
constexpr std::array version_21{
    std::string_view{"CREATE TABLE restriction (citizen_ref BYTES NOT NULL, since INT NOT NULL, "
                     "PRIMARY KEY (citizen_ref)) CLUSTERED"},
    std::string_view{"CREATE TABLE delegation (citizen_ref BYTES NOT NULL, delegation_id BYTES NOT NULL, "
                     "side INT NOT NULL, until_at INT NOT NULL, sealed BYTES NOT NULL, "
                     "PRIMARY KEY (citizen_ref, delegation_id)) CLUSTERED"},
    std::string_view{"CREATE TABLE delegation_code (idx BYTES NOT NULL, citizen_ref BYTES NOT NULL, "
                     "delegation_id BYTES NOT NULL, expires_at INT NOT NULL, PRIMARY KEY (idx)) CLUSTERED"},
    std::string_view{"CREATE TABLE wrap_epoch (epoch INT NOT NULL, replaced_at INT NOT NULL, is_moved INT NOT NULL, "
                     "PRIMARY KEY (epoch)) CLUSTERED"},
};

// Who stands behind what waits, and who asked for it, is sealed. What waited before is to be asked for again.
constexpr std::array version_22{
    std::string_view{"DELETE FROM approval_officer"},
    std::string_view{"DELETE FROM approval WHERE approved_by IS NULL"},
    std::string_view{"ALTER TABLE approval_officer ADD COLUMN sealed BYTES"},
};

constexpr std::array migrations_here{
    Migration{.version = 18, .name = "accounts", .statements = version_18},
    Migration{.version = 19, .name = "staff", .statements = version_19},
    Migration{.version = 20, .name = "consents", .statements = version_20},
    Migration{.version = 21, .name = "rights", .statements = version_21},
    Migration{.version = 22, .name = "approvals", .statements = version_22},
};

}  // namespace

std::span<const Migration> people_migrations() { return migrations_here; }

}  // namespace lindung::store
