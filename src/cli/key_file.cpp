#include "cli/key_file.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

constexpr std::size_t file_limit = 256;

std::string_view first_line(BytesView content) {
  auto text = as_text(content);
  text = text.substr(0, text.find('\n'));
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

Result<crypto::Ed25519PrivateKey> key_of(std::string_view hex, const std::string& path) {
  Secret<32> seed;
  if (codec::from_hex(hex, seed.mutable_view()).has_error()) {
    return fail(Errc::malformed, path + ": 64 hex digits are needed");
  }
  return crypto::Ed25519PrivateKey::from_seed(seed);
}

}  // namespace

Result<crypto::Ed25519PrivateKey> read_signing_key(const std::string& path) {
  TRY(content, store::read_file(path, file_limit));
  return key_of(first_line(content), path);
}

Result<OfficerKey> read_officer(const std::string& path) {
  TRY(content, store::read_file(path, file_limit));
  const auto line = first_line(content);
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return fail(Errc::malformed, path + ": the officer's id and the key are needed");
  TRY(key, key_of(line.substr(space + 1), path));
  return OfficerKey{.id = std::string{line.substr(0, space)}, .key = key};
}

Result<crypto::Ed25519PublicKey> make_key_file(const std::string& path, const std::string& id) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  auto line = (id.empty() ? "" : id + " ") + codec::hex(key.seed().view()) + "\n";
  auto written = store::create_file(path, as_bytes(line));
  wipe(line.data(), line.size());
  if (written.has_error()) return written.error();
  return key.public_key();
}

}  // namespace lindung::cli
