// The disclosure inbox: anybody tells the security team of a weakness, without an account, and gets a receipt at once.
// What they wrote is kept as it came, sealed to the team's key; the server cannot read it.
//
// Invariants
// 1. A receipt is given only for a message that is durable and whose entry is in the log: it cannot be denied.
// 2. What nobody has read after 1, 3 and 7 days is told to the next in the chain, once each, without anybody's doing.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/hpke.h"
#include "domain/disclosure.h"
#include "domain/rule_set.h"
#include "service/platform.h"

namespace lindung::service {

// From the configuration; without a key there is no inbox.
struct DisclosureOptions {
  std::optional<crypto::X25519PublicKey> team_key;
  std::string url;      // where the public listener is reached: "https://gateway.example"
  std::string contact;  // "mailto:security@example.go.id"; empty: the form only
  std::string policy;   // an address; empty: none
  std::string languages{"id, en"};
  std::vector<std::string> chain;  // who is told when nobody reads, in this order
};

// The numbers stand in rows.
enum class DisclosureState : std::uint8_t { unread = 1, read = 2, answered = 3, closed = 4 };
[[nodiscard]] std::string_view name_of(DisclosureState state) noexcept;

// With so many open messages nothing more is taken.
inline constexpr std::size_t most_open_disclosures = 2'000;
inline constexpr std::array<std::chrono::days, 3> escalated_after{std::chrono::days{1}, std::chrono::days{3},
                                                                  std::chrono::days{7}};

struct DisclosureStatus {
  DisclosureState state{DisclosureState::unread};
  Moment at;
  Moment changed_at;
  std::uint64_t log_index{};
  std::string answer;  // empty: none yet
};
struct NewDisclosure {
  domain::DisclosureReceipt receipt{};
  DisclosureStatus status;
};
// Shape: `sealed` passes check_sealed_disclosure(). The entry of the log commits to it: SHA-256(receipt | SHA-256 of
// the sealed bytes). Errors: malformed, too_large; busy while too many wait.
[[nodiscard]] Result<NewDisclosure> take_disclosure(const Platform& platform, BytesView sealed);
// Errors: not_found.
[[nodiscard]] Result<DisclosureStatus> find_disclosure(const Platform& platform,
                                                       const domain::DisclosureReceipt& receipt);

struct DisclosureFigures {
  std::uint64_t received{};
  std::uint64_t open{};    // neither answered nor closed
  std::uint64_t unread{};  // of these
  std::optional<Moment> oldest_open;
};
[[nodiscard]] Result<DisclosureFigures> disclosure_figures(const Platform& platform);

// For the team. An id is the digest of a receipt: it finds a message, and shows nothing to who has only that.
struct ListedDisclosure {
  Hash id{};
  DisclosureStatus status;
  std::size_t size{};
};
// The oldest first; closed ones too.
[[nodiscard]] Result<std::vector<ListedDisclosure>> list_disclosures(const Platform& platform);
// The sealed bytes; from now on it counts as read. Errors: not_found; conflict when it is closed and gone.
[[nodiscard]] Result<Bytes> read_disclosure(const Platform& platform, const Hash& id);
// What the holder of the receipt is shown. Errors: not_found; conflict when it is closed; invalid_argument for an empty
// text or one of more than 4 KiB.
[[nodiscard]] Result<DisclosureStatus> answer_disclosure(const Platform& platform, const Hash& id,
                                                         const std::string& text);
// The message is deleted; its state and answer stay for who holds the receipt. Logged. Errors: not_found.
[[nodiscard]] Result<DisclosureStatus> close_disclosure(const Platform& platform, const Hash& id);

struct DisclosureEscalation {
  Hash id{};
  std::size_t level{};  // from 1
  std::string to;
  Moment since;
  domain::Text text;
};
// Must not be lost when it returns; it may come twice.
using Escalate = std::function<Result<void>(const DisclosureEscalation&)>;
// Tells those in the chain of what is due; each level once, with its entry in the log. Without a chain nothing happens.
[[nodiscard]] Result<void> escalate_disclosures(const Platform& platform, const DisclosureOptions& options,
                                                const Escalate& escalate);

// The text of /.well-known/security.txt (RFC 9116), fresh for half a year from today. Shape: options with a key.
[[nodiscard]] std::string security_txt(const DisclosureOptions& options, Moment now);

}  // namespace lindung::service
