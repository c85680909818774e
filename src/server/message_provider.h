// Which way messages to telephones go, as the configuration says.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "people/messages.h"
#include "server/data_folder.h"

namespace lindung::server {

struct MessageOptions {
  std::string provider{"folder"};  // "folder", "smtp", "hook"
  std::string smtp_url;
  std::string smtp_from;
  std::string smtp_to;
  std::string smtp_user;
  std::string smtp_password_file;  // whole path; its first line
  std::string hook_url;
  std::string hook_secret_file;
  std::string ca_file;
};

// Errors: io, not_found for a file that cannot be read; invalid_argument for options that do not go together.
[[nodiscard]] Result<std::unique_ptr<people::Messages>> open_messages(const MessageOptions& options,
                                                                      const DataFolder& folder);

}  // namespace lindung::server
