#include "cli/trust_lists.h"

#include <fcntl.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/jwk.h"
#include "cert/trust_reader.h"
#include "cert/trust_store.h"
#include "codec/json.h"
#include "http/client.h"
#include "service/trust_folder.h"
#include "store/durable_file.h"

namespace lindung::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t file_limit = std::size_t{64} << 20U;

bool is_list_name(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, good);
}

json::object counts_of(const cert::TrustStore& store) {
  const auto size = store.size();
  return {{"signers", size.signers},          {"card_keys", size.card_keys},     {"did_keys", size.did_keys},
          {"pass_keys", size.pass_keys},      {"authorities", size.authorities}, {"revocations", size.revocations},
          {"revoked_keys", size.revoked_keys}};
}

// A key set tells not whose it is: the import does.
Result<void> name_issuer(std::vector<ListFile>& files, const std::string& issuer) {
  if (issuer.empty()) return ok();
  for (auto& file : files) {
    auto read = codec::parse_json(as_text(file.content), {.bytes = file_limit, .depth = 32});
    if (!read || !read.value().is_object() || !read.value().as_object().contains("keys")) {
      return fail(Errc::malformed, file.name + " is no key set of an issuer");
    }
    read.value().as_object()["iss"] = issuer;
    file.content = to_bytes(as_bytes(codec::to_text(read.value())));
  }
  return ok();
}

Result<void> check_files(const std::vector<ListFile>& files) {
  cert::TrustStore store;
  store.add_list({.origin = "import", .fetched = {}, .fresh_for = {}});
  cert::TrustReader reader{store};
  for (const auto& file : files) {
    const auto added = reader.add(file.content, 0, file.name);
    if (!added) return fail(file.name, added.error());
  }
  return ok();
}

Result<ListOrigin> read_origin(const fs::path& folder) {
  TRY(content, store::read_file((folder / service::origin_file).string(), 64UL * 1024));
  TRY(value, codec::parse_json(as_text(content)));
  const auto* object = value.if_object();
  if (object == nullptr) return fail(Errc::malformed, "origin.json");
  TRY(fetched, parse_rfc3339(cert::text_member(*object, "fetched_at")));
  const auto* fresh = object->if_contains("fresh_for_s");
  return ListOrigin{.origin = std::string{cert::text_member(*object, "origin")},
                    .issuer = std::string{cert::text_member(*object, "issuer")},
                    .fetched_at = fetched,
                    .fresh_for = seconds{fresh != nullptr && fresh->is_int64() ? fresh->get_int64() : 0}};
}

Result<std::vector<fs::path>> list_folders(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> out;
  for (const auto& each : fs::directory_iterator{folder, error}) {
    if (is_list_name(each.path().filename().string()) && fs::exists(each.path() / service::origin_file, error)) {
      out.push_back(each.path());
    }
  }
  if (error && out.empty()) return fail(Errc::not_found, "no folder " + folder);
  std::ranges::sort(out);
  return out;
}

Result<Bytes> fetch(const std::string& origin) {
  const bool tls = origin.starts_with("https://");
  if (!tls && !origin.starts_with("http://")) {
    TRY(content, store::read_file(origin, file_limit));
    return to_bytes(content);
  }
  const auto host_end = std::min(origin.find('/', origin.find("//") + 2), origin.size());
  TRY(url, http::parse_url(origin.substr(0, host_end)));
  http::ClientOptions options;
  if (tls) options.tls = http::ClientTls{};
  TRY(client, http::Client::connect(url.endpoint, options));
  const auto target = origin.substr(host_end);
  TRY(response, client.send({.method = "GET", .target = target.empty() ? "/" : target, .fields = {}, .body = {}}));
  if (response.status != 200) return fail(Errc::unavailable, "status " + std::to_string(response.status));
  return to_bytes(as_bytes(response.body));
}

Result<void> refresh_one(const std::string& folder, const fs::path& list, Moment now) {
  TRY(origin, read_origin(list));
  std::error_code error;
  std::vector<std::string> names;
  for (const auto& each : fs::directory_iterator{list, error}) {
    if (each.path().filename() != service::origin_file) names.push_back(each.path().filename().string());
  }
  if (names.size() != 1) return fail(Errc::unsupported, "a list of several files is imported again by hand");
  TRY(content, fetch(origin.origin));
  origin.fetched_at = now;
  std::vector<ListFile> files;
  files.push_back({.name = names.front(), .content = std::move(content)});
  TRYV(put_list(folder, list.filename().string(), origin, std::move(files)));
  return ok();
}

// At no moment is there no list: whoever reads the folder meanwhile has the earlier one or this one.
Result<void> put_in_place(const fs::path& fresh, const fs::path& place) {
  std::error_code error;
  const bool is_first = !fs::exists(place, error);
  const unsigned flags = is_first ? RENAME_NOREPLACE : RENAME_EXCHANGE;
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, place.c_str(), flags) != 0) {
    return fail(Errc::io, "cannot put " + place.string() + ": " + std::generic_category().message(errno));
  }
  if (!is_first) fs::remove_all(fresh, error);
  return ok();
}

}  // namespace

Result<json::value> put_list(const std::string& folder, const std::string& name, const ListOrigin& origin,
                             std::vector<ListFile> files) {
  if (!is_list_name(name)) return fail(Errc::invalid_argument, "a list's name is of letters, digits, - and _");
  TRYV(name_issuer(files, origin.issuer));
  TRYV(check_files(files));
  const fs::path final_folder = fs::path{folder} / name;
  const fs::path fresh = fs::path{folder} / ("." + name + ".new");
  std::error_code error;
  fs::remove_all(fresh, error);
  fs::create_directories(fresh, error);
  if (error) return fail(Errc::io, "no folder " + fresh.string() + ": " + error.message());
  for (const auto& file : files) {
    TRYV(store::publish_file((fresh / file.name).string(), file.content));
  }
  json::object told{
      {"origin", origin.origin}, {"fetched_at", rfc3339(origin.fetched_at)}, {"fresh_for_s", origin.fresh_for.count()}};
  if (!origin.issuer.empty()) told["issuer"] = origin.issuer;
  TRYV(store::publish_file((fresh / service::origin_file).string(), as_bytes(codec::to_pretty_text(told) + "\n")));
  TRYV(put_in_place(fresh, final_folder));
  TRY(read, service::read_trust_folder(final_folder.string()));
  json::object out{{"name", name}, {"origin", origin.origin}, {"fetched_at", rfc3339(origin.fetched_at)}};
  for (const auto& each : counts_of(read.store)) out[each.key()] = each.value();
  out["passed_over"] = read.entries_passed_over;
  return out;
}

Result<json::value> list_lists(const std::string& folder, Moment now) {
  TRY(folders, list_folders(folder));
  json::array out;
  for (const auto& each : folders) {
    TRY(origin, read_origin(each));
    TRY(read, service::read_trust_folder(each.string()));
    const auto until = origin.fetched_at + origin.fresh_for;
    json::object row{{"name", each.filename().string()},
                     {"origin", origin.origin},
                     {"fetched_at", rfc3339(origin.fetched_at)},
                     {"fresh_until", rfc3339(until)},
                     {"stale", now > until}};
    for (const auto& count : counts_of(read.store)) row[count.key()] = count.value();
    row["passed_over"] = read.entries_passed_over;
    out.emplace_back(std::move(row));
  }
  return json::object{{"lists", std::move(out)}};
}

Result<json::value> refresh_lists(const std::string& folder, Moment now) {
  TRY(folders, list_folders(folder));
  json::array out;
  for (const auto& each : folders) {
    const auto done = refresh_one(folder, each, now);
    out.emplace_back(
        json::object{{"name", each.filename().string()}, {"outcome", done ? "refreshed" : done.error().text()}});
  }
  return json::object{{"lists", std::move(out)}};
}

}  // namespace lindung::cli
