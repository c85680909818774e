// The steps by which `lindung decommission run` closes a system, each one made for real and looked at afterwards. A
// step that was interrupted is made again: what is done already is found done.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "cli/context.h"
#include "domain/ledger.h"

namespace lindung::cli {

// As the ledger of the server has it.
struct ClosingSystem {
  domain::LedgerEntry service;
  std::vector<domain::LedgerEntry> parts;
  std::vector<domain::StepRecord> steps;
  // The service and its parts.
  [[nodiscard]] std::vector<domain::LedgerEntry> all() const;
};
// Errors: those of call_server().
[[nodiscard]] Result<ClosingSystem> fetch_system(const Context& context, const std::string& name);

struct ClosingOptions {
  SecretBytes passphrase;          // of the system's rings; empty: their files are overwritten instead
  std::vector<std::string> marks;  // searched for in the backups
};
// Passphrase and marks from files; empty paths: from where the ledger says, or none. Errors: those of read_file().
[[nodiscard]] Result<ClosingOptions> read_closing_options(const ClosingSystem& system, const std::string& passphrase,
                                                          const std::string& marks);

// Makes the step and gives back what was found. Errors: conflict, with what still holds, when it could not be made.
[[nodiscard]] Result<domain::Findings> make_step(const ClosingSystem& system, domain::ClosingStep step,
                                                 const ClosingOptions& options);

// What the step would do, a line a part.
[[nodiscard]] std::vector<std::string> plan_step(const ClosingSystem& system, domain::ClosingStep step);

// An empty folder that goes with everything in it.
class ScratchFolder {
 public:
  // Errors: io.
  [[nodiscard]] static Result<ScratchFolder> make();
  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_{std::move(path)} {}
  std::string path_;
};

}  // namespace lindung::cli
