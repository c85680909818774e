// Small files that must never be half written: the key ring, and the durable checkpoint beside the database.
// A replaced file is at every moment, also after a crash, the whole old content or the whole new one.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace lindung::store {

// Errors name the path and the operating system's reason. One writer a path at a time: hold a FileLock where there may
// be several.

// Writes path + ".new" (mode 0600), makes it durable, renames it over `path`, makes the folder durable. Whoever has the
// old one open reads it to its end.
// Errors: io, `path` is as it was; outcome_unknown, `path` has the new content but a crash may bring back the old.
[[nodiscard]] Result<void> replace_file(const std::string& path, BytesView content);

// Like replace_file; the replaced content is then overwritten with zeros, as best we can: copy-on-write and flash may
// keep it all the same; so does another hard link, which is left alone.
[[nodiscard]] Result<void> replace_secret_file(const std::string& path, BytesView content);

// Like replace_file, readable by everybody and cheaper: a crash may bring back the old content. For public files that
// can be made again. Errors: io.
[[nodiscard]] Result<void> publish_file(const std::string& path, BytesView content);

// Like replace_file, for a path where nothing stands yet. Errors: conflict if something does; io, outcome_unknown.
[[nodiscard]] Result<void> create_file(const std::string& path, BytesView content);

// Overwrites the content in place, durably, and removes the name, durably; a file that is not there is done already,
// and one that was begun is finished when it is called again. As best we can: copy-on-write and flash may keep blocks.
// Errors: io; outcome_unknown, a crash may bring the name back, in front of zeros.
[[nodiscard]] Result<void> destroy_file(const std::string& path);

// The content of one moment, also while the file is being replaced. Errors: not_found, too_large (more than `limit`
// bytes), io.
[[nodiscard]] Result<SecretBytes> read_file(const std::string& path, std::size_t limit);

// Keeps other users of FileLock off a file that replace_secret_file may replace meanwhile (flock on its current
// content).
class FileLock {
 public:
  // Waits. Errors: busy after `patience`; not_found; io.
  [[nodiscard]] static Result<FileLock> hold(const std::string& path, std::chrono::milliseconds patience);
  FileLock(FileLock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  FileLock(const FileLock&) = delete;
  FileLock& operator=(FileLock&&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) noexcept : descriptor_{descriptor} {}
  int descriptor_;
};

}  // namespace lindung::store
