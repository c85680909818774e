// The sealed exchange's own vectors (LINDUNG_EXCHANGE_VECTORS, else the project's copy), through the real door and the
// real exchange: worked examples byte for byte, variants to accept, requests to refuse with the named problem.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/problem.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/answer.h"
#include "domain/link_token.h"
#include "domain/question.h"
#include "domain/venue_code.h"
#include "gateway/envelope.h"
#include "gateway/partner_client.h"
#include "http/message.h"
#include "log/entry.h"
#include "log/merkle.h"
#include "service/opened.h"
#include "support/world.h"
#include "vectors/vectors.h"

namespace lindung {
namespace {

namespace json = boost::json;

const json::object& stored_vectors() {
  static const json::value value = [] {
    const char* path = std::getenv("LINDUNG_EXCHANGE_VECTORS");
    const std::string file =
        path != nullptr ? path : std::string{LINDUNG_SOURCE_DIR} + "/tests/data/sealed-exchange.json";
    std::ifstream in{file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    auto parsed = codec::parse_json(text, {.bytes = 1U << 28U, .depth = 32});
    if (parsed.has_error()) {
      ADD_FAILURE() << file << ": " << parsed.error().text();
      return json::value{json::object{}};
    }
    return std::move(parsed).value();
  }();
  return value.as_object();
}

std::string text(const json::object& object, std::string_view name) { return std::string{object.at(name).as_string()}; }
Bytes bytes(const json::object& object, std::string_view name) { return codec::from_hex(text(object, name)).value(); }
template <std::size_t N>
ByteArray<N> fixed(const json::object& object, std::string_view name) {
  const auto value = bytes(object, name);
  EXPECT_EQ(value.size(), N) << name;
  return take<N>(value);
}
std::uint64_t number(const json::object& object, std::string_view name) {
  return object.at(name).to_number<std::uint64_t>();
}

// A request as the HTTP floor hands it on, with storage of its own.
struct StoredRequest {
  std::string target;
  std::vector<std::pair<std::string, std::string>> named;
  std::vector<http::Field> fields;
  Bytes body;
  http::Request request;

  StoredRequest(std::string path, const std::string& host, const json::array& headers, Bytes content)
      : target{std::move(path)}, body{std::move(content)} {
    named.emplace_back("Host", host);
    for (const auto& header : headers) {
      named.emplace_back(header.as_array().at(0).as_string().c_str(), header.as_array().at(1).as_string().c_str());
    }
    for (const auto& [name, value] : named) fields.push_back({.name = name, .value = value});
    request = {.method = "POST",
               .target = target,
               .fields = fields,
               .body = body,
               .framed_by_content_length = true,
               .client_certificate_subject = {}};
  }
};

Secret<32> secret(const json::object& object, std::string_view name) { return Secret<32>{fixed<32>(object, name)}; }

void set_up(test::World& world, const json::object& example) {
  const auto& partner = example.at("partner").as_object();
  const auto& gateway = example.at("gateway").as_object();
  world.set_pact(fixed<32>(partner, "pact_digest"));
  world.add_partner(PartnerId{text(partner, "id")}, KeyId{text(partner, "key_id")},
                    crypto::Ed25519PrivateKey::from_seed(secret(partner, "signing_private_key")));
  world.set_gateway_key(static_cast<std::uint8_t>(number(gateway, "key_id")), secret(gateway, "private_key"));
}

domain::Operation operation_of(const std::string& word) {
  if (word == "check_in") return domain::Operation::check_in;
  if (word == "check_out") return domain::Operation::check_out;
  return domain::Operation::status;
}

const json::object& based_on(const json::object& variant) {
  for (const auto& example : stored_vectors().at("positive").as_array()) {
    if (example.as_object().at("name") == variant.at("based_on")) return example.as_object();
  }
  ADD_FAILURE() << "no positive case " << text(variant, "based_on");
  return stored_vectors().at("positive").as_array().front().as_object();
}

// Expectations of the running test that did not hold.
int failures() {
  const auto* const result = ::testing::UnitTest::GetInstance()->current_test_info()->result();
  int count = 0;
  for (int i = 0; i < result->total_part_count(); ++i) count += result->GetTestPartResult(i).failed() ? 1 : 0;
  return count;
}

// Judges every vector of a list by what `check` expects of it.
template <class Check>
void judge_all(const char* list, Check check) {
  vectors::Balance balance{std::string{"exchange-"} + list};
  for (const auto& value : stored_vectors().at(list).as_array()) {
    const auto name = text(value.as_object(), "name");
    SCOPED_TRACE(name);
    const int before = failures();
    check(value.as_object());
    balance.judge(failures() == before, name);
  }
  EXPECT_GT(balance.ran(), 0U);
}

void check_request(const json::object& example) {
  const auto& partner = example.at("partner").as_object();
  const auto& request = example.at("request").as_object();
  const auto& venue = example.at("venue").as_object();
  const auto& wire = example.at("http").as_object();
  const domain::Question question{.operation = operation_of(text(request, "operation")),
                                  .request_id = RequestId{fixed<16>(request, "request_id")},
                                  .token = {fixed<28>(example.at("token").as_object(), "token")},
                                  .client_time = moment_of(number(request, "client_time")),
                                  .venue_code = bytes(venue, "code")};
  EXPECT_EQ(codec::hex(domain::encode(question)), text(request, "plaintext"));

  gateway::RequestRandom random;
  random.ephemeral = crypto::X25519PrivateKey::from_bytes(secret(partner, "ephemeral_private_key"));
  random.nonce = fixed<16>(partner, "nonce");
  const auto created = number(partner, "created");
  const gateway::PartnerIdentity identity{
      .partner = PartnerId{text(partner, "id")},
      .epoch = number(partner, "epoch"),
      .key_id = KeyId{text(partner, "key_id")},
      .signing_key = crypto::Ed25519PrivateKey::from_seed(secret(partner, "signing_private_key")),
      .pact_digest = fixed<32>(partner, "pact_digest")};
  const auto& gateway = example.at("gateway").as_object();
  const auto sealed = gateway::seal_request(
      identity,
      {.key_id = static_cast<std::uint8_t>(number(gateway, "key_id")), .public_key = fixed<32>(gateway, "public_key")},
      text(wire, "host"), question, moment_of(created), seconds{number(partner, "expires") - created}, random);
  ASSERT_TRUE(sealed.has_value());
  EXPECT_EQ(codec::hex(sealed.value().body), text(request, "body"));
  EXPECT_EQ(codec::hex(sealed.value().reply_key.secret.view()), text(request, "response_secret"));
  for (const auto& header : wire.at("headers").as_array()) {
    const std::pair<std::string, std::string> expected{header.at(0).as_string().c_str(),
                                                       header.at(1).as_string().c_str()};
    EXPECT_NE(std::find(sealed.value().fields.begin(), sealed.value().fields.end(), expected),
              sealed.value().fields.end())
        << expected.first;
  }

  const auto& response = example.at("response").as_object();
  EXPECT_EQ(codec::hex(sealed.value().evidence), text(response, "evidence"));
}

void check_tokens_and_codes(const json::object& example) {
  const auto& token = example.at("token").as_object();
  const crypto::HmacKey trace{fixed<32>(token, "trace_key")};
  const crypto::HmacKey rotation{fixed<32>(token, "rotation_key")};
  const auto made = domain::make_link_token(trace, fixed<19>(token, "random"));
  EXPECT_EQ(codec::hex(made.bytes), text(token, "token"));
  EXPECT_TRUE(domain::is_traced_by(made, trace));
  EXPECT_EQ(codec::hex(domain::next_link_token(rotation, trace, made).bytes), text(token, "next"));

  const auto& venue = example.at("venue").as_object();
  const auto code = bytes(venue, "code");
  if (code.empty()) return;
  EXPECT_EQ(domain::venue_code_text(code), text(venue, "text"));
  EXPECT_EQ(domain::venue_code_bytes(text(venue, "text")).value(), code);
  const auto parsed = domain::parse_venue_code(code);
  ASSERT_TRUE(parsed.has_value());
  const auto key = crypto::Ed25519PrivateKey::from_seed(secret(venue, "signing_private_key"));
  const crypto::HmacKey screen{fixed<32>(venue, "rotating_key")};
  const auto id = parsed.value().venue;
  EXPECT_EQ(codec::hex(id.bytes()), text(venue, "id"));
  if (parsed.value().kind == domain::VenueCodeKind::poster) {
    EXPECT_TRUE(domain::poster_is_genuine(parsed.value(), key.public_key()));
    EXPECT_EQ(domain::make_poster_code(id, parsed.value().key_id, parsed.value().time, key), code);
  } else {
    EXPECT_TRUE(domain::screen_is_genuine(parsed.value(), screen));
    EXPECT_EQ(domain::make_screen_code(id, parsed.value().key_id, parsed.value().time, screen), code);
  }
}

void check_response(const json::object& example) {
  const auto& partner = example.at("partner").as_object();
  const auto& request = example.at("request").as_object();
  const auto& response = example.at("response").as_object();
  const auto answer = domain::parse_answer(fixed<256>(response, "plaintext"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(static_cast<std::uint64_t>(answer.value().outcome), number(response, "outcome"));
  EXPECT_EQ(static_cast<std::uint64_t>(answer.value().colour), number(response, "colour"));
  EXPECT_EQ(answer.value().log_index, number(response, "log_index"));
  EXPECT_EQ(codec::hex(domain::encode(answer.value())), text(response, "plaintext"));
  const auto commitment = domain::commitment_of(answer.value(), fixed<256>(request, "plaintext"));
  EXPECT_EQ(codec::hex(commitment), text(response, "commitment"));
  const auto leaf = log::encode(log::AnswerEntry{.partner = PartnerId{text(partner, "id")},
                                                 .epoch = number(partner, "epoch"),
                                                 .answered_at = answer.value().answered_at,
                                                 .commitment = commitment});
  EXPECT_EQ(codec::hex(leaf), text(response, "leaf"));
  EXPECT_EQ(codec::hex(log::leaf_hash(leaf)), text(response, "leaf_hash"));
  const auto wire = bytes(request, "body");
  const service::ReplyKey key{.enc = take<32>(BytesView{wire}.subspan(7)),
                              .secret = Secret<16>{fixed<16>(request, "response_secret")}};
  EXPECT_EQ(
      codec::hex(gateway::seal_reply(key, fixed<256>(response, "plaintext"), fixed<16>(response, "response_nonce"))),
      text(response, "body"));
}

// The same request through the real door: what it opens is what was sealed.
void check_door(const json::object& example) {
  const auto& wire = example.at("http").as_object();
  const auto& request = example.at("request").as_object();
  test::World world{moment_of(number(example.at("response").as_object(), "answered_at"))};
  set_up(world, example);
  const StoredRequest stored{text(wire, "target"), text(wire, "host"), wire.at("headers").as_array(),
                             bytes(request, "body")};
  const auto opened = world.door->admit(stored.request);
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  EXPECT_EQ(codec::hex(opened.value().plaintext()), text(request, "plaintext"));
  EXPECT_EQ(codec::hex(opened.value().reply_key().secret.view()), text(request, "response_secret"));
  EXPECT_EQ(codec::hex(opened.value().proof().evidence), text(example.at("response").as_object(), "evidence"));
}

TEST(ExchangeVectors, WorkedExamplesHoldByteForByte) {
  judge_all("positive", [](const json::object& example) {
    check_request(example);
    check_tokens_and_codes(example);
    check_response(example);
    check_door(example);
  });
}

// What the gateway answers to a variant of an example: the sealed body, or the error.
Result<Bytes> answer_to(const json::object& variant) {
  test::World world{moment_of(number(variant, "now"))};
  set_up(world, based_on(variant));
  const StoredRequest stored{text(variant, "target"), text(variant, "host"), variant.at("headers").as_array(),
                             bytes(variant, "body")};
  return world.ask_sealed(stored.request);
}

TEST(ExchangeVectors, WhatMustBeAcceptedGetsASealedAnswer) {
  judge_all("accept", [](const json::object& variant) {
    const auto body = answer_to(variant);
    ASSERT_TRUE(body.has_value()) << body.error().text();
    EXPECT_EQ(body.value().size(), gateway::sealed_reply_size(domain::answer_size));
  });
}

TEST(ExchangeVectors, WhatMustBeRefusedGetsTheNamedProblem) {
  judge_all("refuse", [](const json::object& variant) {
    const auto body = answer_to(variant);
    ASSERT_TRUE(body.has_error());
    const auto problem = codec::parse_json(api::problem(body.error()).body);
    ASSERT_TRUE(problem.has_value());
    EXPECT_EQ(problem.value().at("type").as_string(), "urn:lindung:problem:" + text(variant, "error"));
  });
}

}  // namespace
}  // namespace lindung
