// Damages an exported log in every small way, one at a time, and asks the verifier: faults_tamper EXPORT [SEED
// [SECONDS]]. Each byte is flipped, each file cut to every shorter length, each pair of neighbouring bytes, entries,
// hashes and files swapped.
//
// A damage in a bundle or in its tile of hashes is shown to the real verifier in a log of that bundle alone, made of
// the same bytes under a checkpoint of our own: it reads there what the damage touches and nothing else. Each 100th
// damage, and each one of the few other files, is shown to it in the whole export.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ios>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/tile_writer.h"
#include "log/verifier.h"

namespace {

using namespace lindung;  // NOLINT: a program, not a header
namespace fs = std::filesystem;

using Files = std::map<std::string, Bytes, std::less<>>;

constexpr std::size_t hash_bytes = 32;
constexpr std::uint64_t whole_every = 100;  // damages
constexpr std::size_t told_at_most = 20;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "faults_tamper: %s\n", what.c_str());
  std::exit(1);
}

Files files_of(const fs::path& folder) {
  Files out;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in{entry.path(), std::ios::binary};
    out[entry.path().lexically_relative(folder).generic_string()] = Bytes(std::istreambuf_iterator<char>{in}, {});
  }
  return out;
}

// Files, some of them damaged.
log::ExportReader reader_of(const Files& files, const Files& damaged) {
  const auto find = [&files, &damaged](std::string_view path) -> const Bytes* {
    if (const auto found = damaged.find(path); found != damaged.end()) return &found->second;
    const auto found = files.find(path);
    return found == files.end() ? nullptr : &found->second;
  };
  return {.each_file = [&files, find](const log::ExportReader::Visitor& visit) -> Result<void> {
            for (const auto& [path, content] : files) {
              TRYV(visit(path, find(path)->size()));
            }
            return ok();
          },
          .read = [find](std::string_view path, std::size_t limit) -> Result<Bytes> {
            const auto* content = find(path);
            if (content == nullptr) return fail(Errc::not_found, std::string{path});
            if (content->size() > limit) return fail(Errc::too_large, std::string{path});
            return *content;
          }};
}

std::vector<Bytes> leaves_of(const Bytes& bundle) {
  std::vector<Bytes> out;
  for (BytesView rest{bundle}; !rest.empty();) {
    const std::size_t size = get_be<std::uint16_t>(rest);
    out.push_back(to_bytes(rest.subspan(2, size)));
    rest = rest.subspan(2 + size);
  }
  return out;
}

Bytes bundle_of(const std::vector<Bytes>& leaves) {
  Bytes out;
  for (const auto& leaf : leaves) {
    out.push_back(static_cast<std::uint8_t>(leaf.size() >> 8U));
    out.push_back(static_cast<std::uint8_t>(leaf.size() & 0xffU));
    out.insert(out.end(), leaf.begin(), leaf.end());
  }
  return out;
}

// A log and the key that its checkpoint must have.
struct Log {
  Files files;
  crypto::Ed25519PublicKey key;
};

// A log of one bundle's entries alone.
Log slice_of(const Bytes& bundle) {
  const auto leaves = leaves_of(bundle);
  Files files;
  log::TileWriter writer;
  const std::vector<BytesView> views{leaves.begin(), leaves.end()};
  const auto written = writer.append(views, [&](std::string_view path, BytesView content) {
    files[std::string{path}] = to_bytes(content);
    return Result<void>{ok()};
  });
  if (written.has_error()) die("writing a slice");
  const auto key = crypto::Ed25519PrivateKey::from_seed(Secret<32>{crypto::sha256(as_bytes("a slice"))});
  const std::string origin{"lindung.test/slice"};
  const auto note = log::sign_checkpoint({.origin = origin, .size = writer.size(), .root = writer.root()}, key);
  files[std::string{log::checkpoint_file}] = to_bytes(as_bytes(note.value().encode()));
  files[std::string{log::log_key_file}] =
      to_bytes(as_bytes(log::VerifierKey::make(origin, key.public_key()).value().text() + "\n"));
  return {.files = std::move(files), .key = key.public_key()};
}

class Tampering {
 public:
  Tampering(Log whole, std::uint64_t seed) : whole_{std::move(whole)}, seed_{seed} {
    if (const auto report = log::verify_export(reader_of(whole_.files, {}), {.key = whole_.key, .partner = {}});
        report.has_error()) {
      die("the undamaged export: " + report.error().text());
    }
    for (const auto& [path, content] : whole_.files) bytes_ += content.size();
  }

  void run(std::chrono::steady_clock::time_point until) {
    for (const auto& [path, content] : whole_.files) {
      if (std::chrono::steady_clock::now() > until) return;
      const bool is_bundle = path.starts_with("tile/entries/");
      const bool is_tile = path.starts_with("tile/0/");
      if (is_bundle || is_tile) {
        const auto name = path.substr(path.rfind(is_bundle ? "entries/" : "0/") + (is_bundle ? 8 : 2));
        in_slice(name, is_bundle, path);
      } else {
        every_byte(whole_, path, path);
      }
    }
    swap_files();
    is_complete_ = true;
  }

  void tell() const {
    std::printf(
        "{\"bytes\": %zu, \"flips\": %zu, \"truncations\": %zu, \"swaps\": %zu, \"whole\": %zu, \"complete\": %s, "
        "\"missed\": [",
        bytes_, flips_, truncations_, swaps_, whole_count_, is_complete_ ? "true" : "false");
    for (std::size_t i = 0; i < missed_.size(); ++i) std::printf("%s\"%s\"", i == 0 ? "" : ", ", missed_[i].c_str());
    std::printf("]}\n");
  }

 private:
  // The damage of one of the export's files, in the log of its bundle alone. `name` is that of both files of the bundle
  // behind their folders.
  void in_slice(const std::string& name, bool is_bundle, const std::string& path) {
    const auto& bundle = whole_.files.at("tile/entries/" + name);
    const auto slice = slice_of(bundle);
    const auto dot = name.find('.');
    const auto end = dot == std::string::npos ? std::string{} : name.substr(dot);
    const auto here = (is_bundle ? "tile/entries/000" : "tile/0/000") + end;
    if (slice.files.at(here) != whole_.files.at(path)) die("the slice of " + path + " is not of its bytes");
    if (log::verify_export(reader_of(slice.files, {}), {.key = slice.key, .partner = {}}).has_error()) {
      die("the undamaged slice of " + path);
    }
    every_byte(slice, here, path);
    if (is_bundle) swap_entries(slice, here, "tile/0/000" + end, path);
  }

  void every_byte(const Log& log, const std::string& here, const std::string& path) {
    const auto content = log.files.at(here);
    Files damaged{{here, content}};
    auto& bytes = damaged.at(here);
    for (std::size_t at = 0; at < content.size(); ++at) {
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << ((at + seed_) % 8)));
      ++flips_;
      check(log, damaged, path, "flip", at);
      bytes[at] = content[at];
    }
    for (std::size_t at = 0; at + 1 < content.size(); ++at) {
      if (content[at] == content[at + 1]) continue;
      std::swap(bytes[at], bytes[at + 1]);
      ++swaps_;
      check(log, damaged, path, "swap", at);
      std::swap(bytes[at], bytes[at + 1]);
    }
    for (std::size_t size = content.size(); size-- > 0;) {
      bytes.resize(size);
      ++truncations_;
      check(log, damaged, path, "truncation", size);
    }
  }

  // Two entries change places, without their hashes and with them.
  void swap_entries(const Log& log, const std::string& here, const std::string& hashes, const std::string& path) {
    auto leaves = leaves_of(log.files.at(here));
    for (std::size_t i = 0; i + 1 < leaves.size(); ++i) {
      if (leaves[i] == leaves[i + 1]) continue;
      std::swap(leaves[i], leaves[i + 1]);
      Files damaged{{here, bundle_of(leaves)}};
      ++swaps_;
      check(log, damaged, path, "entries", i);
      auto tile = log.files.at(hashes);
      const auto first = tile.begin() + static_cast<std::ptrdiff_t>(i * hash_bytes);
      std::swap_ranges(first, first + hash_bytes, first + hash_bytes);
      damaged[hashes] = std::move(tile);
      ++swaps_;
      check(log, damaged, path, "entries and hashes", i);
      std::swap(leaves[i], leaves[i + 1]);
    }
  }

  // Two files of one folder change places, those of equal length as well.
  void swap_files() {
    for (auto at = whole_.files.begin(); at != whole_.files.end(); ++at) {
      const auto next = std::next(at);
      if (next == whole_.files.end() || at->second == next->second) continue;
      ++swaps_;
      check(whole_, {{at->first, next->second}, {next->first, at->second}}, at->first, "files", 0);
    }
  }

  void check(const Log& log, const Files& damaged, const std::string& path, const char* what, std::size_t at) {
    const bool is_whole = &log == &whole_;
    if (is_whole) ++whole_count_;
    judge(log, damaged, path, what, at);
    if (is_whole || ++damages_ % whole_every != 0 || damaged.size() != 1) return;
    ++whole_count_;
    judge(whole_, {{path, damaged.begin()->second}}, path, what, at);
  }

  void judge(const Log& log, const Files& damaged, const std::string& path, const char* what, std::size_t at) {
    const auto report = log::verify_export(reader_of(log.files, damaged), {.key = log.key, .partner = {}});
    if (report.has_error() && report.error().code == Errc::corrupt) return;
    if (missed_.size() < told_at_most) missed_.push_back(path + ": " + what + " at " + std::to_string(at));
  }

  const Log whole_;
  const std::uint64_t seed_;
  std::size_t bytes_{};
  std::size_t flips_{};
  std::size_t truncations_{};
  std::size_t swaps_{};
  std::size_t whole_count_{};
  std::uint64_t damages_{};
  bool is_complete_{};
  std::vector<std::string> missed_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) die("usage: faults_tamper EXPORT [SEED [SECONDS]]");
  const std::vector<std::string> arguments{argv + 1, argv + argc};
  const auto seconds = arguments.size() > 2 ? std::stod(arguments[2]) : 1e6;
  auto files = files_of(arguments[0]);
  const auto found = files.find(log::log_key_file);
  if (found == files.end()) die("no export");
  auto line = as_text(found->second);
  line.remove_suffix(line.empty() ? 0 : 1);
  const auto key = log::VerifierKey::parse(line);
  if (key.has_error()) die(key.error().text());
  Tampering tampering{{.files = std::move(files), .key = key.value().key()},
                      arguments.size() > 1 ? std::stoull(arguments[1]) : 0};
  tampering.run(std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                       std::chrono::duration<double>{seconds}));
  tampering.tell();
  return 0;
}
