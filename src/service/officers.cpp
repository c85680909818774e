#include "service/officers.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "log/entry.h"
#include "service/detectors.h"
#include "service/logged_unit.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

std::int64_t as_int(Moment at) { return static_cast<std::int64_t>(unix_seconds(at)); }

Result<std::optional<crypto::Ed25519PublicKey>> find_key(store::Transaction& transaction, const OfficerId& id) {
  std::optional<crypto::Ed25519PublicKey> found;
  TRYV(transaction.run(store::Sql{"SELECT public_key FROM officer WHERE officer_id = $1 AND revoked_at IS NULL"},
                       {id.value()}, [&](const store::Row& row) {
                         const auto key = crypto::Ed25519PublicKey::from_bytes(row.bytes(0));
                         if (key.has_value()) found = key.value();
                       }));
  return found;
}

// A command that is older than command_age is refused for its age: until then it is remembered.
Result<void> take_once(store::Transaction& transaction, const SignedCommand& command, const Hash& digest, Moment now) {
  TRYV(transaction.run(store::Sql{"DELETE FROM officer_command WHERE at < $1"}, {as_int(now - command_age)}));
  TRY(added, transaction.run(store::Sql{"INSERT INTO officer_command (officer_id, digest, at) VALUES ($1, $2, $3) "
                                        "ON CONFLICT (officer_id, digest) DO NOTHING"},
                             {command.officer.value(), BytesView{digest}, as_int(command.at)}));
  if (added == 0) return fail(Errc::conflict, "this signed command was taken before");
  return ok();
}

store::RowAddress approval_address(const ByteArray<16>& id) {
  return {.table = "approval", .primary_key = id, .version = 2};
}

// What waits may say what a citizen's colour is to be, and the database's owner must not change it meanwhile, nor who
// asked for it: it is sealed with both, and stands in its column as hex.
Result<std::string> seal_arguments(const store::KeyRing& ring, const ByteArray<16>& id, const OfficerId& asked_by,
                                   std::string_view name, std::string_view arguments) {
  const auto plain = Message{}.text(asked_by.value()).u8(0).text(name).u8(0).text(arguments).take();
  TRY(sealed, store::RowSealer{ring}.seal(approval_address(id), plain));
  return codec::hex(sealed);
}

Result<std::string> open_arguments(const store::KeyRing& ring, const ByteArray<16>& id, const OfficerId& asked_by,
                                   std::string_view name, std::string_view subject) {
  const auto sealed = codec::from_hex(subject);
  if (sealed.has_error()) return fail(Errc::corrupt, "approval: its command is not sealed");
  TRY(plain, store::RowSealer{ring}.open(approval_address(id), sealed.value()));
  const auto text = as_text(plain);
  const auto head = Message{}.text(asked_by.value()).u8(0).text(name).u8(0).take();
  if (!text.starts_with(as_text(head))) {
    return fail(Errc::corrupt, "approval: another command than its row says, or another officer's");
  }
  return std::string{text.substr(head.size())};
}

// Each is sealed to its place: who can write rows stands behind nothing in an officer's name.
Bytes approver_key(const ByteArray<16>& id, const OfficerId& officer) {
  return Message{}.raw(id).text(officer.value()).take();
}

store::RowAddress approver_address(BytesView key) {
  return {.table = "approval_officer", .primary_key = key, .version = 1};
}

Result<std::vector<OfficerId>> read_approvers(store::Transaction& transaction, const store::KeyRing& ring,
                                              const ByteArray<16>& id) {
  std::vector<OfficerId> approvers;
  std::vector<Bytes> sealed;
  TRYV(transaction.run(
      store::Sql{"SELECT officer_id, sealed FROM approval_officer WHERE approval_id = $1 ORDER BY at, officer_id"},
      {BytesView{id}}, [&](const store::Row& row) {
        approvers.emplace_back(std::string{row.text(0)});
        sealed.push_back(row.is_null(1) ? Bytes{} : to_bytes(row.bytes(1)));
      }));
  for (std::size_t i = 0; i < approvers.size(); ++i) {
    const auto key = approver_key(id, approvers[i]);
    TRYV(store::RowSealer{ring}.open(approver_address(key), sealed[i]));
  }
  return approvers;
}

// What waits under the id, for this officer to approve.
Result<Approval> read_approval(store::Transaction& transaction, const store::KeyRing& ring, const ByteArray<16>& id,
                               const OfficerId& approver) {
  std::optional<Approval> found;
  bool is_taken = false;
  TRYV(transaction.run(store::Sql{"SELECT action, subject, asked_by, approved_by FROM approval WHERE approval_id = $1"},
                       {BytesView{id}}, [&](const store::Row& row) {
                         is_taken = !row.is_null(3);
                         found = Approval{.id = id,
                                          .name = std::string{row.text(0)},
                                          .arguments = std::string{row.text(1)},
                                          .asked_by = OfficerId{std::string{row.text(2)}}};
                       }));
  if (!found) return fail(Errc::not_found, "no command waits under this id");
  BOOST_OUTCOME_TRY(found->arguments, open_arguments(ring, id, found->asked_by, found->name, found->arguments));
  if (is_taken) return fail(Errc::conflict, "this command was approved before");
  BOOST_OUTCOME_TRY(found->approved_by, read_approvers(transaction, ring, id));
  if (found->asked_by == approver || std::ranges::find(found->approved_by, approver) != found->approved_by.end()) {
    return fail(Errc::denied, "another officer must approve");
  }
  return std::move(*found);
}

Result<AcceptedCommand> take_command(const Platform& platform, const SignedCommand& command, std::string_view logged_as,
                                     bool is_signed) {
  const auto message = command_message(command);
  AcceptedCommand taken{.digest = crypto::sha256(message)};
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    if (std::chrono::abs(unit.now() - command.at) > command_age) return fail(Errc::denied, "the command is too old");
    TRY(key, find_key(unit.transaction(), command.officer));
    if (!key || (is_signed && !key->verifies(message, command.signature))) {
      return fail(Errc::denied, "not signed by a registered officer");
    }
    TRYV(take_once(unit.transaction(), command, taken.digest, unit.now()));
    if (looks_people_up(command.name)) {
      TRYV(count_lookup(unit.transaction(), command.officer, unit.now()));
    }
    TRY(index, unit.log(log::OfficerEntry{.at = unit.now(),
                                          .action = std::string{logged_as},
                                          .officer_key_digest = crypto::sha256(key->bytes()),
                                          .case_digest = taken.digest}));
    taken.log_index = index;
    return ok();
  }));
  return taken;
}

}  // namespace

Bytes command_message(const SignedCommand& command) {
  return Message{}
      .text("lindung command v2")
      .u8(0)
      .text(command.name)
      .u8(0)
      .text(command.arguments)
      .u8(0)
      .be(unix_seconds(command.at))
      .raw(command.nonce)
      .take();
}

Result<std::uint64_t> count_officers(const Platform& platform) {
  std::uint64_t count = 0;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(rows, transaction.run(store::Sql{"SELECT officer_id FROM officer WHERE revoked_at IS NULL"}, {}));
    count = rows;
    return ok();
  }));
  return count;
}

Result<void> add_officer(const Platform& platform, const OfficerId& id, const crypto::Ed25519PublicKey& key,
                         const Hash& command) {
  constexpr std::size_t id_max = 64;
  const std::string_view text{id.value()};
  if (text.empty() || text.size() > id_max ||
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") != std::string_view::npos) {
    return fail(Errc::invalid_argument, "officer id: [a-z0-9.-]{1,64}");
  }
  return write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(taken,
        unit.transaction().run(store::Sql{"SELECT officer_id FROM officer WHERE officer_id = $1 OR public_key = $2"},
                               {id.value(), BytesView{key.bytes()}}));
    if (taken != 0) return fail(Errc::conflict, "this id or this key is registered");
    TRYV(
        unit.transaction().run(store::Sql{"INSERT INTO officer (officer_id, public_key, added_at) VALUES ($1, $2, $3)"},
                               {id.value(), BytesView{key.bytes()}, as_int(unit.now())}));
    TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                    .action = "officer/add",
                                    .officer_key_digest = crypto::sha256(key.bytes()),
                                    .case_digest = command}));
    return ok();
  });
}

Result<std::vector<OfficerListing>> list_officers(const Platform& platform) {
  std::vector<OfficerListing> listing;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(
        store::Sql{"SELECT officer_id, public_key FROM officer WHERE revoked_at IS NULL ORDER BY officer_id"}, {},
        [&](const store::Row& row) {
          listing.push_back({.id = OfficerId{std::string{row.text(0)}}, .key_digest = crypto::sha256(row.bytes(1))});
        }));
    return ok();
  }));
  return listing;
}

Result<AcceptedCommand> accept_command(const Platform& platform, const SignedCommand& command,
                                       std::string_view logged_as) {
  return take_command(platform, command, logged_as, true);
}

Result<AcceptedCommand> accept_proved_command(const Platform& platform, const SignedCommand& command,
                                              std::string_view logged_as) {
  return take_command(platform, command, logged_as, false);
}

Result<ByteArray<16>> ask_approval(const Platform& platform, const SignedCommand& command) {
  const auto id = crypto::random_bytes<16>();
  TRY(sealed, seal_arguments(platform.ring, id, command.officer, command.name, command.arguments));
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRYV(transaction.run(store::Sql{"INSERT INTO approval (approval_id, action, subject, asked_by, asked_at) "
                                    "VALUES ($1, $2, $3, $4, $5)"},
                         {BytesView{id}, std::string_view{command.name}, std::string_view{sealed},
                          command.officer.value(), as_int(command.at)}));
    return ok();
  }));
  return id;
}

Result<Approval> find_approval(const Platform& platform, const ByteArray<16>& id, const OfficerId& approver) {
  std::optional<Approval> found;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(read, read_approval(transaction, platform.ring, id, approver));
    found = std::move(read);
    return ok();
  }));
  return std::move(*found);
}

Result<std::vector<WaitingCommand>> list_approvals(const Platform& platform) {
  std::vector<WaitingCommand> waiting;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    waiting.clear();
    TRYV(transaction.run(store::Sql{"SELECT approval_id, action, subject, asked_by, asked_at FROM approval "
                                    "WHERE approved_by IS NULL AND asked_at > $1 ORDER BY asked_at, approval_id"},
                         {as_int(platform.clock.now() - approval_age)}, [&](const store::Row& row) {
                           waiting.push_back({.approval = {.id = take<16>(row.bytes(0)),
                                                           .name = std::string{row.text(1)},
                                                           .arguments = std::string{row.text(2)},
                                                           .asked_by = OfficerId{std::string{row.text(3)}}},
                                              .asked_at = moment_of(static_cast<std::uint64_t>(row.integer(4)))});
                         }));
    for (auto& [approval, asked_at] : waiting) {
      BOOST_OUTCOME_TRY(approval.arguments, open_arguments(platform.ring, approval.id, approval.asked_by, approval.name,
                                                           approval.arguments));
      BOOST_OUTCOME_TRY(approval.approved_by, read_approvers(transaction, platform.ring, approval.id));
    }
    return ok();
  }));
  return waiting;
}

Result<Approval> approve_command(const Platform& platform, const ByteArray<16>& id, const OfficerId& approver,
                                 int needed) {
  std::optional<Approval> found;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    if (transaction.engine() == store::Engine::postgresql) {
      // Two officers at the same moment: the second one sees the first.
      TRYV(transaction.run(store::Sql{"SELECT approval_id FROM approval WHERE approval_id = $1 FOR UPDATE"},
                           {BytesView{id}}));
    }
    TRY(read, read_approval(transaction, platform.ring, id, approver));
    found = std::move(read);
    const auto at = as_int(platform.clock.now());
    const auto key = approver_key(id, approver);
    TRY(sealed, store::RowSealer{platform.ring}.seal(approver_address(key), {}));
    TRYV(transaction.run(
        store::Sql{"INSERT INTO approval_officer (approval_id, officer_id, at, sealed) VALUES ($1, $2, $3, $4)"},
        {BytesView{id}, approver.value(), at, BytesView{sealed}}));
    found->approved_by.push_back(approver);
    if (found->officers() < needed) return ok();
    TRYV(transaction.run(store::Sql{"UPDATE approval SET approved_by = $2, approved_at = $3 WHERE approval_id = $1"},
                         {BytesView{id}, approver.value(), at}));
    return ok();
  }));
  return std::move(*found);
}

Result<std::map<OfficerId, crypto::Ed25519PublicKey>> read_officer_keys(store::Transaction& transaction) {
  std::map<OfficerId, crypto::Ed25519PublicKey> keys;
  TRYV(transaction.run(store::Sql{"SELECT officer_id, public_key FROM officer WHERE revoked_at IS NULL"}, {},
                       [&](const store::Row& row) {
                         const auto key = crypto::Ed25519PublicKey::from_bytes(row.bytes(1));
                         if (key.has_value()) keys.emplace(OfficerId{std::string{row.text(0)}}, key.value());
                       }));
  return keys;
}

}  // namespace lindung::service
