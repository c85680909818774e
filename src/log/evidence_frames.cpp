#include "log/evidence_frames.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "log/evidence_verifier.h"

namespace lindung::log {
namespace {

constexpr std::string_view words = "lindung evidence 1\n";
constexpr std::size_t head_size = 5;  // kind(1) | length(4)
constexpr std::size_t payload_limit = std::size_t{1} << 20U;
constexpr std::uint8_t last_part = 9;

}  // namespace

std::string_view name_of(PackPart part) noexcept {
  static constexpr std::array<std::string_view, last_part + 1> names{
      "none", "about", "log-key", "checkpoint", "pact", "pact-signature", "key", "opening", "entries", "end"};
  return names.at(static_cast<std::size_t>(part));
}

Error FrameReader::wrong(const std::string& what) const {
  return {.code = Errc::corrupt,
          .detail = "part " + std::string{name_of(part_)} + ", frame " + std::to_string(frame_) + " at byte " +
                    std::to_string(at_) + ": " + what,
          .number = {}};
}

Result<void> FrameReader::fill(MutableBytes into) {
  TRY(got, source_(into));
  offset_ += got;
  if (got != into.size()) return outcome::failure(wrong("the file ends early, at byte " + std::to_string(offset_)));
  return ok();
}

Result<void> FrameReader::begin() {
  ByteArray<words.size()> read{};
  TRY(got, source_(read));
  offset_ = got;
  if (got != words.size() || as_text(read) != words) {
    return fail(Errc::corrupt, "the file does not begin as an evidence pack");
  }
  digest_ = crypto::sha256(as_bytes(words));
  return ok();
}

Result<void> FrameReader::next() {
  const auto before = part_;
  at_ = offset_;
  ++frame_;
  ByteArray<head_size> head{};
  TRYV(fill(head));
  const std::size_t size = get_be<std::uint32_t>(BytesView{head}.subspan(1));
  // The digest is looked at before anything is believed; only what cannot be read at all ends here.
  if (size > payload_limit) return outcome::failure(wrong("a frame longer than 1 MiB"));
  payload_.resize(size);
  TRYV(fill(payload_));
  Hash told{};
  TRYV(fill(told));
  const auto digest = crypto::sha256({digest_, head, payload_});
  if (digest != told) return outcome::failure(wrong("not the bytes that were written, or not in their place"));
  digest_ = digest;
  if (head[0] == 0 || head[0] > last_part || head[0] < static_cast<std::uint8_t>(before)) {
    return outcome::failure(wrong("a part that has no place here"));
  }
  part_ = static_cast<PackPart>(head[0]);
  if (part_ != before) frame_ = 1;
  return ok();
}

Result<void> FrameReader::finish() {
  ByteArray<1> more{};
  TRY(got, source_(more));
  if (got != 0) return outcome::failure(wrong("the file goes on behind its end"));
  return ok();
}

}  // namespace lindung::log
