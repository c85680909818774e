// SQLite's side of the group commit: BEGIN IMMEDIATE, savepoints, and what a failed COMMIT means.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>

#include "base/result.h"
#include "store/database.h"
#include "store/group_writer.h"
#include "store/sqlite_checkpointer.h"
#include "store/sqlite_connection.h"

namespace lindung::store {

class SqliteSession final : public WriteSession {
 public:
  SqliteSession(std::unique_ptr<SqliteConnection> connection, SqliteCheckpointer& checkpointer,
                std::atomic<bool>& healthy);

  [[nodiscard]] Engine engine() const noexcept override { return Engine::sqlite; }
  [[nodiscard]] Result<std::uint64_t> run(Sql sql, std::initializer_list<Param> params,
                                          const std::function<void(const Row&)>& row) override;
  [[nodiscard]] Result<void> begin() override;
  [[nodiscard]] Result<void> savepoint() override;
  [[nodiscard]] Result<void> keep() override;
  [[nodiscard]] Result<void> undo() override;
  [[nodiscard]] Result<void> commit() override;
  void rollback() override;
  [[nodiscard]] const std::optional<Loss>& loss() const noexcept override { return loss_; }

 private:
  [[nodiscard]] Result<void> command(Sql sql);
  void note_loss(const Error& why);

  std::unique_ptr<SqliteConnection> connection_;
  std::atomic<bool>& healthy_;  // false from a write that the disk refused until one that it took
  std::optional<Loss> loss_;
};

}  // namespace lindung::store
