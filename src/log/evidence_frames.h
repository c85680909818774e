// The frames of an evidence pack as its verifier reads them: kind, length, payload, and the digest of all so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "log/evidence_verifier.h"

namespace lindung::log {

// In the order in which they stand.
enum class PackPart : std::uint8_t {
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
[[nodiscard]] std::string_view name_of(PackPart part) noexcept;

class FrameReader {
 public:
  explicit FrameReader(const PackSource& source) : source_{source} {}

  // The words at the front. Errors: corrupt; io.
  [[nodiscard]] Result<void> begin();
  // The next frame; its digest is right, and its part does not stand before the last one's. Errors: corrupt; io.
  [[nodiscard]] Result<void> next();
  // Behind the last frame nothing may come.
  [[nodiscard]] Result<void> finish();

  [[nodiscard]] PackPart part() const noexcept { return part_; }
  [[nodiscard]] BytesView payload() const noexcept { return payload_; }
  [[nodiscard]] const Hash& digest() const noexcept { return digest_; }
  // corrupt: "part entries, frame 3 at byte 12345: …"
  [[nodiscard]] Error wrong(const std::string& what) const;

 private:
  [[nodiscard]] Result<void> fill(MutableBytes into);

  const PackSource& source_;
  PackPart part_{PackPart::about};
  std::uint64_t frame_{};   // of its part, from 1 on
  std::uint64_t at_{};      // of the frame
  std::uint64_t offset_{};  // behind what was read
  Bytes payload_;
  Hash digest_{};
};

}  // namespace lindung::log
