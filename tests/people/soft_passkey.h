// An authenticator of our own for tests, as the standard describes one: keys, counters and signatures are real, and
// each thing that it says can be made wrong.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"

namespace lindung::people {

// What an honest browser and authenticator say, unless a test says otherwise.
struct Said {
  std::string origin{"https://lindung.example"};
  std::string relying_party{"lindung.example"};
  std::string type{};        // empty: the ceremony's
  std::string challenge{};   // empty: the one of the options
  std::string extra{};       // further members of the client data: ",\"crossOrigin\":true"
  std::uint8_t flags{0x05};  // user present, user verified
  std::optional<std::uint32_t> counter{};
  bool spoil_signature{};
  bool spoil_client_data{};  // behind the signature
};

class SoftPasskey {
 public:
  explicit SoftPasskey(bool is_eddsa = false) : is_eddsa_{is_eddsa} {}

  [[nodiscard]] boost::json::object create(const boost::json::object& options, const Said& said = {}) {
    const auto& wanted = options.at("publicKey").as_object();
    handle_ = wanted.at("user").at("id").as_string().c_str();
    auto data = head(said, 0x40);
    const ByteArray<16> aaguid{};
    Message out;
    out.raw(data).raw(aaguid).be(static_cast<std::uint16_t>(id_.size())).raw(id_).raw(cose_key());
    codec::CborWriter attestation;
    attestation.map(3).text("fmt").text("none").text("attStmt").map(0).text("authData").bytes(out.view());
    return {{"id", codec::base64url(id_)},
            {"rawId", codec::base64url(id_)},
            {"type", "public-key"},
            {"response", boost::json::object{{"clientDataJSON",
                                              codec::base64url(as_bytes(client_data("webauthn.create", wanted, said)))},
                                             {"attestationObject", codec::base64url(attestation.view())}}},
            {"clientExtensionResults", boost::json::object{}}};
  }

  [[nodiscard]] boost::json::object get(const boost::json::object& options, const Said& said = {}) {
    const auto& wanted = options.at("publicKey").as_object();
    ++counter_;
    const auto data = head(said, 0);
    auto client = client_data("webauthn.get", wanted, said);
    auto signature = sign(Message{}.raw(data).raw(crypto::sha256(as_bytes(client))).take());
    if (said.spoil_signature) signature.back() ^= 1U;
    if (said.spoil_client_data) client += " ";
    return {{"id", codec::base64url(id_)},
            {"rawId", codec::base64url(id_)},
            {"type", "public-key"},
            {"response", boost::json::object{{"clientDataJSON", codec::base64url(as_bytes(client))},
                                             {"authenticatorData", codec::base64url(data)},
                                             {"signature", codec::base64url(signature)},
                                             {"userHandle", handle_}}}};
  }

 private:
  [[nodiscard]] Bytes head(const Said& said, std::uint8_t more_flags) const {
    return Message{}
        .raw(crypto::sha256(as_bytes(said.relying_party)))
        .u8(static_cast<std::uint8_t>(said.flags | more_flags))
        .be(said.counter.value_or(counter_))
        .take();
  }
  [[nodiscard]] static std::string client_data(std::string_view type, const boost::json::object& wanted,
                                               const Said& said) {
    const std::string challenge = said.challenge.empty() ? wanted.at("challenge").as_string().c_str() : said.challenge;
    return "{\"type\":\"" + (said.type.empty() ? std::string{type} : said.type) + "\",\"challenge\":\"" + challenge +
           "\",\"origin\":\"" + said.origin + "\"" + said.extra + "}";
  }
  [[nodiscard]] Bytes cose_key() const {
    codec::CborWriter key;
    if (is_eddsa_) {
      const auto bytes = ed_.public_key().bytes();
      key.map(4).integer(1).integer(1).integer(3).integer(-8).integer(-1).integer(6).integer(-2).bytes(bytes);
    } else {
      const auto point = es_.public_point();
      const BytesView whole{point};
      key.map(5).integer(1).integer(2).integer(3).integer(-7).integer(-1).integer(1);
      key.integer(-2).bytes(whole.subspan(1, 32)).integer(-3).bytes(whole.subspan(33, 32));
    }
    return std::move(key).take();
  }
  // DER: SEQUENCE of two INTEGERs.
  [[nodiscard]] static Bytes integer(BytesView value) {
    while (value.size() > 1 && value.front() == 0) value = value.subspan(1);
    Message out;
    const bool needs_zero = (value.front() & 0x80U) != 0;
    out.u8(0x02).u8(static_cast<std::uint8_t>(value.size() + (needs_zero ? 1 : 0)));
    if (needs_zero) out.u8(0);
    return out.raw(value).take();
  }
  [[nodiscard]] Bytes sign(BytesView message) const {
    if (is_eddsa_) return to_bytes(ed_.sign(message));
    const auto raw = es_.sign(message).value();
    const auto r = integer(BytesView{raw}.first(32));
    const auto s = integer(BytesView{raw}.subspan(32));
    return Message{}.u8(0x30).u8(static_cast<std::uint8_t>(r.size() + s.size())).raw(r).raw(s).take();
  }

  bool is_eddsa_;
  ByteArray<32> id_{crypto::random_bytes<32>()};
  std::string handle_;
  std::uint32_t counter_{};
  crypto::Es256PrivateKey es_{crypto::Es256PrivateKey::generate().value()};
  crypto::Ed25519PrivateKey ed_{crypto::Ed25519PrivateKey::generate()};
};

}  // namespace lindung::people
