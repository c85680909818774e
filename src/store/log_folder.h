// The published log as files: DIR/log/{checkpoint,log-key,tile/…}, laid out so that a static file server could serve
// it (C2SP tlog-tiles), and DIR/log-anchor, which remembers what was published so that a database that lost its tail is
// noticed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "log/tile.h"

namespace lindung::store {

class LogFolder {
 public:
  explicit LogFolder(std::string path) : path_{std::move(path)} {}
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  // Both work below the folder; write() makes folders as needed, replaces the file whole, and is durable after sync().
  // Errors: not_found; io.
  [[nodiscard]] Result<Bytes> read(std::string_view name) const;
  [[nodiscard]] Result<void> write(std::string_view name, BytesView content) const;
  // Removes the partial states of a tile that is full now. What cannot be removed does no harm.
  void remove_partials(std::string_view partial_folder) const noexcept;

  [[nodiscard]] log::TileSource source() const;

 private:
  std::string path_;
};

}  // namespace lindung::store
