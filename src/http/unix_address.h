// The address of a Unix socket whose path may be longer than the 108 bytes of sockaddr_un: then it is named through
// its open folder, /proc/self/fd/N/name.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lindung::http {

// The path of "unix:/path", nothing for any other address.
[[nodiscard]] std::optional<std::string> unix_path(std::string_view address);

// Closes its file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) noexcept : number_{number} {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_{other.release()} {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }
  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }
  int release() noexcept;
  void close() noexcept;

 private:
  int number_{-1};
};

class UnixAddress {
 public:
  // Errors: invalid_argument (a name over 80 bytes, a zero byte), io (the folder of a long path does not open).
  [[nodiscard]] static Result<UnixAddress> of(const std::string& path);
  // Valid while this object lives.
  [[nodiscard]] const sockaddr* get() const noexcept;
  [[nodiscard]] socklen_t size() const noexcept { return sizeof(sockaddr_un); }

 private:
  UnixAddress() = default;
  FileDescriptor folder_;
  sockaddr_un address_{};
};

// "connect: Connection refused", of errno.
[[nodiscard]] std::string system_error(std::string_view doing);

}  // namespace lindung::http
