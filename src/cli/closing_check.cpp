#include "cli/closing_check.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cli/closing_steps.h"
#include "cli/context.h"
#include "cli/reach.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "domain/closing_certificate.h"
#include "domain/closing_places.h"
#include "domain/ledger.h"
#include "http/client.h"
#include "log/checkpoint.h"
#include "log/entry.h"
#include "log/merkle.h"
#include "log/tile.h"
#include "log/verifier.h"
#include "server/listen.h"
#include "service/backup_trial.h"
#include "store/export_folder.h"
#include "store/ring.h"

namespace lindung::cli {

namespace {

namespace fs = std::filesystem;
namespace finding = domain::finding;

using domain::ClosingCertificate;
using domain::ClosingStep;

constexpr std::size_t file_limit = 64UL * 1024 * 1024;
constexpr std::string_view officer_added = "officer/add";

class Checks {
 public:
  void holds(std::string what, std::string says) {
    all_.push_back({.what = std::move(what), .holds = true, .says = std::move(says)});
  }
  void fails(std::string what, std::string says) {
    all_.push_back({.what = std::move(what), .holds = false, .says = std::move(says)});
  }
  void add(std::string what, const Result<std::string>& result) {
    if (result.has_value()) {
      holds(std::move(what), result.value());
    } else {
      fails(std::move(what), result.error().text());
    }
  }
  [[nodiscard]] std::vector<ClosingCheck> take() { return std::move(all_); }

 private:
  std::vector<ClosingCheck> all_;
};

const domain::StepRecord& step_of(const ClosingCertificate& certificate, ClosingStep step) {
  return certificate.closing.steps.at(static_cast<std::size_t>(step) - 1);
}

std::string finding_of(const domain::StepRecord& record, std::string_view what, std::string_view part) {
  const auto found = record.findings.find(domain::finding_name(what, part));
  return found == record.findings.end() ? std::string{} : found->second;
}

// The leaves of a bundle, each behind its length.
Result<std::vector<Bytes>> leaves_of(const Bytes& bundle) {
  std::vector<Bytes> leaves;
  BytesView rest{bundle};
  while (!rest.empty()) {
    if (rest.size() < log::length_size) return fail(Errc::corrupt, "a bundle of the log");
    const auto size = get_be<std::uint16_t>(rest.first(log::length_size));
    rest = rest.subspan(log::length_size);
    if (rest.size() < size) return fail(Errc::corrupt, "a bundle of the log");
    leaves.push_back(to_bytes(rest.first(size)));
    rest = rest.subspan(size);
  }
  return leaves;
}

Result<Bytes> leaf_at(const log::TileSource& source, std::uint64_t size, std::uint64_t index) {
  if (index >= size) return fail(Errc::not_found, "the log is shorter than the certificate says");
  const auto bundle = index / log::tile_width;
  const auto width = static_cast<unsigned>(std::min(log::tile_width, size - bundle * log::tile_width));
  TRY(content, log::read_entries(source, bundle, width));
  TRY(leaves, leaves_of(content));
  const auto place = static_cast<std::size_t>(index % log::tile_width);
  if (place >= leaves.size()) return fail(Errc::corrupt, "a bundle of the log is too short");
  return std::move(leaves[place]);
}

// The entry of one signature: its officer's key and the certificate's digest, and nothing else.
Result<void> check_leaf(const ClosingCertificate& certificate, std::size_t which, BytesView leaf) {
  TRY(entry, log::decode(leaf));
  const auto* closed = std::get_if<log::OfficerEntry>(&entry);
  if (closed == nullptr || closed->action != domain::system_closed_action ||
      closed->case_digest != domain::digest_of(certificate.canonical) ||
      closed->officer_key_digest != crypto::sha256(certificate.signatures.at(which).key.bytes())) {
    return fail(Errc::conflict, "entry " + std::to_string(certificate.log_index + which) + " of the log is another");
  }
  return ok();
}

Result<log::VerifierKey> wanted_key(std::string_view named, const std::string& pinned) {
  while (named.ends_with('\n')) named.remove_suffix(1);
  TRY(key, log::VerifierKey::parse(named));
  if (pinned.empty()) return key;
  TRY(bytes, codec::from_hex(pinned));
  TRY(public_key, crypto::Ed25519PublicKey::from_bytes(bytes));
  return log::VerifierKey::make(key.name(), public_key);
}

// By the whole of an exported log: also whether both officers were registered in it before they signed.
void check_export(const ClosingCertificate& certificate, const ClosingCheckOptions& options, Checks& checks) {
  log::VerifyOptions wanted;
  if (!options.log_key.empty()) {
    const auto bytes = codec::from_hex(options.log_key);
    const auto key = bytes.has_value() ? crypto::Ed25519PublicKey::from_bytes(bytes.value())
                                       : Result<crypto::Ed25519PublicKey>{bytes.error()};
    if (key.has_error()) return checks.fails("log", key.error().text());
    wanted.key = key.value();
  }
  const auto reader = store::export_folder(options.log_folder);
  const auto report = log::verify_export(reader, wanted);
  if (report.has_error()) return checks.fails("log", report.error().text());
  if (report.value().origin != certificate.closing.log_origin) return checks.fails("log", "it is another log");
  const log::TileSource source = [&](std::string_view path) { return reader.read(path, file_limit); };
  std::set<Hash> registered;
  const auto size = report.value().size;
  for (std::size_t which = 0; which < certificate.signatures.size(); ++which) {
    const auto leaf = leaf_at(source, size, certificate.log_index + which);
    const auto same = leaf.has_value() ? check_leaf(certificate, which, leaf.value()) : Result<void>{leaf.error()};
    if (same.has_error()) return checks.fails("log", same.error().text());
  }
  checks.holds("log", "entries " + std::to_string(certificate.log_index) + " and " +
                          std::to_string(certificate.log_index + 1) + " of " + report.value().origin);
  for (std::uint64_t first = 0; first < certificate.log_index; first += log::tile_width) {
    const auto content = log::read_entries(source, first / log::tile_width,
                                           static_cast<unsigned>(std::min(log::tile_width, size - first)));
    const auto leaves = content.has_value() ? leaves_of(content.value()) : Result<std::vector<Bytes>>{content.error()};
    if (leaves.has_error()) return checks.fails("officers", leaves.error().text());
    for (std::size_t i = 0; i < leaves.value().size() && first + i < certificate.log_index; ++i) {
      const auto entry = log::decode(leaves.value()[i]);
      const auto* officer = entry.has_value() ? std::get_if<log::OfficerEntry>(&entry.value()) : nullptr;
      if (officer != nullptr && officer->action == officer_added) registered.insert(officer->officer_key_digest);
    }
  }
  for (const auto& signature : certificate.signatures) {
    if (!registered.contains(crypto::sha256(signature.key.bytes()))) {
      return checks.fails("officers", signature.officer + " was not registered before by this log");
    }
  }
  checks.holds("officers", "both were registered in the log before they signed");
}

Result<std::string> fetch(http::Client& client, const std::string& target) {
  TRY(response, client.send({.method = "GET", .target = target, .fields = {}, .body = {}}));
  if (response.status != 200) return outcome::failure(problem_error(response));
  return std::move(response.body);
}

Result<std::vector<Hash>> read_proof(const std::string& body) {
  TRY(value, codec::parse_json(body));
  const auto* object = value.if_object();
  const auto* hashes = object == nullptr ? nullptr : object->if_contains("hashes");
  if (hashes == nullptr || !hashes->is_array()) return fail(Errc::malformed, "a proof of the log");
  std::vector<Hash> proof;
  for (const auto& each : hashes->get_array()) {
    if (!each.is_string()) return fail(Errc::malformed, "a proof of the log");
    TRY(bytes, codec::from_base64(each.get_string()));
    if (bytes.size() != Hash{}.size()) return fail(Errc::malformed, "a proof of the log");
    proof.push_back(take<32>(bytes));
  }
  return proof;
}

// By a checkpoint, two entries and their proofs, fetched from a gateway.
Result<std::string> check_public_log(const ClosingCertificate& certificate, const ClosingCheckOptions& options) {
  TRY(url, http::parse_url(options.url));
  http::ClientOptions how;
  if (url.tls) how.tls = http::ClientTls{};
  TRY(client, http::Client::connect(url.endpoint, how));
  TRY(named, fetch(client, "/log/log-key"));
  TRY(key, wanted_key(named, options.log_key));
  if (key.name() != certificate.closing.log_origin) return fail(Errc::conflict, "it is another log");
  TRY(note, fetch(client, "/log/checkpoint"));
  TRY(checkpoint, log::open_checkpoint(note, key));
  const log::TileSource source = [&](std::string_view path) -> Result<Bytes> {
    TRY(body, fetch(client, "/log/" + std::string{path}));
    return to_bytes(as_bytes(body));
  };
  for (std::size_t which = 0; which < certificate.signatures.size(); ++which) {
    const auto index = certificate.log_index + which;
    TRY(leaf, leaf_at(source, checkpoint.size, index));
    TRYV(check_leaf(certificate, which, leaf));
    TRY(body, fetch(client, "/log/proof/inclusion?index=" + std::to_string(index) +
                                "&size=" + std::to_string(checkpoint.size)));
    TRY(proof, read_proof(body));
    TRYV(log::check_inclusion(index, checkpoint.size, log::leaf_hash(leaf), proof, checkpoint.root));
  }
  return "entries " + std::to_string(certificate.log_index) + " and " + std::to_string(certificate.log_index + 1) +
         " of " + key.name();
}

bool is_loopback(const std::string& host) { return host == "::1" || host.starts_with("127."); }

void check_reach(const ClosingCertificate& certificate, bool from_outside, Checks& checks) {
  const auto& system = certificate.closing.system;
  const auto& listeners = step_of(certificate, ClosingStep::listeners_closed);
  const auto expected_gone = domain::findings_of(step_of(certificate, ClosingStep::routes_gone), finding::gone);
  for (const auto& [part, list] : domain::findings_of(listeners, finding::address)) {
    for (const auto& text : domain::split_list(list)) {
      const auto listen = server::parse_listen(text);
      if (listen.has_error()) {
        checks.fails("reach " + text, listen.error().text());
        continue;
      }
      if (from_outside && is_loopback(listen.value().address)) continue;
      const bool is_gone =
          std::ranges::find(expected_gone, text, &std::pair<std::string, std::string>::first) != expected_gone.end();
      const auto reach = try_reach(listen.value(), system.name);
      const auto what = "reach " + text;
      if (reach == Reach::answers) {
        checks.fails(what, part + " can be reached again: a listener came back");
      } else if (is_gone && reach == Reach::refused) {
        checks.fails(what, "410 is not answered there any more");
      } else {
        checks.holds(what, reach == Reach::gone ? "410, and nothing else" : "refused");
      }
    }
  }
}

// A ring that was emptied is the same file still; one that was removed is not there.
void check_rings(const ClosingCertificate& certificate, Checks& checks) {
  const auto& keys = step_of(certificate, ClosingStep::keys_destroyed);
  for (const auto& [part, path] : domain::findings_of(keys, finding::ring)) {
    const auto left = finding_of(keys, finding::ring_digest, part);
    std::error_code error;
    const auto digest = service::digest_of_file(path);
    if (!fs::exists(path, error)) {
      checks.holds("ring " + part, "it is not there");
    } else if (digest.has_value() && codec::hex(digest.value()) == left) {
      checks.holds("ring " + part, "the emptied one, unchanged");
    } else {
      checks.fails("ring " + part, "another ring is there: its keys may be back");
    }
  }
  for (const auto& [part, path] : domain::findings_of(keys, finding::key_file)) {
    std::error_code error;
    if (fs::exists(path, error)) {
      checks.fails("key file " + part, "it is there again");
    } else {
      checks.holds("key file " + part, "it is not there");
    }
  }
}

Result<std::string> check_backup(const ClosingCertificate& certificate, const SecretBytes& passphrase,
                                 const std::string& path, const std::string& digest) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::string{"it is not there any more"};
  std::unique_ptr<store::KeyRing> ring;
  for (const auto& [part, ring_path] :
       domain::findings_of(step_of(certificate, ClosingStep::keys_destroyed), finding::ring)) {
    if (passphrase.empty() || !fs::exists(ring_path, error)) continue;
    BOOST_OUTCOME_TRY(ring, store::KeyRing::open(ring_path));
    TRYV(ring->unseal(passphrase));
  }
  TRY(scratch, ScratchFolder::make());
  TRY(trial, service::try_backup(path, scratch.path() + "/restored", ring.get(), {}));
  if (trial.readable_rows != 0) {
    return fail(Errc::conflict, std::to_string(trial.readable_rows) + " of its rows can be read");
  }
  if (codec::hex(trial.digest) != digest)
    return fail(Errc::conflict, "it is another backup than the one that was tried");
  return "restored: 0 of " + std::to_string(trial.sealed_rows) + " rows can be read" +
         (ring == nullptr ? "; the ring was not opened" : " with the ring that is left");
}

void check_domains(const ClosingCertificate& certificate, Moment now, Checks& checks) {
  const auto& kept = step_of(certificate, ClosingStep::domain_kept);
  for (const auto& [part, name] : domain::findings_of(kept, finding::domain_name)) {
    const auto until_text = finding_of(kept, finding::kept_until, part);
    const auto until = domain::parse_day(until_text);
    const auto registered_text = finding_of(kept, finding::registered, part);
    const auto registered = domain::parse_day(registered_text);
    const auto what = "domain " + name;
    if (until.has_value() && now >= until.value()) {
      checks.holds(what, "its ten years are over");
    } else if (registered.has_value() && now >= registered.value()) {
      checks.fails(what, "was registered until " + registered_text + ", and is to be kept until " + until_text +
                             ": ask who renewed it");
    } else {
      checks.holds(what, "to be kept until " + until_text);
    }
  }
}

}  // namespace

std::vector<ClosingCheck> check_closing(const ClosingCertificate& certificate, const ClosingCheckOptions& options,
                                        Moment now) {
  Checks checks;
  const auto signatures = certificate.check_signatures();
  if (signatures.has_error()) {
    checks.fails("signatures", signatures.error().text());
    return checks.take();
  }
  checks.holds("signatures", certificate.signatures[0].officer + " and " + certificate.signatures[1].officer);
  if (!options.log_folder.empty()) {
    check_export(certificate, options, checks);
  } else if (!options.url.empty()) {
    checks.add("log", check_public_log(certificate, options));
  } else {
    checks.fails("log", "not looked for: --log FOLDER or --url URL");
  }
  check_reach(certificate, options.from_outside, checks);
  if (!options.from_outside) {
    check_rings(certificate, checks);
    const auto& backups = step_of(certificate, ClosingStep::backup_unreadable);
    for (const auto& [part, path] : domain::findings_of(backups, finding::backup)) {
      checks.add("backup " + part, check_backup(certificate, options.passphrase, path,
                                                finding_of(backups, finding::backup_digest, part)));
    }
  }
  check_domains(certificate, now, checks);
  return checks.take();
}

}  // namespace lindung::cli
