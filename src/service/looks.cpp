#include "service/looks.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "log/entry.h"
#include "service/evidence.h"
#include "service/install.h"
#include "service/logged_unit.h"
#include "service/officer_purposes.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/period_table.h"
#include "store/ring_ratchet.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

using store::PeriodTable;

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t look_items = 6;
constexpr std::size_t index_size = 8;
// A row says how many answers there were to within this many: it is filled up with zeros, and no answer of the log that
// is about somebody stands at index 0.
constexpr std::size_t padded_to = 16;
constexpr std::size_t longest_word = 128;

using Tag = ByteArray<16>;

Tag tag_of(const Secret<32>& day_key, const CitizenRef& citizen) {
  constexpr ByteArray<1> separator{0};
  return take<16>(crypto::hmac_sha256(day_key.view(), {as_bytes("lindung look tag v1"), separator, citizen.bytes()}));
}

ByteArray<20> row_key(Day day, const Tag& tag) {
  ByteArray<20> key;
  put_be(MutableBytes{key}, day.number);
  std::ranges::copy(tag, key.begin() + 4);
  return key;
}

Bytes seal_indexes(const Secret<32>& day_key, Day day, const Tag& tag, const std::vector<std::uint64_t>& indexes) {
  const auto places = (indexes.size() + padded_to - 1) / padded_to * padded_to;
  Bytes plain(places * index_size);
  for (std::size_t i = 0; i < indexes.size(); ++i) put_be(MutableBytes{plain}.subspan(i * index_size), indexes[i]);
  const auto key = row_key(day, tag);
  return store::seal_under(day_key, {.table = "look", .primary_key = key, .version = row_version}, plain);
}

Result<std::vector<std::uint64_t>> open_indexes(const Secret<32>& day_key, Day day, const Tag& tag, BytesView sealed) {
  const auto key = row_key(day, tag);
  TRY(plain, store::open_under(day_key, {.table = "look", .primary_key = key, .version = row_version}, sealed));
  if (plain.size() % index_size != 0) return fail(Errc::corrupt, "look: length");
  std::vector<std::uint64_t> indexes;
  for (std::size_t at = 0; at < plain.size(); at += index_size) {
    const auto index = get_be<std::uint64_t>(BytesView{plain}.subspan(at, index_size));
    if (index != 0) indexes.push_back(index);
  }
  return indexes;
}

Result<std::vector<std::uint64_t>> read_day(store::Transaction& transaction, const Secret<32>& day_key, Day day,
                                            const Tag& tag) {
  std::optional<Bytes> sealed;
  TRYV(transaction.run(store::period_sql("SELECT sealed FROM look_{p} WHERE tag = $1", day.number), {BytesView{tag}},
                       [&](const store::Row& row) { sealed = to_bytes(row.bytes(0)); }));
  if (!sealed) return std::vector<std::uint64_t>{};
  return open_indexes(day_key, day, tag, *sealed);
}

// The answers of one day within the window, by whom they are about.
Result<void> index_day(store::Transaction& transaction, const Platform& platform, Day day, std::uint64_t from,
                       std::uint64_t end, const CitizenRef& nobody) {
  const auto key = platform.ring.period_key(store::Ratchet::answer_day, day.number);
  if (key.has_error()) return key.error().code == Errc::denied ? ok() : Result<void>{key.error()};  // forgotten
  std::map<CitizenRef, std::vector<std::uint64_t>> found;
  bool is_damaged = false;
  TRYV(transaction.run(
      store::period_sql("SELECT log_index, sealed FROM evidence_{p} WHERE log_index >= $1 AND log_index < $2 "
                        "ORDER BY log_index",
                        day.number),
      {static_cast<std::int64_t>(from), static_cast<std::int64_t>(end)}, [&](const store::Row& row) {
        const auto index = static_cast<std::uint64_t>(row.integer(0));
        const auto evidence = open_evidence(key.value(), day, index, row.bytes(1));
        is_damaged = is_damaged || evidence.has_error();
        if (evidence.has_value() && evidence.value().citizen != nobody) {
          found[evidence.value().citizen].push_back(index);
        }
      }));
  if (is_damaged) return fail(Errc::corrupt, "evidence of day " + std::to_string(day.number));
  if (found.empty()) return ok();
  TRYV(store::ensure_period(transaction, PeriodTable::look, day.number));
  for (const auto& [citizen, indexes] : found) {
    const auto tag = tag_of(key.value(), citizen);
    TRY(known, read_day(transaction, key.value(), day, tag));
    known.insert(known.end(), indexes.begin(), indexes.end());
    const auto sealed = seal_indexes(key.value(), day, tag, known);
    TRYV(transaction.run(store::period_sql("INSERT INTO look_{p} (tag, sealed) VALUES ($1, $2) "
                                           "ON CONFLICT (tag) DO UPDATE SET sealed = excluded.sealed",
                                           day.number),
                         {BytesView{tag}, BytesView{sealed}}));
  }
  return ok();
}

bool is_word(std::string_view text) {
  return text.size() <= longest_word && std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7f; });
}

ByteArray<24> look_key(const CitizenRef& citizen, std::uint64_t log_index) {
  ByteArray<24> key;
  std::ranges::copy(citizen.value(), key.begin());
  put_be(MutableBytes{key}.subspan(16), log_index);
  return key;
}

Result<KeptOfficerLook> open_look(const OpenPerson& person, std::uint64_t log_index, BytesView sealed) {
  const auto key = look_key(person.citizen, log_index);
  TRY(plain,
      store::open_under(person.key, {.table = "officer_look", .primary_key = key, .version = row_version}, sealed));
  codec::CborReader in{plain};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != look_items || version != row_version) return fail(Errc::corrupt, "officer_look: version");
  TRY(at, in.uint());
  TRY(opening, in.fixed<16>());
  TRY(officer, in.text());
  TRY(action, in.text());
  TRY(purpose, in.text());
  TRYV(in.end());
  return KeptOfficerLook{.log_index = log_index,
                         .at = moment_of(at),
                         .opening = opening,
                         .look = {.citizen = person.citizen,
                                  .officer = std::string{officer},
                                  .action = std::string{action},
                                  .purpose = std::string{purpose}}};
}

}  // namespace

Result<bool> index_looks(const Platform& platform, std::size_t entries) {
  TRY(nobody, load_dummy(platform.database));
  bool is_whole = false;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    std::uint64_t next = 0;
    std::uint64_t size = 0;
    const auto read = [&](const store::Row& row) { next = static_cast<std::uint64_t>(row.integer(0)); };
    if (transaction.engine() == store::Engine::postgresql) {
      TRYV(transaction.run(store::Sql{"SELECT next FROM look_progress WHERE id = 0 FOR UPDATE"}, {}, read));
    } else {
      TRYV(transaction.run(store::Sql{"SELECT next FROM look_progress WHERE id = 0"}, {}, read));
    }
    TRYV(transaction.run(store::Sql{"SELECT next FROM log_head WHERE id = 0"}, {},
                         [&](const store::Row& row) { size = static_cast<std::uint64_t>(row.integer(0)); }));
    const auto end = std::min<std::uint64_t>(size, next + entries);
    is_whole = end == size;
    if (end <= next) return ok();
    TRY(days, store::list_periods(transaction, PeriodTable::evidence));
    for (const auto day : days) {
      TRYV(index_day(transaction, platform, Day{static_cast<std::uint32_t>(day)}, next, end, nobody.citizen));
    }
    TRYV(transaction.run(store::Sql{"UPDATE look_progress SET next = $1 WHERE id = 0"},
                         {static_cast<std::int64_t>(end)}));
    return ok();
  }));
  return is_whole;
}

Hash look_digest(const ByteArray<16>& opening, const OfficerLook& look) {
  constexpr ByteArray<1> separator{0};
  return crypto::sha256({as_bytes("lindung look v1"), separator, opening, as_bytes(look.officer), separator,
                         as_bytes(look.action), separator, as_bytes(look.purpose)});
}

Result<void> record_look(const Platform& platform, const OfficerLook& look) {
  if (!is_word(look.officer) || !is_word(look.action) || !is_word(look.purpose)) {
    return fail(Errc::invalid_argument, "officer, action, purpose: at most 128 printable characters");
  }
  const auto opening = crypto::random_bytes<16>();
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    const auto person = open_person(unit.transaction(), platform.ring, look.citizen);
    if (person.has_error()) return person.error().code == Errc::not_found ? ok() : Result<void>{person.error()};
    TRY(log_index, unit.log(log::OfficerEntry{.at = unit.now(),
                                              .action = "citizen.look",
                                              .officer_key_digest = look.officer_key_digest,
                                              .case_digest = look_digest(opening, look)}));
    codec::CborWriter plain;
    plain.array(look_items)
        .uint(row_version)
        .uint(unix_seconds(unit.now()))
        .bytes(opening)
        .text(look.officer)
        .text(look.action)
        .text(look.purpose);
    const auto key = look_key(look.citizen, log_index);
    const auto sealed = store::seal_under(
        person.value().key, {.table = "officer_look", .primary_key = key, .version = row_version}, plain.view());
    TRYV(unit.transaction().run(
        store::Sql{"INSERT INTO officer_look (citizen_ref, log_index, sealed) VALUES ($1, $2, $3)"},
        {look.citizen.bytes(), static_cast<std::int64_t>(log_index), BytesView{sealed}}));
    if (look.counted == OfficerId{}) return ok();
    return count_purpose(unit.transaction(), look.counted, day_of(unit.now()), look.purpose);
  });
}

Result<Looks> list_looks(const Platform& platform, const CitizenRef& citizen, std::uint64_t before,
                         std::size_t at_most) {
  const auto limit = static_cast<std::int64_t>(std::min(before, to_the_end));
  Looks looks;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    looks = {};
    TRY(person, open_person(transaction, platform.ring, citizen));
    std::vector<std::pair<std::uint64_t, Bytes>> rows;
    TRYV(transaction.run(store::Sql{"SELECT log_index, sealed FROM officer_look WHERE citizen_ref = $1 AND "
                                    "log_index < $2 ORDER BY log_index DESC LIMIT $3"},
                         {citizen.bytes(), limit, static_cast<std::int64_t>(at_most)}, [&](const store::Row& row) {
                           rows.emplace_back(static_cast<std::uint64_t>(row.integer(0)), to_bytes(row.bytes(1)));
                         }));
    for (const auto& [index, sealed] : rows) {
      TRY(look, open_look(person, index, sealed));
      looks.officers.push_back(std::move(look));
    }
    TRY(days, store::list_periods(transaction, PeriodTable::look));
    std::ranges::sort(days, std::greater{});
    for (const auto number : days) {
      const Day day{static_cast<std::uint32_t>(number)};
      const auto key = platform.ring.period_key(store::Ratchet::answer_day, number);
      if (key.has_error() && key.error().code == Errc::denied) continue;  // forgotten; its table goes next
      if (key.has_error()) return key.error();
      looks.kept_from = day;
      if (looks.answers.size() >= at_most) continue;
      TRY(indexes, read_day(transaction, key.value(), day, tag_of(key.value(), citizen)));
      std::ranges::sort(indexes, std::greater{});
      for (const auto index : indexes) {
        if (index < before && looks.answers.size() < at_most) looks.answers.push_back(index);
      }
    }
    return ok();
  }));
  return looks;
}

}  // namespace lindung::service
