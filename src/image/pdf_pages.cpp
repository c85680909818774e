// Drawing a PDF's pages by another program, under limits.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "image/bounded_process.h"
#include "image/picture.h"

namespace lindung::image {
namespace {

constexpr const char* program = "/usr/bin/pdftoppm";
constexpr const char* longest_side = "3508";  // pixels: A4 at 300 dots an inch
constexpr std::size_t most_pixels_a_page = std::size_t{3508} * 3508;
constexpr std::size_t page_head = 32;
constexpr std::size_t most_memory = std::size_t{1} << 30U;

// An open file without a name: nothing of a certificate is left on a disk.
class NamelessFile {
 public:
  explicit NamelessFile(BytesView content) noexcept : number_{::memfd_create("page", MFD_CLOEXEC)} {
    while (number_ >= 0 && !content.empty()) {
      const auto written = ::write(number_, content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      content = content.subspan(static_cast<std::size_t>(written));
    }
    is_ready_ = number_ >= 0 && ::lseek(number_, 0, SEEK_SET) == 0;
  }
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;
  ~NamelessFile() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
  bool is_ready_{};
};

// In the child: only system calls from here to the other program.
int become_program(int in, int out, const char* const* words) noexcept {
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);  // NOLINT(*-vararg): the system's interface
  const bool is_ready =
      null >= 0 && ::dup2(in, STDIN_FILENO) >= 0 && ::dup2(out, STDOUT_FILENO) >= 0 && ::dup2(null, STDERR_FILENO) >= 0;
  if (is_ready) {
    constexpr std::array<const char*, 3> environment{"LC_ALL=C", "HOME=/nonexistent", nullptr};
    // NOLINTNEXTLINE(*-const-cast): exec does not write
    ::execve(program, const_cast<char* const*>(words), const_cast<char* const*>(environment.data()));
  }
  return not_installed;
}

// "P5 WIDTH HEIGHT 255", a white space, and the pixels: one page behind the other.
class PgmReader {
 public:
  explicit PgmReader(BytesView all) noexcept : rest_{as_text(all)} {}
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  Result<Grey> page() {
    const auto magic = word();
    const auto width = number();
    const auto height = number();
    const auto most = number();
    if (magic != "P5" || !width || !height || most != 255 || *width <= 0 || *height <= 0) {
      return fail(Errc::malformed, "not a page");
    }
    const auto size = static_cast<std::size_t>(*width) * static_cast<std::size_t>(*height);
    if (rest_.size() < size + 1 || size > most_pixels_a_page) return fail(Errc::malformed, "half a page");
    const auto pixels = as_bytes(rest_.substr(1, size));
    rest_.remove_prefix(size + 1);
    return Grey{.width = *width, .height = *height, .pixels = to_bytes(pixels)};
  }

 private:
  std::string_view word() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) rest_.remove_prefix(1);
    const auto end = std::min(rest_.find_first_of(" \n\t\r"), rest_.size());
    const auto out = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return out;
  }
  std::optional<int> number() {
    const auto digits = word();
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
  }
  std::string_view rest_;
};

}  // namespace

Result<std::vector<Grey>> read_pdf(BytesView file, const PictureLimits& limits) {
  const NamelessFile input{file};
  if (!input.is_ready()) return fail(Errc::io, "no file in memory");
  const auto pages = std::to_string(limits.pages);
  const std::array<const char*, 10> words{"pdftoppm",    "-gray",     "-f",         "1", "-l",
                                          pages.c_str(), "-scale-to", longest_side, "-", nullptr};
  const ProcessLimits process{.time = limits.time,
                              .output = static_cast<std::size_t>(limits.pages) * (most_pixels_a_page + page_head),
                              .memory = most_memory};
  auto ended = run_bounded(process, [&](int out) { return become_program(input.number(), out, words.data()); });
  if (!ended) return fail("drawing a PDF", ended.error());
  if (ended.value().status == not_installed) {
    return fail(Errc::unsupported, "a PDF is drawn by pdftoppm of the package poppler-utils, which is not installed");
  }
  if (ended.value().status != 0) return fail(Errc::malformed, "a PDF that cannot be drawn");
  std::vector<Grey> out;
  for (PgmReader reader{ended.value().output}; !reader.at_end();) {
    TRY(page, reader.page());
    out.push_back(std::move(page));
  }
  return out;
}

}  // namespace lindung::image
