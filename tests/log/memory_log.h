// A log's files in memory, and exports of plausible entries, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "log/checkpoint.h"
#include "log/entry.h"
#include "log/tile.h"
#include "log/tile_writer.h"
#include "log/verifier.h"

namespace lindung::log {

using Files = std::map<std::string, Bytes, std::less<>>;

inline TileSink sink_to(Files& files) {
  return [&files](std::string_view path, BytesView content) -> Result<void> {
    files[std::string{path}] = to_bytes(content);
    return ok();
  };
}

inline TileSource source_of(const Files& files) {
  return [&files](std::string_view path) -> Result<Bytes> {
    const auto found = files.find(path);
    if (found == files.end()) return fail(Errc::not_found, std::string{path});
    return found->second;
  };
}

inline ExportReader reader_of(const Files& files) {
  return {.each_file = [&files](const ExportReader::Visitor& visit) -> Result<void> {
            for (const auto& [path, content] : files) {
              TRYV(visit(path, content.size()));
            }
            return ok();
          },
          .read = [&files](std::string_view path, std::size_t limit) -> Result<Bytes> {
            const auto found = files.find(path);
            if (found == files.end()) return fail(Errc::not_found, std::string{path});
            if (found->second.size() > limit) return fail(Errc::too_large, std::string{path});
            return found->second;
          }};
}

inline crypto::Ed25519PrivateKey log_key() {
  return crypto::Ed25519PrivateKey::from_seed(Secret<32>{crypto::sha256(as_bytes("the log of the tests"))});
}

inline constexpr std::string_view test_origin = "lindung.test/log";

inline Hash digest_of(std::uint64_t number) { return crypto::sha256(as_bytes(std::to_string(number))); }

inline Entry partner_entry(PartnerChange state, const std::string& partner = "gojek", std::uint64_t epoch = 1) {
  return PartnerEntry{.at = moment_of(1795270978),
                      .partner = PartnerId{partner},
                      .state = state,
                      .epoch = epoch,
                      .signed_digest = digest_of(epoch)};
}

inline Entry answer_entry(std::uint64_t number, const std::string& partner = "gojek") {
  return AnswerEntry{.partner = PartnerId{partner},
                     .epoch = 1,
                     .answered_at = moment_of(1795270970 + 10 * number),
                     .commitment = digest_of(number)};
}

// A partner that becomes active and is answered; now and then something else.
inline std::vector<Entry> plausible_entries(std::size_t count) {
  std::vector<Entry> out{partner_entry(PartnerChange::registered), partner_entry(PartnerChange::pact_signed),
                         partner_entry(PartnerChange::active)};
  for (std::uint64_t i = out.size(); i < count; ++i) {
    if (i % 50 == 7) {
      out.emplace_back(RetentionEntry{.at = moment_of(1795270978 + i), .what = "check-ins", .period = i});
    } else {
      out.push_back(answer_entry(i));
    }
  }
  out.resize(count, out.front());
  return out;
}

inline std::vector<Bytes> encoded(const std::vector<Entry>& entries) {
  std::vector<Bytes> out;
  for (const auto& entry : entries) out.push_back(encode(entry));
  return out;
}

inline std::vector<BytesView> views_of(const std::vector<Bytes>& leaves, std::size_t from, std::size_t to) {
  return {leaves.begin() + static_cast<std::ptrdiff_t>(from), leaves.begin() + static_cast<std::ptrdiff_t>(to)};
}

// Signs the tree that the writer stands at, and adds the two files beside the tiles.
inline void seal_export(Files& files, const TileWriter& writer) {
  const auto key = log_key();
  const auto note =
      sign_checkpoint({.origin = std::string{test_origin}, .size = writer.size(), .root = writer.root()}, key);
  const auto verifier = VerifierKey::make(std::string{test_origin}, key.public_key()).value();
  files[std::string{checkpoint_file}] = to_bytes(as_bytes(note.value().encode()));
  files[std::string{log_key_file}] = to_bytes(as_bytes(verifier.text() + "\n"));
}

inline Files export_of(const std::vector<Entry>& entries) {
  Files files;
  const auto leaves = encoded(entries);
  TileWriter writer;
  EXPECT_TRUE(writer.append(views_of(leaves, 0, leaves.size()), sink_to(files)).has_value());
  seal_export(files, writer);
  return files;
}

}  // namespace lindung::log
