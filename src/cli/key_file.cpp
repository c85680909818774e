#include "cli/key_file.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "codec/base_n.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/pem.h"
#include "crypto/random.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

constexpr std::size_t file_limit = 4096;
constexpr std::string_view es256_word = "es256 ";

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
  if (crypto::looks_like_pem(content)) {
    TRY(key, crypto::private_key_of_pem(content));
    const auto* ed25519 = std::get_if<crypto::Ed25519PrivateKey>(&key);
    if (ed25519 == nullptr) return fail(Errc::malformed, path + ": an Ed25519 key is needed");
    return *ed25519;
  }
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

Result<Bytes> IssuerSigner::sign(BytesView message) const {
  if (const auto* ed25519 = std::get_if<crypto::Ed25519PrivateKey>(&key_)) return to_bytes(ed25519->sign(message));
  TRY(signature, std::get<crypto::Es256PrivateKey>(key_).sign(message));
  return to_bytes(signature);
}

Result<IssuerSigner> read_issuer_key(const std::string& path) {
  TRY(content, store::read_file(path, file_limit));
  if (crypto::looks_like_pem(content)) {
    TRY(key, crypto::private_key_of_pem(content));
    return IssuerSigner{std::move(key)};
  }
  auto line = first_line(content);
  if (!line.starts_with(es256_word)) {
    TRY(key, key_of(line, path));
    return IssuerSigner{std::move(key)};
  }
  line.remove_prefix(es256_word.size());
  Secret<32> scalar;
  if (codec::from_hex(line, scalar.mutable_view()).has_error()) {
    return fail(Errc::malformed, path + ": 64 hex digits are needed behind es256");
  }
  TRY(key, crypto::Es256PrivateKey::from_scalar(scalar));
  return IssuerSigner{std::move(key)};
}

Result<PublicKeyText> read_public_key(const std::string& text) {
  if (codec::from_hex(text).has_value()) return PublicKeyText{.hex = text, .is_pem_es256 = false};
  TRY(content, store::read_file(text, file_limit));
  TRY(key, crypto::public_key_of_pem(content));
  return PublicKeyText{.hex = codec::hex(key.bytes), .is_pem_es256 = key.is_es256};
}

Result<std::string> read_ed25519_public_key(const std::string& text) {
  TRY(key, read_public_key(text));
  if (key.is_pem_es256) return fail(Errc::invalid_argument, "an Ed25519 key is needed");
  return std::move(key.hex);
}

Result<Bytes> make_es256_key_file(const std::string& path) {
  for (;;) {
    const auto scalar = crypto::random_secret<32>();
    auto key = crypto::Es256PrivateKey::from_scalar(scalar);
    if (key.has_error()) continue;  // one in 2^32 is not below the order
    auto line = std::string{es256_word} + codec::hex(scalar.view()) + "\n";
    auto written = store::create_file(path, as_bytes(line));
    wipe(line.data(), line.size());
    if (written.has_error()) return written.error();
    return key.value().public_point();
  }
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
