#include "http/unix_address.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/result.h"

namespace lindung::http {

std::optional<std::string> unix_path(std::string_view address) {
  constexpr std::string_view prefix{"unix:"};
  if (!address.starts_with(prefix)) return std::nullopt;
  return std::string{address.substr(prefix.size())};
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    close();
    number_ = other.release();
  }
  return *this;
}

int FileDescriptor::release() noexcept { return std::exchange(number_, -1); }

void FileDescriptor::close() noexcept {
  if (number_ >= 0) ::close(release());
}

Result<UnixAddress> UnixAddress::of(const std::string& path) {
  UnixAddress out;
  out.address_.sun_family = AF_UNIX;
  constexpr std::size_t room = sizeof(out.address_.sun_path) - 1;
  constexpr std::size_t longest_name = 80;  // leaves room for "/proc/self/fd/" and a number
  const std::filesystem::path whole{path};
  if (path.empty() || path.find('\0') != std::string::npos || whole.filename().empty()) {
    return fail(Errc::invalid_argument, "not a path of a socket");
  }
  std::string name = path;
  if (name.size() > room) {
    if (whole.filename().native().size() > longest_name)
      return fail(Errc::invalid_argument, "a socket's name is too long");
    const auto parent = whole.has_parent_path() ? whole.parent_path() : std::filesystem::path{"."};
    out.folder_ = FileDescriptor{::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (!out.folder_) return fail(Errc::io, system_error("opening " + parent.string()));
    name = "/proc/self/fd/" + std::to_string(out.folder_.get()) + "/" + whole.filename().string();
  }
  std::memcpy(static_cast<char*>(out.address_.sun_path), name.data(), name.size());
  return out;
}

const sockaddr* UnixAddress::get() const noexcept {
  return reinterpret_cast<const sockaddr*>(&address_);  // NOLINT: the sockets API
}

std::string system_error(std::string_view doing) {
  const auto reason = std::error_code{errno, std::generic_category()}.message();
  return std::string{doing} + ": " + reason;
}

}  // namespace lindung::http
