// SMART Health Cards. Steps: prefix, jws, signature, validity, schema, revocation. A file with several cards is as
// valid as its worst one, and gives the contents of a single card only.
#pragma once

#include <string_view>

#include "base/time.h"
#include "cert/contents.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"

namespace lindung::cert {

[[nodiscard]] Verdict verify_shc(std::string_view text, const TrustStore& trust, Moment at,
                                 Contents* contents = nullptr);

}  // namespace lindung::cert
