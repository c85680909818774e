// The sealed envelope of a signed endpoint (protocol.md sections 2, 4 and 5): what differs between endpoints, the
// layout of the body, and the seal of a reply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "gateway/signed_head.h"
#include "service/opened.h"

namespace lindung::gateway {

// Every endpoint has its own signature tag, media types, HPKE info label and export label.
struct EnvelopeProfile {
  SignatureProfile signature;
  std::string_view reply_content_type;
  std::string_view request_label;
  std::string_view response_label;
};

inline constexpr EnvelopeProfile exchange_envelope{.signature = exchange_profile,
                                                   .reply_content_type = "application/vnd.lindung.answer",
                                                   .request_label = "lindung request v1",
                                                   .response_label = "lindung response v1"};
inline constexpr EnvelopeProfile bundle_envelope{.signature = bundle_profile,
                                                 .reply_content_type = "application/vnd.lindung.bundle-answer",
                                                 .request_label = "lindung bundle v1",
                                                 .response_label = "lindung bundle response v1"};

// hdr(7) | enc(32) | ct; hdr = key_id(1) | kem(2) | kdf(2) | aead(2).
inline constexpr std::size_t envelope_header_size = 7;
inline constexpr std::size_t enc_size = 32;
inline constexpr std::size_t tag_size = 16;
inline constexpr std::size_t response_nonce_size = 16;
inline constexpr ByteArray<6> suite{0x00, 0x20, 0x00, 0x01, 0x00, 0x01};
[[nodiscard]] constexpr std::size_t sealed_request_size(std::size_t plaintext) noexcept {
  return envelope_header_size + enc_size + plaintext + tag_size;
}
[[nodiscard]] constexpr std::size_t sealed_reply_size(std::size_t plaintext) noexcept {
  return response_nonce_size + plaintext + tag_size;
}

// label | 0x00 | hdr | len(keyid)(1) | keyid | pact digest(32)
[[nodiscard]] Bytes hpke_info(const EnvelopeProfile& profile, BytesView header, std::string_view key_id,
                              const Hash& pact_digest);
// nonce(16) | created(8)
[[nodiscard]] ByteArray<24> hpke_aad(const ByteArray<16>& nonce, std::uint64_t created_s);

// response_nonce(16) | ct, under the key schedule of section 5, with a fresh nonce.
[[nodiscard]] Bytes seal_reply(const service::ReplyKey& key, BytesView plaintext);
// For the vectors: with a given nonce.
[[nodiscard]] Bytes seal_reply(const service::ReplyKey& key, BytesView plaintext, const ByteArray<16>& response_nonce);
// Errors: malformed when it does not open or has another length.
[[nodiscard]] Result<Bytes> open_reply(const service::ReplyKey& key, BytesView body, std::size_t plaintext_size);

}  // namespace lindung::gateway
