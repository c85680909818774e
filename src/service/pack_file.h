// An evidence pack while it is written: frames, each with the digest of all so far. The bytes: docs/evidence.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::service {

enum class PackFrame : std::uint8_t {
  about = 1,
  log_key = 2,
  checkpoint = 3,
  pact = 4,
  pact_signature = 5,
  key = 6,
  opening = 7,
  entries = 8,
  end = 9,
};

class PackFile {
 public:
  // Into PATH.part. Errors: conflict where PATH is; io.
  [[nodiscard]] static Result<PackFile> create(const std::string& path);
  PackFile(PackFile&&) noexcept = default;
  PackFile& operator=(PackFile&&) noexcept = delete;
  PackFile(const PackFile&) = delete;
  PackFile& operator=(const PackFile&) = delete;
  ~PackFile();

  // Shape: at most 1 MiB. Errors: io.
  [[nodiscard]] Result<void> frame(PackFrame kind, BytesView payload);
  // Of the part `entries`, gathered into frames.
  [[nodiscard]] Result<void> leaf(BytesView leaf);
  [[nodiscard]] Result<void> subtree(unsigned level, const Hash& root);
  [[nodiscard]] Result<void> mark(std::uint8_t which);
  [[nodiscard]] Result<void> flush();
  // Makes it durable under its name.
  [[nodiscard]] Result<void> finish();

  [[nodiscard]] const Hash& digest() const noexcept { return digest_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
  };
  using File = std::unique_ptr<std::FILE, Close>;
  PackFile(std::string path, File file) : path_{std::move(path)}, file_{std::move(file)} {}
  [[nodiscard]] Result<void> write(BytesView bytes);
  [[nodiscard]] Result<void> make_room(std::size_t size);

  std::string path_;
  File file_;  // null once it is finished
  Bytes items_;
  Hash digest_{};
  std::uint64_t bytes_{};
};

}  // namespace lindung::service
