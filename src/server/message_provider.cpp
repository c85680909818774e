#include "server/message_provider.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "base/secret.h"
#include "people/message_folder.h"
#include "people/message_queue.h"
#include "people/message_sender.h"
#include "people/messages.h"
#include "server/data_folder.h"
#include "server/log_lines.h"
#include "store/durable_file.h"

namespace lindung::server {

namespace {

constexpr std::size_t longest_secret = 4'096;
// A server that stops waits for the call that is out.
constexpr std::chrono::milliseconds connect_timeout{5'000};
constexpr std::chrono::milliseconds call_timeout{20'000};

// The first line of a file.
Result<SecretBytes> read_secret(const std::string& path) {
  TRY(content, store::read_file(path, longest_secret));
  const auto end = std::ranges::find_if(content, [](auto byte) { return byte == '\n' || byte == '\r'; });
  content.erase(end, content.end());
  return content;
}

Result<std::unique_ptr<people::MessageSender>> open_sender(const MessageOptions& options) {
  if (options.provider == "smtp") {
    SecretBytes password;
    if (!options.smtp_user.empty()) {
      TRY(read, read_secret(options.smtp_password_file));
      password = std::move(read);
    }
    return people::mail_sender({.server = {.url = options.smtp_url,
                                           .user = options.smtp_user,
                                           .password = std::move(password),
                                           .ca_file = options.ca_file,
                                           .connect_timeout = connect_timeout,
                                           .call_timeout = call_timeout},
                                .from = options.smtp_from,
                                .to = options.smtp_to});
  }
  TRY(secret, read_secret(options.hook_secret_file));
  return people::hook_sender({.hook = {.url = options.hook_url,
                                       .fields = {},
                                       .ca_file = options.ca_file,
                                       .connect_timeout = connect_timeout,
                                       .call_timeout = call_timeout},
                              .secret = std::move(secret)});
}

}  // namespace

Result<std::unique_ptr<people::Messages>> open_messages(const MessageOptions& options, const DataFolder& folder) {
  if (options.provider == "folder") {
    return std::unique_ptr<people::Messages>{std::make_unique<people::MessageFolder>(folder.messages())};
  }
  TRY(sender, open_sender(options));
  people::MessageQueue::Options queue;
  queue.report = [](const Error& error) { log_chore_failed("messages", error); };
  return std::unique_ptr<people::Messages>{std::make_unique<people::MessageQueue>(std::move(sender), std::move(queue))};
}

}  // namespace lindung::server
