#include "log/evidence_verifier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "log/entry.h"
#include "log/memory_log.h"
#include "log/merkle.h"

namespace lindung::log {
namespace {

const PartnerId partner{"gojek"};
const std::string pact{"the pact"};
const std::string base{"\"@signature-params\": (…);keyid=\"gojek.1\""};

crypto::Ed25519PrivateKey partner_key() { return crypto::Ed25519PrivateKey::from_seed(Secret<32>{digest_of(5)}); }

struct Frame {
  std::uint8_t kind{};
  Bytes payload;
};

Frame text_frame(std::uint8_t kind, std::string_view text) {
  return {.kind = kind, .payload = to_bytes(as_bytes(text))};
}

// An answer at 1000 s, opened.
struct Answered {
  ByteArray<16> opening{1, 2, 3};
  Bytes question = Bytes(256, 7);
  Bytes head = Bytes(36, 0);
  crypto::Ed25519Signature signature = partner_key().sign(as_bytes(base));

  Answered() {
    head[1] = 1;
    put_be(MutableBytes{head}.subspan(20), std::uint64_t{1003});
  }
  [[nodiscard]] Entry entry() const {
    const auto evidence = crypto::sha256({as_bytes(base), signature});
    return AnswerEntry{.partner = partner,
                       .epoch = 1,
                       .answered_at = moment_of(1000),
                       .commitment = crypto::hmac_sha256(
                           opening, {as_bytes("lindung answer v1"), ByteArray<1>{0}, evidence, question, head})};
  }
  [[nodiscard]] Frame frame(std::uint64_t index) const {
    codec::CborWriter out;
    out.array(7).uint(index).bytes(opening).text("gojek.1").text(base).bytes(signature).bytes(question).bytes(head);
    return {.kind = 7, .payload = std::move(out).take()};
  }
};

// A pack put together from docs/evidence.md alone.
class Pack {
 public:
  Pack() {
    const auto change = [&](PartnerChange state, Hash digest = {}) {
      return PartnerEntry{
          .at = moment_of(900), .partner = partner, .state = state, .epoch = 1, .signed_digest = digest};
    };
    const Answered answered;
    const auto hidden = RetentionEntry{.at = moment_of(950), .what = "answers", .period = 1};
    const auto key = partner_key().public_key();
    const std::vector<std::pair<Entry, bool>> entries{
        {hidden, false},
        {change(PartnerChange::registered), true},
        {KeyEntry{.at = moment_of(900),
                  .owner = "gojek",
                  .use = "request",
                  .key_id = "gojek.1",
                  .public_key_digest = crypto::sha256(key.bytes()),
                  .added = true},
         true},
        {change(PartnerChange::pact_signed, crypto::sha256(as_bytes(pact))), true},
        {hidden, false},
        {hidden, false},
        {change(PartnerChange::active), true},
        {answered.entry(), true},
        {change(PartnerChange::cut), true},
        {hidden, false},
        {hidden, false}};
    Frontier tree;
    Bytes items;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto leaf = encode(entries[i].first);
      tree.append(leaf_hash(leaf));
      if (i == 7) put(items, ByteArray<2>{2, 0});
      if (!entries[i].second) {
        put(items, ByteArray<2>{1, 0});
        put(items, leaf_hash(leaf));
        continue;
      }
      put(items, ByteArray<2>{0, 0});
      items.push_back(static_cast<std::uint8_t>(leaf.size()));
      put(items, leaf);
    }
    put(items, ByteArray<2>{2, 1});
    root = tree.root();
    size = tree.size();
    auto note = sign_checkpoint({.origin = std::string{test_origin}, .size = size, .root = root}, log_key()).value();
    note.signatures.push_back(cosign(note.text, moment_of(2000), witness(), witness_key()));
    const auto log = VerifierKey::make(std::string{test_origin}, log_key().public_key()).value();
    const auto message = Message{}.text("lindung pact v1").u8(0).raw(crypto::sha256(as_bytes(pact))).take();
    frames = {
        text_frame(1, R"({"subject_kind":"partner","subject":"gojek","from":"1970-01-01T00:16:00Z",)"
                      R"("until":"1970-01-02T00:00:00Z","purpose":"p","law":"l","made_at":"1970-01-01T01:00:00Z"})"),
        text_frame(2, log.text() + "\n"),
        text_frame(3, note.encode()),
        text_frame(4, pact),
        text_frame(5, R"({"pact":")" + codec::hex(crypto::sha256(as_bytes(pact))) +
                          R"(","key_id":"gojek.1","signature":")" + codec::hex(partner_key().sign(message)) + "\"}"),
        text_frame(6, R"({"owner":"gojek","key_id":"gojek.1","public_key":")" + codec::hex(key.bytes()) + "\"}"),
        answered.frame(7),
        {.kind = 8, .payload = items},
        text_frame(9, "{}")};
  }

  [[nodiscard]] static crypto::Ed25519PrivateKey witness_key() {
    return crypto::Ed25519PrivateKey::from_seed(Secret<32>{digest_of(6)});
  }
  [[nodiscard]] static WitnessKey witness() {
    return WitnessKey::make("witness.test/w", witness_key().public_key()).value();
  }

  [[nodiscard]] Bytes bytes() const {
    auto out = to_bytes(as_bytes("lindung evidence 1\n"));
    auto digest = crypto::sha256(out);
    for (const auto& frame : frames) {
      Message framed;
      framed.u8(frame.kind).be(static_cast<std::uint32_t>(frame.payload.size())).raw(frame.payload);
      digest = crypto::sha256({digest, framed.view()});
      put(out, framed.view());
      put(out, digest);
    }
    return out;
  }

  std::vector<Frame> frames;
  Hash root{};
  std::uint64_t size{};

 private:
  static void put(Bytes& out, BytesView more) { out.insert(out.end(), more.begin(), more.end()); }
};

Result<PackReport> verify(const Bytes& bytes, PackOptions options = {}) {
  std::size_t at = 0;
  if (!options.key) options.key = log_key().public_key();
  return verify_evidence(
      [&](MutableBytes into) -> Result<std::size_t> {
        const auto count = std::min(into.size(), bytes.size() - at);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, into.begin());
        at += count;
        return count;
      },
      options);
}

TEST(EvidencePack, SaysWhatItProves) {
  const Pack pack;
  const auto report = verify(pack.bytes(), {.key = {}, .witnesses = {Pack::witness()}, .need = 1}).value();
  EXPECT_EQ(report.subject, "gojek");
  EXPECT_EQ(report.size, pack.size);
  EXPECT_EQ(report.root, pack.root);
  EXPECT_EQ(report.from_size, 7U);
  EXPECT_EQ(report.until_size, 11U);
  EXPECT_EQ(report.pacts, 1U);
  EXPECT_EQ(report.pact_signatures, 1U);
  EXPECT_EQ(report.keys, 1U);
  EXPECT_EQ(report.cut_index, 8U);
  EXPECT_EQ(report.last_answer_index, 7U);
  ASSERT_EQ(report.openings.size(), 1U);
  EXPECT_EQ(report.openings[0].answered_at, moment_of(1003));
  ASSERT_EQ(report.seen_by.size(), 1U);
}

TEST(EvidencePack, EveryChangedBitIsRefusedWithItsPart) {
  const Pack pack;
  const auto good = pack.bytes();
  ASSERT_TRUE(verify(good).has_value());
  for (std::size_t place = 0; place < good.size(); ++place) {
    auto changed = good;
    changed[place] ^= static_cast<std::uint8_t>(1U << (place % 8));
    const auto report = verify(changed);
    ASSERT_TRUE(report.has_error()) << place;
    EXPECT_EQ(report.error().code, Errc::corrupt) << place;
    if (place < 19) continue;  // the words at the front
    EXPECT_NE(report.error().detail.find("part "), std::string::npos) << report.error().detail;
  }
}

TEST(EvidencePack, EveryTruncationAndEveryByteTooManyIsRefused) {
  auto bytes = Pack{}.bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto report = verify({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)});
    ASSERT_TRUE(report.has_error()) << size;
    EXPECT_EQ(report.error().code, Errc::corrupt) << size;
  }
  bytes.push_back(0);
  EXPECT_EQ(verify(bytes).error().code, Errc::corrupt);
}

TEST(EvidencePack, PartsThatMoveAreLeftOutOrStandTwiceAreRefused) {
  const Pack good;
  for (std::size_t i = 0; i < good.frames.size(); ++i) {
    for (std::size_t j = i + 1; j < good.frames.size(); ++j) {
      Pack pack;
      std::swap(pack.frames[i], pack.frames[j]);
      EXPECT_EQ(verify(pack.bytes()).error().code, Errc::corrupt) << i << " " << j;
    }
  }
  for (const std::size_t needed : {0U, 1U, 2U, 5U, 7U, 8U}) {
    Pack pack;
    pack.frames.erase(pack.frames.begin() + static_cast<std::ptrdiff_t>(needed));
    EXPECT_EQ(verify(pack.bytes()).error().code, Errc::corrupt) << needed;
  }
  for (const std::size_t once : {0U, 1U, 2U, 6U, 7U, 8U}) {
    Pack pack;
    pack.frames.insert(pack.frames.begin() + static_cast<std::ptrdiff_t>(once), pack.frames[once]);
    EXPECT_EQ(verify(pack.bytes()).error().code, Errc::corrupt) << once;
  }
}

// Whoever changes a part and makes all digests again.
TEST(EvidencePack, APartThatTheLogDoesNotConfirmIsRefused) {
  const auto refused = [](std::size_t frame, auto change) {
    Pack pack;
    change(pack.frames[frame].payload);
    const auto report = verify(pack.bytes());
    return report.has_error() && report.error().code == Errc::corrupt ? report.error().detail : "accepted";
  };
  const auto last = [](Bytes& payload) { payload[payload.size() - 3] ^= 1U; };
  EXPECT_NE(refused(3, last).find("a pact that no entry"), std::string::npos);
  EXPECT_NE(refused(4, last).find("did not sign"), std::string::npos);
  EXPECT_NE(refused(5, [](Bytes& payload) { payload[60] = payload[60] == '0' ? '1' : '0'; }).find("part"),
            std::string::npos);
  EXPECT_NE(refused(6, last).find("does not open its commitment"), std::string::npos);
  EXPECT_NE(refused(7, [](Bytes& payload) { payload[5] ^= 1U; }).find("another root"), std::string::npos);
  EXPECT_NE(refused(7, [](Bytes& payload) { payload.resize(payload.size() - 2); }).find("not marked"),
            std::string::npos);
}

TEST(EvidencePack, AnotherKeyAndTooFewWitnessesAreRefused) {
  const auto bytes = Pack{}.bytes();
  EXPECT_EQ(verify(bytes, {.key = partner_key().public_key()}).error().code, Errc::corrupt);
  const auto stranger = WitnessKey::make("witness.test/x", partner_key().public_key()).value();
  EXPECT_EQ(verify(bytes, {.key = {}, .witnesses = {stranger}, .need = 1}).error().code, Errc::bad_signature);
}

}  // namespace
}  // namespace lindung::log
