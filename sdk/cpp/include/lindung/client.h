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
#include <vector>

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

// What you keep between push and return, in the session of the browser that it is for. Holds a secret.
struct PendingLink {
  std::string state;
  std::string verifier;  // RFC 7636
  RequestId request_id;  // of the redemption: a lost reply is asked for again
};
[[nodiscard]] PendingLink new_pending_link();

struct LinkRequest {
  std::vector<std::string> purposes;  // of the list in docs/consent.md, such as "venue-entry"
  bool decision_only{};               // as you are registered
  std::uint64_t days{};               // 1 to 366
  std::string redirect_uri;           // as the operator set it, to the letter
};
struct Pushed {
  std::string request_uri;
  std::string open_at;  // for the citizen: as a link, or as a QR
  std::chrono::seconds expires_in{};
};
struct Link {
  Token token{};                           // what questions are asked with
  std::array<std::uint8_t, 16> consent{};  // what webhooks name
  bool decision_only{};
  Time until;  // the token dies then
  std::uint64_t log_index{};
};

// What verifies webhooks.
struct ConsentKey {
  std::string id;
  std::array<std::uint8_t, 32> public_key{};
};
struct ReceivedWebhook {
  std::string path;
  std::string authority;  // as Host says it, lower-case, without the scheme's own port
  bool is_https{true};
  std::vector<std::pair<std::string, std::string>> fields;  // all of them, Host too
  std::string body;
};
struct WebhookEvent {
  std::string id;       // the same at every delivery: do nothing twice
  std::string consent;  // 32 digits of hex
  std::string reason;   // withdrawn, expired, erased, operator
  Time at;
  std::uint64_t log_index{};
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

  // Linking a citizen (docs/consent.md). Errors of redeem, beside those of a question: "denied" with the refusal as
  // detail: "unknown-code", "late-code", "used-code", "wrong-verifier".
  [[nodiscard]] Result<Pushed> push_request(const LinkRequest& request, const PendingLink& pending);
  [[nodiscard]] Result<Link> redeem(const std::array<std::uint8_t, 32>& code, const PendingLink& pending);
  // Signed by the pinned directory key. Keep them for an hour.
  [[nodiscard]] Result<std::vector<ConsentKey>> consent_keys();

 private:
  class Inside;
  explicit Client(std::unique_ptr<Inside> inside) noexcept;
  std::unique_ptr<Inside> inside_;
};

// The code in the address that the browser came back to, or in its query. `issuer`: the origin of the portal, as
// Pushed::open_at begins. Errors: "denied" with "state" or "iss": redeem nothing; "access_denied": the citizen said no.
[[nodiscard]] Result<std::array<std::uint8_t, 32>> code_of(std::string_view url, const PendingLink& pending,
                                                           std::string_view issuer);
// Errors: "bad-signature", "clock-skew", "malformed": do nothing, and answer 401.
[[nodiscard]] Result<WebhookEvent> verify_webhook(const ReceivedWebhook& received, const std::vector<ConsentKey>& keys,
                                                  Time now);

// 56 digits of hex, as the operator hands it out.
[[nodiscard]] std::optional<Token> token_from_hex(std::string_view hex);

}  // namespace lindung::sdk
