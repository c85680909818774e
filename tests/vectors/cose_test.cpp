// Signed COSE messages with one signer (cose-wg/Examples, gluecose) that use what certificates use: ES256 on P-256 or
// P-384, PS256. All others are counted with the reason why not.
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "cert/cose_sign1.h"
#include "cert/jwk.h"
#include "cert/refusal.h"
#include "codec/base_n.h"
#include "vectors/bytes_of.h"
#include "vectors/vectors.h"

namespace lindung::vectors {
namespace {

bool is_cose_example(const json::value& value) {
  const auto* file = object_with(value, {"title", "input", "output"});
  return file != nullptr && object_with(file->at("output"), {"cbor"}) != nullptr;
}
bool is_gluecose(const json::value& value) {
  const auto* file = object_with(value, {"uuid", "key", "alg"});
  return file != nullptr && (file->contains("sign1::verify") || file->contains("sign1::sign"));
}
const Format cose_format{"cose-examples", is_cose_example};
const Format gluecose_format{"gluecose", is_gluecose};

// Some examples give a number of their key in hexadecimal: "x_hex" for "x".
json::object plain_key(json::object jwk) {
  for (const std::string name : {"x", "y", "n", "e"}) {
    if (jwk.contains(name + "_hex")) jwk[name] = codec::base64url(bytes_of(jwk, name + "_hex"));
  }
  return jwk;
}

bool holds(BytesView message, const json::object& jwk) {
  const auto read = cert::CoseSign1::read(message);
  const auto key = cert::key_of_jwk(plain_key(jwk));
  return read && key && read.value().is_signed_by(key.value());
}

TEST(CoseVectors, examples_with_one_signer_hold_or_are_refused_as_they_say) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"cose-examples"};
  const auto files = Folder::get().for_each_json(is_cose_example, [&](const JsonFile& file) {
    const auto& example = file.value.as_object();
    const auto* signer = object_with(example.at("input"), {"sign0"});
    if (signer == nullptr) return balance.skip("not COSE_Sign1");
    const auto& sign = signer->at("sign0").as_object();
    if (text_of(sign, "alg") != "ES256") return balance.skip("another algorithm");
    if (sign.contains("external")) return balance.skip("data outside of the message");
    const auto* fail = example.if_contains("fail");
    const bool good = fail == nullptr || !fail->as_bool();
    const auto cbor = bytes_of(example.at("output").as_object(), "cbor");
    const bool held = holds(cbor, sign.at("key").as_object());
    balance.judge(held == good, file.name, held ? "holds" : "is refused");
  });
  if (files != 0) {
    EXPECT_GT(balance.ran(), 0U);
  }
}

TEST(CoseVectors, gluecose_messages_hold_as_they_say) {
  LINDUNG_NEEDS_VECTORS();
  Balance balance{"gluecose"};
  const auto files = Folder::get().for_each_json(is_gluecose, [&](const JsonFile& file) {
    const auto& example = file.value.as_object();
    const auto algorithm = text_of(example, "alg");
    if (algorithm != "ES256" && algorithm != "PS256") return balance.skip("another algorithm");
    const bool verify = example.contains("sign1::verify");
    const auto& part = example.at(verify ? "sign1::verify" : "sign1::sign").as_object();
    if (!text_of(part, "external").empty()) return balance.skip("data outside of the message");
    const auto& message = part.at(verify ? "taggedCOSESign1" : "expectedOutput").as_object();
    const bool good = !verify || part.at("shouldVerify").as_bool();
    const auto cbor = bytes_of(message, "cborHex");
    const bool held = holds(cbor, example.at("key").as_object());
    balance.judge(held == good, file.name, held ? "holds" : "is refused");
  });
  if (files != 0) {
    EXPECT_GT(balance.ran(), 0U);
  }
}

}  // namespace
}  // namespace lindung::vectors
