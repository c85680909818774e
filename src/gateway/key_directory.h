// The partner's side of GET /.well-known/lindung-keys (protocol.md section 3): what a partner needs to know of the
// gateway, vouched for by the directory key that it pinned at onboarding.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/ed25519.h"
#include "gateway/partner_client.h"

namespace lindung::gateway {

struct KeyDirectory {
  struct ExchangeKey {
    GatewayKey key;
    Moment not_before;
    Moment not_after;
  };
  std::vector<ExchangeKey> exchange_keys;  // of suites that we speak
  Hash pact{};                             // digest of the one in force
  std::optional<Hash> next_pact{};         // taken too while it is announced
  bool is_sandbox{};                       // nobody whom this gateway knows is real

  // The newest that may be used at that moment. Errors: unsupported_key when there is none.
  [[nodiscard]] Result<GatewayKey> exchange_key_at(Moment now) const;
};

// What the document says, whatever is in it, for who reads keys of another use. Errors: as open_key_directory().
[[nodiscard]] Result<boost::json::object> signed_content(std::string_view body,
                                                         const std::optional<crypto::Ed25519PublicKey>& directory_key);

// Without a directory key nothing vouches for what is returned. Errors: bad_signature for another signer's document;
// malformed for what is no such document.
[[nodiscard]] Result<KeyDirectory> open_key_directory(std::string_view body,
                                                      const std::optional<crypto::Ed25519PublicKey>& directory_key);

}  // namespace lindung::gateway
