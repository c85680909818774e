#include "service/own_parts.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "domain/ledger.h"
#include "service/ledger.h"
#include "service/platform.h"
#include "service/settings.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

using domain::LedgerEntry;
using domain::LedgerKind;

constexpr std::string_view owner = "the operator of this installation";

// By the numbers of store/ring.h.
struct ClassText {
  int number;
  std::string_view name;
  std::string_view purpose;
  std::string_view retention;
};
constexpr std::array class_texts{
    ClassText{1, "exchange", "opens partners' questions", "a day each, kept 30 days"},
    ClassText{2, "directory", "signs the directory of keys", "for the life of the installation"},
    ClassText{3, "log", "signs checkpoints of the log", "for the life of the installation"},
    ClassText{4, "row", "seals rows", "until what it sealed is gone; renewed by lindung rekey"},
    ClassText{5, "blind", "finds people by number without storing it", "for the life of the installation"},
    ClassText{6, "partner-index", "finds links by token", "until its partner is shredded"},
    ClassText{7, "partner-rotation", "makes next tokens", "until its partner is shredded"},
    ClassText{8, "partner-trace", "marks tokens with their partner", "until its partner is shredded"},
    ClassText{9, "citizen-wrap", "wraps the keys of citizens", "until what it wraps is gone"},
    ClassText{10, "link-commit", "opens the log's commitments to links", "for the life of the installation"},
    ClassText{11, "authority", "signs the signers of certificates", "ten years"},
    ClassText{12, "document-signer", "signs certificates of one region", "a week each"},
    ClassText{13, "card-signer", "signs health cards", "a year each"},
    ClassText{14, "pass-signer", "signs light passes", "a week each"},
    ClassText{18, "report-exchange", "opens reports of health services", "until it is replaced"},
    ClassText{19, "report-seal", "seals reports", "until what it sealed is gone"},
    ClassText{20, "incident-seal", "seals incidents", "until what it sealed is gone"},
    ClassText{21, "witness", "speaks to witnesses of the log", "until it is replaced"},
};

const ClassText* text_of(int number) noexcept {
  const auto* const found = std::ranges::find(class_texts, number, &ClassText::number);
  return found == class_texts.end() ? nullptr : found;
}

std::string counted(std::size_t keys) { return std::to_string(keys) + (keys == 1 ? " key" : " keys"); }

Result<void> add_keys(const Platform& platform, std::vector<OwnPart>& parts) {
  for (int number = 1; number <= static_cast<int>(store::last_key_class); ++number) {
    TRY(keys, platform.ring.list(static_cast<store::KeyClass>(number)));
    if (keys.empty()) continue;
    const auto* text = text_of(number);
    const auto name = text == nullptr ? "class-" + std::to_string(number) : std::string{text->name};
    const bool is_authority = static_cast<store::KeyClass>(number) == store::KeyClass::authority;
    parts.push_back({.entry = {.name = "own.key." + name,
                               .kind = is_authority ? LedgerKind::certificate : LedgerKind::key,
                               .system = {},
                               .owner = std::string{owner},
                               .purpose = text == nullptr ? "a key of the ring" : std::string{text->purpose},
                               .retention = text == nullptr ? "until it is replaced" : std::string{text->retention},
                               .successor = {},
                               .places = {}},
                     .now = counted(keys.size())});
  }
  return ok();
}

OwnPart store_part(const Platform& platform) {
  const bool is_sqlite = platform.database.engine() == store::Engine::sqlite;
  return {.entry = {.name = "own.store",
                    .kind = LedgerKind::store,
                    .system = {},
                    .owner = std::string{owner},
                    .purpose = "people, records, visits, links: sealed rows",
                    .retention = "visits and answers by their day's key; the rest until a person is erased",
                    .successor = {},
                    .places = {}},
          .now = is_sqlite ? "SQLite" : "PostgreSQL"};
}

}  // namespace

Result<std::vector<OwnPart>> own_parts(const Platform& platform) {
  std::vector<OwnPart> parts{store_part(platform)};
  TRYV(add_keys(platform, parts));
  std::string origin;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(known, read_setting(transaction, setting::log_origin));
    origin = known ? std::string{as_text(*known)} : "";
    return ok();
  }));
  parts.push_back({.entry = {.name = "own.log",
                             .kind = LedgerKind::store,
                             .system = {},
                             .owner = std::string{owner},
                             .purpose = "what was done, for everybody to check; nobody's data",
                             .retention = "for ever",
                             .successor = {},
                             .places = {}},
                   .now = origin});
  return parts;
}

Result<void> note_backup(const Platform& platform, const std::string& folder) {
  constexpr std::size_t id_bytes = 6;
  const auto at = rfc3339(platform.clock.now());
  auto day = at.substr(0, 10);
  const auto digest = crypto::sha256(as_bytes(folder + at));
  LedgerEntry entry{.name = "backup." + day + "." + codec::hex(BytesView{digest}.first(id_bytes)),
                    .kind = LedgerKind::backup,
                    .system = {},
                    .owner = std::string{owner},
                    .purpose = "to bring database and log back",
                    .retention = "as the operator rules; what was forgotten is forgotten in it too",
                    .successor = {},
                    .places = {}};
  // A folder whose name the ledger cannot hold is noted without it.
  auto with_place = entry;
  with_place.places["backup"] = folder;
  return add_ledger_entry(platform, domain::check(with_place).has_value() ? with_place : entry);
}

}  // namespace lindung::service
