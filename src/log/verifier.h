// What `lindung log verify DIR` does: it reads an exported log from end to end and believes nothing in it but the key.
// It shares no code with the writer of tiles: names, widths and the tree are computed here once more.
//
// An export is `checkpoint`, `log-key` (the verifier key and a newline), `tile/<L>/<N>[.p/<W>]` and
// `tile/entries/<N>[.p/<W>]`: just the files that a tree of the checkpoint's size has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "log/cosignature.h"
#include "log/entry.h"

namespace lindung::log {

inline constexpr std::string_view checkpoint_file = "checkpoint";
inline constexpr std::string_view log_key_file = "log-key";

// The directory as the verifier sees it. Paths are relative, with "/" between.
struct ExportReader {
  // Visits every file once, in any order, folders not at all; stops at the visitor's error and returns it.
  using Visitor = std::function<Result<void>(std::string_view path, std::uint64_t size)>;
  std::function<Result<void>(const Visitor& visit)> each_file;
  // The whole file. Errors: not_found; too_large if it has more than `limit` bytes; io.
  std::function<Result<Bytes>(std::string_view path, std::size_t limit)> read;
};

struct VerifyOptions {
  // None: the key in `log-key`; then the export vouches for itself, and whoever prints the report says so.
  std::optional<crypto::Ed25519PublicKey> key;
  // The partner whose cut is looked for.
  std::optional<PartnerId> partner;
  // Of these witnesses, at least `need` must have cosigned the checkpoint.
  std::vector<WitnessKey> witnesses{};
  std::size_t need{};
};

struct VerifyReport {
  std::string origin;
  crypto::Ed25519PublicKey key;  // the one that signed
  std::uint64_t size{};
  Hash root{};
  std::array<std::uint64_t, std::variant_size_v<Entry>> entries{};  // how many of each alternative of Entry
  // Of the partner asked for: the index of its last cut entry, and of its last answer.
  std::optional<std::uint64_t> cut_index;
  std::optional<std::uint64_t> last_answer_index;
  std::vector<SeenBy> seen_by{};  // of the witnesses named
};

// The type of the entries that VerifyReport::entries counts at a place: "answer", "partner", …
[[nodiscard]] std::string_view entry_type(std::size_t alternative) noexcept;

// Checks the signature of the checkpoint; that each file of the tree is there with its exact length and no other file;
// that each entry is one that the project writes; entries against level 0, each level against the one below, the root.
// With a partner: that no answer of it stands where, by the log, it was not active: before it became active, or behind
// its suspension, cut or shredding.
// Memory: one bundle and one tile a level, whatever the size of the log.
// Errors: corrupt with file and offset; bad_signature when fewer witnesses cosigned than are needed; conflict, with
// number = index of the answer, when an answer stands where the partner was not active (only after all else was found
// right); io from the reader.
[[nodiscard]] Result<VerifyReport> verify_export(const ExportReader& reader, const VerifyOptions& options);

}  // namespace lindung::log
