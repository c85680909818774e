#include "store/migrations.h"

#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "store/database.h"
#include "store/schema.h"

namespace lindung::store {

namespace {

constexpr std::string_view version_table =
    "CREATE TABLE IF NOT EXISTS schema_version (version INT PRIMARY KEY, name TEXT NOT NULL, applied_at INT NOT NULL)";
// Two nodes that start together take turns; SQLite has one writer anyway.
constexpr Sql lock_versions{"LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE"};
constexpr Sql list_versions{"SELECT version, name FROM schema_version"};
constexpr Sql add_version{"INSERT INTO schema_version (version, name, applied_at) VALUES ($1, $2, $3)"};

struct TypeWord {
  std::string_view word;
  std::string_view sqlite;
  std::string_view postgresql;
};
constexpr std::array type_words{
    TypeWord{.word = "INT", .sqlite = "INTEGER", .postgresql = "BIGINT"},
    TypeWord{.word = "BYTES", .sqlite = "BLOB", .postgresql = "BYTEA"},
    TypeWord{.word = "TEXT", .sqlite = "TEXT", .postgresql = "TEXT COLLATE \"C\""},
};
constexpr std::string_view clustered = " CLUSTERED";

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string map_types(Engine engine, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\'' || text[i] == '"') {
      const auto end = text.find(text[i], i + 1);
      const auto stop = end == std::string_view::npos ? text.size() : end + 1;
      out += text.substr(i, stop - i);
      i = stop;
      continue;
    }
    if (!is_word(text[i])) {
      out += text[i++];
      continue;
    }
    auto stop = i;
    while (stop < text.size() && is_word(text[stop])) ++stop;
    auto word = text.substr(i, stop - i);
    for (const auto& type : type_words) {
      if (word == type.word) {
        word = engine == Engine::sqlite ? type.sqlite : type.postgresql;
        break;
      }
    }
    out += word;
    i = stop;
  }
  return out;
}

using Applied = std::map<std::int64_t, std::string>;

Result<Applied> applied_versions(Transaction& transaction) {
  Applied applied;
  TRYV(transaction.run(list_versions, {}, [&](const Row& row) { applied.emplace(row.integer(0), row.text(1)); }));
  return applied;
}

Result<void> check_known(const Applied& applied, std::span<const Migration> migrations) {
  for (const auto& [version, name] : applied) {
    if (version < 1 || static_cast<std::uint64_t>(version) > migrations.size()) {
      return fail(Errc::conflict, "the database has schema version " + std::to_string(version) +
                                      ", this program knows versions up to " + std::to_string(migrations.size()) +
                                      ": a newer program is needed");
    }
    const auto& known = migrations[static_cast<std::size_t>(version - 1)];
    if (name != known.name) {
      return fail(Errc::conflict, "schema version " + std::to_string(version) + " is \"" + name +
                                      "\" in the database and \"" + std::string{known.name} + "\" in this program");
    }
  }
  return ok();
}

// Whether it was this unit that did it, and not another node meanwhile.
Result<bool> apply(Transaction& transaction, const Migration& migration, std::int64_t now_s) {
  if (transaction.engine() == Engine::postgresql) {
    TRYV(transaction.run(lock_versions, {}));
  }
  TRY(applied, applied_versions(transaction));
  if (applied.contains(migration.version)) return false;
  for (const auto statement : migration.statements) {
    const auto text = statement_for(transaction.engine(), statement);
    TRYV(transaction.run(Sql{.text = text, .once = true}, {}));
  }
  TRYV(transaction.run(add_version, {std::int64_t{migration.version}, migration.name, now_s}));
  return true;
}

// CREATE TABLE IF NOT EXISTS of two nodes at once can fail for one of them; the table is there the second time.
Result<void> ensure_version_table(Database& database) {
  const auto text = statement_for(database.engine(), version_table);
  const auto create = [&](Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(Sql{.text = text, .once = true}, {}));
    return ok();
  };
  const auto first = database.write(create);
  return first.has_error() && first.error().code == Errc::database ? database.write(create) : first;
}

}  // namespace

std::string statement_for(Engine engine, std::string_view statement) {
  const bool table = statement.starts_with("CREATE TABLE");
  if (!table && !statement.starts_with("ALTER TABLE")) return std::string{statement};
  const bool tree = table && statement.ends_with(clustered);
  if (tree) statement.remove_suffix(clustered.size());
  auto text = map_types(engine, statement);
  if (table && engine == Engine::sqlite) text += tree ? " STRICT, WITHOUT ROWID" : " STRICT";
  return text;
}

Result<Migrated> run_migrations(Database& database, std::span<const Migration> migrations) {
  TRYV(ensure_version_table(database));
  Applied applied;
  TRYV(database.read([&](Transaction& transaction) -> Result<void> {
    TRY(found, applied_versions(transaction));
    applied = found;
    return ok();
  }));
  TRYV(check_known(applied, migrations));
  Migrated migrated{.before = applied.empty() ? 0 : applied.rbegin()->first,
                    .after = static_cast<std::int64_t>(migrations.size()),
                    .ran = {}};
  TRY(now_s, database.clock_s());
  for (const auto& migration : migrations) {
    if (applied.contains(migration.version)) continue;
    bool was_ours = false;
    const auto done = database.write([&](Transaction& transaction) -> Result<void> {
      TRY(applied_here, apply(transaction, migration, now_s));
      was_ours = applied_here;
      return ok();
    });
    if (done.has_error()) return fail("migration " + std::string{migration.name}, done.error());
    if (was_ours) migrated.ran.emplace_back(migration.name);
  }
  return migrated;
}

}  // namespace lindung::store
