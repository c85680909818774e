#include "api/static_site.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "http/message.h"
#include "http/router.h"
#include "store/durable_file.h"

namespace lindung::api {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds deadline{10};

struct Kind {
  std::string_view ending;
  std::string_view content_type;
};
constexpr std::array kinds{
    Kind{.ending = ".html", .content_type = "text/html; charset=utf-8"},
    Kind{.ending = ".js", .content_type = "text/javascript; charset=utf-8"},
    Kind{.ending = ".css", .content_type = "text/css; charset=utf-8"},
    Kind{.ending = ".json", .content_type = "application/json"},
    Kind{.ending = ".webmanifest", .content_type = "application/manifest+json"},
    Kind{.ending = ".svg", .content_type = "image/svg+xml"},
    Kind{.ending = ".png", .content_type = "image/png"},
    Kind{.ending = ".wasm", .content_type = "application/wasm"},
    Kind{.ending = ".txt", .content_type = "text/plain; charset=utf-8"},
};

std::optional<std::string_view> content_type_of(std::string_view path) {
  for (const auto& kind : kinds) {
    if (path.ends_with(kind.ending)) return kind.content_type;
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the next member of a list that is separated by commas.
std::string_view next_member(std::string_view& list, char separator) noexcept {
  const auto end = std::min(list.find(separator), list.size());
  const auto member = trimmed(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return member;
}

// "q=0", "q=0.0" …: not this one.
bool is_refused(std::string_view parameters) noexcept {
  while (!parameters.empty()) {
    const auto parameter = next_member(parameters, ';');
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
    return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

// RFC 9110 section 13.1.2: by weak comparison.
bool names(std::string_view if_none_match, std::string_view etag) noexcept {
  while (!if_none_match.empty()) {
    auto member = next_member(if_none_match, ',');
    if (member == "*") return true;
    if (member.starts_with("W/")) member.remove_prefix(2);
    if (member == etag) return true;
  }
  return false;
}

// No third party, nothing inline, no text that becomes code: the same for every page but for its grant.
std::string policy_of(const PageGrant& grant) {
  std::string policy = "default-src 'none'; script-src 'self'";
  if (grant.may_compile_wasm) policy += " 'wasm-unsafe-eval'";
  return policy +
         "; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; "
         "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
         "require-trusted-types-for 'script'; trusted-types lindung";
}

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields fields_of(std::string_view path, std::string_view content_type, const std::vector<PageGrant>& grants) {
  Fields fields{{"X-Content-Type-Options", "nosniff"},
                {"Cross-Origin-Resource-Policy", "same-origin"},
                {"Vary", "Accept-Encoding"}};
  // What stands under assets/ has its digest in its name.
  const bool is_immutable = path.starts_with("/assets/");
  fields.emplace_back("Cache-Control", is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (!content_type.starts_with("text/html")) return fields;
  const auto found = std::ranges::find(grants, path, &PageGrant::path);
  const PageGrant grant = found == grants.end() ? PageGrant{} : *found;
  fields.emplace_back("Content-Security-Policy", policy_of(grant));
  fields.emplace_back("Permissions-Policy",
                      std::string{grant.may_use_camera ? "camera=(self)" : "camera=()"} +
                          ", geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()");
  fields.emplace_back("Referrer-Policy", "no-referrer");
  fields.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  fields.emplace_back("X-Frame-Options", "DENY");
  return fields;
}

StaticFile::Body body_of(std::string bytes) {
  const auto digest = crypto::sha256({as_bytes(bytes)});
  auto etag = '"' + codec::base64url(BytesView{digest}.first(16)) + '"';
  return {.bytes = std::move(bytes), .etag = std::move(etag)};
}

// "venue/index.html" is the page "/venue/".
std::string path_of(std::string_view name) {
  std::string path = "/" + std::string{name};
  constexpr std::string_view index = "/index.html";
  if (path.ends_with(index)) path.resize(path.size() - index.size() + 1);
  return path;
}

Result<std::map<std::string, std::string>> read_all(const std::string& folder) {
  std::map<std::string, std::string> files;
  std::size_t left = site_limit;
  std::error_code error;
  fs::recursive_directory_iterator each{folder, error};
  if (error) return fail(Errc::not_found, folder + ": " + error.message());
  for (; each != fs::recursive_directory_iterator{}; each.increment(error)) {
    if (error) return fail(Errc::io, folder + ": " + error.message());
    if (!each->is_regular_file(error)) continue;
    TRY(bytes, store::read_file(each->path().string(), left));
    left -= bytes.size();
    files.emplace(each->path().lexically_relative(folder).generic_string(), std::string{as_text(bytes)});
  }
  return files;
}

http::Route get(std::string path, http::Handler handler) {
  return {.method = "GET",
          .path = std::move(path),
          .access = http::Access::anyone,
          .body_limit = 0,
          .deadline = deadline,
          .runs_on = http::RunsOn::io_thread,
          .handler = std::move(handler),
          .is_page = true};
}

}  // namespace

bool accepts(std::string_view accept_encoding, std::string_view coding) noexcept {
  bool any = false;
  while (!accept_encoding.empty()) {
    auto member = next_member(accept_encoding, ',');
    const auto name = next_member(member, ';');
    if (http::same_name(name, coding)) return !is_refused(member);
    if (name == "*") any = !is_refused(member);
  }
  return any;
}

http::Response StaticFile::answer(const http::Request& request) const {
  const auto accepted = request.only("Accept-Encoding").second;
  const Body* body = &identity;
  std::string_view coding;
  if (!brotli.etag.empty() && accepts(accepted, "br")) {
    body = &brotli;
    coding = "br";
  } else if (!gzip.etag.empty() && accepts(accepted, "gzip")) {
    body = &gzip;
    coding = "gzip";
  }
  http::Response response;
  response.fields = fields;
  response.fields.emplace_back("ETag", body->etag);
  if (names(request.only("If-None-Match").second, body->etag)) {
    response.status = 304;
    return response;
  }
  response.content_type = content_type;
  if (!coding.empty()) response.fields.emplace_back("Content-Encoding", coding);
  response.body = body->bytes;
  return response;
}

Result<StaticSite> StaticSite::load(const std::string& folder, const std::vector<PageGrant>& grants) {
  TRY(files, read_all(folder));
  if (!files.contains("index.html")) return fail(Errc::not_found, folder + "/index.html");
  std::vector<std::shared_ptr<const StaticFile>> site;
  const auto take = [&](const std::string& name) {
    const auto found = files.find(name);
    return found == files.end() ? StaticFile::Body{} : body_of(found->second);
  };
  for (const auto& [name, bytes] : files) {
    const auto is_form = [&](std::string_view ending) {
      return name.ends_with(ending) && files.contains(name.substr(0, name.size() - ending.size()));
    };
    if (is_form(".br") || is_form(".gz")) continue;
    const auto content_type = content_type_of(name);
    if (!content_type) return fail(Errc::unsupported, "a file of an unknown kind: " + name);
    auto path = path_of(name);
    auto fields = fields_of(path, *content_type, grants);
    site.push_back(std::make_shared<const StaticFile>(StaticFile{.path = std::move(path),
                                                                 .content_type = std::string{*content_type},
                                                                 .fields = std::move(fields),
                                                                 .identity = body_of(bytes),
                                                                 .gzip = take(name + ".gz"),
                                                                 .brotli = take(name + ".br")}));
  }
  return StaticSite{std::move(site)};
}

std::vector<http::Route> StaticSite::routes() const {
  std::vector<http::Route> routes;
  for (const auto& file : files_) {
    routes.push_back(get(file->path, [file](const http::Request& request, http::Responder responder) {
      responder(file->answer(request));
    }));
    if (file->path.size() < 2 || !file->path.ends_with('/')) continue;
    routes.push_back(get(file->path.substr(0, file->path.size() - 1),
                         [to = file->path](const http::Request&, http::Responder responder) {
                           http::Response response;
                           response.status = 308;
                           response.fields.emplace_back("Location", to);
                           responder(std::move(response));
                         }));
  }
  return routes;
}

}  // namespace lindung::api
