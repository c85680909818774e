// gzip opened as it streams by: for files of any size, with the memory of one buffer.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::codec {

class GunzipStream {
 public:
  using Sink = std::function<Result<void>(BytesView)>;
  GunzipStream();
  GunzipStream(const GunzipStream&) = delete;
  GunzipStream& operator=(const GunzipStream&) = delete;
  ~GunzipStream();

  // The next bytes of the file; members may stand behind each other. What comes out goes to the sink in pieces of at
  // most 64 KiB. Errors: malformed for bad data or a wrong checksum; the sink's own.
  [[nodiscard]] Result<void> take(BytesView in, const Sink& sink);
  // Errors: malformed when the last member is not whole.
  [[nodiscard]] Result<void> finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lindung::codec
