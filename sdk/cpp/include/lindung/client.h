// Lindung's client for partners in C++20: asks a gateway about one of your tokens, checks the answer, asks again where
// that is right. Nothing of its insides shows here; an error never holds a token or a key.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace lindung::sdk {

using Token = std::array<std::uint8_t, 28>;
using RequestId = std::array<std::uint8_t, 16>;
using Time = std::chrono::sys_seconds;

struct Settings {
  std::string url;               // "https://gateway.example"
  std::string partner;           // your id
  std::string key_id;            // under which your key is registered
  std::string signing_key_file;  // the 32-byte Ed25519 seed in hex, as `lindung key make` writes it
  std::string directory_key;     // hex; pinned: it signs the gateway's keys
  std::uint64_t epoch{1};        // of your registration, for receipts
  std::string ca_file{};         // PEM; empty: the machine's own trust
  std::string client_certificate{};
  std::string client_key{};
  std::chrono::milliseconds patience{10'000};  // for all attempts of one question together; 0: one attempt
  bool takes_sandbox{false};                   // true: also a gateway where nobody is real
};

enum class Outcome : std::uint8_t { unlinked, allow, deny, venue_refused, venue_full, over_quota };
enum class Colour : std::uint8_t { none, green, yellow, red, black };
[[nodiscard]] std::string_view name_of(Outcome outcome) noexcept;
[[nodiscard]] std::string_view name_of(Colour colour) noexcept;

struct Answer {
  Outcome outcome{};
  Colour colour{};  // none where the outcome has none, and for partners who learn decisions only
  bool answered_before{};
  Time answered_at;
  Time valid_until;  // show it until then, and never after
  std::uint64_t log_index{};
  std::array<std::uint8_t, 32> leaf_hash{};  // checked: it is that of this answer
  std::array<std::uint8_t, 16> opening{};    // keep it with the request: your receipt
  std::optional<Token> next_token{};         // use it from now on
};

// Why there is no answer.
struct Error {
  std::string name;    // as in docs/openapi.yaml: "clock-skew", "partner-cut", "outcome-unknown"
  std::string detail;  // names a field or a file, never anybody
  bool may_repeat{};   // the same question, with the same id and time, may be asked again later
};

// What is asked. Made once for each question: a repetition carries the same id and time, and counts once.
struct Question {
  Token token;
  std::string venue{};  // the text of the code at the door, "LINDUNG:1:…"; empty: status without a venue
  RequestId id;
  Time asked_at;

  [[nodiscard]] static Question about(const Token& token, std::string venue = {});
};

template <class T>
class Result {
 public:
  Result(T value) : value_{std::move(value)} {}      // NOLINT(google-explicit-constructor): `return answer;` is the use
  Result(Error error) : value_{std::move(error)} {}  // NOLINT(google-explicit-constructor): likewise
  [[nodiscard]] explicit operator bool() const noexcept { return std::holds_alternative<T>(value_); }
  // Shape: only where it is true, else std::bad_variant_access; the other way round for error().
  [[nodiscard]] const T& operator*() const { return std::get<T>(value_); }
  [[nodiscard]] const T* operator->() const { return &std::get<T>(value_); }
  [[nodiscard]] T& operator*() { return std::get<T>(value_); }
  [[nodiscard]] T* operator->() { return &std::get<T>(value_); }
  [[nodiscard]] const Error& error() const { return std::get<Error>(value_); }

 private:
  std::variant<T, Error> value_;
};

// One connection, kept alive; fetches the gateway's keys by itself. Not for two threads at once: one each.
class Client {
 public:
  // Reads the key file; opens no connection. Errors: by name, such as "not-found" for a file.
  [[nodiscard]] static Result<Client> create(const Settings& settings);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  [[nodiscard]] Result<Answer> status(const Question& question);
  [[nodiscard]] Result<Answer> check_in(const Question& question);   // needs a venue
  [[nodiscard]] Result<Answer> check_out(const Question& question);  // needs a venue

 private:
  class Inside;
  explicit Client(std::unique_ptr<Inside> inside) noexcept;
  std::unique_ptr<Inside> inside_;
};

// 56 digits of hex, as the operator hands it out.
[[nodiscard]] std::optional<Token> token_from_hex(std::string_view hex);

}  // namespace lindung::sdk
