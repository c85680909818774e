#include "api/problem_help.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/error.h"

namespace lindung::api {

namespace {

constexpr std::array all{
    ProblemHelp{.code = Errc::malformed,
                .status = 400,
                .title = "The request is not of the form that this endpoint takes",
                .cause =
                    "Target, framing, length, media type, a parameter of the address, or what stands sealed inside: "
                    "a version, an operation, a reserved byte, a client time that is not within the last 24 hours, "
                    "or a body that does not open with nonce and created of this request.",
                .mend = "Read `detail`: it names the part. The same request again gets the same answer."},
    ProblemHelp{
        .code = Errc::unsupported_key,
        .status = 400,
        .title = "Unknown or retired gateway key, or unknown suite: fetch the keys and reseal",
        .cause = "The body is sealed to a gateway key that is not there any more (they change every day), or under "
                 "another suite than X25519, HKDF-SHA256 and AES-128-GCM.",
        .mend = "Fetch /.well-known/lindung-keys and seal the question anew, with the same request id and the same "
                "client time."},
    ProblemHelp{
        .code = Errc::bad_signature,
        .status = 401,
        .title = "The request is not signed by a known partner in the one accepted spelling",
        .cause = "A field of the signature is missing or spelled otherwise, the digest is not that of the body, Host "
                 "is not a name of this gateway, the key id is unknown or revoked, or the signature is of other bytes "
                 "or by another key.",
        .mend =
            "Read `detail`; then `lindung partner doctor --request FILE` names the component. An unknown key id and "
            "a wrong signature are told alike on purpose."},
    ProblemHelp{
        .code = Errc::clock_skew,
        .status = 401,
        .title = "created and expires do not fit the server's clock",
        .cause = "created is over 60 s old or over 30 s ahead, expires has passed, or more than 60 s lie between them.",
        .mend = "Keep the machine's clock by a time service; `server_time` tells how far it is off. Sign each attempt "
                "anew, and never with a time that somebody told you."},
    ProblemHelp{
        .code = Errc::pact_outdated,
        .status = 403,
        .title = "Neither the current integrity pact nor the next one",
        .cause = "Lindung-Pact holds the digest of another text than the pact in force.",
        .mend = "Fetch the keys: `pact` names the digest in force. Sign that text, have the signature filed, and send "
                "its digest."},
    ProblemHelp{
        .code = Errc::partner_suspended,
        .status = 403,
        .title = "The partner is not active",
        .cause = "The partner is registered and not activated yet, or it is suspended.",
        .mend = "Stop asking. The operator activates a partner once its pact is filed, and resumes a suspended one."},
    ProblemHelp{
        .code = Errc::partner_cut,
        .status = 403,
        .title = "The partner was cut",
        .cause = "The operator took the partner off; `cut_log_index` says where in the log.",
        .mend = "Stop asking. No request will be answered until two officers undo the cut; your links are kept."},
    ProblemHelp{
        .code = Errc::not_found,
        .status = 404,
        .title = "There is nothing here",
        .cause = "No such path, or an index, a tile or a size that the published log does not have yet.",
        .mend = "Compare the address with this document. An answer's entry is published within a second or two: fetch "
                "the checkpoint again before asking for a proof."},
    ProblemHelp{.code = Errc::method,
                .status = 405,
                .title = "The method is not for this resource",
                .cause = "The path exists for other methods; `Allow` names them.",
                .mend = "Use a method that `Allow` names."},
    ProblemHelp{.code = Errc::timeout,
                .status = 408,
                .title = "The request took too long to arrive",
                .cause = "The header block or the body came too slowly.",
                .mend = "Nothing was recorded: send it again on a new connection."},
    ProblemHelp{.code = Errc::too_large,
                .status = 413,
                .title = "The request is too large",
                .cause = "The body is larger than this endpoint takes.",
                .mend = "A question is always 311 bytes. An import of more than 2 GiB is sent in several."},
    ProblemHelp{.code = Errc::headers_too_large,
                .status = 431,
                .title = "The header block is too large",
                .cause = "All fields together are over 16 KiB.",
                .mend = "Send only the fields that are documented; cookies and traces of a proxy are the usual cause."},
    ProblemHelp{
        .code = Errc::replay_conflict,
        .status = 409,
        .title = "This request id was used for another question",
        .cause = "A question that differs in any byte, client time included, was asked under this request id in the "
                 "same hour; or a request to /v1/verify came a second time.",
        .mend = "To repeat a question, seal the same plaintext again. Another question takes a new random id. To "
                "verify again, sign again with a new nonce."},
    ProblemHelp{
        .code = Errc::quota,
        .status = 429,
        .title = "The quota is used up for now",
        .cause = "More was sent in this minute, hour or day than may be: by a partner than its agreement allows, by a "
                 "door, a carrier or a reporting service than its key may, or from one network to the inbox.",
        .mend = "Wait for as many seconds as `Retry-After` says, then ask again with the same request id."},
    ProblemHelp{
        .code = Errc::busy,
        .status = 503,
        .title = "Too much to do: nothing was recorded",
        .cause = "A queue of the server is full.",
        .mend = "Wait for as many seconds as `Retry-After` says and a random part of a second, then ask again with the "
                "same request id."},
    ProblemHelp{
        .code = Errc::outcome_unknown,
        .status = 503,
        .title = "It may have been recorded: ask again with the same request id",
        .cause = "The server cannot say whether the question was answered: the database did not confirm, or the answer "
                 "had waited for too long to be let out.",
        .mend = "Ask the same question again with the same request id: what was recorded is found, and counts once."},
    ProblemHelp{.code = Errc::unavailable,
                .status = 503,
                .title = "The service is not available",
                .cause = "The server does not answer now: its database, its log or its clock does not let it.",
                .mend = "Ask again with growing pauses (1 s, 2 s, 4 s … up to a minute) and the same request id."},
    ProblemHelp{.code = Errc::sealed,
                .status = 503,
                .title = "The server is sealed",
                .cause = "The server was started and its keys have not been opened yet.",
                .mend = "Ask again with growing pauses; the operator unseals it."},
    ProblemHelp{
        .code = Errc::denied,
        .status = 403,
        .title = "No registered issuer signed this",
        .cause = "The issuer is unknown, or the signature in Lindung-Import is not by a key of its own; one answer for "
                 "both.",
        .mend = "Compare issuer id and public key with what the operator registered, and the signed message with "
                "docs/import.md."},
    ProblemHelp{
        .code = Errc::denied,
        .status = 403,
        .title = "This issuer may not sign records in now",
        .cause = "The signature is right, and the issuer's licence is not in the register or has ended; `detail` says "
                 "which.",
        .mend = "Have the licence registered or renewed, then send the same import again."},
    ProblemHelp{
        .code = Errc::conflict,
        .status = 409,
        .title = "This import id was used for other content, or its import was undone",
        .cause = "An import id stands for one content for ever.",
        .mend = "Give other content a new import id. An import that was undone is never taken again under its id."},
    ProblemHelp{.code = Errc::unsupported,
                .status = 415,
                .title = "Not a media type that is read here",
                .cause = "Content-Type is none of FHIR JSON, NDJSON, CSV or gzip, or Content-Encoding is not gzip.",
                .mend = "Name one of the documented media types; the content decides what it is."},
    ProblemHelp{.code = Errc::bad_signature,
                .status = 401,
                .title = "Nobody is signed in",
                .cause = "The request has no session's cookie, or its session is over.",
                .mend = "Sign in; then send the same request again.",
                .name = "signed-out"},
    ProblemHelp{.code = Errc::denied,
                .status = 403,
                .title = "This is not for this session, or what was shown does not prove it",
                .cause = "The session is of another role, another site asked, or a code, an identity or a passkey is "
                         "not right; `detail` names which, and never a person.",
                .mend = "Read `detail`; docs/portal-api.md says what each means."},
    ProblemHelp{.code = Errc::conflict,
                .status = 409,
                .title = "Not in the state that this needs",
                .cause = "What is asked for was done already, or something else comes first; `detail` names it.",
                .mend = "Read `detail`, and what is there now."},
};

constexpr std::size_t issuer_rows = 4;
constexpr std::size_t portal_rows = 3;

constexpr std::size_t place_of(Errc code) noexcept {
  const auto* const found = std::ranges::find(all, code, &ProblemHelp::code);
  return static_cast<std::size_t>(found - all.begin());
}

}  // namespace

std::string_view name_of(const ProblemHelp& help) noexcept {
  return help.name.empty() ? lindung::name_of(help.code) : help.name;
}

const ProblemHelp& help_of(IssuerProblem problem) noexcept {
  return std::span{all}.last<issuer_rows + portal_rows>()[static_cast<std::size_t>(problem)];
}

const ProblemHelp& help_of(PortalProblem problem) noexcept {
  return std::span{all}.last<portal_rows>()[static_cast<std::size_t>(problem)];
}

const ProblemHelp& help_of(Errc code) noexcept {
  const auto place = place_of(code);
  return std::span{all}[place < all.size() - issuer_rows - portal_rows ? place : place_of(Errc::unavailable)];
}

std::span<const ProblemHelp> problem_help() noexcept { return all; }

const ProblemHelp* find_help(std::string_view name, unsigned status) noexcept {
  const auto* const found = std::ranges::find_if(
      all, [&](const ProblemHelp& help) { return help.status == status && name_of(help) == name; });
  return found == all.end() ? nullptr : found;
}

}  // namespace lindung::api
