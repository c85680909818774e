// The folder of one installation: DIR/{lock,ring,lindung.db,log/,log-anchor,outbox/,messages/,trust/,run/admin.sock};
// held by one server at a time.
#pragma once

#include <string>

#include "base/result.h"

namespace lindung::server {

class DataFolder {
 public:
  explicit DataFolder(std::string path) : path_{std::move(path)} {}
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string lock() const { return path_ + "/lock"; }
  [[nodiscard]] std::string ring() const { return path_ + "/ring"; }
  [[nodiscard]] std::string database() const { return path_ + "/lindung.db"; }
  [[nodiscard]] std::string log() const { return path_ + "/log"; }
  [[nodiscard]] std::string log_anchor() const { return path_ + "/log-anchor"; }
  [[nodiscard]] std::string outbox() const { return path_ + "/outbox"; }
  [[nodiscard]] std::string messages() const { return path_ + "/messages"; }
  [[nodiscard]] std::string trust() const { return path_ + "/trust"; }
  [[nodiscard]] std::string run() const { return path_ + "/run"; }
  [[nodiscard]] std::string admin_socket() const { return path_ + "/run/admin.sock"; }

  // The name of a log that was given none: "lindung.example/" and the folder's name, or `otherwise` where that is no
  // name for a log.
  [[nodiscard]] std::string log_origin(const std::string& otherwise) const;

  // Makes the folder and DIR/run, mode 0700. Errors: io.
  [[nodiscard]] Result<void> create() const;

 private:
  std::string path_;
};

// Held while a server works on the folder; the kernel lets it go when the process dies, however it dies.
class DataFolderLock {
 public:
  // Errors: conflict when another process holds it (the detail names its pid); io.
  [[nodiscard]] static Result<DataFolderLock> take(const DataFolder& folder);
  DataFolderLock(DataFolderLock&& other) noexcept;
  DataFolderLock(const DataFolderLock&) = delete;
  DataFolderLock& operator=(const DataFolderLock&) = delete;
  DataFolderLock& operator=(DataFolderLock&&) = delete;
  ~DataFolderLock();

 private:
  explicit DataFolderLock(int descriptor) noexcept : descriptor_{descriptor} {}
  int descriptor_;
};

}  // namespace lindung::server
