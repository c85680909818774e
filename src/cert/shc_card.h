// One SMART Health Card between its compact form and what it says (https://spec.smarthealth.cards): header,
// compression, claims. What is read is not verified by that.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "cert/cwt.h"
#include "cert/refusal.h"

namespace lindung::cert {

struct ShcCard {
  std::string kid;
  std::string signed_text;  // header and payload, as they were signed
  Bytes signature;
  boost::json::value payload;  // an object

  [[nodiscard]] const boost::json::object& claims() const { return payload.get_object(); }
};

// Errors (step jws): jws, jws_header, zlib, too_large, payload.
[[nodiscard]] Checked<ShcCard> read_card(std::string_view compact);

struct ShcClaims {
  std::string issuer;
  NumericDate not_before{};
  std::optional<NumericDate> expires;
  std::string rid;  // empty: none
  const boost::json::object* bundle{};
  std::string_view initials;
};

// The payload as text: one JSON object and nothing around it. Errors (step jws): payload.
[[nodiscard]] Checked<boost::json::value> read_card_payload(std::string_view text);

// Errors: step jws: claim_type, no_content; step signature: issuer_url.
[[nodiscard]] Checked<ShcClaims> read_card_claims(const boost::json::object& payload);

}  // namespace lindung::cert
