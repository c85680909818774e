#include "service/backup_trial.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece = 1UL << 20U;
constexpr std::string_view database_file = "lindung.db";
// Tables that hold nobody's data, whatever is in them.
constexpr std::array<std::string_view, 3> ours_open{"log_entry", "log_head", "schema_version"};

// What opens a sealed value: the epoch behind its format byte (store/sealing.h) names the data key.
constexpr std::size_t epoch_at = 1;
constexpr std::size_t epoch_size = 2;
constexpr std::uint8_t row_format = 1;

struct Table {
  std::string name;
  std::string sealed_column;  // empty: none
  bool wraps{};               // the column holds a citizen's wrapped key
};

Result<std::vector<Table>> tables_of(store::Database& database) {
  std::vector<Table> tables;
  TRYV(database.read([&](store::Transaction& transaction) -> Result<void> {
    tables.clear();
    TRYV(transaction.run(
        store::Sql{.text = "SELECT t.name, coalesce((SELECT c.name FROM pragma_table_info(t.name) AS c WHERE c.name IN "
                           "('sealed', 'wrapped_key') AND c.type = 'BLOB' ORDER BY c.name LIMIT 1), '') "
                           "FROM pragma_table_list AS t WHERE t.schema = 'main' AND t.type = 'table' "
                           "AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name",
                   .once = true},
        {}, [&](const store::Row& row) {
          const std::string column{row.text(1)};
          tables.push_back(
              {.name = std::string{row.text(0)}, .sealed_column = column, .wraps = column == "wrapped_key"});
        }));
    return ok();
  }));
  return tables;
}

std::string quoted(const std::string& name) {
  std::string out{"\""};
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

// Whether a key that this value names can still be had. What lies under a citizen's or a day's key does not name one of
// the ring: those are judged by the wrapped keys and by the ratchets, which are destroyed together with the rest.
bool is_readable(const store::KeyRing* ring, const Table& table, BytesView sealed) {
  if (ring == nullptr || sealed.size() < epoch_at + epoch_size || sealed.front() != row_format) return false;
  const auto epoch = get_be<std::uint16_t>(sealed.subspan(epoch_at, epoch_size));
  const auto cls = table.wraps ? store::KeyClass::citizen_wrap : store::KeyClass::row;
  return ring->key({.cls = cls, .scope = "", .epoch = epoch}).has_value();
}

Result<void> try_rows(store::Database& database, const store::KeyRing* ring, BackupTrial& trial) {
  TRY(tables, tables_of(database));
  for (const auto& table : tables) {
    const bool is_open = table.sealed_column.empty();
    if (is_open && std::ranges::find(ours_open, table.name) != ours_open.end()) continue;
    const auto column = is_open ? std::string{"X''"} : quoted(table.sealed_column);
    const auto sql = "SELECT " + column + " FROM " + quoted(table.name) +
                     (is_open ? std::string{} : " WHERE " + column + " IS NOT NULL");
    BackupTrial found;
    TRYV(database.read([&](store::Transaction& transaction) -> Result<void> {
      found = {};
      TRYV(transaction.run(store::Sql{.text = sql, .once = true}, {}, [&](const store::Row& row) {
        if (is_open) {
          ++found.open_rows;
          return;
        }
        ++found.sealed_rows;
        if (is_readable(ring, table, row.bytes(0))) ++found.readable_rows;
      }));
      return ok();
    }));
    trial.sealed_rows += found.sealed_rows;
    trial.readable_rows += found.readable_rows;
    trial.open_rows += found.open_rows;
  }
  return ok();
}

// Each mark once, in whichever file it stands; pieces overlap so that none falls between two.
Result<void> search(const std::string& folder, const std::vector<std::string>& marks, BackupTrial& trial) {
  trial.marks = marks.size();
  std::size_t longest = 1;
  for (const auto& mark : marks) longest = std::max(longest, mark.size());
  std::vector<bool> found(marks.size());
  std::error_code error;
  fs::recursive_directory_iterator at{folder, error};
  for (const auto end = fs::recursive_directory_iterator{}; !error && at != end; at.increment(error)) {
    if (!at->is_regular_file(error)) continue;
    std::ifstream file{at->path(), std::ios::binary};
    std::string held;
    for (std::string next(piece, '\0'); file;) {
      file.read(next.data(), static_cast<std::streamsize>(next.size()));
      held.append(next.data(), static_cast<std::size_t>(file.gcount()));
      for (std::size_t i = 0; i < marks.size(); ++i) {
        if (!found[i] && held.find(marks[i]) != std::string::npos) found[i] = true;
      }
      if (held.size() > longest) held.erase(0, held.size() - longest);
    }
  }
  if (error) return fail(Errc::io, folder + ": " + error.message());
  trial.marks_found = static_cast<std::uint64_t>(std::ranges::count(found, true));
  return ok();
}

}  // namespace

Result<Hash> digest_of_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return fail(Errc::not_found, path);
  // A digest of the digests of its pieces: the same file gives the same one, and no file has to fit into memory.
  Message digests;
  for (std::string next(piece, '\0'); file;) {
    file.read(next.data(), static_cast<std::streamsize>(next.size()));
    digests.raw(crypto::sha256(as_bytes(std::string_view{next}.substr(0, static_cast<std::size_t>(file.gcount())))));
  }
  if (file.bad()) return fail(Errc::io, path);
  return crypto::sha256(digests.view());
}

Result<void> copy_backup(const std::string& backup, const std::string& to) {
  const fs::path from{backup};
  const fs::path target{to};
  std::error_code error;
  if (!fs::exists(from / database_file, error)) return fail(Errc::not_found, backup + " is no backup");
  fs::create_directories(target, error);
  if (!error) fs::copy(from / "log", target / "log", fs::copy_options::recursive, error);
  if (!error) fs::copy_file(from / "log-anchor", target / "log-anchor", error);
  if (!error) fs::copy_file(from / database_file, target / database_file, error);
  if (error) return fail(Errc::io, "copying the backup: " + error.message());
  return ok();
}

Result<BackupTrial> try_backup(const std::string& backup, const std::string& scratch, const store::KeyRing* ring,
                               const std::vector<std::string>& marks) {
  std::error_code error;
  if (fs::exists(scratch, error) && !fs::is_empty(scratch, error)) {
    return fail(Errc::conflict, scratch + " is not empty");
  }
  TRYV(copy_backup(backup, scratch));
  BackupTrial trial;
  const auto database_path = (fs::path{scratch} / database_file).string();
  BOOST_OUTCOME_TRY(trial.digest, digest_of_file(database_path));
  TRYV(search(scratch, marks, trial));
  TRY(database, store::open_sqlite({.path = database_path}));
  TRYV(try_rows(*database, ring, trial));
  return trial;
}

}  // namespace lindung::service
