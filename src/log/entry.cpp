// Field by field in the order of protocol.md section 11. decode() reads with the same rules and then has nothing left
// to believe: each accepted leaf is the one spelling of its entry.
#include "log/entry.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/cbor.h"

namespace lindung::log {
namespace {

using codec::CborReader;
using codec::CborWriter;

constexpr std::uint64_t version = 1;                           // protocol.md section 11
constexpr std::uint64_t answer_step_s = 10;                    // protocol.md section 5
constexpr std::uint64_t time_limit = std::uint64_t{1} << 62U;  // what moment_of() keeps
constexpr std::size_t text_limit = 128;
constexpr std::size_t partner_limit = 32;

// The number in the CBOR head of each entry: its fields, the type and the version. The head of an answer says 5 before
// six items: so it stands in the frozen vectors (sealed-exchange.json), whose leaf hashes partners recompute
// (docs: src/log/README.md, "The head of an answer").
constexpr std::uint64_t answer_head_items = 5;
constexpr std::uint64_t partner_items = 7;
constexpr std::uint64_t key_items = 8;
constexpr std::uint64_t link_items = 7;
constexpr std::uint64_t import_items = 9;
constexpr std::uint64_t rules_items = 7;
constexpr std::uint64_t retention_items = 5;
constexpr std::uint64_t officer_items = 6;

// Names in the order of the enumerators.
constexpr std::array<std::string_view, 8> partner_changes{"registered", "pact_signed", "active", "suspended",
                                                          "resumed",    "cut",         "uncut",  "shredded"};
constexpr std::array<std::string_view, 3> rules_changes{"proposed", "activated", "rolled_back"};
constexpr std::array<std::string_view, 2> key_changes{"revoked", "added"};
constexpr std::array<std::string_view, 2> link_changes{"withdrawn", "granted"};

bool is_partner_id(std::string_view text) {
  return !text.empty() && text.size() <= partner_limit && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
  });
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= text_limit &&
         std::ranges::all_of(text, [](char letter) { return letter >= 0x20 && letter < 0x7f; });
}

// Writes the head, the version and the type; the caller goes on with the fields.
CborWriter begin(std::uint64_t items, std::string_view type) {
  CborWriter out;
  out.array(items).uint(version).text(type);
  return out;
}

CborWriter write(const AnswerEntry& entry) {
  auto out = begin(answer_head_items, "answer");
  const auto at = unix_seconds(entry.answered_at);
  out.text(entry.partner.value()).uint(entry.epoch).uint(at - at % answer_step_s).bytes(entry.commitment);
  return out;
}

CborWriter write(const PartnerEntry& entry) {
  auto out = begin(partner_items, "partner");
  out.uint(unix_seconds(entry.at)).text(entry.partner.value());
  out.text(partner_changes.at(static_cast<std::size_t>(entry.state))).uint(entry.epoch).bytes(entry.signed_digest);
  return out;
}

CborWriter write(const KeyEntry& entry) {
  auto out = begin(key_items, "key");
  out.uint(unix_seconds(entry.at)).text(entry.owner).text(entry.use).text(entry.key_id);
  out.bytes(entry.public_key_digest).text(key_changes.at(entry.added ? 1 : 0));
  return out;
}

CborWriter write(const LinkEntry& entry) {
  auto out = begin(link_items, "link");
  out.uint(unix_seconds(entry.at)).text(entry.partner.value()).uint(entry.epoch).bytes(entry.commitment);
  out.text(link_changes.at(entry.granted ? 1 : 0));
  return out;
}

CborWriter write(const ImportEntry& entry) {
  auto out = begin(import_items, "import");
  out.uint(unix_seconds(entry.at)).text(entry.issuer.value()).bytes(entry.import_id_digest);
  out.uint(entry.rows).uint(entry.accepted).uint(entry.rejected).uint(entry.quarantined);
  return out;
}

CborWriter write(const RulesEntry& entry) {
  auto out = begin(rules_items, "rules");
  out.uint(unix_seconds(entry.at)).text(entry.id).text(entry.version).bytes(entry.digest);
  out.text(rules_changes.at(static_cast<std::size_t>(entry.change)));
  return out;
}

CborWriter write(const RetentionEntry& entry) {
  auto out = begin(retention_items, "retention");
  out.uint(unix_seconds(entry.at)).text(entry.what).uint(entry.period);
  return out;
}

CborWriter write(const OfficerEntry& entry) {
  auto out = begin(officer_items, "officer");
  out.uint(unix_seconds(entry.at)).text(entry.action).bytes(entry.officer_key_digest).bytes(entry.case_digest);
  return out;
}

Result<Moment> read_time(CborReader& in) {
  TRY(at, in.uint());
  if (at > time_limit) return fail(Errc::malformed, "a time beyond the calendar");
  return moment_of(at);
}

Result<PartnerId> read_partner(CborReader& in) {
  TRY(text, in.text());
  if (!is_partner_id(text)) return fail(Errc::malformed, "not a partner id");
  return PartnerId{std::string{text}};
}

Result<std::string> read_label(CborReader& in) {
  TRY(text, in.text());
  if (!is_label(text)) return fail(Errc::malformed, "a text that no entry holds");
  return std::string{text};
}

// The place of a word among the names.
Result<std::size_t> read_word(CborReader& in, std::span<const std::string_view> names) {
  TRY(text, in.text());
  const auto found = std::ranges::find(names, text);
  if (found == names.end()) return fail(Errc::malformed, "an unknown word");
  return static_cast<std::size_t>(found - names.begin());
}

Result<Entry> read_answer(CborReader& in) {
  TRY(partner, read_partner(in));
  TRY(epoch, in.uint());
  TRY(answered_at, read_time(in));
  if (unix_seconds(answered_at) % answer_step_s != 0)
    return fail(Errc::malformed, "an answer's time not floored to 10 s");
  TRY(commitment, in.fixed<32>());
  return AnswerEntry{
      .partner = std::move(partner), .epoch = epoch, .answered_at = answered_at, .commitment = commitment};
}

Result<Entry> read_partner_change(CborReader& in) {
  TRY(at, read_time(in));
  TRY(partner, read_partner(in));
  TRY(state, read_word(in, partner_changes));
  TRY(epoch, in.uint());
  TRY(signed_digest, in.fixed<32>());
  return PartnerEntry{.at = at,
                      .partner = std::move(partner),
                      .state = static_cast<PartnerChange>(state),
                      .epoch = epoch,
                      .signed_digest = signed_digest};
}

Result<Entry> read_key(CborReader& in) {
  TRY(at, read_time(in));
  TRY(owner, read_label(in));
  TRY(use, read_label(in));
  TRY(key_id, read_label(in));
  TRY(digest, in.fixed<32>());
  TRY(change, read_word(in, key_changes));
  return KeyEntry{.at = at,
                  .owner = std::move(owner),
                  .use = std::move(use),
                  .key_id = std::move(key_id),
                  .public_key_digest = digest,
                  .added = change == 1};
}

Result<Entry> read_link(CborReader& in) {
  TRY(at, read_time(in));
  TRY(partner, read_partner(in));
  TRY(epoch, in.uint());
  TRY(commitment, in.fixed<32>());
  TRY(change, read_word(in, link_changes));
  return LinkEntry{
      .at = at, .partner = std::move(partner), .epoch = epoch, .commitment = commitment, .granted = change == 1};
}

Result<Entry> read_import(CborReader& in) {
  TRY(at, read_time(in));
  TRY(issuer, read_label(in));
  TRY(import_id_digest, in.fixed<32>());
  TRY(rows, in.uint());
  TRY(accepted, in.uint());
  TRY(rejected, in.uint());
  TRY(quarantined, in.uint());
  return ImportEntry{.at = at,
                     .issuer = IssuerId{std::move(issuer)},
                     .import_id_digest = import_id_digest,
                     .rows = rows,
                     .accepted = accepted,
                     .rejected = rejected,
                     .quarantined = quarantined};
}

Result<Entry> read_rules(CborReader& in) {
  TRY(at, read_time(in));
  TRY(id, read_label(in));
  TRY(rules_version, read_label(in));
  TRY(digest, in.fixed<32>());
  TRY(change, read_word(in, rules_changes));
  return RulesEntry{.at = at,
                    .id = std::move(id),
                    .version = std::move(rules_version),
                    .digest = digest,
                    .change = static_cast<RulesChange>(change)};
}

Result<Entry> read_retention(CborReader& in) {
  TRY(at, read_time(in));
  TRY(what, read_label(in));
  TRY(period, in.uint());
  return RetentionEntry{.at = at, .what = std::move(what), .period = period};
}

Result<Entry> read_officer(CborReader& in) {
  TRY(at, read_time(in));
  TRY(action, read_label(in));
  TRY(key_digest, in.fixed<32>());
  TRY(case_digest, in.fixed<32>());
  return OfficerEntry{
      .at = at, .action = std::move(action), .officer_key_digest = key_digest, .case_digest = case_digest};
}

struct Kind {
  std::string_view type;
  std::uint64_t items;
  Result<Entry> (*read)(CborReader&);
};
constexpr std::array<Kind, 8> kinds{{{"answer", answer_head_items, read_answer},
                                     {"partner", partner_items, read_partner_change},
                                     {"key", key_items, read_key},
                                     {"link", link_items, read_link},
                                     {"import", import_items, read_import},
                                     {"rules", rules_items, read_rules},
                                     {"retention", retention_items, read_retention},
                                     {"officer", officer_items, read_officer}}};

}  // namespace

Moment made_at(const Entry& entry) {
  return std::visit(
      [](const auto& each) {
        if constexpr (requires { each.answered_at; }) {
          return each.answered_at;
        } else {
          return each.at;
        }
      },
      entry);
}

Bytes encode(const Entry& entry) {
  return std::visit([](const auto& fields) { return write(fields).take(); }, entry);
}

Result<Entry> decode(BytesView leaf) {
  CborReader in{leaf};
  TRY(items, in.array());
  TRY(version_read, in.uint());
  if (version_read != version) return fail(Errc::malformed, "an entry of another version");
  TRY(type, in.text());
  const auto* const kind = std::ranges::find(kinds, type, &Kind::type);
  if (kind == kinds.end()) return fail(Errc::malformed, "an entry of unknown type");
  if (items != kind->items) return fail(Errc::malformed, "an entry with another number of fields");
  TRY(entry, kind->read(in));
  TRYV(in.end());
  return entry;
}

Result<void> check(const Entry& entry) {
  const auto decoded = decode(encode(entry));
  if (decoded.has_error()) return fail(Errc::invalid_argument, decoded.error().detail);
  return ok();
}

}  // namespace lindung::log
