// All operator commands, and the one place that decides whether enough officers stand behind a call: of the socket,
// where a key signs, and of a browser, where a passkey proves who it is.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "base/result.h"
#include "codec/json.h"
#include "service/officers.h"

namespace lindung::api {

inline constexpr codec::JsonLimits command_limits{.bytes = 256UL * 1024 * 1024,
                                                  .depth = 8};  // an import travels in one

enum class CommandProof : std::uint8_t {
  signature,  // of the officer's key, in the command
  passkey,    // the caller has verified an assertion over the command's digest
};

// `given->arguments` is the text of `arguments`. A command that looks a person up takes "purpose" beside its own
// arguments; by a passkey it has to.
struct CommandCall {
  boost::json::object arguments;
  std::optional<service::SignedCommand> given;
  CommandProof proof{CommandProof::signature};
};

class CommandTable {
 public:
  explicit CommandTable(std::vector<AdminCommand> commands) : commands_{std::move(commands)} {}
  // Of everything in admin.h.
  [[nodiscard]] static std::vector<AdminCommand> all_commands();

  [[nodiscard]] const std::vector<AdminCommand>& all() const noexcept { return commands_; }
  // Null for an unknown name.
  [[nodiscard]] const AdminCommand* find(std::string_view name) const noexcept;

  // Runs the command when enough officers stand behind it; else says for whom it waits.
  // Errors: denied without an officer, or for one whose roles do not give it; those of accept_command and the command.
  [[nodiscard]] Result<boost::json::value> run(const AdminGround& ground, const AdminCommand& command,
                                               const CommandCall& call) const;
  // One more officer behind a command that waits (`arguments`: {"approval"}); runs it when they are enough.
  [[nodiscard]] Result<boost::json::value> approve(const AdminGround& ground, const CommandCall& call) const;
  // How many officers a call of this command takes now.
  [[nodiscard]] static Result<NeededOfficers> needed(const AdminGround& ground, const AdminCommand& command,
                                                     const boost::json::object& arguments);

 private:
  std::vector<AdminCommand> commands_;
};

}  // namespace lindung::api
