// Moves what the write-ahead log holds into the database file, on a connection and a thread of its own: inside a commit
// it would be the p99.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "store/sqlite_connection.h"

namespace lindung::store {

class SqliteCheckpointer {
 public:
  explicit SqliteCheckpointer(std::unique_ptr<SqliteConnection> connection);
  SqliteCheckpointer(const SqliteCheckpointer&) = delete;
  SqliteCheckpointer& operator=(const SqliteCheckpointer&) = delete;
  ~SqliteCheckpointer() { stop(); }

  // Ends what is going on, and closes the connection.
  void stop();

  // Called by the writer after each commit with the pages in the log. Cheap, never blocks on a checkpoint.
  void committed(int pages);

 private:
  void serve();
  [[nodiscard]] bool is_worth_it() const noexcept;

  std::unique_ptr<SqliteConnection> connection_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  int pages_{0};  // in the log
  int moved_{0};  // of these, already in the database file
  bool stopping_{false};
  std::thread thread_;
};

}  // namespace lindung::store
