#include "store/spool_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::store {

namespace {

std::string reason(const char* what) {
  return std::string{"spool file: "} + what + ": " + std::generic_category().message(errno);
}

}  // namespace

Result<SpoolFile> SpoolFile::make(const std::string& folder) {
  const int descriptor =
      ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);  // NOLINT(*-vararg): its interface
  if (descriptor < 0) return fail(Errc::io, reason("making it"));
  return SpoolFile{descriptor};
}

SpoolFile::~SpoolFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, size_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> SpoolFile::append(BytesView bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(Errc::io, reason("writing it"));
    size_ += static_cast<std::size_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return ok();
}

Result<BytesView> SpoolFile::content() {
  if (size_ == 0) return BytesView{};
  if (mapped_ == nullptr) {
    void* const mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor_, 0);
    if (mapped == MAP_FAILED) return fail(Errc::io, reason("mapping it"));  // NOLINT(*-cstyle-cast): the macro's
    mapped_ = mapped;
  }
  return BytesView{static_cast<const std::uint8_t*>(mapped_), size_};
}

}  // namespace lindung::store
