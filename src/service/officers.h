// Officers: persons of the operator who may command, by registered Ed25519 keys. While none is registered, whoever
// reaches the operator's socket commands; from the first one on every command that changes something is signed, and
// what needs two officers waits for the second.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

inline constexpr seconds command_age{60};  // a signed command is taken within a minute of its signing

struct SignedCommand {
  OfficerId officer;
  std::string name;
  std::string arguments;  // as JSON text
  Moment at;
  ByteArray<16> nonce{};  // random: the same command can be given twice, and the log's digest cannot be guessed
  crypto::Ed25519Signature signature{};
};

// What an officer signs: "lindung command v2" | 0x00 | name | 0x00 | arguments | 0x00 | at(8) | nonce(16).
[[nodiscard]] Bytes command_message(const SignedCommand& command);

[[nodiscard]] Result<std::uint64_t> count_officers(const Platform& platform);
// Errors: conflict if the id or the key is registered; invalid_argument for an id outside [a-z0-9.-]{1,64}.
[[nodiscard]] Result<void> add_officer(const Platform& platform, const OfficerId& id,
                                       const crypto::Ed25519PublicKey& key, const Hash& command);
struct OfficerListing {
  OfficerId id;
  Hash key_digest{};
};
[[nodiscard]] Result<std::vector<OfficerListing>> list_officers(const Platform& platform);

// A command that was taken: its digest, which is what entries of the log commit to, and the index of its own entry.
struct AcceptedCommand {
  Hash digest{};
  std::uint64_t log_index{};
};
// The command is an entry of the log, under the name `logged_as`. A signed command is taken once.
// Errors: denied for an unknown officer, a wrong signature or one that is too old; conflict when it was taken before.
[[nodiscard]] Result<AcceptedCommand> accept_command(const Platform& platform, const SignedCommand& command,
                                                     std::string_view logged_as);
// The same for an officer who proved by a passkey that they give this command: the caller has verified an assertion
// over the digest of command_message(), and there is no signature. The log names the officer by the same key as ever.
[[nodiscard]] Result<AcceptedCommand> accept_proved_command(const Platform& platform, const SignedCommand& command,
                                                            std::string_view logged_as);

// A command that waits. Officers are counted once each, whoever asked included.
struct Approval {
  ByteArray<16> id{};
  std::string name;
  std::string arguments;
  OfficerId asked_by;
  std::vector<OfficerId> approved_by{};
  [[nodiscard]] int officers() const noexcept { return 1 + static_cast<int>(approved_by.size()); }
};
// Keeps a command, sealed, until enough other officers approve it; returns its id.
[[nodiscard]] Result<ByteArray<16>> ask_approval(const Platform& platform, const SignedCommand& command);
// The command that waits, for an officer who would approve it. Errors (both): not_found; conflict when it was taken
// before; denied when this officer asked or approved before; corrupt when it is not what was asked.
[[nodiscard]] Result<Approval> find_approval(const Platform& platform, const ByteArray<16>& id,
                                             const OfficerId& approver);
// All that wait and are younger than approval_age, the oldest first; `approved_by` too. Privacy: what would be done, to
// whom: for officers who may give the same command.
inline constexpr seconds approval_age{30 * 24 * 3600};
struct WaitingCommand {
  Approval approval;
  Moment asked_at;
};
[[nodiscard]] Result<std::vector<WaitingCommand>> list_approvals(const Platform& platform);
// Counts the officer. Once `needed` officers stand behind the command it is taken, once, and the caller runs it; the
// approval that comes back says how many there are.
[[nodiscard]] Result<Approval> approve_command(const Platform& platform, const ByteArray<16>& id,
                                               const OfficerId& approver, int needed);

// The keys of all officers who are registered and not revoked.
[[nodiscard]] Result<std::map<OfficerId, crypto::Ed25519PublicKey>> read_officer_keys(store::Transaction& transaction);

}  // namespace lindung::service
