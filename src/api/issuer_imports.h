// What issuers send over the network: POST /v1/issuer/imports, one import as the body, and
// GET /v1/issuer/imports/{issuer}/{import id}, how far it is (docs/import.md, "Over the network").
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/router.h"
#include "service/platform.h"

namespace lindung::api {

inline constexpr std::size_t import_body_limit = 2UL << 30U;

struct ImportGround {
  // What the routes work on; it stays while `use` runs. Errors: sealed.
  std::function<Result<void>(const std::function<void(const service::Platform&)>& use)> source;
  std::string spool_folder;  // where a body stands while it is read
};

// No byte of a body is taken before its signature was checked: the claim in front of it names its digest.
[[nodiscard]] std::vector<http::Route> issuer_import_routes(const ImportGround& ground);

}  // namespace lindung::api
