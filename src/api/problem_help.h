// What each problem of the public wire is called, what causes it and how it is mended: the one list for the wire, for
// docs/openapi.yaml and for `lindung partner doctor`.
#pragma once

#include <span>
#include <string_view>

#include "base/error.h"

namespace lindung::api {

// Shape: sentences for people; they name no person, token or key.
struct ProblemHelp {
  Errc code;
  unsigned status;
  std::string_view title;
  std::string_view cause;
  std::string_view mend;
  std::string_view name{};  // empty: that of the code
};
[[nodiscard]] std::string_view name_of(const ProblemHelp& help) noexcept;

// Told to issuers only, under codes that partners never see.
enum class IssuerProblem { unknown, not_allowed, used_id, media_type };

[[nodiscard]] const ProblemHelp& help_of(IssuerProblem problem) noexcept;

// Told to pages of the portal only.
enum class PortalProblem { signed_out, denied, conflict };

[[nodiscard]] const ProblemHelp& help_of(PortalProblem problem) noexcept;

// Of a code that crosses the public wire; any other one is told as `unavailable`.
[[nodiscard]] const ProblemHelp& help_of(Errc code) noexcept;

// All of them, those of issuers and of the portal at the end. Rows may share a name: `too-large` has two statuses,
// `denied` three titles.
[[nodiscard]] std::span<const ProblemHelp> problem_help() noexcept;

// By the name on the wire and the status; null: not one of ours.
[[nodiscard]] const ProblemHelp* find_help(std::string_view name, unsigned status) noexcept;

}  // namespace lindung::api
