#include "cli/passphrase.h"

#include <termios.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "store/durable_file.h"

namespace lindung::cli {

namespace {

constexpr std::size_t passphrase_limit = 1024;

// One line from the terminal without echo, or from standard input when it is no terminal.
Result<SecretBytes> ask(const char* prompt) {
  const bool is_terminal = ::isatty(STDIN_FILENO) == 1;
  termios before{};
  if (is_terminal) {
    std::fprintf(stderr, "%s: ", prompt);
    ::tcgetattr(STDIN_FILENO, &before);
    auto silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  SecretBytes line;
  for (int c = std::getchar(); c != EOF && c != '\n' && line.size() < passphrase_limit; c = std::getchar()) {
    line.push_back(static_cast<std::uint8_t>(c));
  }
  if (is_terminal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::fprintf(stderr, "\n");
  }
  if (line.empty()) return fail(Errc::invalid_argument, "no passphrase was given");
  return line;
}

}  // namespace

Result<SecretBytes> read_passphrase(const std::string& file, const char* prompt) {
  if (file.empty()) return ask(prompt);
  TRY(content, store::read_file(file, passphrase_limit));
  while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) content.pop_back();
  if (content.empty()) return fail(Errc::invalid_argument, file + " is empty");
  return content;
}

}  // namespace lindung::cli
