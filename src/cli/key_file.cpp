#include "cli/key_file.h"

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "store/durable_file.h"

namespace lindung::cli {

Result<crypto::Ed25519PrivateKey> read_signing_key(const std::string& path) {
  constexpr std::size_t limit = 256;
  TRY(content, store::read_file(path, limit));
  std::string_view text = as_text(content);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  Secret<32> seed;
  if (codec::from_hex(text, seed.mutable_view()).has_error()) {
    return fail(Errc::malformed, path + ": a line of 64 hex digits is needed");
  }
  return crypto::Ed25519PrivateKey::from_seed(seed);
}

}  // namespace lindung::cli
