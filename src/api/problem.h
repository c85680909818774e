// Errors on the wire: the one place where Errc becomes a status and a problem document (RFC 9457; protocol.md section
// 8).
#pragma once

#include "base/error.h"
#include "http/message.h"

namespace lindung::api {

// application/problem+json with type urn:lindung:problem:<name>, title, status, and server_time, cut_log_index or
// Retry-After where section 8 asks for them. Never dependent on a person: the detail of the error is sent for malformed
// and bad_signature only, where it names a field, and on the operator's own socket.
[[nodiscard]] http::Response problem(const Error& error);

// For the operator's socket: with the detail, and codes that never cross the public wire.
[[nodiscard]] http::Response operator_problem(const Error& error);

// For an issuer: 403 for a signature (and an unknown issuer), and with the detail for one that proved who it is and
// whose licence is gone; 409 for an import id that was used for other content or undone, 415 for another media type,
// 400 with the detail for what is wrong with the import itself; else as problem().
[[nodiscard]] http::Response issuer_problem(const Error& error);

// For a page of the portal: 401 where nobody is signed in; 403, 409 and 400 with the detail, which names a field or a
// reason and never a person; else as problem().
[[nodiscard]] http::Response portal_problem(const Error& error);

[[nodiscard]] unsigned status_of(Errc code) noexcept;

}  // namespace lindung::api
