// A mail server on loopback that keeps what it is sent: it speaks just enough SMTP for one mail after another, and
// refuses what a test tells it to.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lindung::test {

struct KeptMail {
  std::string from;  // "<a@example.org>", with what follows it
  std::vector<std::string> to;
  std::string data;  // head and body as sent, without the dot at the end
};

class Mailbox {
 public:
  Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox();

  [[nodiscard]] std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::vector<KeptMail> mails() const;
  // Answers a command that begins so ("RCPT", "DATA", "." for the end of a mail) with this line from now on; an empty
  // one takes it back.
  void answer(const std::string& command, const std::string& line);

 private:
  void serve();
  void talk(int socket);
  [[nodiscard]] std::string reply(const std::string& command, const std::string& otherwise) const;

  int listener_{-1};
  std::uint16_t port_{};
  mutable std::mutex mutex_;
  std::vector<KeptMail> mails_;
  std::map<std::string, std::string> answers_;
  std::thread thread_;
};

}  // namespace lindung::test
