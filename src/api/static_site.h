// The portal's files in memory, as the build left them: each with its compressed forms beside it (NAME.br, NAME.gz),
// a validator for each form, and the security headers of its page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "http/router.h"

namespace lindung::api {

inline constexpr std::size_t site_limit = std::size_t{64} << 20U;  // bytes of all files, with their compressed forms

// What a page may do beyond the strict policy of all pages; empty: nothing.
struct PageGrant {
  std::string_view path;    // of the page: "/scan/"
  bool may_use_camera{};    // Permissions-Policy
  bool may_compile_wasm{};  // 'wasm-unsafe-eval' in its Content-Security-Policy
};

// Which of the forms a client takes best: "br" before "gzip" before none, by Accept-Encoding (RFC 9110 section 12.5.3).
enum class Form : std::uint8_t { identity, gzip, brotli };
[[nodiscard]] bool accepts(std::string_view accept_encoding, std::string_view coding) noexcept;

// One file. Shape: `path` is "/assets/app-3fz9.js", or "/venue/" for venue/index.html.
struct StaticFile {
  struct Body {
    std::string bytes;
    std::string etag;  // strong, of these bytes: "\"…\""
  };
  std::string path;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> fields;  // but ETag and Content-Encoding
  Body identity;
  Body gzip;    // without an etag: there is none
  Body brotli;  // likewise

  // 200, or 304 when the client has it already.
  [[nodiscard]] http::Response answer(const http::Request& request) const;
};

// Safe to share: nothing of it changes.
class StaticSite {
 public:
  // Reads all of a folder. Errors: not_found when it is not there or has no index.html; too_large beyond site_limit;
  // unsupported for a file of a kind that the portal has none of, with its name; io.
  [[nodiscard]] static Result<StaticSite> load(const std::string& folder, const std::vector<PageGrant>& grants);

  [[nodiscard]] const std::vector<std::shared_ptr<const StaticFile>>& files() const noexcept { return files_; }
  // One route a file, and for a folder's page without its slash a redirect to it.
  [[nodiscard]] std::vector<http::Route> routes() const;

 private:
  explicit StaticSite(std::vector<std::shared_ptr<const StaticFile>> files) : files_{std::move(files)} {}
  std::vector<std::shared_ptr<const StaticFile>> files_;  // by path
};

}  // namespace lindung::api
