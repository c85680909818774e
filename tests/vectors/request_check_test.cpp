// The refused requests of the sealed exchange's vectors, as a partner captured them: the doctor names the part that was
// spoiled, and finds nothing wrong with what is accepted.
#include "gateway/request_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <fstream>
#include <ios>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/ed25519.h"
#include "gateway/finding.h"
#include "gateway/key_directory.h"

namespace lindung {
namespace {

namespace json = boost::json;

const json::object& stored_vectors() {
  static const json::value value = [] {
    const char* path = std::getenv("LINDUNG_EXCHANGE_VECTORS");
    std::ifstream in{path != nullptr ? path : std::string{LINDUNG_SOURCE_DIR} + "/tests/data/sealed-exchange.json",
                     std::ios::binary};
    return codec::parse_json(std::string{std::istreambuf_iterator<char>{in}, {}}, {.bytes = 1U << 28U, .depth = 32})
        .value();
  }();
  return value.as_object();
}

std::string text(const json::object& object, std::string_view name) { return std::string{object.at(name).as_string()}; }

template <std::size_t N>
ByteArray<N> fixed(const json::object& object, std::string_view name) {
  return take<N>(codec::from_hex(text(object, name)).value());
}

const json::object& example_of(const json::object& variant) {
  const auto& all = stored_vectors().at("positive").as_array();
  return std::ranges::find_if(
             all, [&](const json::value& each) { return each.as_object().at("name") == variant.at("based_on"); })
      ->as_object();
}

gateway::RequestReport examine(const json::object& variant) {
  const auto& example = example_of(variant);
  const auto& partner = example.at("partner").as_object();
  const auto& server = example.at("gateway").as_object();
  const auto now = moment_of(variant.at("now").to_number<std::uint64_t>());
  gateway::KeyDirectory directory;
  directory.pact = fixed<32>(partner, "pact_digest");
  directory.exchange_keys.push_back(
      {.key = {.key_id = server.at("key_id").to_number<std::uint8_t>(), .public_key = fixed<32>(server, "public_key")},
       .not_before = now - seconds{3600},
       .not_after = now + seconds{3600}});
  gateway::CapturedRequest request{.method = "POST",
                                   .target = text(variant, "target"),
                                   .fields = {{"Host", text(variant, "host")}},
                                   .body = codec::from_hex(text(variant, "body")).value()};
  for (const auto& header : variant.at("headers").as_array()) {
    request.fields.emplace_back(header.at(0).as_string().c_str(), header.at(1).as_string().c_str());
  }
  request.fields.emplace_back("Content-Length", std::to_string(request.body.size()));
  const auto seed = Secret<32>{fixed<32>(partner, "signing_private_key")};
  return gateway::check_request(request, {.authority = "gateway.example",
                                          .signing_key = crypto::Ed25519PrivateKey::from_seed(seed).public_key(),
                                          .key_id = text(partner, "key_id"),
                                          .directory = directory,
                                          .sent_at = now});
}

std::string parts_of(const gateway::RequestReport& report) {
  std::string out;
  for (const auto& each : report.findings.all()) {
    if (each.verdict == gateway::Verdict::wrong) out += (out.empty() ? "" : ", ") + each.part;
  }
  return out;
}

// Only the gateway can open the body: what is wrong inside stays hidden from here.
constexpr std::string_view hidden = "";

// Read from protocol.md section 4, by the name of the vector.
const std::map<std::string, std::string_view, std::less<>> expected{
    {"body changed after signing", "Content-Digest"},
    {"signature bit flipped", "Signature"},
    {"signature with S + L", "Signature"},
    {"signed by another key", "Signature"},
    {"signed for another authority", "Signature"},
    {"sent to an authority that is not ours, and signed for it", "Host"},
    {"another path signed", "Signature"},
    {"a query on the target", "target"},
    {"unknown key id", "keyid"},
    {"unknown key id and a wrong clock", "created, expires, keyid"},
    {"key id with a capital", "keyid"},
    {"pact header swapped after signing", "Lindung-Pact, lindung-pact"},
    {"signed under an unknown pact", "Lindung-Pact"},
    {"digest header missing", "Content-Digest"},
    {"digest header twice", "Content-Digest"},
    {"digest with a second member", "Content-Digest, content-digest"},
    {"two signatures", "Signature-Input, Signature"},
    {"another label", "Signature-Input, Signature"},
    {"nonce missing", "parameters"},
    {"nonce padded", "nonce"},
    {"nonce with non-zero pad bits", "nonce"},
    {"alg missing", "parameters"},
    {"another alg", "alg"},
    {"another tag", "tag"},
    {"created as a decimal", "created"},
    {"an unknown parameter", "parameters"},
    {"space inside the parameters", "parameters"},
    {"a component parameter", "components"},
    {"a seventh component", "components"},
    {"pact not covered", "components"},
    {"old and expired", "created, expires"},
    {"expired though not old", "expires"},
    {"created 31 s in the future", "created"},
    {"expires before created", "expires"},
    {"lifetime longer than 60 s", "expires"},
    {"one byte short", "Content-Length, body"},
    {"one byte long", "Content-Length, body"},
    {"another media type", "Content-Type"},
    {"unknown KEM", "suite"},
    {"unknown KDF", "suite"},
    {"unknown AEAD", "suite"},
    {"unknown gateway key", "gateway key 99"},
    {"ciphertext changed and signed again", hidden},
    {"ephemeral key of all zeros", "enc"},
    {"signed again with another nonce than the one sealed", hidden},
    {"reserved byte set", hidden},
    {"unknown version", hidden},
    {"unknown operation", hidden},
    {"operation zero", hidden},
    {"venue code longer than its field", hidden},
    {"bytes after the venue code", hidden},
    {"check_in without a venue code", hidden},
    {"client time 25 h ago", hidden},
    {"client time 31 s ahead of the clock", hidden}};

TEST(RequestCheck, NamesThePartOfEveryRefusedVectorThatWasSpoiled) {
  std::size_t ran = 0;
  for (const auto& value : stored_vectors().at("refuse").as_array()) {
    const auto name = text(value.as_object(), "name");
    const auto it = expected.find(name);
    ASSERT_NE(it, expected.end()) << name;
    EXPECT_EQ(parts_of(examine(value.as_object())), it->second) << name;
    ++ran;
  }
  EXPECT_EQ(ran, expected.size());
}

TEST(RequestCheck, FindsNothingWrongWithWhatIsAccepted) {
  std::size_t ran = 0;
  for (const auto& value : stored_vectors().at("accept").as_array()) {
    const auto report = examine(value.as_object());
    EXPECT_EQ(parts_of(report), "") << text(value.as_object(), "name");
    ++ran;
  }
  EXPECT_GT(ran, 0U);
}

}  // namespace
}  // namespace lindung
