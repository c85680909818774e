#include "log/entry.h"

#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "log/merkle.h"

namespace lindung::log {
namespace {

Hash filled(std::uint8_t byte) {
  Hash out;
  out.fill(byte);
  return out;
}

const auto at = moment_of(1795270978);

std::vector<Entry> one_of_each() {
  return {
      AnswerEntry{
          .partner = PartnerId{"gojek"}, .epoch = 3, .answered_at = moment_of(1795270970), .commitment = filled(1)},
      PartnerEntry{.at = at,
                   .partner = PartnerId{"tiket"},
                   .state = PartnerChange::pact_signed,
                   .epoch = 1,
                   .signed_digest = filled(2)},
      KeyEntry{.at = at,
               .owner = "gojek",
               .use = "request",
               .key_id = "gojek.2026-11.a",
               .public_key_digest = filled(3),
               .added = true},
      LinkEntry{.at = at, .partner = PartnerId{"dana"}, .epoch = 2, .commitment = filled(4), .granted = false},
      ImportEntry{.at = at,
                  .issuer = IssuerId{"rs-harapan"},
                  .import_id_digest = filled(5),
                  .rows = 100,
                  .accepted = 90,
                  .rejected = 7,
                  .quarantined = 3},
      RulesEntry{
          .at = at, .id = "id-2021", .version = "1.0.0", .digest = filled(6), .change = RulesChange::rolled_back},
      RetentionEntry{.at = at, .what = "check-ins", .period = 20778},
      OfficerEntry{.at = at, .action = "cut", .officer_key_digest = filled(7), .case_digest = filled(8)},
  };
}

std::string exchange_vectors() {
  const char* path = std::getenv("LINDUNG_EXCHANGE_VECTORS");  // NOLINT(concurrency-mt-unsafe): no thread yet
  std::ifstream in{path != nullptr ? path : LINDUNG_SOURCE_DIR "/tests/data/sealed-exchange.json"};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string text_of(const codec::json::value& value) { return std::string{value.as_string()}; }

TEST(Entry, LeafOfAnAnswerAgreesWithTheExchangeVectors) {
  const auto vectors = codec::parse_json(exchange_vectors()).value();
  std::size_t ran = 0;
  for (const auto& item : vectors.at("positive").as_array()) {
    const auto& partner = item.at("partner");
    const auto& response = item.at("response");
    AnswerEntry entry{.partner = PartnerId{text_of(partner.at("id"))},
                      .epoch = partner.at("epoch").to_number<std::uint64_t>(),
                      .answered_at = moment_of(response.at("answered_at").to_number<std::uint64_t>()),
                      .commitment = {}};
    ASSERT_TRUE(codec::from_hex(text_of(response.at("commitment")), entry.commitment).has_value());
    const auto leaf = encode(entry);
    EXPECT_EQ(codec::hex(leaf), text_of(response.at("leaf")));
    EXPECT_EQ(codec::hex(leaf_hash(leaf)), text_of(response.at("leaf_hash")));
    const auto decoded = decode(leaf).value();
    EXPECT_EQ(std::get<AnswerEntry>(decoded).partner, entry.partner);
    ++ran;
  }
  EXPECT_GT(ran, 0U);
}

TEST(Entry, EachTypeComesBackAsItWas) {
  for (const auto& entry : one_of_each()) {
    const auto leaf = encode(entry);
    const auto decoded = decode(leaf).value();
    EXPECT_EQ(decoded.index(), entry.index());
    EXPECT_EQ(encode(decoded), leaf);
  }
}

TEST(Entry, FieldsStandInTheOrderOfTheProtocol) {
  const auto leaf = encode(one_of_each()[4]);
  codec::CborReader in{leaf};
  EXPECT_EQ(in.array().value(), 9U);
  EXPECT_EQ(in.uint().value(), 1U);
  EXPECT_EQ(in.text().value(), "import");
  EXPECT_EQ(in.uint().value(), 1795270978U);
  EXPECT_EQ(in.text().value(), "rs-harapan");
  EXPECT_EQ(in.fixed<32>().value(), filled(5));
  EXPECT_EQ(in.uint().value(), 100U);
  EXPECT_EQ(in.uint().value(), 90U);
  EXPECT_EQ(in.uint().value(), 7U);
  EXPECT_EQ(in.uint().value(), 3U);
  EXPECT_TRUE(in.end().has_value());
}

TEST(Entry, EveryWordOfAPartnersStateComesBack) {
  std::vector<std::string> words;
  for (const auto state :
       {PartnerChange::registered, PartnerChange::pact_signed, PartnerChange::active, PartnerChange::suspended,
        PartnerChange::resumed, PartnerChange::cut, PartnerChange::uncut, PartnerChange::shredded}) {
    const PartnerEntry entry{.at = at, .partner = PartnerId{"grab"}, .state = state, .epoch = 1, .signed_digest = {}};
    const auto leaf = encode(entry);
    EXPECT_EQ(std::get<PartnerEntry>(decode(leaf).value()).state, state);
    codec::CborReader in{leaf};
    ASSERT_TRUE(in.array().has_value() && in.uint().has_value() && in.text().has_value() && in.uint().has_value() &&
                in.text().has_value());
    words.emplace_back(in.text().value());
  }
  EXPECT_EQ(words, (std::vector<std::string>{"registered", "pact_signed", "active", "suspended", "resumed", "cut",
                                             "uncut", "shredded"}));
}

TEST(Entry, TimeOfAnAnswerIsFlooredToTenSeconds) {
  auto entry = std::get<AnswerEntry>(one_of_each()[0]);
  entry.answered_at = moment_of(1795270979);
  EXPECT_EQ(std::get<AnswerEntry>(decode(encode(entry)).value()).answered_at, moment_of(1795270970));
}

TEST(Entry, RefusesALeafCutAtAnyByteOrWithOneMore) {
  for (const auto& entry : one_of_each()) {
    auto leaf = encode(entry);
    for (std::size_t size = 0; size < leaf.size(); ++size) {
      EXPECT_EQ(decode(BytesView{leaf}.first(size)).error().code, Errc::malformed);
    }
    leaf.push_back(0);
    EXPECT_EQ(decode(leaf).error().code, Errc::malformed);
  }
}

// Determinism: a changed byte gives another valid entry or is refused, never a second spelling of the same one.
TEST(Entry, NoTwoLeavesSpellTheSameEntry) {
  std::size_t refused = 0;
  for (const auto& entry : one_of_each()) {
    const auto leaf = encode(entry);
    for (std::size_t place = 0; place < leaf.size(); ++place) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        auto changed = leaf;
        changed[place] = static_cast<std::uint8_t>(changed[place] ^ (1U << bit));
        const auto decoded = decode(changed);
        if (decoded.has_value()) {
          EXPECT_EQ(encode(decoded.value()), changed);
        } else {
          EXPECT_EQ(decoded.error().code, Errc::malformed);
          ++refused;
        }
      }
    }
  }
  EXPECT_GT(refused, 500U);
}

TEST(Entry, RefusesUnknownTypesWordsAndVersions) {
  const auto with = [](std::uint64_t items, std::uint64_t version, std::string_view type) {
    codec::CborWriter out;
    out.array(items).uint(version).text(type).uint(1795270970).text("check-ins").uint(1);
    return std::move(out).take();
  };
  EXPECT_TRUE(decode(with(5, 1, "retention")).has_value());
  EXPECT_EQ(decode(with(5, 2, "retention")).error().code, Errc::malformed);
  EXPECT_EQ(decode(with(5, 1, "citizen")).error().code, Errc::malformed);
  EXPECT_EQ(decode(with(4, 1, "retention")).error().code, Errc::malformed);
}

TEST(Entry, RefusesAnAnswersTimeThatIsNotFloored) {
  codec::CborWriter out;
  out.array(5).uint(1).text("answer").text("gojek").uint(1).uint(1795270971).bytes(filled(1));
  EXPECT_EQ(decode(out.view()).error().code, Errc::malformed);
}

TEST(Entry, CheckRefusesWhatCouldNotBeReadAgain) {
  for (const auto& entry : one_of_each()) EXPECT_TRUE(check(entry).has_value());
  for (const auto* id : {"", "Gojek", "go jek", "gojek_1", "a23456789012345678901234567890123"}) {
    const LinkEntry entry{.at = at, .partner = PartnerId{id}, .epoch = 1, .commitment = {}, .granted = true};
    EXPECT_EQ(check(entry).error().code, Errc::invalid_argument) << id;
  }
  for (const auto& text : {std::string{}, std::string(129, 'a'), std::string{"a\nb"}, std::string{"caf\xc3\xa9"}}) {
    const RetentionEntry entry{.at = at, .what = text, .period = 1};
    EXPECT_EQ(check(entry).error().code, Errc::invalid_argument);
  }
}

}  // namespace
}  // namespace lindung::log
