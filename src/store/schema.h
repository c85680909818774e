// The schema of the database, as migrations in one text for both engines; migrations.h says how they are run.
//
// A statement is written in the words that both engines share, with three type words that the runner maps: INT (64
// bits), BYTES, TEXT (UTF-8, compared by its bytes). A CREATE TABLE may end in the word CLUSTERED: its rows then live
// in the tree of the primary key on SQLite, which is right for tables looked up by a key that is not one INT.
// Statements that ran once anywhere are never changed: the next version says what is different.
#pragma once

#include <span>
#include <string_view>

namespace lindung::store {

struct Migration {
  int version;  // from 1, without gaps
  std::string_view name;
  std::span<const std::string_view> statements;
};

// Shape: in the order of versions. The texts live as long as the program.
[[nodiscard]] std::span<const Migration> migrations();

// What every database with a log of its own begins with: the tables that log_head.h and the publisher read.
[[nodiscard]] std::span<const std::string_view> log_tables();

}  // namespace lindung::store
