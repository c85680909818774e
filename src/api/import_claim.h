// The field Lindung-Import of an issuer's requests, a dictionary of RFC 8941:
//   Lindung-Import: issuer="klinik-sehat", id="2026-11-22", digest=:BASE64:, signature=:BASE64:
#pragma once

#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "service/import_jobs.h"

namespace lindung::api {

inline constexpr std::string_view import_field = "Lindung-Import";

// Each of the four members once, in any order, without parameters. digest: SHA-256 of the body as sent, 32 bytes;
// signature: at most 72 bytes. Errors: malformed; the detail names the member.
[[nodiscard]] Result<service::ImportClaim> parse_import_claim(std::string_view field);

// Of a request that has the field once. Errors: malformed.
[[nodiscard]] Result<service::ImportClaim> import_claim(const http::Request& request);

}  // namespace lindung::api
