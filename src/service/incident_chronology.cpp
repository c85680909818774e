#include "service/incident_chronology.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "domain/alarm.h"
#include "domain/incident_draft.h"
#include "domain/rule_set.h"
#include "log/entry.h"
#include "store/database.h"

namespace lindung::service {

namespace {

using domain::SubjectKind;
using domain::Text;

// How the names of the types that are not read begin, from the fourth byte of an entry on (log/entry.h).
constexpr std::string_view answer_type{"answ"};
constexpr std::string_view link_type{"link"};

Moment moment_of_entry(const log::Entry& entry) {
  return std::visit(
      [](const auto& each) {
        if constexpr (std::is_same_v<std::decay_t<decltype(each)>, log::AnswerEntry>) {
          return each.answered_at;
        } else {
          return each.at;
        }
      },
      entry);
}

Result<Moment> read_moment(store::Transaction& transaction, std::uint64_t index) {
  std::optional<Result<log::Entry>> entry;
  TRYV(transaction.run(store::Sql{"SELECT leaf FROM log_entry WHERE idx = $1"}, {static_cast<std::int64_t>(index)},
                       [&](const store::Row& row) { entry = log::decode(row.bytes(0)); }));
  if (!entry || entry->has_error()) return fail(Errc::corrupt, "an entry of the log is missing");
  return moment_of_entry(entry->value());
}

// The first index whose entry is not before `from`; entries are in time to a few seconds.
Result<std::uint64_t> first_index(store::Transaction& transaction, Moment from) {
  std::uint64_t end = 0;
  TRYV(transaction.run(store::Sql{"SELECT next FROM log_head WHERE id = 0"}, {},
                       [&](const store::Row& row) { end = static_cast<std::uint64_t>(row.integer(0)); }));
  std::uint64_t begin = 0;
  while (begin < end) {
    const auto middle = begin + (end - begin) / 2;
    TRY(at, read_moment(transaction, middle));
    if (at < from) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

std::string_view word_of(log::PartnerChange change) {
  switch (change) {
    case log::PartnerChange::registered: return "registered";
    case log::PartnerChange::pact_signed: return "pact signed";
    case log::PartnerChange::active: return "active";
    case log::PartnerChange::suspended: return "suspended";
    case log::PartnerChange::resumed: return "resumed";
    case log::PartnerChange::cut: return "cut";
    case log::PartnerChange::uncut: return "uncut";
    case log::PartnerChange::shredded: return "shredded";
  }
  return "changed";
}

std::string_view kata(log::PartnerChange change) {
  switch (change) {
    case log::PartnerChange::registered: return "terdaftar";
    case log::PartnerChange::pact_signed: return "pakta ditandatangani";
    case log::PartnerChange::active: return "aktif";
    case log::PartnerChange::suspended: return "ditangguhkan";
    case log::PartnerChange::resumed: return "dilanjutkan";
    case log::PartnerChange::cut: return "diputus";
    case log::PartnerChange::uncut: return "pemutusan dicabut";
    case log::PartnerChange::shredded: return "dihancurkan";
  }
  return "berubah";
}

// Whose entries are read.
struct Whose {
  domain::Subject subject;
  std::optional<Hash> officer_key;
};

std::optional<Text> line_of(const Whose& whose, const log::PartnerEntry& entry) {
  if (whose.subject.kind != SubjectKind::partner || entry.partner.value() != whose.subject.id) return std::nullopt;
  return Text{.id = "Mitra " + entry.partner.value() + ": " + std::string{kata(entry.state)} + ".",
              .en = "Partner " + entry.partner.value() + ": " + std::string{word_of(entry.state)} + "."};
}
std::optional<Text> line_of(const Whose& whose, const log::KeyEntry& entry) {
  const bool is_theirs =
      whose.subject.kind == SubjectKind::installation ? entry.owner == "gateway" : entry.owner == whose.subject.id;
  if (!is_theirs) return std::nullopt;
  return Text{.id = "Kunci " + entry.key_id + " (" + entry.use + ") " + (entry.added ? "ditambahkan." : "dicabut."),
              .en = "Key " + entry.key_id + " (" + entry.use + ") " + (entry.added ? "added." : "revoked.")};
}
std::optional<Text> line_of(const Whose& whose, const log::ImportEntry& entry) {
  if (whose.subject.kind != SubjectKind::issuer || entry.issuer.value() != whose.subject.id) return std::nullopt;
  const auto rows = std::to_string(entry.rows);
  const auto accepted = std::to_string(entry.accepted);
  return Text{.id = "Impor: " + rows + " baris, " + accepted + " diterima.",
              .en = "Import: " + rows + " rows, " + accepted + " accepted."};
}
std::optional<Text> line_of(const Whose& whose, const log::RulesEntry& entry) {
  if (whose.subject.kind != SubjectKind::installation) return std::nullopt;
  return Text{.id = "Aturan " + entry.id + " " + entry.version + " berubah.",
              .en = "Rules " + entry.id + " " + entry.version + " changed."};
}
std::optional<Text> line_of(const Whose& whose, const log::OfficerEntry& entry) {
  if (!whose.officer_key || entry.officer_key_digest != *whose.officer_key) return std::nullopt;
  return Text{.id = "Perintah petugas: " + entry.action + ".", .en = "Officer's command: " + entry.action + "."};
}
template <class Other>
std::optional<Text> line_of(const Whose& /*whose*/, const Other& /*entry*/) {
  return std::nullopt;
}

Result<Whose> whose_of(store::Transaction& transaction, const domain::Subject& subject) {
  Whose whose{.subject = subject, .officer_key = {}};
  if (subject.kind != SubjectKind::officer) return whose;
  TRYV(transaction.run(store::Sql{"SELECT public_key FROM officer WHERE officer_id = $1"},
                       {std::string_view{subject.id}},
                       [&](const store::Row& row) { whose.officer_key = crypto::sha256(row.bytes(0)); }));
  return whose;
}

}  // namespace

Result<Chronology> read_chronology(store::Transaction& transaction, const domain::Subject& subject, Moment from) {
  TRY(whose, whose_of(transaction, subject));
  TRY(first, first_index(transaction, from));
  Chronology out;
  bool is_whole = true;
  TRYV(transaction.run(store::Sql{"SELECT idx, leaf FROM log_entry WHERE idx >= $1 AND substr(leaf, 4, 4) <> $2 AND "
                                  "substr(leaf, 4, 4) <> $3 ORDER BY idx"},
                       {static_cast<std::int64_t>(first), as_bytes(answer_type), as_bytes(link_type)},
                       [&](const store::Row& row) {
                         const auto entry = log::decode(row.bytes(1));
                         if (entry.has_error()) {
                           is_whole = false;
                           return;
                         }
                         auto text = std::visit([&](const auto& each) { return line_of(whose, each); }, entry.value());
                         if (!text) return;
                         out.lines.push_back({.at = moment_of_entry(entry.value()),
                                              .log_index = static_cast<std::uint64_t>(row.integer(0)),
                                              .text = std::move(*text)});
                       }));
  if (!is_whole) return fail(Errc::corrupt, "an entry of the log does not open");
  if (out.lines.size() > longest_chronology) {
    out.left_out = out.lines.size() - longest_chronology;
    out.lines.erase(out.lines.begin(), out.lines.begin() + static_cast<std::ptrdiff_t>(out.left_out));
  }
  return out;
}

}  // namespace lindung::service
