// RFC 9180 appendix A.1: the key schedule, the first encryption and the exporter of the one suite that we speak.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/hpke.h"
#include "vectors/bytes_of.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

[[nodiscard]] bool is_rfc9180(const json::value& value) {
  return object_with(value, {"mode", "kem_id", "kdf_id", "aead_id", "skEm", "skRm", "encryptions", "exports"}) !=
         nullptr;
}

const Format rfc9180{"rfc9180", is_rfc9180};

[[nodiscard]] Bytes exported(const crypto::HpkeContext& context, BytesView exporter_context, std::size_t size) {
  Bytes out(size);
  context.export_secret(exporter_context, out);
  return out;
}

[[nodiscard]] bool is_our_suite(const json::object& file) {
  return number_of(file, "mode") == 0 && number_of(file, "kem_id") == 0x20 && number_of(file, "kdf_id") == 1 &&
         number_of(file, "aead_id") == 1;
}

void judge_file(const json::object& file, const std::string& name, Balance& balance) {
  if (!is_our_suite(file)) {
    balance.skip("mode or suite not used");
    return;
  }
  const auto recipient = crypto::X25519PrivateKey::from_bytes(Secret<32>{array_of<32>(file, "skRm")});
  const auto ephemeral = crypto::X25519PrivateKey::from_bytes(Secret<32>{array_of<32>(file, "skEm")});
  const auto info = bytes_of(file, "info");
  const auto sender = crypto::hpke_send(recipient.public_key(), ephemeral, info).value();
  const auto received = crypto::hpke_receive(recipient, array_of<32>(file, "enc"), info).value();
  balance.judge(recipient.public_key() == array_of<32>(file, "pkRm"), name + " pkRm");
  balance.judge(sender.enc == array_of<32>(file, "enc"), name + " enc");

  for (const auto& value : file.at("encryptions").as_array()) {
    const auto& encryption = value.as_object();
    const auto sequence = number_of(encryption, "sequence");
    if (sequence != 0) {
      balance.skip("sequence above 0: one message a context");
      continue;
    }
    const auto aad = bytes_of(encryption, "aad");
    const auto plaintext = bytes_of(encryption, "plaintext");
    const auto ciphertext = bytes_of(encryption, "ciphertext");
    balance.judge(sender.context.seal(aad, plaintext) == ciphertext, name + " seal");
    const auto opened = received.open(aad, ciphertext);
    balance.judge(opened && opened.value() == plaintext, name + " open");
  }
  for (const auto& value : file.at("exports").as_array()) {
    const auto& entry = value.as_object();
    const auto context = bytes_of(entry, "exporter_context");
    const auto expected = bytes_of(entry, "exported_value");
    const auto size = static_cast<std::size_t>(number_of(entry, "length"));
    balance.judge(exported(sender.context, context, size) == expected, name + " export of the sender");
    balance.judge(exported(received, context, size) == expected, name + " export of the recipient");
  }
}

TEST(Rfc9180, setup_encryption_and_exports_of_appendix_a_1) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"rfc9180"};
  const auto files = Folder::get().for_each_json(
      is_rfc9180, [&](const JsonFile& file) { judge_file(file.value.get_object(), file.name, balance); });
  if (files == 0 && Folder::get().demanded()) GTEST_SKIP() << "NO VECTORS of RFC 9180 in " << Folder::get().root();
  EXPECT_GT(balance.ran(), 0U);
}

}  // namespace
}  // namespace lindung::vectors
