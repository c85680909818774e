#include "support/mailbox.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace lindung::test {

namespace {

// One line, or one mail, of a connection at a time.
class Lines {
 public:
  explicit Lines(int socket) : socket_{socket} {}
  // Up to this end, without it; nothing when the other side has gone.
  std::optional<std::string> until(std::string_view end) {
    std::size_t at = 0;
    while ((at = waiting_.find(end)) == std::string::npos) {
      std::array<char, 4096> piece{};
      const auto count = ::recv(socket_, piece.data(), piece.size(), 0);
      if (count <= 0) return std::nullopt;
      waiting_.append(piece.data(), static_cast<std::size_t>(count));
    }
    auto out = waiting_.substr(0, at);
    waiting_.erase(0, at + end.size());
    return out;
  }
  void say(const std::string& line) const {
    const auto bytes = line + "\r\n";
    static_cast<void>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

 private:
  int socket_;
  std::string waiting_;
};

}  // namespace

Mailbox::Mailbox() : listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);  // NOLINT: sockets API
  if (::bind(listener_, any, size) != 0 || ::listen(listener_, 8) != 0 || ::getsockname(listener_, any, &size) != 0) {
    throw std::runtime_error("a mailbox does not listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { serve(); }};
}

Mailbox::~Mailbox() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::vector<KeptMail> Mailbox::mails() const {
  const std::scoped_lock lock{mutex_};
  return mails_;
}

void Mailbox::answer(const std::string& command, const std::string& line) {
  const std::scoped_lock lock{mutex_};
  answers_[command] = line;
}

std::string Mailbox::reply(const std::string& command, const std::string& otherwise) const {
  const std::scoped_lock lock{mutex_};
  const auto found = answers_.find(command);
  return found == answers_.end() || found->second.empty() ? otherwise : found->second;
}

void Mailbox::serve() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    talk(socket);
    ::close(socket);
  }
}

void Mailbox::talk(int socket) {
  Lines lines{socket};
  lines.say("220 mailbox");
  KeptMail mail;
  while (const auto line = lines.until("\r\n")) {
    const auto verb = line->substr(0, 4);
    if (verb == "QUIT") {
      lines.say("221 bye");
      return;
    }
    if (verb == "MAIL") mail = {.from = line->substr(line->find(':') + 1), .to = {}, .data = {}};
    if (verb == "RCPT") mail.to.push_back(line->substr(line->find(':') + 1));
    const auto said = reply(verb, verb == "DATA" ? "354 go on" : "250 fine");
    lines.say(said);
    if (verb != "DATA" || !said.starts_with("354")) continue;
    auto data = lines.until("\r\n.\r\n");
    if (!data) return;
    mail.data = std::move(*data);
    const auto end = reply(".", "250 kept");
    if (end.starts_with("250")) {
      const std::scoped_lock lock{mutex_};
      mails_.push_back(mail);
    }
    lines.say(end);
  }
}

}  // namespace lindung::test
