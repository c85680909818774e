// What evidence costs: makes a log of many answers, a part of them one partner's, then a pack about that partner, and
// verifies it. A program of its own: `evidence_bench --answers 8000000 --share 100 --json FILE`; share in percent.
#include <unistd.h>

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ios>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/entry.h"
#include "log/evidence_verifier.h"
#include "log/tile_writer.h"
#include "service/evidence_pack.h"
#include "service/pack_file.h"
#include "store/log_folder.h"

namespace {

using namespace lindung;  // NOLINT: a program, not a header
using Watch = std::chrono::steady_clock;

constexpr std::uint64_t first_second = 1'795'262'400;
constexpr std::uint64_t answers_a_second = 100;
constexpr std::size_t at_once = 65'536;

template <class T>
auto must(Result<T> result, const char* what) {
  if (result.has_error()) {
    std::fprintf(stderr, "%s: %s\n", what, result.error().text().c_str());
    std::exit(1);  // NOLINT: one thread
  }
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

double seconds_since(Watch::time_point begin) { return std::chrono::duration<double>(Watch::now() - begin).count(); }

log::Entry entry_of(std::uint64_t index, std::uint64_t share) {
  if (index < 3) {
    constexpr std::array states{log::PartnerChange::registered, log::PartnerChange::pact_signed,
                                log::PartnerChange::active};
    return log::PartnerEntry{.at = moment_of(first_second),
                             .partner = PartnerId{"gojek"},
                             .state = states.at(index),
                             .epoch = index == 2 ? 1U : 0U,
                             .signed_digest = {}};
  }
  ByteArray<8> number{};
  put_be(MutableBytes{number}, index);
  const auto commitment = crypto::sha256(number);
  return log::AnswerEntry{.partner = PartnerId{commitment[0] * 100U < share * 256U ? "gojek" : "tokopedia"},
                          .epoch = 1,
                          .answered_at = moment_of(first_second + index / answers_a_second),
                          .commitment = commitment};
}

void write_log(const store::LogFolder& folder, log::TileWriter& writer, std::uint64_t answers, std::uint64_t share) {
  for (std::uint64_t at = 0; at < answers;) {
    std::vector<Bytes> leaves;
    for (; leaves.size() < at_once && at < answers; ++at) leaves.push_back(log::encode(entry_of(at, share)));
    const std::vector<BytesView> views{leaves.begin(), leaves.end()};
    // Not durable: what is measured reads it.
    must(writer.append(views,
                       [&](std::string_view path, BytesView content) -> Result<void> {
                         const auto file = std::filesystem::path{folder.path()} / path;
                         std::filesystem::create_directories(file.parent_path());
                         std::ofstream out{file, std::ios::binary};
                         out.write(as_text(content).data(), static_cast<std::streamsize>(content.size()));
                         return out ? Result<void>{ok()} : fail(Errc::io, "writing a tile");
                       }),
         "writing the log");
  }
}

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
};

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t answers = 8'000'000;
  std::uint64_t share = 100;
  std::string json_file;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name{argv[i]};
    if (name == "--answers") answers = std::stoull(argv[i + 1]);
    if (name == "--share") share = std::stoull(argv[i + 1]);
    if (name == "--json") json_file = argv[i + 1];
  }
  const auto folder = std::filesystem::temp_directory_path() / ("lindung-evidence-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const store::LogFolder log_folder{(folder / "log").string()};
  log::TileWriter writer;
  auto begin = Watch::now();
  write_log(log_folder, writer, answers, share);
  const auto log_s = seconds_since(begin);

  const auto secret = crypto::Ed25519PrivateKey::from_seed(Secret<32>{crypto::sha256(as_bytes("bench"))});
  const auto key = must(log::VerifierKey::make("bench.test/log", secret.public_key()), "the key");
  const log::Checkpoint checkpoint{.origin = key.name(), .size = writer.size(), .root = writer.root()};
  auto note = must(log::sign_checkpoint(checkpoint, secret), "the checkpoint");
  const service::PackGround ground{.source = log_folder.source(),
                                   .published = writer.size(),
                                   .checkpoint = {.checkpoint = checkpoint, .note = std::move(note)},
                                   .key = key};
  const service::PackOrder order{.subject = service::PackSubject::partner,
                                 .id = "gojek",
                                 .from = moment_of(first_second),
                                 .until = moment_of(first_second + answers),
                                 .purpose = "bench",
                                 .law = "bench"};
  const auto path = (folder / "pack").string();
  begin = Watch::now();
  auto file = must(service::PackFile::create(path), "the pack");
  const auto made = must(service::write_evidence_pack(file, ground, order, moment_of(first_second)), "the pack");
  must(file.finish(), "the pack");
  const auto make_s = seconds_since(begin);

  begin = Watch::now();
  const std::unique_ptr<std::FILE, CloseFile> pack{std::fopen(path.c_str(), "rbe")};
  const auto report = must(
      log::verify_evidence(
          [&](MutableBytes into) -> Result<std::size_t> { return std::fread(into.data(), 1, into.size(), pack.get()); },
          {.key = secret.public_key()}),
      "verifying");
  const auto verify_s = seconds_since(begin);
  std::filesystem::remove_all(folder);
  if (report.digest != made.digest) return 1;

  const boost::json::object out{{"answers", answers},
                                {"share_percent", share},
                                {"entries_in_pack", made.entries},
                                {"pack_bytes", made.bytes},
                                {"bytes_an_entry", static_cast<double>(made.bytes) / static_cast<double>(made.entries)},
                                {"log_s", log_s},
                                {"make_s", make_s},
                                {"verify_s", verify_s}};
  const auto text = boost::json::serialize(out);
  std::printf("%s\n", text.c_str());
  if (!json_file.empty()) std::ofstream{json_file} << text << '\n';
  return 0;
}
