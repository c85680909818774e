#include "witness/witness.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/cosignature.h"
#include "log/merkle.h"
#include "log/witness_request.h"
#include "store/durable_file.h"
#include "witness/witness_folder.h"

namespace lindung::witness {
namespace {

const std::string origin{"lindung.test/log"};

// A log of numbered leaves; two of them with other words share a beginning.
class GrowingLog {
 public:
  explicit GrowingLog(std::string word = "leaf") : word_{std::move(word)} {}

  void grow_to(std::uint64_t size, const std::string& word = {}) {
    while (leaves_.size() < size) {
      leaves_.push_back(log::leaf_hash(as_bytes((word.empty() ? word_ : word) + std::to_string(leaves_.size()))));
    }
  }
  [[nodiscard]] log::Checkpoint at(std::uint64_t size) const {
    log::Frontier tree;
    for (std::uint64_t i = 0; i < size; ++i) tree.append(leaves_[i]);
    return {.origin = origin, .size = size, .root = tree.root()};
  }
  [[nodiscard]] std::string request(std::uint64_t old, std::uint64_t size) const {
    log::WitnessRequest request{
        .old_size = old, .proof = {}, .checkpoint = log::sign_checkpoint(at(size), key()).value().encode()};
    const auto node = [this](unsigned level, std::uint64_t index) -> Result<Hash> {
      log::Frontier tree;
      for (std::uint64_t i = 0; i < std::uint64_t{1} << level; ++i) tree.append(leaves_.at((index << level) + i));
      return tree.root();
    };
    if (old != 0 && old < size) request.proof = log::consistency_proof(old, size, node).value();
    return request.encode();
  }
  static crypto::Ed25519PrivateKey key() {
    return crypto::Ed25519PrivateKey::from_seed(Secret<32>{crypto::sha256(as_bytes("log"))});
  }
  static log::VerifierKey verifier() { return log::VerifierKey::make(origin, key().public_key()).value(); }

 private:
  std::string word_;
  std::vector<Hash> leaves_;
};

class WitnessTest : public testing::Test {
 protected:
  WitnessTest() : path_{std::filesystem::temp_directory_path() / ("witness-" + std::to_string(::getpid()))} {
    std::filesystem::remove_all(path_);
    EXPECT_TRUE(WitnessFolder{path_}.create("witness.test/w").has_value());
    log_.grow_to(40);
    open();
  }
  ~WitnessTest() override { std::filesystem::remove_all(path_); }
  WitnessTest(const WitnessTest&) = delete;
  WitnessTest& operator=(const WitnessTest&) = delete;

  void open() {
    witness_.reset();
    witness_ = Witness::open(path_, clock_, {GrowingLog::verifier()}).value();
  }
  unsigned ask(std::uint64_t old, std::uint64_t size) {
    return witness_->add_checkpoint(log_.request(old, size)).status;
  }
  [[nodiscard]] std::optional<Moment> seen(const GrowingLog& log, std::uint64_t size, const std::string& lines) const {
    return log::cosigned_at(log::parse_note(log::text_of(log.at(size)) + "\n" + lines).value(), witness_->key())
        .value();
  }

  std::string path_;
  ManualClock clock_{moment_of(1'800'000'000)};
  GrowingLog log_;
  std::unique_ptr<Witness> witness_;
};

TEST_F(WitnessTest, CosignsWhatContinuesTheLastOneAndKnowsItAfterARestart) {
  const auto first = witness_->add_checkpoint(log_.request(0, 5));
  ASSERT_EQ(first.status, 200U) << first.body;
  EXPECT_EQ(seen(log_, 5, first.body), clock_.now());
  open();
  EXPECT_EQ(ask(5, 23), 200U);
  EXPECT_EQ(ask(23, 23), 200U) << "the same again: a cosignature of now";
  EXPECT_TRUE(witness_->latest(log_name(origin))->starts_with(origin + "\n23\n"));
  EXPECT_EQ(witness_->latest("other"), std::nullopt);
}

TEST_F(WitnessTest, NeverGoesBackAndSaysHowFarItIs) {
  ASSERT_EQ(ask(0, 23), 200U);
  for (const auto& [old, size] : {std::pair{0U, 30U}, {5U, 30U}, {0U, 5U}, {5U, 5U}, {22U, 23U}}) {
    const auto answer = witness_->add_checkpoint(log_.request(old, size));
    EXPECT_EQ(answer.status, 409U) << old << " " << size;
    EXPECT_EQ(answer.content_type, "text/x.tlog.size");
    EXPECT_EQ(answer.body, "23\n");
  }
  EXPECT_TRUE(WitnessFolder{path_}.findings().value().empty()) << "an old size is nobody's fault";
}

TEST_F(WitnessTest, KeepsTwoTreesOfOneSizeAsAFinding) {
  ASSERT_EQ(ask(0, 23), 200U);
  GrowingLog fork{"other"};
  fork.grow_to(40);
  const auto answer = witness_->add_checkpoint(fork.request(23, 23));
  EXPECT_EQ(answer.status, 409U);
  const auto findings = WitnessFolder{path_}.findings().value();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::split);
  EXPECT_EQ(findings[0].cosigned, log_.at(23));
  EXPECT_EQ(findings[0].shown, fork.at(23));
  EXPECT_EQ(ask(23, 30), 200U) << "the honest tree goes on";
}

TEST_F(WitnessTest, KeepsATreeWithAnotherBeginningAsAFinding) {
  ASSERT_EQ(ask(0, 23), 200U);
  GrowingLog fork;
  fork.grow_to(20);
  fork.grow_to(40, "other");
  EXPECT_EQ(witness_->add_checkpoint(fork.request(23, 35)).status, 422U);
  const auto findings = WitnessFolder{path_}.findings().value();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::split) << "the proof shows the other root of size 23";
  open();
  EXPECT_EQ(ask(23, 24), 200U);
}

TEST_F(WitnessTest, AWrongProofOfARightTreeProvesNothingAgainstTheLog) {
  ASSERT_EQ(ask(0, 23), 200U);
  auto request = log::parse_witness_request(log_.request(23, 35)).value();
  request.proof[1] = Hash{};
  EXPECT_EQ(witness_->add_checkpoint(request.encode()).status, 422U);
  request.proof.clear();
  EXPECT_EQ(witness_->add_checkpoint(request.encode()).status, 422U);
  const auto findings = WitnessFolder{path_}.findings().value();
  ASSERT_EQ(findings.size(), 1U) << "one tree, one finding";
  EXPECT_EQ(findings[0].kind, FindingKind::unproven);
}

TEST_F(WitnessTest, RefusesByTheStatusOfTheProtocol) {
  EXPECT_EQ(witness_->add_checkpoint("").status, 400U);
  auto request = log::parse_witness_request(log_.request(0, 5)).value();
  request.old_size = 6;
  EXPECT_EQ(witness_->add_checkpoint(request.encode()).status, 400U);
  request.old_size = 0;
  request.proof.emplace_back();
  EXPECT_EQ(witness_->add_checkpoint(request.encode()).status, 422U) << "from nothing there is no proof";
  const auto stranger = crypto::Ed25519PrivateKey::generate();
  request.proof.clear();
  request.checkpoint = log::sign_checkpoint(log_.at(5), stranger).value().encode();
  EXPECT_EQ(witness_->add_checkpoint(request.encode()).status, 403U);
  auto other = log_.at(5);
  other.origin = "other.test/log";
  request.checkpoint = log::sign_checkpoint(other, stranger).value().encode();
  EXPECT_EQ(witness_->add_checkpoint(request.encode()).status, 404U);
  EXPECT_EQ(witness_->counts().refused, 5U);
  EXPECT_EQ(ask(0, 5), 200U);
}

// Two trees of one log at the same moment, again and again: one of them gets a cosignature, and never both.
TEST_F(WitnessTest, CosignsOneOfTwoTreesThatComeTogether) {
  GrowingLog fork{"other"};
  fork.grow_to(40);
  std::atomic<int> cosigned{0};
  std::vector<std::thread> askers;
  for (int i = 0; i < 8; ++i) {
    askers.emplace_back([&, i] {
      const auto& log = i % 2 == 0 ? log_ : fork;
      for (std::uint64_t size = 1; size <= 10; ++size) {
        if (witness_->add_checkpoint(log.request(0, size)).status == 200U) ++cosigned;
      }
    });
  }
  for (auto& asker : askers) asker.join();
  EXPECT_EQ(cosigned.load(), 1);
}

TEST_F(WitnessTest, DoesNotStartOverAStateThatItDidNotSign) {
  ASSERT_EQ(ask(0, 5), 200U);
  witness_.reset();
  const auto file = path_ + "/logs/" + log_name(origin);
  const auto note = log::sign_checkpoint(log_.at(3), GrowingLog::key()).value().encode();
  ASSERT_TRUE(store::replace_file(file, as_bytes(note)).has_value());
  EXPECT_EQ(Witness::open(path_, clock_, {GrowingLog::verifier()}).error().code, Errc::corrupt);
  ASSERT_TRUE(store::replace_file(file, as_bytes("half a")).has_value());
  EXPECT_EQ(Witness::open(path_, clock_, {GrowingLog::verifier()}).error().code, Errc::corrupt);
}

TEST_F(WitnessTest, CosignsNothingThatItCannotKeep) {
  ASSERT_EQ(ask(0, 5), 200U);
  std::filesystem::remove_all(path_ + "/logs");  // a disk that is gone
  EXPECT_EQ(ask(5, 9), 500U);
  std::filesystem::create_directories(path_ + "/logs");
  EXPECT_EQ(ask(5, 9), 200U);
}

TEST_F(WitnessTest, HoldsItsFolderAlone) {
  EXPECT_EQ(Witness::open(path_, clock_, {}).error().code, Errc::conflict);
  EXPECT_EQ(WitnessFolder{path_}.create("witness.test/other").error().code, Errc::conflict);
  witness_.reset();
  EXPECT_EQ(Witness::open(path_, clock_, {GrowingLog::verifier(), GrowingLog::verifier()}).error().code,
            Errc::invalid_argument);
}

}  // namespace
}  // namespace lindung::witness
