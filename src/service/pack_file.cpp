#include "service/pack_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "crypto/digest.h"

namespace lindung::service {

namespace {

constexpr std::string_view words = "lindung evidence 1\n";
constexpr std::size_t frame_limit = std::size_t{1} << 20U;
constexpr std::uint8_t leaf_item = 0;
constexpr std::uint8_t subtree_item = 1;
constexpr std::uint8_t mark_item = 2;

std::string part_of(const std::string& path) { return path + ".part"; }

auto failed(const std::string& doing, const std::string& path) {
  const int reason = errno;
  return fail(Errc::io, doing + " " + path + ": " + std::generic_category().message(reason));
}

void put(Bytes& out, BytesView more) { out.insert(out.end(), more.begin(), more.end()); }

}  // namespace

Result<PackFile> PackFile::create(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) return fail(Errc::conflict, path + " is there already");
  const auto part = part_of(path);
  static_cast<void>(::unlink(part.c_str()));  // of a making that was cut off
  const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return failed("creating", part);
  File file{::fdopen(descriptor, "wb")};
  if (!file) {
    ::close(descriptor);
    return failed("creating", part);
  }
  PackFile out{path, std::move(file)};
  TRYV(out.write(as_bytes(words)));
  out.digest_ = crypto::sha256(as_bytes(words));
  return out;
}

PackFile::~PackFile() {
  if (file_) static_cast<void>(::unlink(part_of(path_).c_str()));
}

Result<void> PackFile::write(BytesView bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) return failed("writing", path_);
  bytes_ += bytes.size();
  return ok();
}

Result<void> PackFile::frame(PackFrame kind, BytesView payload) {
  if (payload.size() > frame_limit) return fail(Errc::too_large, "a part of the pack is longer than a frame");
  Message head;
  head.u8(static_cast<std::uint8_t>(kind)).be(static_cast<std::uint32_t>(payload.size()));
  digest_ = crypto::sha256({digest_, head.view(), payload});
  TRYV(write(head.view()));
  TRYV(write(payload));
  return write(digest_);
}

Result<void> PackFile::make_room(std::size_t size) {
  return items_.size() + size > frame_limit ? flush() : Result<void>{ok()};
}

Result<void> PackFile::leaf(BytesView leaf) {
  TRYV(make_room(3 + leaf.size()));
  ByteArray<3> head{leaf_item};
  put_be(MutableBytes{head}.subspan(1), static_cast<std::uint16_t>(leaf.size()));
  put(items_, head);
  put(items_, leaf);
  return ok();
}

Result<void> PackFile::subtree(unsigned level, const Hash& root) {
  TRYV(make_room(2 + root.size()));
  const ByteArray<2> head{subtree_item, static_cast<std::uint8_t>(level)};
  put(items_, head);
  put(items_, root);
  return ok();
}

Result<void> PackFile::mark(std::uint8_t which) {
  TRYV(make_room(2));
  const ByteArray<2> item{mark_item, which};
  put(items_, item);
  return ok();
}

Result<void> PackFile::flush() {
  if (items_.empty()) return ok();
  TRYV(frame(PackFrame::entries, items_));
  items_.clear();
  return ok();
}

Result<void> PackFile::finish() {
  if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0) return failed("writing", path_);
  const auto part = part_of(path_);
  // link() refuses to replace what somebody put there meanwhile.
  if (::link(part.c_str(), path_.c_str()) != 0) {
    if (errno == EEXIST) return fail(Errc::conflict, path_ + " is there already");
    return failed("naming", path_);
  }
  static_cast<void>(::unlink(part.c_str()));
  file_.reset();
  return ok();
}

}  // namespace lindung::service
