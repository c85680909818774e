#include "service/trust_folder.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
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
#include "store/durable_file.h"

namespace lindung::service {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_limit = std::size_t{64} << 20U;

Result<cert::TrustList> read_origin(const std::string& path) {
  TRY(content, store::read_file(path, 64UL * 1024));
  TRY(value, codec::parse_json(as_text(content)));
  const auto* object = value.if_object();
  if (object == nullptr) return fail(Errc::malformed, path + " is no object");
  cert::TrustList out{.origin = std::string{cert::text_member(*object, "origin")}, .fetched = {}, .fresh_for = {}};
  TRY(fetched, parse_rfc3339(cert::text_member(*object, "fetched_at")));
  out.fetched = fetched;
  if (const auto* fresh = object->if_contains("fresh_for_s"); fresh != nullptr) {
    if (!fresh->is_int64() || fresh->get_int64() < 0) return fail(Errc::malformed, path + ": fresh_for_s");
    out.fresh_for = seconds{fresh->get_int64()};
  }
  return out;
}

class FolderReader {
 public:
  explicit FolderReader(TrustFolder& out) : out_{out}, reader_{out.store} {}

  Result<void> read(const fs::path& folder, std::size_t list) {  // NOLINT(misc-no-recursion): as deep as the folder
    std::error_code error;
    std::vector<fs::path> entries;
    for (const auto& each : fs::directory_iterator{folder, error}) {
      if (!each.path().filename().string().starts_with('.')) entries.push_back(each.path());
    }
    if (error) return fail(Errc::not_found, "no folder " + folder.string());
    std::ranges::sort(entries);
    const auto origin = folder / origin_file;
    if (fs::exists(origin, error)) {
      TRY(told, read_origin(origin.string()));
      list = out_.store.add_list(std::move(told));
    }
    for (const auto& path : entries) {
      if (fs::is_directory(path, error)) {
        TRYV(read(path, list));
      } else if (path != origin) {
        TRYV(read_one(path, list));
      }
    }
    return ok();
  }

  void finish() {
    reader_.finish();
    out_.entries_passed_over = reader_.passed_over();
  }

 private:
  Result<void> read_one(const fs::path& path, std::size_t list) {
    TRY(content, store::read_file(path.string(), file_limit));
    ++out_.files;
    if (!reader_.add(content, list, path.filename().string())) ++out_.files_passed_over;
    return ok();
  }

  TrustFolder& out_;
  cert::TrustReader reader_;
};

}  // namespace

Result<TrustFolder> read_trust_folder(const std::string& path) {
  TrustFolder out;
  const auto list = out.store.add_list({.origin = path, .fetched = {}, .fresh_for = {}});
  FolderReader reader{out};
  TRYV(reader.read(path, list));
  reader.finish();
  return out;
}

}  // namespace lindung::service
