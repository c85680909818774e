#include "cli/leak_search.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/gunzip_stream.h"
#include "codec/inflate.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/link_token.h"
#include "domain/token_scan.h"

namespace lindung::cli {

namespace {

constexpr std::size_t read_size = 1UL << 20U;
constexpr std::size_t text_piece = 16UL << 20U;
constexpr std::size_t tokens_at_once = 500'000;         // 14 MB
constexpr std::size_t remembered_tokens = 48UL << 20U;  // 8 bytes each, half of the slots free: at most 1 GiB
constexpr std::uint64_t progress_every = 64UL << 20U;
constexpr std::size_t longest_run = 40;
constexpr std::size_t first_slots = 1UL << 16U;

bool is_run_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// How much of a piece can go without what follows it: up to its last line end, else to the last end of a word.
std::size_t whole_part(std::string_view piece) {
  const auto line_end = piece.find_last_of('\n');
  if (line_end != std::string_view::npos) return line_end + 1;
  const auto gap = piece.find_last_of(' ');
  return gap == std::string_view::npos ? piece.size() : gap + 1;
}

struct CloseFile {
  void operator()(std::FILE* file) const noexcept {
    if (file != stdin) static_cast<void>(std::fclose(file));
  }
};

}  // namespace

SeenTokens::SeenTokens(std::size_t most) : key_{crypto::random_bytes<32>()}, most_{most}, slots_(first_slots, 0) {}

bool SeenTokens::add(const domain::LinkToken& token) {
  const auto mark = get_be<std::uint64_t>(key_.mac(token.bytes)) | 1U;  // never 0
  auto at = place_of(mark);
  while (slots_[at] != 0 && slots_[at] != mark) at = (at + 1) & (slots_.size() - 1);
  if (slots_[at] == mark) return false;
  if (is_full()) return true;
  slots_[at] = mark;
  if (++count_ * 2 > slots_.size()) grow();
  return true;
}

void SeenTokens::grow() {
  std::vector<std::uint64_t> larger(slots_.size() * 2, 0);
  for (const auto mark : slots_) {
    if (mark == 0) continue;
    auto at = (mark >> 1U) & (larger.size() - 1);
    while (larger[at] != 0) at = (at + 1) & (larger.size() - 1);
    larger[at] = mark;
  }
  slots_ = std::move(larger);
}

LeakSearch::LeakSearch(TakeTokens take_tokens, TakeText take_text)
    : take_tokens_{std::move(take_tokens)},
      take_text_{std::move(take_text)},
      seen_{remembered_tokens},
      scan_{[this](const domain::LinkToken& token, domain::TokenSpelling spelling) {
        ++figures_.spellings.at(static_cast<std::size_t>(spelling));
        if (!seen_.add(token)) {
          ++figures_.repeated;
          return;
        }
        ++figures_.candidates;
        waiting_.push_back(token);
      }} {}

Result<void> LeakSearch::read(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file{path == "-" ? stdin : std::fopen(path.c_str(), "rbe")};
  if (!file) return fail(Errc::not_found, "no file that can be read: " + path);
  ++figures_.files;
  scan_.reset();
  std::unique_ptr<codec::GunzipStream> gunzip;
  Bytes piece(read_size);
  for (bool is_first = true;; is_first = false) {
    const auto got = std::fread(piece.data(), 1, piece.size(), file.get());
    if (got == 0) break;
    const auto bytes = BytesView{piece}.first(got);
    figures_.bytes += got;
    if (is_first && codec::looks_like_gzip(bytes)) {
      gunzip = std::make_unique<codec::GunzipStream>();
      ++figures_.gzip_files;
    }
    TRYV(gunzip ? gunzip->take(bytes, [this](BytesView text) { return take(text); }) : take(bytes));
    show_progress();
  }
  if (std::ferror(file.get()) != 0) return fail(Errc::io, "reading " + path);
  if (gunzip) {
    TRYV(gunzip->finish());
  }
  if (!text_.empty()) text_ += '\n';  // no name goes on in the next file
  return ok();
}

Result<void> LeakSearch::take(BytesView text) {
  scan_.take(text);
  figures_.text_bytes += text.size();
  figures_.lines += static_cast<std::uint64_t>(std::ranges::count(text, std::uint8_t{'\n'}));
  if (waiting_.size() >= tokens_at_once) {
    TRYV(give_tokens());
  }
  if (!take_text_) return ok();
  for (const auto byte : text) {
    if (byte == 0) continue;  // UTF-16
    const auto c = static_cast<char>(byte);
    if (is_run_digit(c)) {
      // Longer ones are no number and no name; tokens are looked for by themselves.
      if (++run_ <= longest_run) text_ += c;
      if (run_ == longest_run + 1) text_.resize(text_.size() - longest_run);
      continue;
    }
    run_ = 0;
    if (!text_.empty() && (c == '\n' || (text_.back() != ' ' && text_.back() != '\n'))) {
      text_ += c == '\n' ? '\n' : ' ';
    }
  }
  return text_.size() >= text_piece ? give_text(false) : Result<void>{ok()};
}

Result<void> LeakSearch::give_tokens() {
  if (waiting_.empty()) return ok();
  TRYV(take_tokens_(waiting_));
  waiting_.clear();
  return ok();
}

Result<void> LeakSearch::give_text(bool is_last) {
  const auto end = is_last ? text_.size() : whole_part(text_);
  if (end == 0 || !take_text_) return ok();
  TRYV(take_text_(text_.substr(0, end)));
  text_.erase(0, end);
  return ok();
}

Result<void> LeakSearch::finish() {
  TRYV(give_tokens());
  return give_text(true);
}

void LeakSearch::show_progress() {
  if (figures_.bytes - shown_ < progress_every || ::isatty(STDERR_FILENO) == 0) return;
  shown_ = figures_.bytes;
  std::fprintf(stderr, "%llu MiB read, %llu candidates\n", static_cast<unsigned long long>(figures_.bytes >> 20U),
               static_cast<unsigned long long>(figures_.candidates));
}

}  // namespace lindung::cli
