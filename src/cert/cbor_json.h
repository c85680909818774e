// CBOR of a certificate as JSON: what rules of acceptance and people look at.
#pragma once

#include <boost/json/value.hpp>

#include "codec/cbor_tree.h"

namespace lindung::cert {

// Integers as names become texts, byte strings base64url, dates under a tag their text; what JSON has no word for is
// null.
[[nodiscard]] boost::json::value json_of(const codec::CborItem& item);

}  // namespace lindung::cert
