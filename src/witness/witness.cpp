// The checks stand in the order of C2SP tlog-witness, "add-checkpoint".
#include "witness/witness.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "log/merkle.h"
#include "log/witness_request.h"
#include "store/durable_file.h"
#include "witness/witness_folder.h"

namespace lindung::witness {

namespace {

constexpr std::chrono::milliseconds lock_patience{100};
constexpr unsigned cosigned_status = 200;
constexpr unsigned malformed_status = 400;
constexpr unsigned unknown_key_status = 403;
constexpr unsigned unknown_log_status = 404;
constexpr unsigned conflict_status = 409;
constexpr unsigned unproven_status = 422;
constexpr unsigned failed_status = 500;

Answer say(unsigned status, std::string why) { return {.status = status, .body = std::move(why) + "\n"}; }

Answer say_size(std::uint64_t size) {
  return {.status = conflict_status, .content_type = "text/x.tlog.size", .body = std::to_string(size) + "\n"};
}

// From nothing every tree goes on; what RFC 9162 calls a proof begins with one leaf.
bool is_proven(const log::Checkpoint& last, const log::WitnessRequest& request, const log::Checkpoint& shown) {
  if (last.size != 0) {
    return log::check_consistency(last.size, shown.size, last.root, shown.root, request.proof).has_value();
  }
  return request.proof.empty() && (shown.size != 0 || shown.root == log::Frontier{}.root());
}

// Whether the log itself shows that the tree it signed now had another root when it had the size that we cosigned.
bool shows_split(const log::Checkpoint& last, const log::WitnessRequest& request, const log::Checkpoint& shown) {
  if (last.size == 0) return false;
  if (shown.size == last.size) return shown.root != last.root;
  const auto older = log::older_root(last.size, shown.size, shown.root, request.proof);
  return older.has_value() && older.value() != last.root;
}

}  // namespace

Witness::Witness(WitnessFolder folder, store::FileLock lock, Identity identity, const Clock& clock)
    : folder_{std::move(folder)}, lock_{std::move(lock)}, identity_{std::move(identity)}, clock_{clock} {}

Result<std::unique_ptr<Witness>> Witness::open(const std::string& folder, const Clock& clock,
                                               const std::vector<log::VerifierKey>& logs) {
  const WitnessFolder files{folder};
  auto lock = store::FileLock::hold(files.key_file(), lock_patience);
  if (lock.has_error()) {
    if (lock.error().code == Errc::not_found) return fail(Errc::not_found, folder + " holds no witness");
    if (lock.error().code == Errc::busy) return fail(Errc::conflict, "another process has the witness in " + folder);
    return lock.error();
  }
  TRY(identity, files.identity());
  std::unique_ptr<Witness> witness{new Witness{files, std::move(lock).value(), std::move(identity), clock}};
  for (const auto& key : logs) {
    auto watched = std::make_unique<Watched>(key);
    TRY(note, files.state(key.name(), witness->identity_.key));
    if (note) {
      TRY(last, log::parse_checkpoint_text(note->text));
      if (last.origin != key.name()) return fail(Errc::corrupt, "the state of " + key.name() + " is another log's");
      watched->last = std::move(last);
      watched->note = note->encode();
    }
    if (!witness->logs_.emplace(key.name(), std::move(watched)).second) {
      return fail(Errc::invalid_argument, key.name() + " is named twice");
    }
  }
  return witness;
}

Answer Witness::add_checkpoint(std::string_view body) {
  auto answer = decide(body);
  (answer.status == cosigned_status ? cosigned_ : refused_).fetch_add(1);
  return answer;
}

Answer Witness::decide(std::string_view body) {
  const auto request = log::parse_witness_request(body);
  if (request.has_error()) return say(malformed_status, request.error().detail);
  const auto note = log::parse_note(request.value().checkpoint);
  if (note.has_error()) return say(malformed_status, note.error().detail);
  const auto shown = log::parse_checkpoint_text(note.value().text);
  if (shown.has_error()) return say(malformed_status, shown.error().detail);
  const auto found = logs_.find(shown.value().origin);
  if (found == logs_.end()) return say(unknown_log_status, "this witness does not watch that log");
  auto& log = *found->second;
  if (log::open_checkpoint(request.value().checkpoint, log.key).has_error()) {
    return say(unknown_key_status, "the checkpoint is not signed by the key that this witness knows");
  }
  if (request.value().old_size > shown.value().size) {
    return say(malformed_status, "the old size is larger than the new one");
  }
  return judge(log, request.value(), body, shown.value());
}

Answer Witness::judge(Watched& log, const log::WitnessRequest& request, std::string_view body,
                      const log::Checkpoint& shown) {
  const std::scoped_lock one_at_a_time{log.mutex};  // invariant 2
  const bool is_split = shows_split(log.last, request, shown);
  if (request.old_size != log.last.size || is_split || !is_proven(log.last, request, shown)) {
    return refuse_proof(log, request, body, shown);
  }
  return cosign(log, request, shown);
}

Answer Witness::refuse_proof(const Watched& log, const log::WitnessRequest& request, std::string_view body,
                             const log::Checkpoint& shown) const {
  const bool is_split = shows_split(log.last, request, shown);
  const bool is_old = request.old_size != log.last.size;
  if (!log.note.empty() && (is_split || !is_old)) {
    const auto kind = is_split ? FindingKind::split : FindingKind::unproven;
    const auto kept =
        folder_.keep_finding(kind, shown.origin, log.note, std::string{body}, log::text_of(shown) + log.last.origin);
    if (kept.has_error()) return say(failed_status, "the finding could not be kept");
  }
  if (is_old || (shown.size == log.last.size && shown.root != log.last.root)) return say_size(log.last.size);
  return say(unproven_status, "the checkpoint is not proven to continue the one of size " +
                                  std::to_string(log.last.size) + " that this witness cosigned");
}

Answer Witness::cosign(Watched& log, const log::WitnessRequest& request, const log::Checkpoint& shown) const {
  auto note = log::parse_note(request.checkpoint).value();  // was read before
  // Of what came with it, the log's own signature is kept: it is what makes the state evidence.
  std::erase_if(note.signatures, [&](const log::NoteSignature& line) {
    return line.name != log.key.name() || line.key_id != log.key.key_id();
  });
  const auto cosignature = log::cosign(note.text, clock_.now(), identity_.key, identity_.secret);
  note.signatures.push_back(cosignature);
  const auto signed_lines = log::Note{.text = "", .signatures = {cosignature}}.encode().substr(1);
  if (shown.size == log.last.size && !log.note.empty()) {
    return {.status = cosigned_status, .body = signed_lines};  // this size and root are durable already
  }
  const auto kept = folder_.keep_state(shown.origin, note);
  // Once a new state may stand in the file, what is in memory must not be older.
  if (kept.has_value() || kept.error().code == Errc::outcome_unknown) {
    log.last = shown;
    log.note = note.encode();
  }
  if (kept.has_error()) return say(failed_status, "the state could not be made durable");
  return {.status = cosigned_status, .body = signed_lines};
}

std::optional<std::string> Witness::latest(std::string_view log) const {
  for (const auto& [origin, watched] : logs_) {
    if (log_name(origin) != log) continue;
    const std::scoped_lock lock{watched->mutex};
    return watched->note.empty() ? std::nullopt : std::optional{watched->note};
  }
  return std::nullopt;
}

}  // namespace lindung::witness
