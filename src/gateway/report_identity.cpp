#include "gateway/report_identity.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/hpke.h"
#include "domain/report.h"

namespace lindung::gateway {

namespace {

constexpr std::size_t identity_size = 256;
constexpr std::size_t nik_size = 16;
constexpr std::size_t longest_texts = 200;
constexpr std::size_t enc_size = 32;
constexpr std::size_t tag_size = 16;
constexpr std::size_t key_id_size = 8;
static_assert(identity_size + 2 * (enc_size + tag_size) == domain::sealed_identity_size);

domain::OfficeKeyId key_id_of(const crypto::X25519PublicKey& key) { return take<key_id_size>(crypto::sha256(key)); }

Bytes info_of(const crypto::X25519PublicKey& key) {
  return Message{}.text("lindung report identity v1").u8(0).raw(key_id_of(key)).take();
}

Result<Bytes> seal_layer(const crypto::X25519PublicKey& key, BytesView plaintext) {
  TRY(sender, crypto::hpke_send(key, crypto::X25519PrivateKey::generate(), info_of(key)));
  return Message{}.raw(sender.enc).raw(sender.context.seal({}, plaintext)).take();
}

bool is_nik_or_empty(std::string_view text) {
  return text.empty() || (text.size() == nik_size && text.find_first_not_of("0123456789") == std::string_view::npos);
}

}  // namespace

Result<domain::SealedIdentity> seal_identity(const crypto::X25519PublicKey& health,
                                             const crypto::X25519PublicKey& second, const ReportedIdentity& identity) {
  const bool is_empty = identity.nik.empty() && identity.name.empty() && identity.phone.empty();
  if (is_empty || !is_nik_or_empty(identity.nik) || identity.name.size() + identity.phone.size() > longest_texts) {
    return fail(Errc::invalid_argument,
                "identity: a NIK of 16 digits, a name or a telephone number, 200 bytes at most");
  }
  Message message;
  message.text(identity.nik).raw(Bytes(nik_size - identity.nik.size()));
  for (const auto& text : {identity.name, identity.phone}) {
    message.u8(static_cast<std::uint8_t>(text.size())).text(text);
  }
  auto plaintext = message.take();
  plaintext.resize(identity_size);
  TRY(inner, seal_layer(second, plaintext));
  TRY(outer, seal_layer(health, inner));
  return domain::SealedIdentity{
      .first = key_id_of(health), .second = key_id_of(second), .sealed = take<domain::sealed_identity_size>(outer)};
}

Result<Bytes> open_layer(const crypto::X25519PrivateKey& key, BytesView sealed) {
  if (sealed.size() < enc_size + tag_size) return fail(Errc::malformed, "sealed identity: length");
  TRY(context, crypto::hpke_receive(key, take<enc_size>(sealed), info_of(key.public_key())));
  return context.open({}, sealed.subspan(enc_size));
}

Result<ReportedIdentity> read_identity(BytesView plaintext) {
  const auto wrong = [] { return fail(Errc::malformed, "identity: another shape"); };
  if (plaintext.size() != identity_size) return wrong();
  ReportedIdentity identity;
  if (!all_zero(plaintext.first(nik_size))) identity.nik = as_text(plaintext.first(nik_size));
  if (!is_nik_or_empty(identity.nik)) return wrong();
  auto rest = plaintext.subspan(nik_size);
  for (auto* text : {&identity.name, &identity.phone}) {
    const std::size_t size = rest[0];
    if (size + 1 >= rest.size()) return wrong();
    *text = as_text(rest.subspan(1, size));
    rest = rest.subspan(1 + size);
  }
  return all_zero(rest) ? Result<ReportedIdentity>{identity} : wrong();
}

}  // namespace lindung::gateway
