// ICAO visible digital seals for non-constrained environments: health proofs as signed JSON, under a country's
// authority for travel documents. Steps: prefix, json, signature, validity, schema. Source: ICAO VDS-NC technical
// report 1.4.
#pragma once

#include <string_view>

#include "base/time.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"

namespace lindung::cert {

[[nodiscard]] bool looks_like_vds_nc(std::string_view text) noexcept;
[[nodiscard]] Verdict verify_vds_nc(std::string_view text, const TrustStore& trust, Moment at);

}  // namespace lindung::cert
