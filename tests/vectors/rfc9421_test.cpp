// RFC 9421 appendix B.2.6: an HTTP message signed with Ed25519. The project speaks one spelling of its own (its vectors
// are in exchange_test.cpp); this checks that key, signature base and signature mean what the standard means.
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/secret.h"
#include "codec/base_n.h"
#include "crypto/ed25519.h"
#include "vectors/bytes_of.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

[[nodiscard]] bool is_rfc9421(const json::value& value) {
  return object_with(value, {"signature_base", "signature_input", "signature", "private_key", "public_key"}) != nullptr;
}

const Format rfc9421{"rfc9421", is_rfc9421};

void judge_message(const json::object& file, const std::string& name, Balance& balance) {
  const auto key = crypto::Ed25519PrivateKey::from_seed(Secret<32>{array_of<32>(file, "private_key")});
  balance.judge(key.public_key().bytes() == array_of<32>(file, "public_key"), name + " public_key");

  // The signature parameters stand behind the label, and as the last line of the base (section 2.5).
  const std::string_view base = text_of(file, "signature_base");
  const std::string_view input = text_of(file, "signature_input");
  const auto label_size = input.find('=') + 1;
  const std::string last_line = "\"@signature-params\": " + std::string{input.substr(label_size)};
  balance.judge(base.ends_with(last_line), name + " signature_input");

  std::string_view member = text_of(file, "signature");
  const bool has_label = member.starts_with(input.substr(0, label_size)) && member.ends_with(':');
  balance.judge(has_label, name + " label");
  if (!has_label) return;
  member = member.substr(label_size + 1, member.size() - label_size - 2);
  crypto::Ed25519Signature signature{};
  balance.judge(codec::from_base64(member, signature).has_value(), name + " base64");
  balance.judge(key.public_key().verifies(as_bytes(base), signature), name + " verify");
  balance.judge(key.sign(as_bytes(base)) == signature, name + " sign");
  signature[0] ^= 1U;
  balance.judge(!key.public_key().verifies(as_bytes(base), signature), name + " flipped signature");
}

TEST(Rfc9421, an_ed25519_signature_of_appendix_b26) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"rfc9421"};
  const auto files = Folder::get().for_each_json(
      is_rfc9421, [&](const JsonFile& file) { judge_message(file.value.get_object(), file.name, balance); });
  if (files == 0 && Folder::get().demanded()) GTEST_SKIP() << "NO VECTORS of RFC 9421 in " << Folder::get().root();
  EXPECT_GT(balance.ran(), 0U);
}

}  // namespace
}  // namespace lindung::vectors
