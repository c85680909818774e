// Messages as files, DIR/messages/ID.json: whoever sends them to telephones takes them from there and removes what it
// sent. The default, and what a demo shows. docs/configuration.md shows one.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "people/messages.h"

namespace lindung::people {

class MessageFolder final : public Messages {
 public:
  explicit MessageFolder(std::string folder) : folder_{std::move(folder)} {}

  // Makes the folder (mode 0700) when it is not there. The file (mode 0600) appears whole and durable. Errors: io.
  [[nodiscard]] Result<void> post(const PhoneMessage& message) override;

 private:
  std::string folder_;
};

}  // namespace lindung::people
