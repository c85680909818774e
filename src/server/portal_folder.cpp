#include "server/portal_folder.h"

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "api/static_site.h"

namespace lindung::server {

std::string find_portal() {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  constexpr std::array<std::string_view, 2> places{"portal", "../share/lindung/portal"};
  for (const auto place : places) {
    const auto folder = program.parent_path() / place;
    if (fs::exists(folder / "index.html", error)) return folder.string();
  }
  return {};
}

std::vector<api::PageGrant> portal_grants() {
  return {{.path = "/scan/", .may_use_camera = true, .may_compile_wasm = true},
          {.path = "/venue/scan/", .may_use_camera = true, .may_compile_wasm = true}};
}

}  // namespace lindung::server
