// A file for what is too large for memory and stays for one request only: without a name, mode 0600, gone with its
// last descriptor, also when the program is killed.
// Privacy: its bytes stand on the disk as they came. Put the folder on an encrypted disk, or on one in memory.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::store {

class SpoolFile {
 public:
  // Errors: io.
  [[nodiscard]] static Result<SpoolFile> make(const std::string& folder);
  SpoolFile(SpoolFile&& other) noexcept
      : descriptor_{std::exchange(other.descriptor_, -1)},
        size_{std::exchange(other.size_, 0)},
        mapped_{std::exchange(other.mapped_, nullptr)} {}
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;
  SpoolFile& operator=(SpoolFile&&) = delete;
  ~SpoolFile();

  // Not after content(). Errors: io.
  [[nodiscard]] Result<void> append(BytesView bytes);
  // All of it, read from the disk as it is looked at; valid while the file lives. Errors: io.
  [[nodiscard]] Result<BytesView> content();
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  explicit SpoolFile(int descriptor) noexcept : descriptor_{descriptor} {}

  int descriptor_;
  std::size_t size_{0};
  void* mapped_{nullptr};
};

}  // namespace lindung::store
