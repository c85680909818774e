#include "api/portal_acting.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "http/message.h"
#include "people/caller.h"
#include "people/delegation_rows.h"
#include "people/delegations.h"
#include "service/platform.h"

namespace lindung::api {

namespace {

using people::Scope;

struct Allowed {
  std::string_view method;
  std::string_view path;  // "/*" at its end: everything below
  bool Scope::* needs;
};
constexpr std::array table{
    Allowed{"GET", "/v1/portal/status", &Scope::see},
    Allowed{"GET", "/v1/portal/visits", &Scope::see},
    Allowed{"GET", "/v1/portal/records", &Scope::see},
    Allowed{"GET", "/v1/portal/certificates", &Scope::see},
    Allowed{"POST", "/v1/portal/certificates", &Scope::see},
    Allowed{"GET", "/v1/portal/certificates/*", &Scope::see},
    Allowed{"GET", "/v1/portal/disputes", &Scope::see},
    Allowed{"GET", "/v1/portal/notices", &Scope::see},
    Allowed{"GET", "/v1/portal/looks", &Scope::see},
    Allowed{"POST", "/v1/portal/check-in", &Scope::check_in},
    Allowed{"POST", "/v1/portal/check-out", &Scope::check_in},
    Allowed{"GET", "/v1/portal/venues/*", &Scope::check_in},
    Allowed{"GET", "/v1/portal/pass", &Scope::check_in},
    Allowed{"GET", "/v1/portal/requests/*", &Scope::consent},
    Allowed{"POST", "/v1/portal/requests/*", &Scope::consent},
    Allowed{"GET", "/v1/portal/consents", &Scope::consent},
    Allowed{"GET", "/v1/portal/consents/*", &Scope::consent},
    Allowed{"DELETE", "/v1/portal/consents/*", &Scope::consent},
};

bool is_for(const Allowed& row, std::string_view method, std::string_view path) {
  if (row.method != method) return false;
  if (!row.path.ends_with('*')) return row.path == path;
  return path.starts_with(row.path.substr(0, row.path.size() - 1));
}

}  // namespace

Result<CitizenRef> acting_for(const service::Platform& platform, const people::Caller& caller,
                              std::string_view delegation, const http::Request& request) {
  const auto method = request.method == "HEAD" ? std::string_view{"GET"} : request.method;
  const auto allowed =
      std::ranges::find_if(table, [&](const Allowed& row) { return is_for(row, method, request.path()); });
  ByteArray<16> id{};
  if (allowed == table.end() || !caller.person || codec::from_hex(delegation, id).has_error()) {
    return fail(Errc::not_found);
  }
  TRY(found, people::delegation_of(platform, *caller.person, people::DelegationId{id}));
  if (!(found.scope.*allowed->needs)) return fail(Errc::not_found);
  return found.other;
}

}  // namespace lindung::api
