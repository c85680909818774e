#include "log/verifier.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
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
#include "crypto/ed25519.h"
#include "log/entry.h"
#include "log/memory_log.h"
#include "log/tile_writer.h"

namespace lindung::log {
namespace {

Result<VerifyReport> verify(const Files& files, std::optional<PartnerId> partner = {}) {
  return verify_export(reader_of(files), {.key = log_key().public_key(), .partner = std::move(partner)});
}

// What an operator sees must name the file; EXPECT style, so that one test can try many damages.
void expect_corrupt(const Files& files, const std::string& named, const std::string& what) {
  const auto result = verify(files);
  if (result.has_value()) {
    ADD_FAILURE() << what << ": not found";
    return;
  }
  EXPECT_EQ(result.error().code, Errc::corrupt) << what << ": " << result.error().text();
  EXPECT_NE(result.error().detail.find(named), std::string::npos) << what << ": " << result.error().text();
}

TEST(Verifier, AcceptsExportsOfEverySize) {
  const auto leaves = encoded(plausible_entries(600));
  Files files;
  TileWriter writer;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    Files here;
    TileWriter other;
    ASSERT_TRUE(other.append(views_of(leaves, 0, size), sink_to(here)).has_value());
    seal_export(here, other);
    const auto report = verify(here);
    ASSERT_TRUE(report.has_value()) << size << ": " << report.error().text();
    EXPECT_EQ(report.value().size, size);
    EXPECT_EQ(report.value().root, other.root());
  }
}

TEST(Verifier, AcceptsAThirdLevelAndReportsWhatItRead) {
  constexpr std::size_t size = 256 * 256 + 257;
  const auto files = export_of(plausible_entries(size));
  const auto report = verify(files, PartnerId{"gojek"});
  ASSERT_TRUE(report.has_value()) << report.error().text();
  EXPECT_EQ(report.value().size, size);
  EXPECT_EQ(report.value().origin, test_origin);
  EXPECT_EQ(report.value().key, log_key().public_key());
  EXPECT_EQ(report.value().entries[1], 3U);
  EXPECT_GT(report.value().entries[6], 1000U);
  EXPECT_EQ(report.value().entries[0] + report.value().entries[1] + report.value().entries[6], size);
  EXPECT_EQ(entry_type(0), "answer");
  EXPECT_EQ(entry_type(6), "retention");
  EXPECT_FALSE(report.value().cut_index.has_value());
  EXPECT_EQ(report.value().last_answer_index, size - 1);
}

TEST(Verifier, TakesTheKeyBesideTheExportWhenNoneIsGiven) {
  const auto files = export_of(plausible_entries(10));
  EXPECT_TRUE(verify_export(reader_of(files), {.key = {}, .partner = {}}).has_value());
}

TEST(Verifier, RefusesAnExportThatAnotherKeySigned) {
  const auto files = export_of(plausible_entries(10));
  const auto other = crypto::Ed25519PrivateKey::from_seed(Secret<32>{digest_of(2)}).public_key();
  const auto result = verify_export(reader_of(files), {.key = other, .partner = {}});
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().code, Errc::corrupt);
  EXPECT_NE(result.error().detail.find("log-key"), std::string::npos);
}

TEST(Verifier, FindsEveryFlippedByteOfEveryFile) {
  const auto files = export_of(plausible_entries(300));  // two bundles, two tiles, one above
  std::size_t flips = 0;
  for (const auto& [path, content] : files) {
    auto damaged = files;
    auto& bytes = damaged[path];
    for (std::size_t place = 0; place < content.size(); ++place) {
      const auto kept = bytes[place];
      bytes[place] = static_cast<std::uint8_t>(kept ^ (1U << (place % 8)));
      const auto result = verify(damaged);
      ASSERT_TRUE(result.has_error()) << path << " at " << place;
      ASSERT_EQ(result.error().code, Errc::corrupt) << path << " at " << place << ": " << result.error().text();
      bytes[place] = kept;
      ++flips;
    }
  }
  EXPECT_GT(flips, 25'000U);
}

TEST(Verifier, NamesTheFileAndTheOffsetOfADamage) {
  const auto files = export_of(plausible_entries(700));
  auto damaged = files;
  damaged["tile/0/001"][100] ^= 1U;
  EXPECT_EQ(verify(damaged).error().text().substr(0, 33), "corrupt: tile/0/001 at byte 96: n");
  damaged = files;
  damaged["tile/1/000.p/2"][40] ^= 1U;
  EXPECT_EQ(verify(damaged).error().detail, "tile/1/000.p/2 at byte 32: not the hash of tile/0/001");
  damaged = files;
  damaged["tile/entries/000"][2] = 0xff;
  EXPECT_EQ(verify(damaged).error().detail.find("tile/entries/000 at byte 0: entry 0 is none of this log"), 0U);
  damaged = files;
  damaged["tile/0/002.p/188"].pop_back();
  EXPECT_EQ(verify(damaged).error().detail, "tile/0/002.p/188 at byte 6015: it has 6015 bytes instead of 6016");
  damaged = files;
  damaged["tile/entries/002.p/188"].push_back(0);
  EXPECT_NE(verify(damaged).error().detail.find("tile/entries/002.p/188 at byte "), std::string::npos);
}

TEST(Verifier, FindsEveryTruncationOfEveryFile) {
  const auto files = export_of(plausible_entries(700));
  for (const auto& [path, content] : files) {
    const std::size_t step = content.size() > 8192 ? 61 : 7;
    for (std::size_t size = 0; size < content.size(); size += step) {
      auto damaged = files;
      damaged[path].resize(size);
      expect_corrupt(damaged, path, path + " cut to " + std::to_string(size));
    }
    auto damaged = files;
    damaged[path].pop_back();
    expect_corrupt(damaged, path, path + " without its last byte");
  }
}

TEST(Verifier, FindsALongerFile) {
  const auto files = export_of(plausible_entries(700));
  for (const auto& [path, content] : files) {
    for (const auto& more : {Bytes{0}, Bytes{'\n'}, Bytes(32, 0), content}) {
      auto damaged = files;
      damaged[path].insert(damaged[path].end(), more.begin(), more.end());
      expect_corrupt(damaged, path, path + " with " + std::to_string(more.size()) + " bytes more");
    }
  }
}

TEST(Verifier, FindsAMissingFile) {
  const auto files = export_of(plausible_entries(700));
  for (const auto& [path, content] : files) {
    auto damaged = files;
    damaged.erase(path);
    expect_corrupt(damaged, path, path + " missing");
  }
}

TEST(Verifier, FindsAnUnknownFile) {
  const auto files = export_of(plausible_entries(700));
  for (const auto* path :
       {"README", "tile/0/003", "tile/0/002", "tile/0/002.p/187", "tile/0/002.p/189", "tile/2/000.p/1", "tile/3/000",
        "tile/entries/002", "tile/entries/003.p/1", "tile/entries/x000/001", "tile/0/0", "tile/0/001.p/256",
        "tile/0/000.bak", "tile/00/000", "tile/data/000", "checkpoint.1", "tile/checkpoint", "log-key.old",
        "tile/0/99999999999999999999999"}) {
    auto damaged = files;
    damaged[path] = Bytes(32, 1);
    expect_corrupt(damaged, path, path);
  }
}

TEST(Verifier, FindsSwappedNeighbours) {
  const auto files = export_of(plausible_entries(700));
  auto damaged = files;
  std::swap(damaged["tile/0/000"], damaged["tile/0/001"]);
  expect_corrupt(damaged, "tile/0/000 at byte 0", "swapped tiles");
  damaged = files;
  std::swap(damaged["tile/entries/000"], damaged["tile/entries/001"]);
  expect_corrupt(damaged, "tile/entries/000 at byte 0", "swapped bundles");
  damaged = files;
  std::swap(damaged["tile/0/000"], damaged["tile/0/001"]);
  std::swap(damaged["tile/entries/000"], damaged["tile/entries/001"]);
  expect_corrupt(damaged, "tile/1/000.p/2", "swapped bundles and tiles");

  // Two whole entries that change places, with their hashes and without.
  const auto leaves = encoded(plausible_entries(700));
  auto swapped = leaves;
  std::swap(swapped[600], swapped[601]);
  Files rewritten;
  TileWriter writer;
  ASSERT_TRUE(writer.append(views_of(swapped, 0, 700), sink_to(rewritten)).has_value());
  damaged = files;
  damaged["tile/entries/002.p/188"] = rewritten["tile/entries/002.p/188"];
  expect_corrupt(damaged, "tile/entries/002.p/188", "swapped entries");
  damaged["tile/0/002.p/188"] = rewritten["tile/0/002.p/188"];
  expect_corrupt(damaged, "checkpoint", "swapped entries and hashes");
}

TEST(Verifier, FindsAnEntryLeftOut) {
  const auto files = export_of(plausible_entries(700));
  auto leaves = encoded(plausible_entries(700));
  leaves.erase(leaves.begin() + 300);
  Files shorter;
  TileWriter writer;
  ASSERT_TRUE(writer.append(views_of(leaves, 0, leaves.size()), sink_to(shorter)).has_value());
  shorter["checkpoint"] = files.at("checkpoint");
  shorter["log-key"] = files.at("log-key");
  expect_corrupt(shorter, "tile/", "one entry less");
}

TEST(Verifier, FindsASignedEntryThatIsNoneOfThisLog) {
  std::vector<Bytes> leaves = encoded(plausible_entries(5));
  leaves.push_back(to_bytes(as_bytes("a leaf of another log")));
  Files files;
  TileWriter writer;
  ASSERT_TRUE(writer.append(views_of(leaves, 0, leaves.size()), sink_to(files)).has_value());
  seal_export(files, writer);
  expect_corrupt(files, "tile/entries/000.p/6 at byte ", "a foreign entry");
}

TEST(Verifier, PassesOnAFailingDisk) {
  const auto files = export_of(plausible_entries(700));
  auto reader = reader_of(files);
  reader.read = [&files](std::string_view path, std::size_t) -> Result<Bytes> {
    if (path == "tile/0/001") return fail(Errc::io, "read error");
    return files.find(path)->second;
  };
  EXPECT_EQ(verify_export(reader, {.key = {}, .partner = {}}).error().code, Errc::io);
}

TEST(Verifier, ReportsTheCutAndTheLastAnswer) {
  const auto report = verify(export_of({partner_entry(PartnerChange::registered), partner_entry(PartnerChange::active),
                                        answer_entry(2), answer_entry(3), partner_entry(PartnerChange::cut),
                                        partner_entry(PartnerChange::active, "grab"), answer_entry(6, "grab")}),
                             PartnerId{"gojek"});
  ASSERT_TRUE(report.has_value()) << report.error().text();
  EXPECT_EQ(report.value().cut_index, 4U);
  EXPECT_EQ(report.value().last_answer_index, 3U);
}

TEST(Verifier, FailsWhenAnAnswerFollowsTheCut) {
  const auto files =
      export_of({partner_entry(PartnerChange::active), answer_entry(1), partner_entry(PartnerChange::cut),
                 partner_entry(PartnerChange::active, "grab"), answer_entry(4)});
  EXPECT_TRUE(verify(files).has_value());
  EXPECT_TRUE(verify(files, PartnerId{"grab"}).has_value());
  const auto result = verify(files, PartnerId{"gojek"});
  ASSERT_TRUE(result.has_error());
  EXPECT_EQ(result.error().code, Errc::conflict);
  EXPECT_EQ(result.error().number, 4U);
  EXPECT_EQ(result.error().detail, "entry 4 is an answer to gojek behind the cut at entry 2");
}

struct Story {
  std::vector<PartnerChange> before;
  bool answered;
};

TEST(Verifier, KnowsWhenAPartnerMayBeAnswered) {
  using enum PartnerChange;
  const std::vector<Story> stories{
      {{}, false},
      {{registered}, false},
      {{registered, pact_signed}, false},
      {{registered, pact_signed, active}, true},
      {{active, pact_signed}, true},
      {{active, suspended}, false},
      {{active, suspended, pact_signed}, false},
      {{active, suspended, active}, false},
      {{active, suspended, resumed}, true},
      {{active, cut}, false},
      {{active, cut, active}, false},
      {{active, cut, resumed}, false},
      {{active, cut, uncut}, true},
      {{active, suspended, cut, resumed}, false},
      {{active, cut, suspended, resumed}, false},
      {{active, cut, uncut, cut}, false},
      {{active, shredded}, false},
      {{active, shredded, registered, pact_signed}, false},
      {{active, shredded, registered, pact_signed, active}, true},
      {{resumed}, false},
      {{uncut}, false},
  };
  for (std::size_t i = 0; i < stories.size(); ++i) {
    std::vector<Entry> entries;
    for (const auto state : stories[i].before) entries.push_back(partner_entry(state));
    entries.push_back(answer_entry(0));
    const auto result = verify(export_of(entries), PartnerId{"gojek"});
    EXPECT_EQ(result.has_value(), stories[i].answered) << "story " << i;
    if (result.has_error()) {
      EXPECT_EQ(result.error().code, Errc::conflict) << "story " << i;
    }
  }
}

// The verifier would find no fault of the writer that it shared.
TEST(Verifier, SharesNoCodeWithTheWriterOfTiles) {
  for (const auto* name : {"verifier.cpp", "verifier.h", "partner_history.cpp", "partner_history.h"}) {
    std::ifstream in{std::string{LINDUNG_SOURCE_DIR "/src/log/"} + name};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    ASSERT_FALSE(text.empty()) << name;
    for (const auto* foreign :
         {"log/tile", "log/node_reader", "Frontier", "root_at", "inclusion_proof", "check_inclusion"}) {
      EXPECT_EQ(text.find(foreign), std::string::npos) << name << " uses " << foreign;
    }
  }
}

}  // namespace
}  // namespace lindung::log
