#include "gateway/request_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/hpke.h"
#include "domain/question.h"
#include "gateway/finding.h"
#include "gateway/key_directory.h"
#include "gateway/partner_client.h"
#include "gateway/signed_head.h"

namespace lindung::gateway {
namespace {

constexpr std::string_view authority = "gateway.example";
const Moment sent_at = moment_of(1'795'000'000);

// A request that the gateway answers, with what it is held to; tests spoil one thing.
struct Sent {
  CapturedRequest request;
  PartnerTruth truth;
  crypto::Ed25519PrivateKey key = crypto::Ed25519PrivateKey::generate();

  Sent() {
    const auto gateway_key = crypto::X25519PrivateKey::generate().public_key();
    const PartnerIdentity partner{.partner = PartnerId{"gojek"},
                                  .epoch = 1,
                                  .key_id = KeyId{"gojek.1"},
                                  .signing_key = key,
                                  .pact_digest = Hash{7}};
    const domain::Question question{.operation = domain::Operation::status,
                                    .request_id = RequestId{ByteArray<16>{1}},
                                    .token = {ByteArray<28>{1, 0xee, 0xdd}},
                                    .client_time = sent_at,
                                    .venue_code = {}};
    const auto sealed = seal_request(partner, {.key_id = 9, .public_key = gateway_key}, authority, question, sent_at);
    request = {.method = "POST",
               .target = "/v1/partner/exchange",
               .fields = sealed.value().fields,
               .body = sealed.value().body};
    request.fields.emplace_back("Host", authority);
    request.fields.emplace_back("Content-Length", "311");
    KeyDirectory directory;
    directory.pact = Hash{7};
    directory.exchange_keys.push_back({.key = {.key_id = 9, .public_key = gateway_key},
                                       .not_before = sent_at - seconds{100},
                                       .not_after = sent_at + seconds{100}});
    truth = {.authority = std::string{authority},
             .signing_key = key.public_key(),
             .key_id = "gojek.1",
             .directory = directory,
             .sent_at = sent_at};
  }

  std::string& field(std::string_view name) {
    return std::ranges::find(request.fields, name, [](const auto& each) { return each.first; })->second;
  }

  // Signs other bytes than the right ones.
  void sign_instead(const std::function<std::string(std::string)>& change) {
    const auto base = check_request(request, truth).signature_base;
    field("Signature") = "lindung=:" + codec::base64(key.sign(as_bytes(change(base)))) + ":";
  }

  // The only wrong finding, "part: what was found"; more than one are joined by "; ".
  [[nodiscard]] std::string wrong() const {
    std::string out;
    const auto report = check_request(request, truth);
    for (const auto& each : report.findings.all()) {
      if (each.verdict != Verdict::wrong) continue;
      EXPECT_FALSE(each.mend.empty()) << each.part;
      out += (out.empty() ? "" : "; ") + each.part + ": " + each.found;
    }
    return out;
  }
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(RequestCheck, FindsNothingWrongWithAGoodRequest) {
  const Sent sent;
  EXPECT_EQ(sent.wrong(), "");
  const auto report = check_request(sent.request, sent.truth);
  for (const auto& each : report.findings.all()) {
    EXPECT_EQ(each.verdict, Verdict::good) << each.part << ": " << each.found;
  }
}

TEST(RequestCheck, TellsByHowMuchTheClockIsOff) {
  Sent slow;
  slow.truth.sent_at = sent_at + seconds{95};
  EXPECT_EQ(slow.wrong(), "created: is 95 s old when the request is sent; 60 s are allowed; expires: was 65 s ago");
  Sent fast;
  fast.truth.sent_at = sent_at - seconds{40};
  EXPECT_EQ(fast.wrong(), "created: is 40 s ahead of the time; 30 s are allowed");
}

TEST(RequestCheck, NamesTheOtherBytesThatWereSigned) {
  const auto line = [](std::string_view from, std::string_view to) {
    return [from, to](std::string base) { return replaced(std::move(base), from, to); };
  };
  const std::array<std::pair<std::function<std::string(std::string)>, std::string_view>, 9> mistakes{{
      {line("\"@authority\": gateway.example", "\"@authority\": gateway.example:443"),
       "@authority: was signed as \"gateway.example:443\", and Host says \"gateway.example\""},
      {line("\"@method\": POST", "\"@method\": post"), "@method: was signed as \"@method\": post"},
      {line("\"@path\": /v1/partner/exchange", "\"@path\": /v1/partner/exchange/"),
       "@path: was signed as \"@path\": /v1/partner/exchange/"},
      {[](const std::string& base) { return base + "\n"; },
       "signature base: was signed with a line end behind its last line"},
      {[](const std::string& base) {
         std::string out;
         for (const char c : base) out += c == '\n' ? std::string{"\r\n"} : std::string{c};
         return out;
       },
       "signature base: was signed with CR LF between its lines"},
      {line("\"@signature-params\": ", "\"@signature-params\": lindung="),
       "signature base: was signed with the label in @signature-params"},
      {[](const std::string& base) { return base.substr(0, base.rfind('\n')); },
       "signature base: was signed without its last line, @signature-params"},
      {[](const std::string& base) { return std::string{as_text(crypto::sha256(as_bytes(base)))}; },
       "signature base: was hashed before it was signed"},
      {[](const std::string&) { return std::string{"something else"}; },
       "Signature: is by another key, or over other bytes than the signature base"},
  }};
  for (const auto& [change, found] : mistakes) {
    Sent sent;
    sent.sign_instead(change);
    EXPECT_EQ(sent.wrong(), found);
  }
}

TEST(RequestCheck, TellsWhatTheDigestIsOf) {
  const auto of = [](BytesView bytes) { return digest_field(crypto::sha256(bytes)); };
  Sent empty;
  empty.field("Content-Digest") = of({});
  EXPECT_TRUE(empty.wrong().starts_with("Content-Digest: is that of an empty body")) << empty.wrong();
  Sent hex;
  hex.field("Content-Digest") = of(as_bytes(codec::hex(hex.request.body)));
  EXPECT_TRUE(hex.wrong().starts_with("Content-Digest: is that of the body written in hex")) << hex.wrong();
  Sent spelled;
  spelled.field("Content-Digest") = "sha-256=:" + codec::hex(crypto::sha256(spelled.request.body)) + ":";
  EXPECT_TRUE(spelled.wrong().starts_with("Content-Digest: holds hex instead of base64")) << spelled.wrong();
}

TEST(RequestCheck, TellsTheKeyThatIsNotTheOneOfTheDirectory) {
  Sent retired;
  retired.truth.directory->exchange_keys.front().not_after = sent_at - seconds{121};
  EXPECT_EQ(retired.wrong(), "gateway key 9: was retired at " + rfc3339(sent_at - seconds{121}));
  Sent unknown;
  unknown.truth.directory->exchange_keys.front().key.key_id = 8;
  EXPECT_EQ(unknown.wrong(), "gateway key 9: is not in the key directory");
  Sent grace;
  grace.truth.directory->exchange_keys.front().not_after = sent_at - seconds{120};
  EXPECT_EQ(grace.wrong(), "");
}

TEST(RequestCheck, TakesTheNextPactAndNamesTheOneInForceForAnother) {
  Sent next;
  next.truth.directory->pact = Hash{8};
  next.truth.directory->next_pact = Hash{7};
  EXPECT_EQ(next.wrong(), "");
  Sent other;
  other.truth.directory->pact = Hash{8};
  EXPECT_EQ(other.wrong(), "Lindung-Pact: is another text than the pact in force (" + codec::hex(Hash{8}) + ")");
}

TEST(RequestCheck, SaysWhatItDoesNotKnow) {
  Sent sent;
  sent.truth = {.sent_at = sent_at};
  EXPECT_EQ(sent.wrong(), "");
  std::size_t unknown = 0;
  const auto report = check_request(sent.request, sent.truth);
  for (const auto& each : report.findings.all()) {
    if (each.verdict == Verdict::unknown) ++unknown;
  }
  EXPECT_EQ(unknown, 5U);  // Host, pact, keyid, signature, gateway key
}

TEST(Captured, IsReadWithEitherLineEndAndItsBodyAsItStands) {
  const auto crlf = parse_captured("POST /x HTTP/1.1\r\nHost:  a \r\nX: b\r\n\r\nbody\r\n");
  ASSERT_TRUE(crlf.has_value());
  EXPECT_EQ(crlf.value().fields, (std::vector<std::pair<std::string, std::string>>{{"Host", "a"}, {"X", "b"}}));
  EXPECT_EQ(as_text(crlf.value().body), "body\r\n");
  EXPECT_EQ(as_text(parse_captured("POST /x HTTP/1.1\nHost: a\n\nbody").value().body), "body");
  EXPECT_EQ(parse_captured("HTTP/1.1 200 OK\r\n\r\n").error().code, Errc::malformed);
  EXPECT_EQ(parse_captured("POST /x HTTP/1.1\nno field\n\n").error().detail, "line 2 is no header field");
}

}  // namespace
}  // namespace lindung::gateway
