// Finds what may be link tokens in bytes of any layout, as they stream by: hex in either case and with separators,
// base64 and base64url, padded or not, behind escapes of JSON, URLs and SQL, UTF-16, and raw.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/bytes.h"
#include "domain/link_token.h"

namespace lindung::domain {

enum class TokenSpelling : std::uint8_t { hex, base64, raw };
inline constexpr std::size_t token_spellings = 3;
[[nodiscard]] std::string_view name_of(TokenSpelling spelling) noexcept;

// Each place at which 28 bytes with the version of a token begin, also inside of longer runs: whoever looks for tokens
// tests each by the partners' trace keys. Memory: some hundred bytes, whatever the length of a line.
class TokenScan {
 public:
  using Found = std::function<void(const LinkToken& candidate, TokenSpelling spelling)>;
  explicit TokenScan(Found found) : found_{std::move(found)} {}

  // The next bytes of one text; a token may lie across two calls.
  void take(BytesView bytes);
  // Between two texts: no token lies across them.
  void reset() noexcept;

 private:
  // The newest symbols of a run; older ones are overwritten.
  struct Run {
    static constexpr std::size_t room = 64;
    std::array<std::uint8_t, room> symbols{};
    std::size_t length{};
    void push(std::uint8_t symbol) noexcept { symbols[length++ % room] = symbol; }
    // Shape: back < min(length, room).
    [[nodiscard]] std::uint8_t at(std::size_t back) const noexcept { return symbols[(length - 1 - back) % room]; }
  };

  void take_byte(std::uint8_t byte);
  void take_text(std::uint8_t byte);
  void take_symbol(std::uint8_t byte);
  void look_at_hex(std::uint8_t byte);
  void look_at_base64(std::uint8_t byte);

  Found found_;
  Run hex_;
  Run base64_;
  Run raw_;
  std::array<std::uint8_t, 6> escape_{};  // "\u002f", "%2F": what was read of one
  std::size_t escape_size_{};
  std::uint8_t hex_gap_{};  // separators since the last digit
};

}  // namespace lindung::domain
