#include "witness/witness_folder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "log/witness_request.h"
#include "store/durable_file.h"

namespace lindung::witness {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t name_bytes = 16;
constexpr std::size_t small_file_limit = std::size_t{1} << 20U;
constexpr std::size_t split_limit = 1024;
constexpr std::size_t unproven_limit = 64;
constexpr std::string_view state_folder = "logs";
constexpr std::string_view findings_folder = "findings";

std::string short_digest(std::string_view text) {
  return codec::hex(BytesView{crypto::sha256(as_bytes(text))}.first(name_bytes));
}

Result<void> make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return fail(Errc::io, path + ": " + error.message());
  return ok();
}

Result<std::string> read_text(const std::string& path) {
  TRY(content, store::read_file(path, small_file_limit));
  return std::string{as_text(content)};
}

// "HEX NAME" and a newline.
Result<Identity> parse_key(std::string_view text, const std::string& path) {
  constexpr std::size_t digits = 64;
  const auto damaged = [&] { return fail(Errc::corrupt, path + " is not the key of a witness"); };
  if (text.size() < digits + 2 || text[digits] != ' ' || !text.ends_with('\n')) return damaged();
  Secret<32> seed;
  if (codec::from_hex(text.substr(0, digits), seed.mutable_view()).has_error()) return damaged();
  auto secret = crypto::Ed25519PrivateKey::from_seed(seed);
  const auto name = text.substr(digits + 1, text.size() - digits - 2);
  auto key = log::WitnessKey::make(std::string{name}, secret.public_key());
  if (key.has_error()) return damaged();
  return Identity{.key = std::move(key).value(), .secret = std::move(secret)};
}

Result<log::Note> read_state(const std::string& path, const log::WitnessKey& key) {
  TRY(text, read_text(path));
  auto note = log::parse_note(text);
  if (note.has_error()) return fail(Errc::corrupt, path + " is damaged");
  const auto at = log::cosigned_at(note.value(), key);
  if (at.has_error() || !at.value()) return fail(Errc::corrupt, path + " is not what this witness cosigned");
  return note;
}

}  // namespace

std::string_view name_of(FindingKind kind) noexcept { return kind == FindingKind::split ? "split" : "unproven"; }

std::string log_name(std::string_view origin) { return short_digest(origin); }

Result<log::WitnessKey> WitnessFolder::create(const std::string& name) const {
  const auto secret = crypto::Ed25519PrivateKey::generate();
  TRY(key, log::WitnessKey::make(name, secret.public_key()));
  TRYV(make_folder(path_ + "/" + std::string{state_folder}));
  TRYV(make_folder(path_ + "/" + std::string{findings_folder}));
  std::error_code error;
  fs::permissions(path_, fs::perms::owner_all, error);
  if (error) return fail(Errc::io, path_ + ": " + error.message());
  auto line = codec::hex(secret.seed().view()) + " " + name + "\n";
  const auto created = store::create_file(key_file(), as_bytes(line));
  wipe(line.data(), line.size());
  if (created.has_error()) return created.error();
  TRYV(store::publish_file(path_ + "/verifier-key", as_bytes(key.text() + "\n")));
  return key;
}

Result<Identity> WitnessFolder::identity() const {
  TRY(content, store::read_file(key_file(), small_file_limit));
  return parse_key(as_text(content), key_file());
}

Result<std::optional<log::Note>> WitnessFolder::state(const std::string& origin, const log::WitnessKey& key) const {
  auto note = read_state(path_ + "/" + std::string{state_folder} + "/" + log_name(origin), key);
  if (note.has_value()) return std::optional{std::move(note).value()};
  if (note.error().code == Errc::not_found) return std::optional<log::Note>{};
  return note.error();
}

Result<void> WitnessFolder::keep_state(const std::string& origin, const log::Note& note) const {
  return store::replace_file(path_ + "/" + std::string{state_folder} + "/" + log_name(origin), as_bytes(note.encode()));
}

Result<std::vector<log::Note>> WitnessFolder::states(const log::WitnessKey& key) const {
  std::vector<log::Note> out;
  std::error_code error;
  for (const auto& each : fs::directory_iterator{path_ + "/" + std::string{state_folder}, error}) {
    if (each.path().extension() == ".new") continue;  // of a write that was cut off
    TRY(note, read_state(each.path().string(), key));
    out.push_back(std::move(note));
  }
  if (error) return fail(Errc::io, path_ + ": " + error.message());
  return out;
}

Result<void> WitnessFolder::keep_finding(FindingKind kind, const std::string& origin, const std::string& cosigned,
                                         const std::string& request, const std::string& text) const {
  const auto folder = path_ + "/" + std::string{findings_folder};
  const auto prefix = std::string{name_of(kind)} + "-" + log_name(origin) + "-";
  const auto path = folder + "/" + prefix + short_digest(text);
  std::error_code error;
  std::size_t kept = 0;
  for (const auto& each : fs::directory_iterator{folder, error}) {
    if (each.path().filename().string().starts_with(prefix)) ++kept;
  }
  const auto limit = kind == FindingKind::split ? split_limit : unproven_limit;
  if (fs::exists(path + "/request", error) || kept >= limit) return ok();
  TRYV(make_folder(path));
  TRYV(store::replace_file(path + "/cosigned", as_bytes(cosigned)));
  return store::replace_file(path + "/request", as_bytes(request));
}

Result<std::vector<Finding>> WitnessFolder::findings() const {
  std::vector<Finding> out;
  std::error_code error;
  for (const auto& each : fs::directory_iterator{path_ + "/" + std::string{findings_folder}, error}) {
    const auto path = each.path().string();
    const auto request_text = read_text(path + "/request");
    if (request_text.has_error() && request_text.error().code == Errc::not_found) continue;  // was being written
    TRY(text, request_text);
    TRY(cosigned_text, read_text(path + "/cosigned"));
    TRY(request, log::parse_witness_request(text));
    TRY(shown_note, log::parse_note(request.checkpoint));
    TRY(cosigned_note, log::parse_note(cosigned_text));
    TRY(shown, log::parse_checkpoint_text(shown_note.text));
    TRY(cosigned, log::parse_checkpoint_text(cosigned_note.text));
    out.push_back({.kind = each.path().filename().string().starts_with(name_of(FindingKind::split))
                               ? FindingKind::split
                               : FindingKind::unproven,
                   .origin = cosigned.origin,
                   .cosigned = std::move(cosigned),
                   .shown = std::move(shown),
                   .path = path});
  }
  if (error) return fail(Errc::io, path_ + ": " + error.message());
  std::ranges::sort(out, {}, &Finding::path);
  return out;
}

}  // namespace lindung::witness
