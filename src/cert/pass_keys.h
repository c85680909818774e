// Keys of light passes as others get them: a JSON key set of its own kind (RFC 7517), one key a week.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/light_pass.h"
#include "cert/signer.h"

namespace lindung::cert {

inline constexpr std::chrono::days pass_key_life{7};  // weeks since 1970, which begin on Thursdays

[[nodiscard]] std::uint64_t pass_week(Moment at) noexcept;
// What the key of a week signs: passes whose window begins in it. They begin a step earlier and end a step later.
struct PassKeySpan {
  Moment not_before;
  Moment not_after;
};
[[nodiscard]] PassKeySpan pass_key_span(std::uint64_t week) noexcept;

struct PassKey {
  Bytes point;  // 65 bytes, uncompressed
  PassKeySpan span;
};

// The first bytes of the key's thumbprint (RFC 7638).
[[nodiscard]] PassKeyId pass_key_id(BytesView point);
// {"iss", "keys": [...]}; each with "nbf" and "exp", and marked, so that no other kind of certificate is believed for
// it.
[[nodiscard]] boost::json::object pass_key_set(std::string_view issuer, const std::vector<PassKey>& keys);

[[nodiscard]] bool is_pass_key(const boost::json::object& jwk);
// Errors: those of card_key_of_jwk(); malformed without nbf and exp.
[[nodiscard]] Result<Signer> read_pass_key(const boost::json::object& jwk, std::size_t list);

}  // namespace lindung::cert
