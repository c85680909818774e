// What `token attribute` makes of leaked files: every candidate for a token once, with what was read to find them.
// Nothing of a file is ever printed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "domain/link_token.h"
#include "domain/token_scan.h"

namespace lindung::cli {

// Remembers candidates by 64 bits of a keyed digest: whoever made the file cannot make two of them look like one.
class SeenTokens {
 public:
  explicit SeenTokens(std::size_t most);
  // False when it was seen before. Beyond `most` nothing is remembered any more, and everything is new.
  bool add(const domain::LinkToken& token);
  [[nodiscard]] bool is_full() const noexcept { return count_ >= most_; }

 private:
  void grow();
  [[nodiscard]] std::size_t place_of(std::uint64_t mark) const { return (mark >> 1U) & (slots_.size() - 1); }
  crypto::HmacKey key_;
  std::size_t most_;
  std::size_t count_{};
  std::vector<std::uint64_t> slots_;  // open addressing; 0: free
};

struct LeakFigures {
  std::uint64_t files{};
  std::uint64_t bytes{};       // as they stand in the files
  std::uint64_t text_bytes{};  // unpacked
  std::uint64_t lines{};
  std::uint64_t gzip_files{};
  std::uint64_t candidates{};  // different ones
  std::uint64_t repeated{};    // seen again
  std::array<std::uint64_t, domain::token_spellings> spellings{};
};

class LeakSearch {
 public:
  using TakeTokens = std::function<Result<void>(const std::vector<domain::LinkToken>&)>;
  // What a number or a name can be made of, in pieces of some 16 MiB that end where a line does, if they can.
  using TakeText = std::function<Result<void>(const std::string&)>;
  // take_text may be null: then nobody looks for canaries' names and numbers.
  LeakSearch(TakeTokens take_tokens, TakeText take_text);

  // "-": standard input. gzip is opened. Errors: not_found, io; malformed for a gzip file that is damaged; those of the
  // two that take.
  [[nodiscard]] Result<void> read(const std::string& path);
  // What is still held back.
  [[nodiscard]] Result<void> finish();

  [[nodiscard]] const LeakFigures& figures() const noexcept { return figures_; }
  [[nodiscard]] bool knows_all() const noexcept { return !seen_.is_full(); }

 private:
  [[nodiscard]] Result<void> take(BytesView text);
  [[nodiscard]] Result<void> give_tokens();
  [[nodiscard]] Result<void> give_text(bool is_last);
  void show_progress();

  TakeTokens take_tokens_;
  TakeText take_text_;
  SeenTokens seen_;
  domain::TokenScan scan_;
  std::vector<domain::LinkToken> waiting_;
  std::string text_;
  std::size_t run_{};  // of digits and letters, at the end of text_
  LeakFigures figures_;
  std::uint64_t shown_{};
};

}  // namespace lindung::cli
