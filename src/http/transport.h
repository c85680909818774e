// How bytes move under a Connection: a plain socket or TLS. An operation that does not end at once ends in one of the
// Connection's events, on its io thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace lindung::http {

class Transport {
 public:
  enum class Written : std::uint8_t {
    yes,
    later,  // written() tells; both texts must stay until then
    no,     // the connection is broken
  };

  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  virtual void greet() = 0;                     // then greeted()
  virtual void read(std::span<char> into) = 0;  // then received(); one at a time
  [[nodiscard]] virtual Written write(std::string_view head, std::string_view body) = 0;  // one at a time
  // Says that nothing follows, then left(). `linger`: the client may be sending still; what comes is thrown away, since
  // a close with unread bytes would reset the connection and could take the response with it (RFC 9112 section 9.6).
  virtual void leave(bool linger) = 0;
  [[nodiscard]] virtual std::string peer() const = 0;  // its number; empty when there is none
  // At once. Operations under way end as broken.
  virtual void close() noexcept = 0;
};

}  // namespace lindung::http
