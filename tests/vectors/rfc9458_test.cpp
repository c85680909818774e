// RFC 9458 appendix A: a request and its response under Oblivious HTTP, whose response keys protocol.md section 5 uses.
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/hpke.h"
#include "crypto/response_keys.h"
#include "vectors/bytes_of.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

[[nodiscard]] bool is_rfc9458(const json::value& value) {
  return object_with(value, {"gateway_private_key", "ephemeral_private_key", "encapsulated_request",
                             "encapsulated_response", "export_label", "response_nonce"}) != nullptr;
}

const Format rfc9458{"rfc9458", is_rfc9458};

constexpr std::size_t header_size = 7;  // key id, KEM, KDF, AEAD: the end of `info` (RFC 9458 section 4.3)

void judge_request(const json::object& file, const std::string& name, Balance& balance) {
  const auto gateway = crypto::X25519PrivateKey::from_bytes(Secret<32>{array_of<32>(file, "gateway_private_key")});
  const auto ephemeral = crypto::X25519PrivateKey::from_bytes(Secret<32>{array_of<32>(file, "ephemeral_private_key")});
  const auto info = bytes_of(file, "info");
  const auto aad = bytes_of(file, "aad");
  const auto request = bytes_of(file, "request");
  const auto encapsulated = bytes_of(file, "encapsulated_request");
  ASSERT_GT(info.size(), header_size);
  ASSERT_GT(encapsulated.size(), header_size + 32);

  const auto sender = crypto::hpke_send(gateway.public_key(), ephemeral, info).value();
  Message made;
  made.raw(BytesView{info}.last(header_size)).raw(sender.enc).raw(sender.context.seal(aad, request));
  balance.judge(to_bytes(made.view()) == encapsulated, name + " encapsulated_request");

  const auto enc = take<32>(BytesView{encapsulated}.subspan(header_size));
  const auto received = crypto::hpke_receive(gateway, enc, info).value();
  const auto opened = received.open(aad, BytesView{encapsulated}.subspan(header_size + enc.size()));
  balance.judge(opened && opened.value() == request, name + " request");

  Secret<16> secret;
  received.export_secret(as_bytes(text_of(file, "export_label")), secret.mutable_view());
  balance.judge(to_bytes(secret.view()) == bytes_of(file, "secret"), name + " secret");
}

void judge_response(const json::object& file, const std::string& name, Balance& balance) {
  const Secret<16> secret{array_of<16>(file, "secret")};
  const auto enc = array_of<32>(file, "enc");
  const auto nonce = array_of<16>(file, "response_nonce");
  const auto response = bytes_of(file, "response");

  const auto prk = crypto::hkdf_extract(Message{}.raw(enc).raw(nonce).view(), {secret.view()});
  balance.judge(to_bytes(prk.view()) == bytes_of(file, "prk"), name + " prk");
  const auto keys = crypto::response_keys(secret, enc, nonce);
  balance.judge(to_bytes(keys.key.view()) == bytes_of(file, "aead_key"), name + " aead_key");
  balance.judge(to_bytes(keys.nonce) == bytes_of(file, "aead_nonce"), name + " aead_nonce");

  const auto encapsulated = bytes_of(file, "encapsulated_response");
  Message made;
  made.raw(nonce).raw(crypto::gcm_seal(keys.key.view(), keys.nonce, {}, response));
  balance.judge(to_bytes(made.view()) == encapsulated, name + " encapsulated_response");
  ASSERT_GT(encapsulated.size(), nonce.size());
  const auto opened = crypto::gcm_open(keys.key.view(), keys.nonce, {}, BytesView{encapsulated}.subspan(nonce.size()));
  balance.judge(opened && opened.value() == response, name + " response");
}

TEST(Rfc9458, request_and_response_of_appendix_a) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"rfc9458"};
  const auto files = Folder::get().for_each_json(is_rfc9458, [&](const JsonFile& file) {
    judge_request(file.value.get_object(), file.name, balance);
    judge_response(file.value.get_object(), file.name, balance);
  });
  if (files == 0 && Folder::get().demanded()) GTEST_SKIP() << "NO VECTORS of RFC 9458 in " << Folder::get().root();
  EXPECT_GT(balance.ran(), 0U);
}

}  // namespace
}  // namespace lindung::vectors
