// PostgreSQL's side of the group commit: reconnecting, savepoints that cost no round trip, and what a loss means.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/result.h"
#include "store/database.h"
#include "store/group_writer.h"
#include "store/postgres_connection.h"
#include "store/postgres_connector.h"

namespace lindung::store {

class PostgresSession final : public WriteSession {
 public:
  PostgresSession(PostgresConnector& connector, std::atomic<bool>& healthy)
      : connector_{connector}, healthy_{healthy} {}

  [[nodiscard]] Engine engine() const noexcept override { return Engine::postgresql; }
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
  void lose(Error why, Remedy remedy);

  PostgresConnector& connector_;
  std::unique_ptr<PostgresConnection> connection_;
  bool was_connected_{};
  std::atomic<bool>& healthy_;  // false from a commit that failed until one that did not
  std::optional<Loss> loss_;
};

}  // namespace lindung::store
